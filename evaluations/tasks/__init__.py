"""Tasks: each calls one domain function. All may run twice, or at once, or be lost: the next one makes up for it."""

from evaluations.tasks.ledger import ask_for_recorded_votes, refresh_leaderboards, seal_stragglers, seal_votes
from evaluations.tasks.workers import say_alive, warm_worker

__all__ = [
    "ask_for_recorded_votes",
    "refresh_leaderboards",
    "say_alive",
    "seal_stragglers",
    "seal_votes",
    "warm_worker",
]
