"""Recorded votes from a CSV file, read line by line; a fault is told with its line.

Two shapes are known by their header. Arena's (also of public vote logs): model_a, model_b, winner, and who
voted in rater or judge. LLMFAO's: left and right name the models, winner, and who voted in worker.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import BadVotes, UnknownOutcome
from evaluations.ranking.votes import BOTH_BAD, TIE, A, B, Votes

NEITHER: Final = {"tie": TIE, "both_bad": BOTH_BAD, "tie (bothbad)": BOTH_BAD}


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where a file holds what: columns of the models and of the rater, and the outcome code of each label."""

    a: str
    b: str
    raters: tuple[str, ...]
    outcomes: Mapping[str, int]
    outcome: str = "winner"


LAYOUTS: Final = (
    Layout(
        a="model_a", b="model_b", raters=("rater", "judge"), outcomes={"model_a": A, "model_b": B, **NEITHER}
    ),
    Layout(a="left", b="right", raters=("worker", "rater"), outcomes={"left": A, "right": B, **NEITHER}),
)


def read_votes(lines: Iterable[str], *, raters: bool | None = None) -> Votes:
    """Votes from the lines of a CSV file, header first; models and raters are numbered by name.

    raters: read who voted, or do not; None reads it where the file has a column for it.
    Raises BadVotes and UnknownOutcome, with the number of the line.
    """
    reader = csv.reader(lines, strict=True)
    try:
        layout = _Columns.of(next(reader, []), raters)
        return _read(((reader.line_num, row) for row in reader if row), layout)
    except csv.Error as error:
        raise BadVotes(f"Line {reader.line_num} is not CSV: {error}.") from error
    except UnicodeDecodeError as error:
        raise BadVotes(f"The file is not UTF-8, somewhere after line {reader.line_num}.") from error


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """The places of the columns in a row; rater is None where it is not to be read."""

    width: int
    a: int
    b: int
    outcome: int
    rater: int | None
    outcomes: Mapping[str, int]

    @classmethod
    def of(cls, header: Sequence[str], raters: bool | None) -> _Columns:
        names = [name.strip() for name in header]
        layout = next((known for known in LAYOUTS if {known.a, known.b, known.outcome} <= set(names)), None)
        if layout is None:
            raise BadVotes(
                "Line 1 names no known columns: they are model_a, model_b and winner, or left, right, winner."
            )
        found = [names.index(name) for name in layout.raters if name in names]
        if raters and not found:
            raise BadVotes(f"Line 1 has no column of raters: it would be {' or '.join(layout.raters)}.")
        return cls(
            width=len(names),
            a=names.index(layout.a),
            b=names.index(layout.b),
            outcome=names.index(layout.outcome),
            rater=found[0] if found and raters is not False else None,
            outcomes=layout.outcomes,
        )


class _Numbers(dict[str, int]):
    """Numbers names in the order in which they come."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number

    def by_name(self) -> tuple[list[str], NDArray[np.int32]]:
        """The names in their order, and the new number of each old one."""
        names = sorted(self)
        renumbered = np.empty(len(names), dtype=np.int32)
        renumbered[[self[name] for name in names]] = np.arange(len(names))
        return names, renumbered


def _read(rows: Iterable[tuple[int, Sequence[str]]], columns: _Columns) -> Votes:
    models, raters = _Numbers(), _Numbers()
    a, b, outcome, rater = array("i"), array("i"), array("b"), array("i")
    for line, row in rows:
        name_a, name_b, label = _fields(row, line, columns)
        a.append(models[name_a])
        b.append(models[name_b])
        outcome.append(_outcome(label, line, columns.outcomes))
        if columns.rater is not None:
            rater.append(raters[_rater(row[columns.rater], line)])
    names, model_codes = models.by_name()
    return Votes.from_codes(
        models=names,
        a=model_codes[np.asarray(a, dtype=np.int32)],
        b=model_codes[np.asarray(b, dtype=np.int32)],
        outcome=np.asarray(outcome, dtype=np.int8),
        rater=None if columns.rater is None else raters.by_name()[1][np.asarray(rater, dtype=np.int32)],
    )


def _fields(row: Sequence[str], line: int, columns: _Columns) -> tuple[str, str, str]:
    if len(row) != columns.width:
        raise BadVotes(f"Line {line} has {len(row)} fields, and the header has {columns.width}.")
    name_a, name_b = row[columns.a].strip(), row[columns.b].strip()
    if not (name_a and name_b):
        raise BadVotes(f"Line {line} does not name both models.")
    if name_a == name_b:
        raise BadVotes(f"Line {line} compares {name_a!r} with itself.")
    return name_a, name_b, row[columns.outcome].strip()


def _outcome(label: str, line: int, outcomes: Mapping[str, int]) -> int:
    code = outcomes.get(label)
    if code is None:
        raise UnknownOutcome(f"Line {line} has the winner {label!r}; it can be {', '.join(outcomes)}.")
    return code


def _rater(name: str, line: int) -> str:
    if not name.strip():
        raise BadVotes(f"Line {line} does not say who voted; take votes as independent to do without.")
    return name.strip()
