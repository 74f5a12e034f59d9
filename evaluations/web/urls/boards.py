from django.urls import path

from evaluations.web import leaderboards

urlpatterns = [
    path(
        "leaderboards/<slug:slug>/snapshots/<slug:digest>/",
        leaderboards.show_snapshot,
        name="snapshot",
    ),
]
