"""Bars for days: where each lies, across in per cent and down in pixels.

Places are text: a template would write numbers in the reader's language, and SVG reads one only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

# Pixels from the top of the chart, which is HEIGHT high: the highest line and the ground.
HEIGHT, TOP, GROUND = 206, 25, 184
# Per cent across: the numbers of the lines come first.
START = 8.0
BAR = 0.78
MOST_LINES = 3
LABELS = 3
STEPS = (1, 2, 5)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One day; quiet: it isn't over. label: where its date is written, else nothing."""

    day: date
    votes: int
    x: str
    width: str
    y: str
    height: str
    quiet: bool
    labelled: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line across, with its number a little above it."""

    value: float
    y: str
    text_y: str


@dataclass(frozen=True, kw_only=True)
class Bars:
    bars: Sequence[Bar]
    lines: Sequence[Line]
    target: Line | None


def draw_bars(*, days: Sequence[tuple[date, int]], today: date, target: float | None = None) -> Bars:
    """days: (day, votes), in order; target: votes a day, for the dashed line."""
    most = max([votes for _, votes in days], default=0)
    step = next(step for step in _round_steps() if step * MOST_LINES >= max(most, target or 0, 1))
    scale = (GROUND - TOP) / (step * MOST_LINES)
    slot = (100 - START) / max(len(days), 1)
    bars = [
        Bar(
            day=day,
            votes=votes,
            x=f"{START + place * slot:.2f}%",
            width=f"{slot * BAR:.2f}%",
            y=f"{GROUND - votes * scale:.1f}",
            height=f"{votes * scale:.1f}",
            quiet=day >= today,
            labelled=len(days) >= LABELS and place % -(-len(days) // LABELS) == 0,
        )
        for place, (day, votes) in enumerate(days)
    ]
    lines = [_draw_line(step * number, scale) for number in range(1, MOST_LINES + 1)]
    return Bars(bars=bars, lines=lines, target=_draw_line(target, scale) if target else None)


def _draw_line(value: float, scale: float) -> Line:
    y = GROUND - value * scale
    return Line(value=value, y=f"{y:.1f}", text_y=f"{y - 4:.1f}")


def _round_steps() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 …"""
    return (STEPS[place % 3] * 10 ** (place // 3) for place in count())
