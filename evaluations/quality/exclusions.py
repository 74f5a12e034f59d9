"""Which raters' votes are left out of a ranking, and by what names raters go: from a prefix of the ledger alone."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import DECISIONS, Columns
from evaluations.models import LedgerEntry

EXCLUDED = DECISIONS[LedgerEntry.Kind.RATER_EXCLUDED]
WITHDRAWN = DECISIONS[LedgerEntry.Kind.RATER_WITHDRAWN]


def _nothing() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class Exclusions:
    """raters: ids of those whom a person excluded; positions: of the decisions that hold, in the same order, which is
    the ledger's. decided: whether anything was ever decided, be it taken back since. withdrawn: ids of those who
    withdrew with their votes, for good; none of them is among the raters."""

    raters: NDArray[np.int64] = field(default_factory=_nothing)
    positions: NDArray[np.int64] = field(default_factory=_nothing)
    decided: bool = False
    withdrawn: NDArray[np.int64] = field(default_factory=_nothing)

    @property
    def left_out(self) -> NDArray[np.int64]:
        """Ids of all whose votes don't count."""
        return np.concatenate([self.raters, self.withdrawn])


def find_exclusions(*, columns: Columns, study_id: int, size: int) -> Exclusions:
    """Who is excluded from the study after the ledger's first `size` entries: a rater's newest decision holds, and
    none holds against a withdrawal, whichever comes first."""
    mine = np.flatnonzero((columns.decision[:size] > 0) & (columns.study[:size] == study_id))
    goes = columns.decision[mine] == WITHDRAWN
    withdrawn = np.unique(columns.rater[mine[goes]])
    open_to_decisions = mine[~np.isin(columns.rater[mine], withdrawn)]
    newest = dict(zip(columns.rater[open_to_decisions].tolist(), open_to_decisions.tolist(), strict=True))
    holding = np.array(
        sorted(place for place in newest.values() if columns.decision[place] == EXCLUDED), dtype=np.int64
    )
    return Exclusions(
        raters=columns.rater[holding],
        positions=holding,
        decided=bool((~goes).any()),
        withdrawn=withdrawn,
    )


def number_raters(*, columns: Columns, study_id: int) -> NDArray[np.int64]:
    """Ids of the study's raters in the order of their first entries: place 13 is R-014, and stays it."""
    raters = columns.rater[(columns.study == study_id) & (columns.decision == 0) & (columns.rater > 0)]
    ids, first = np.unique(raters, return_index=True)
    return ids[np.argsort(first)]


def name_rater(number: int) -> str:
    """“R-014” of the study's 14th rater."""
    return f"R-{number:03d}"


def read_number(code: str) -> int | None:
    """14 of “R-014”; None of what is no such code."""
    digits = code.removeprefix("R-")
    number = int(digits) if digits.isascii() and digits.isdigit() else 0
    return number if number and name_rater(number) == code else None
