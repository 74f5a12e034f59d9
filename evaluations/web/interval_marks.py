"""The interval mark: where its bar, its dot and the ticks of its axis lie, in per cent of the width.

Places are text, since a number in a template would be written in the reader's language, and SVG reads one only.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from evaluations.leaderboards import BoardRow

# As many as the grid behind the marks in leaderboard.css has columns.
DIVISIONS = 5
LABELLED = (1, 3, 5)
STEPS = (1, 2, 5)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The bar from `low` to `high` and the dot at `point`."""

    low: str
    high: str
    point: str


@dataclass(frozen=True, kw_only=True)
class Tick:
    at: str
    value: float
    anchor: str


@dataclass(frozen=True, kw_only=True)
class Axis:
    """`DIVISIONS` equal parts from `start`, a multiple of `step`, in points."""

    start: float
    step: float

    @property
    def ticks(self) -> list[Tick]:
        return [
            Tick(
                at=f"{100 * number // DIVISIONS}%",
                value=self.start + number * self.step,
                anchor="end" if number == DIVISIONS else "middle",
            )
            for number in LABELLED
        ]

    def place(self, value: float) -> str:
        share = (value - self.start) / (DIVISIONS * self.step)
        return f"{100 * min(max(share, 0.0), 1.0):.2f}%"

    def mark(self, *, lower: float, score: float, upper: float) -> Mark:
        return Mark(low=self.place(lower), high=self.place(upper), point=self.place(score))


@dataclass(frozen=True, kw_only=True)
class MarkedRow:
    """A row of a board with its mark."""

    row: BoardRow
    mark: Mark


def fit_axis(intervals: Iterable[tuple[float, float]]) -> Axis:
    """The axis with the smallest round step that holds every (lower, upper)."""
    bounds = [bound for interval in intervals for bound in interval]
    if not bounds:
        return Axis(start=0.0, step=1.0)
    low, high = min(bounds), max(bounds)
    step = next(step for step in _round_steps() if _floor(low, step) + DIVISIONS * step >= high)
    return Axis(start=_floor(low, step), step=step)


def mark_rows(rows: Sequence[BoardRow]) -> tuple[Axis, list[MarkedRow]]:
    """All rows on one axis: the same score lies at the same place wherever a part of them is shown."""
    axis = fit_axis((row.lower, row.upper) for row in rows)
    return axis, [
        MarkedRow(row=row, mark=axis.mark(lower=row.lower, score=row.score, upper=row.upper)) for row in rows
    ]


def _floor(value: float, step: float) -> float:
    return math.floor(value / step) * step


def _round_steps() -> Iterator[float]:
    """1, 2, 5, 10, 20, 50 …"""
    for power in count():
        for step in STEPS:
            yield float(step * 10**power)
