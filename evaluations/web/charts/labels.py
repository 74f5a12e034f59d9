"""Names beside points, placed so that none lies on another or on a point, however wide the picture is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evaluations.web.charts.words import measure_text

# Widths in pixels at which it is looked at: the narrowest phone, of 320 without its margins, and a common one; beside
# another picture, in the narrowest column and in a usual one; alone, or as a file.
PHONE, BROADER_PHONE, COLUMN, NARROW, WIDE = 288, 358, 432, 540, 1100
LARGE = (COLUMN, NARROW, WIDE)
WIDTHS = (PHONE, BROADER_PHONE, *LARGE)
HEIGHT, DOT = 14.0, 5.0


@dataclass(frozen=True, kw_only=True)
class Point:
    """x in per cent, y in pixels; text: what may stand beside it. first: it is placed before the others, in strong
    letters, and a phone shows it."""

    x: float
    y: float
    text: str
    first: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """From one place to another, x in per cent, y in pixels: along the axes, so that a box holds it."""

    x1: float
    x2: float
    y1: float
    y2: float


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where a text may stand: `dx` and `dy` from the point, to its left where `end`."""

    dx: int
    dy: int
    end: bool


# In the order in which they are tried.
SPOTS = (
    Spot(dx=-7, dy=-9, end=True),
    Spot(dx=9, dy=18, end=False),
    Spot(dx=10, dy=5, end=False),
    Spot(dx=-10, dy=5, end=True),
    Spot(dx=7, dy=-9, end=False),
    Spot(dx=-9, dy=18, end=True),
)


class Box(NamedTuple):
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def place_labels(points: Sequence[Point], *, height: float, lines: Sequence[Line] = ()) -> list[Spot | None]:
    """A spot for each point; None where its text would lie on something. height: of the picture, in pixels.

    One at a time, from the left and from the right: what is placed first can take another's only room.
    """
    ways = (
        _place_in_turn(points, order=order, height=height, lines=lines)
        for order in (range(len(points)), range(len(points) - 1, -1, -1))
    )
    return min(ways, key=lambda spots: _list_missing(points, spots))


def _list_missing(points: Sequence[Point], spots: Sequence[Spot | None]) -> tuple[int, int]:
    """How many have no spot: of those that come first, of all."""
    missing = [point for point, spot in zip(points, spots, strict=True) if spot is None]
    return sum(point.first for point in missing), len(missing)


def _place_in_turn(
    points: Sequence[Point], *, order: Sequence[int], height: float, lines: Sequence[Line]
) -> list[Spot | None]:
    spots: list[Spot | None] = [None] * len(points)
    taken = {width: [_box_dot(point, width) for point in points] for width in WIDTHS}
    for width, occupied in taken.items():
        occupied += [_box_line(line, width) for line in lines]
    for place in sorted(order, key=lambda place: not points[place].first):
        point = points[place]
        widths = WIDTHS if point.first else LARGE
        for spot in SPOTS:
            boxes = {width: _box_text(point, spot, width) for width in widths}
            if all(_is_free(boxes[width], taken[width], place, width, height) for width in widths):
                spots[place] = spot
                for width in widths:
                    taken[width].append(boxes[width])
                break
    return spots


def _is_free(box: Box, taken: Sequence[Box], own: int, width: float, height: float) -> bool:
    """Inside the picture, on no text, and on no point but its own."""
    inside = box.left >= 0 and box.right <= width and box.top >= 0 and box.bottom <= height
    return inside and not any(box.meets(other) for place, other in enumerate(taken) if place != own)


def _box_dot(point: Point, width: float) -> Box:
    x = point.x / 100 * width
    return Box(left=x - DOT, right=x + DOT, top=point.y - DOT, bottom=point.y + DOT)


def _box_line(line: Line, width: float) -> Box:
    left, right = sorted((line.x1 / 100 * width, line.x2 / 100 * width))
    return Box(
        left=left - 1, right=right + 1, top=min(line.y1, line.y2) - 1, bottom=max(line.y1, line.y2) + 1
    )


def _box_text(point: Point, spot: Spot, width: float) -> Box:
    start = point.x / 100 * width + spot.dx
    length = measure_text(point.text, strong=point.first)
    left = start - length if spot.end else start
    base = point.y + spot.dy
    return Box(left=left, right=left + length, top=base - HEIGHT + 3, bottom=base + 3)
