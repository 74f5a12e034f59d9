"""Files of a board's pictures."""

from django.urls import path

from evaluations.web.chart_files import download_chart

urlpatterns = [
    path(
        "leaderboards/<slug:slug>/charts/<slug:name>.<slug:suffix>",
        download_chart,
        name="leaderboard-chart",
    ),
]
