"""What can be taken out of a leaderboard: files, feeds, and what other sites show of it."""

from django.urls import path

from evaluations.web import badges, board_files, cards, embeds, feeds

BOARD = "leaderboards/<slug:slug>/"

urlpatterns = [
    path("data/", board_files.list_data, name="data"),
    path("leaderboards/feed.atom", feeds.send_leaderboards_feed, name="leaderboards-feed"),
    path(f"{BOARD}feed.atom", feeds.send_leaderboard_feed, name="leaderboard-feed"),
    path(f"{BOARD}data/", board_files.show_data, name="leaderboard-data"),
    path(f"{BOARD}data/<str:file>", board_files.send_file, name="leaderboard-file"),
    path(f"{BOARD}badge.svg", badges.show_badge, name="leaderboard-badge"),
    path(f"{BOARD}embed/", embeds.show_embed, name="leaderboard-embed"),
    path(f"{BOARD}card.png", cards.show_card, name="leaderboard-card"),
]
