"""What a provider is asked, and what it answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluations.providers.options import Options


@dataclass(frozen=True, kw_only=True)
class Question:
    """A prompt for one model: messages of `role` and `content`, in the order of the conversation."""

    model: str
    messages: Sequence[Mapping[str, str]]
    options: Options


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer. Tokens are None where the provider does not count them.

    finish_reason is `stop`, `refusal`, or `length` for one cut off at the most tokens allowed.
    """

    text: str
    finish_reason: str
    tokens_in: int | None
    tokens_out: int | None
    latency_ms: int
    answered_by: str
