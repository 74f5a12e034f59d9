"""Faults of a file, as values: where, what the file says there, which message tells it. Pure: no Django."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evaluations.ingest.messages import MESSAGES
from evaluations.ingest.wording import WARNING, Word, gettext_noop

LONGEST_EXCERPT = 120
# NUL and lone surrogates can be neither stored nor shown; the other controls would hide what is wrong.
PICTURES = {code: 0x2400 + code for code in range(32)} | dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file to read: its name as the sender wrote it, where its bytes are, and their hash where it is known."""

    name: str
    path: Path
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong, and what the file says there. `line` is the physical line at which the row starts."""

    message: str
    file: str
    line: int | None = None
    column: str = ""
    says: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        return MESSAGES[self.message].severity

    def describe_problem(self, translate: Callable[[str], str] = gettext_noop) -> str:
        return self._fill(MESSAGES[self.message].problem, translate)

    def describe_remedy(self, translate: Callable[[str], str] = gettext_noop) -> str:
        return self._fill(MESSAGES[self.message].remedy, translate)

    def _fill(self, template: str, translate: Callable[[str], str]) -> str:
        words = {name: translate(v) if isinstance(v, Word) else v for name, v in self.values.items()}
        return translate(template) % words


Report = Callable[[Fault], None]


class CheckStoppedError(Exception):
    """Enough is wrong; reading on would help nobody. Never leaves the package's check functions."""


class FaultTally:
    """Counts faults on their way to `report`. Stops at `limit` errors; further warnings are not kept."""

    def __init__(self, *, report: Report, limit: int) -> None:
        self.report, self.limit = report, limit
        self.errors = self.warnings = 0

    def __call__(self, fault: Fault) -> None:
        if fault.severity == WARNING:
            self.warnings += 1
            if self.warnings <= self.limit:
                self.report(fault)
            return
        self.errors += 1
        self.report(fault)
        if self.errors >= self.limit:
            self.report(Fault(message="too_many_faults", file=fault.file, values={"limit": self.limit}))
            raise CheckStoppedError


def show_text(value: object, *, longest: int = LONGEST_EXCERPT) -> str:
    """What a cell says, short, on one line, without anything that can't be stored or seen."""
    text = value if isinstance(value, str) else repr(value)
    if not text.strip():
        return ""
    shown = text[: longest + 1].translate(PICTURES)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
