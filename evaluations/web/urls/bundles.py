"""All that a snapshot's figures are computed from, to be taken along."""

from django.urls import path

from evaluations.web import bundles

urlpatterns = [
    path(
        "leaderboards/<slug:slug>/snapshots/<slug:digest>/bundle.zip",
        bundles.download_bundle,
        name="snapshot-bundle",
    ),
]
