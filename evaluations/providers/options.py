"""What is sent along with a prompt. Nothing is sent that nobody chose, but the most tokens, which bound the cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from evaluations.errors import ConfigurationError

DEFAULT_MAX_TOKENS = 4096
MOST_TOKENS = 1_000_000
LIMIT_FIELDS = ("max_tokens", "max_completion_tokens")
EFFORTS = ("none", "minimal", "low", "medium", "high")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options of a model's requests. None: not sent, the provider decides.

    Reasoning models refuse `temperature` and `top_p`: leave them out. `limit_field` is the name under which the
    most tokens are sent, `stream` whether the answer comes in pieces; None is the protocol's own choice.
    """

    max_tokens: int = DEFAULT_MAX_TOKENS
    temperature: float | None = None
    top_p: float | None = None
    system: str = ""
    reasoning_effort: str | None = None
    limit_field: str | None = None
    stream: bool | None = None


def read_options(values: Mapping[str, Any]) -> Options:
    """Options as a model keeps them. Raises ConfigurationError for one that is unknown or out of range."""
    unknown = set(values) - set(Options.__dataclass_fields__)
    if unknown:
        raise ConfigurationError(_("There is no option “%(name)s”.") % {"name": min(unknown)})
    options = Options(**{name: value for name, value in values.items() if value not in (None, "")})
    checks = {
        "max_tokens": _is_whole(options.max_tokens) and 1 <= options.max_tokens <= MOST_TOKENS,
        "temperature": _is_within(options.temperature, 2.0),
        "top_p": _is_within(options.top_p, 1.0),
        "system": isinstance(options.system, str),
        "reasoning_effort": options.reasoning_effort in (None, *EFFORTS),
        "limit_field": options.limit_field in (None, *LIMIT_FIELDS),
        "stream": options.stream in (None, True, False),
    }
    for name, holds in checks.items():
        if not holds:
            raise ConfigurationError(_("The option “%(name)s” is out of its range.") % {"name": name})
    return options


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_within(value: object, most: float) -> bool:
    return value is None or (
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most
    )
