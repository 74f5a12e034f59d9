"""Tasks: each calls one domain function. All may run twice, or at once, or be lost: the next one makes up for it."""

from evaluations.tasks.generating import ask_for_generations, generate_response, send_generations
from evaluations.tasks.importing import (
    ask_for_check,
    ask_for_store,
    check_import,
    measure_styles,
    render_responses,
    store_import,
    sweep_imports,
)
from evaluations.tasks.items import return_slots
from evaluations.tasks.ledger import ask_for_recorded_votes, refresh_leaderboards, seal_stragglers, seal_votes
from evaluations.tasks.reminders import remind_raters
from evaluations.tasks.requests import sweep_requests
from evaluations.tasks.studies import stop_studies
from evaluations.tasks.workers import say_alive, step_back, warm_worker

__all__ = [
    "ask_for_check",
    "ask_for_generations",
    "ask_for_recorded_votes",
    "ask_for_store",
    "check_import",
    "generate_response",
    "measure_styles",
    "refresh_leaderboards",
    "remind_raters",
    "render_responses",
    "return_slots",
    "say_alive",
    "seal_stragglers",
    "seal_votes",
    "send_generations",
    "step_back",
    "stop_studies",
    "store_import",
    "sweep_imports",
    "sweep_requests",
    "warm_worker",
]
