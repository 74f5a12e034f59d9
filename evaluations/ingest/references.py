"""What other rows may name: ids and names, and the nearest one when a name is wrong. Pure: no Django."""

from collections.abc import Mapping
from typing import NamedTuple

from evaluations.ingest.faults import Fault
from evaluations.ingest.layouts import find_nearest
from evaluations.ingest.rows import Row

# Looking for the nearest name costs more than all the rest; the first ones teach what is wrong.
MOST_SUGGESTIONS = 50
MOST_COMPARED = 5_000


class Place(NamedTuple):
    """Where a row is."""

    file: str
    line: int


class Suggester:
    """Says what a wrong reference was meant to be, for as long as that is cheap."""

    def __init__(self) -> None:
        self.suggested: dict[str, str | None] = {}

    def describe(self, *, row: Row, field: str, noun: str, known: Mapping[str, object]) -> Fault:
        """The fault of a row whose `field` names no known prompt or model (`noun`)."""
        nearest = self._find(row.get(field), known)
        if nearest:
            return row.fault(f"nearby_{noun}", field=field, nearest=nearest)
        return row.fault(f"unknown_{noun}", field=field)

    def _find(self, name: str, known: Mapping[str, object]) -> str | None:
        if (
            name not in self.suggested
            and len(self.suggested) < MOST_SUGGESTIONS
            and len(known) <= MOST_COMPARED
        ):
            # Numbers resemble each other and mean nothing.
            self.suggested[name] = None if name.isdecimal() else find_nearest(name, known)
        return self.suggested.get(name)
