"""Counts before and after, as the difference of two snapshots shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from evaluations.publishing.changes import Change
from evaluations.sentences import write_number

COUNTS: Mapping[str, str | Promise] = {
    "received": gettext_lazy("Received"),
    "counted": gettext_lazy("Counted"),
    "shown": gettext_lazy("Cast here"),
    "recorded": gettext_lazy("Recorded elsewhere"),
    "simulated": gettext_lazy("Simulated"),
    "ties": gettext_lazy("Ties"),
    "both_bad": gettext_lazy("Both bad"),
    "raters": gettext_lazy("Raters"),
    "prompts": gettext_lazy("Prompts"),
}


@dataclass(frozen=True, kw_only=True)
class CountRow:
    """A count before and after, as text; "–" where a snapshot does not say it."""

    label: str
    before: str
    after: str
    change: str


def build_count_rows(changes: Sequence[Change]) -> list[CountRow]:
    """Of counts that are not zero in both."""
    return [
        CountRow(
            label=str(COUNTS[change.name]),
            before=_write_count(change.before),
            after=_write_count(change.after),
            change=_write_change(change),
        )
        for change in changes
        if change.before or change.after
    ]


def write_signed(value: float) -> str:
    """+12, −3, 0"""
    return f"+{write_number(value)}" if value > 0 else write_number(value)


def _write_count(value: int | None) -> str:
    return "–" if value is None else write_number(value)


def _write_change(change: Change) -> str:
    if change.before is None or change.after is None:
        return "–"
    return write_signed(change.after - change.before)
