"""Providers: a question in, an answer out, one small module a protocol. No table, no request, no task.

`ask_provider(connection=…, question=…)` speaks through the official SDKs over a transport of ours (`network.py`): it
reaches public addresses only, follows no redirect, ends at its deadline, and alone knows the key.
"""

from evaluations.providers.answers import Answer, Question
from evaluations.providers.asking import ask_provider
from evaluations.providers.connections import Connection
from evaluations.providers.options import DEFAULT_MAX_TOKENS, Options, read_options
from evaluations.providers.secret import Secret

__all__ = [
    "DEFAULT_MAX_TOKENS",
    "Answer",
    "Connection",
    "Options",
    "Question",
    "Secret",
    "ask_provider",
    "read_options",
]
