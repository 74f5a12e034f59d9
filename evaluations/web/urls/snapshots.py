from django.urls import path

from evaluations.web import claims, home, snapshots

BOARD = "leaderboards/<slug:slug>/"

urlpatterns = [
    path(BOARD + "claims/", claims.show_claims, name="leaderboard-claims"),
    path(BOARD + "claims/<int:number>/", claims.show_claim, name="leaderboard-claim"),
    path(BOARD + "snapshots/", snapshots.list_snapshots, name="leaderboard-snapshots"),
    path(
        BOARD + "snapshots/<slug:digest>/since/<slug:earlier>/",
        snapshots.show_difference,
        name="snapshot-difference",
    ),
    path("method/ranking.md", home.download_method, name="method-text"),
]
