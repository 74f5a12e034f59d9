from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from evaluations.api import leaderboards, snapshots

urlpatterns = [
    path("v1/leaderboards/", leaderboards.list_leaderboards, name="api-leaderboards"),
    path("v1/leaderboards/<slug:slug>/", leaderboards.show_leaderboard, name="api-leaderboard"),
    path("v1/snapshots/<str:digest>/", snapshots.show_snapshot, name="api-snapshot"),
    path("v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
