"""A study from its draft to its close: settings, texts, protocol, amendments, power, stopping."""

from evaluations.studies.lifecycle import (
    close_study,
    create_study,
    list_answering_models,
    open_study,
    pause_study,
    resume_study,
    start_pilot,
    start_study,
)

__all__ = [
    "close_study",
    "create_study",
    "list_answering_models",
    "open_study",
    "pause_study",
    "resume_study",
    "start_pilot",
    "start_study",
]
