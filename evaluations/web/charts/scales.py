"""Where a measure lies in a picture: across in per cent of the width, down in pixels.

Places are text: a template would write numbers in the reader's language, and SVG reads one only.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluations.web.interval_marks import fit_axis

# Round numbers of a decade on a logarithmic scale: the fewest that give enough of them.
DECADES: tuple[tuple[int, ...], ...] = ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 5, 7))
FEWEST_TICKS = 3
# Room beside the outermost of logarithmic values, as a factor, so that a single one has some as well.
ROOM = 1.6


@dataclass(frozen=True, kw_only=True)
class Scale:
    """`low` lies at `start`, `high` at `end`; what lies beyond is drawn at the edge. ticks: round values within."""

    low: float
    high: float
    start: float
    end: float
    ticks: Sequence[float] = ()
    logarithmic: bool = False

    def place(self, value: float) -> float:
        share = min(max(self._measure(value), 0.0), 1.0)
        return self.start + share * (self.end - self.start)

    def across(self, value: float) -> str:
        return f"{self.place(value):.2f}%"

    def down(self, value: float) -> str:
        return f"{self.place(value):.1f}"

    def _measure(self, value: float) -> float:
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def fit_scale(intervals: Iterable[tuple[float, float]], *, start: float, end: float) -> Scale:
    """A linear scale on round numbers that holds every (lower, upper)."""
    axis = fit_axis(intervals)
    values = [axis.start + number * axis.step for number in range(axis.parts + 1)]
    return Scale(low=values[0], high=values[-1], start=start, end=end, ticks=values)


def fit_logarithmic_scale(values: Iterable[float], *, start: float, end: float) -> Scale:
    """values: one at least, all above zero."""
    found = list(values)
    low, high = min(found) / ROOM, max(found) * ROOM
    return Scale(
        low=low, high=high, start=start, end=end, ticks=_list_round_numbers(low, high), logarithmic=True
    )


def _list_round_numbers(low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in DECADES:
        # Divided, not multiplied by 0.1: 0.3 must be written 0.3.
        values = [
            digit * 10**power if power >= 0 else digit / 10**-power for power in powers for digit in digits
        ]
        found = [float(value) for value in values if low <= value <= high]
        if len(found) >= FEWEST_TICKS:
            return found
    return found
