"""Models of a leaderboard: each by itself, two against each other, and how often all of them were shown."""

from django.urls import path

from evaluations.web import board_models, comparisons, exposure

BOARD = "leaderboards/<slug:slug>"
PAIR = f"{BOARD}/compare/<slug:model>/<slug:rival>"

urlpatterns = [
    path(f"{BOARD}/models/<slug:model>/", board_models.show_model, name="leaderboard-model"),
    path(f"{BOARD}/compare/", comparisons.choose_comparison, name="leaderboard-compare"),
    path(f"{PAIR}/", comparisons.show_comparison, name="leaderboard-comparison"),
    path(f"{PAIR}/battles/", comparisons.list_battles, name="comparison-battles"),
    path(f"{BOARD}/exposure/", exposure.show_exposure, name="leaderboard-exposure"),
]
