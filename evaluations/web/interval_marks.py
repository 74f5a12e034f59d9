"""The interval mark: where its bar, its dot and the ticks of its axis lie, in per cent of the width.

Places are text: a template would write numbers in the reader's language, and SVG reads one only.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from evaluations.boards import BoardRow

# The grid behind the marks in leaderboard.css is drawn for up to this many parts.
MOST_PARTS = 6
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
    """`parts` equal parts from `start`, a multiple of `step`, in points."""

    start: float
    step: float
    parts: int
    empty: bool = False

    @property
    def ticks(self) -> list[Tick]:
        """Every second line has its number, at round values; all have where there are few, none where nothing lies."""
        if self.empty:
            return []
        every = self.step * (2 if self.parts > MOST_PARTS // 2 else 1)
        values = (self.start + number * self.step for number in range(self.parts + 1))
        return [
            Tick(at=self.place(value), value=value, anchor=self._anchor(value))
            for value in values
            if not value % every
        ]

    def _anchor(self, value: float) -> str:
        if value == self.start:
            return "start"
        return "end" if value == self.start + self.parts * self.step else "middle"

    def place(self, value: float) -> str:
        share = (value - self.start) / (self.parts * self.step)
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
        return Axis(start=0.0, step=1.0, parts=1, empty=True)
    low, high = min(bounds), max(bounds)
    step = next(step for step in _round_steps() if _count_parts(low, high, step) <= MOST_PARTS)
    return Axis(start=_floor(low, step), step=step, parts=_count_parts(low, high, step))


def mark_rows(rows: Sequence[BoardRow]) -> tuple[Axis, list[MarkedRow]]:
    """All rows on one axis: the same score lies at the same place wherever a part of them is shown."""
    axis = fit_axis((row.lower, row.upper) for row in rows)
    return axis, [
        MarkedRow(row=row, mark=axis.mark(lower=row.lower, score=row.score, upper=row.upper)) for row in rows
    ]


def _count_parts(low: float, high: float, step: float) -> int:
    return max(1, math.ceil((high - _floor(low, step)) / step))


def _floor(value: float, step: float) -> float:
    return math.floor(value / step) * step


def _round_steps() -> Iterator[float]:
    """1, 2, 5, 10, 20, 50 …"""
    for power in count():
        for step in STEPS:
            yield float(step * 10**power)
