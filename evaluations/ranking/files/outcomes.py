"""From what a file says of each vote to the four outcomes, and what is said of a vote that has none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evaluations.errors import BadVotes, RankingError
from evaluations.ranking.files.columns import Labels, Mask
from evaluations.ranking.files.layouts import ChosenColumn, FlagColumns, OutcomeColumns, WinnerColumn
from evaluations.ranking.votes import OUTCOMES, TIE, A, B, Outcome

FLAGS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("1", "1.0", "true", "True", "TRUE"), 1),
    **dict.fromkeys(("0", "0.0", "false", "False", "FALSE"), 0),
}
SIDES: Final[Mapping[str, int]] = {"left": 1, "1": 1, "+1": 1, "right": -1, "-1": -1, "0": 0}
UNKNOWN: Final = -1


@dataclass(frozen=True, eq=False, kw_only=True)
class Fault:
    """rows: (N,) the votes at fault. say: what is wrong with one, by its number, to end a sentence."""

    rows: Mask
    say: Callable[[int], str]
    error: type[RankingError] = BadVotes


@dataclass(frozen=True, eq=False, kw_only=True)
class Outcomes:
    """codes: (N,) into OUTCOMES, -1 where it is not known. missing: (N,) the file says nothing there."""

    codes: NDArray[np.int8]
    missing: Mask
    say: Callable[[int], str]

    def encoded(self, rows: Mask) -> pa.DictionaryArray:
        """The outcomes of some rows, all of them known, as labels."""
        return pa.DictionaryArray.from_arrays(pa.array(self.codes[rows]), pa.array(OUTCOMES))


def decode_outcomes(
    *, layout: OutcomeColumns, a: Labels, b: Labels, columns: Mapping[str, Labels]
) -> Outcomes:
    """The outcome of each vote, by one label, by flags, or by the name of the model that was chosen."""
    match layout:
        case WinnerColumn():
            return _decode_winner(layout, columns[layout.column])
        case FlagColumns():
            return _decode_flags(layout, [columns[name] for name in layout.columns])
        case ChosenColumn():
            tie = columns[layout.tie] if layout.tie else None
            return _decode_chosen(layout, columns[layout.column], tie, a, b)


def decode_sides(*, labels: Labels) -> tuple[NDArray[np.int8], Mask]:
    """(N,) where model_a was shown: +1 left, -1 right, 0 not known; and (N,) the labels that are none of these."""
    sides = _decode(labels, SIDES, missing=0, unknown=2)
    return np.where(sides == 2, 0, sides).astype(np.int8), sides == 2


def decode_flags(*, labels: Labels) -> NDArray[np.int8]:
    """(N,) 1 for true, 0 for false, UNKNOWN where a label is neither or nothing is said."""
    return _decode(labels, FLAGS, missing=UNKNOWN, unknown=UNKNOWN)


def refuse_first(*, faults: list[Fault], place: Callable[[int], str]) -> None:
    """Raise the fault of the first vote that has one; among those of one vote, the first in the list."""
    found = [(int(fault.rows.argmax()), fault) for fault in faults if fault.rows.any()]
    if found:
        row, fault = min(found, key=lambda pair: pair[0])
        raise fault.error(f"{place(row)} {fault.say(row)}")


def equal_labels(a: Labels, b: Labels) -> Mask:
    """(N,) whether two columns have the same label, and do have one."""
    return np.asarray((a.codes >= 0) & (a.codes == b.codes_in(a)))


def _decode(labels: Labels, table: Mapping[str, int], *, missing: int, unknown: int) -> NDArray[np.int8]:
    codes = [table.get(name, unknown) for name in labels.names.to_pylist()]
    return labels.look_up(np.array([*codes, missing], dtype=np.int8))


def _decode_winner(layout: WinnerColumn, winner: Labels) -> Outcomes:
    codes = _decode(winner, _numbered(layout.labels), missing=UNKNOWN, unknown=UNKNOWN)
    known = ", ".join(layout.labels)
    return Outcomes(
        codes=codes,
        missing=winner.codes < 0,
        say=lambda row: f"has the winner {winner.text(row)!r}; it can be {known}.",
    )


def _decode_flags(layout: FlagColumns, columns: list[Labels]) -> Outcomes:
    flags = np.array([decode_flags(labels=column) for column in columns])
    one = (flags == 1).sum(axis=0) == 1
    whole = one & (flags >= 0).all(axis=0)
    outcome = np.array([OUTCOMES.index(outcome) for outcome in layout.columns.values()], dtype=np.int8)
    names = ", ".join(layout.columns)

    def say(row: int) -> str:
        said = ", ".join(repr(column.text(row)) for column in columns)
        return f"has {said} in {names}; exactly one is 1, and the others are 0."

    return Outcomes(
        codes=np.where(whole, outcome[(flags == 1).argmax(axis=0)], UNKNOWN).astype(np.int8),
        missing=np.all([column.codes < 0 for column in columns], axis=0),
        say=say,
    )


def _decode_chosen(
    layout: ChosenColumn, chosen: Labels, tie: Labels | None, a: Labels, b: Labels
) -> Outcomes:
    flags = (
        np.zeros(len(chosen.codes), dtype=np.int8)
        if tie is None
        else _decode(tie, FLAGS, missing=0, unknown=UNKNOWN)
    )
    named = _decode(chosen, _numbered(layout.labels), missing=UNKNOWN, unknown=UNKNOWN)
    # A model called as a label is a model: its name goes before the label.
    named = np.where(equal_labels(chosen, a), A, np.where(equal_labels(chosen, b), B, named))
    empty = chosen.codes < 0
    codes = np.where((flags == 1) & empty, TIE, np.where(flags == 0, named, UNKNOWN))
    known = "".join(f", {label}" for label in layout.labels)

    def say(row: int) -> str:
        name, flag = chosen.text(row), tie.text(row) if tie is not None else ""
        if tie is not None and (flags[row] == UNKNOWN or (flags[row] == 1 and name)):
            return f"has {flag!r} in {layout.tie} and {name!r} in {layout.column}: that is no answer, or two."
        return f"has {name!r} in {layout.column}; it can be {a.text(row)!r}, {b.text(row)!r}{known}."

    return Outcomes(codes=codes.astype(np.int8), missing=empty & (flags == 0), say=say)


def _numbered(labels: Mapping[str, Outcome]) -> dict[str, int]:
    return {label: OUTCOMES.index(outcome) for label, outcome in labels.items()}
