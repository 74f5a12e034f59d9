"""A model's score over the snapshots as a small line: the same points a pixel in every row of a board."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from django.utils.translation import gettext as _

from evaluations.boards import Board
from evaluations.history import Standing, list_standings
from evaluations.sentences import write_number
from evaluations.templatetags.figures import day

# Of a model in a standing: score, lower, upper, ranks.
Figures: TypeAlias = Sequence[float]

# Points of the line; with fewer than LEAST there is no trend.
MOST: Final = 20
LEAST: Final = 3
# Of the drawing, in halves of a pixel, and what is left free above and below.
WIDTH: Final = 160
HEIGHT: Final = 48
MARGIN: Final = 4
# Points on the scale that the height stands for at least, so that a quiet line looks quiet.
LEAST_SPAN: Final = 40.0


@dataclass(frozen=True, kw_only=True)
class Trend:
    """points: of an SVG polyline; words: its name, for who does not see it."""

    points: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Trends:
    """lines: by the model's slug. since, snapshots: what they are drawn from."""

    lines: Mapping[str, Trend]
    since: datetime
    snapshots: int


def fetch_trends(board: Board) -> Trends | None:
    """Of the analysis that snapshots have always had; None for others, and before the third snapshot with as many
    votes as a result needs: what moved before was chance."""
    if board.snapshot is None or not board.analysis.is_primary:
        return None
    enough = board.study.minimum_votes
    standings = [item for item in list_standings(snapshot=board.snapshot, most=MOST) if item.votes >= enough]
    if len(standings) < LEAST:
        return None
    lines = draw_trends(standings, slugs=[row.model.slug for row in board.rows])
    return Trends(lines=lines, since=standings[0].at, snapshots=len(standings))


def draw_trends(standings: Sequence[Standing], *, slugs: Sequence[str]) -> dict[str, Trend]:
    """For the models that have a place in LEAST of the snapshots or more."""
    start, end = standings[0].at, standings[-1].at
    length = max((end - start).total_seconds(), 1.0)
    across = [round((item.at - start).total_seconds() / length * WIDTH) for item in standings]
    lines = {
        slug: [
            (x, item.models[slug]) for x, item in zip(across, standings, strict=True) if slug in item.models
        ]
        for slug in slugs
    }
    drawn = {slug: line for slug, line in lines.items() if len(line) >= LEAST}
    scores = [[figures[0] for _x, figures in line] for line in drawn.values()]
    span = max([LEAST_SPAN, *(max(values) - min(values) for values in scores)])
    first = {x: day(item.at) for x, item in zip(reversed(across), reversed(standings), strict=True)}
    return {slug: _draw(line, since=first[line[0][0]], span=span) for slug, line in drawn.items()}


def _draw(line: Sequence[tuple[int, Figures]], *, since: str, span: float) -> Trend:
    """line: places across and figures; since: the day of the first of them."""
    values = [figures[0] for _x, figures in line]
    middle, scale = (max(values) + min(values)) / 2, (HEIGHT - 2 * MARGIN) / span
    points = " ".join(
        f"{x},{round(HEIGHT / 2 - (score - middle) * scale)}"
        for x, score in zip((x for x, _figures in line), values, strict=True)
    )
    return Trend(points=points, words=_describe(line[0][1], line[-1][1], since=since))


def _describe(first: Figures, last: Figures, *, since: str) -> str:
    """No score without its interval: two that overlap are no rise."""
    values = {"day": since, "first": _write(first), "last": _write(last)}
    return _("Since %(day)s from %(first)s to %(last)s") % values


def _write(figures: Figures) -> str:
    score, lower, upper = (write_number(round(value)) for value in figures[:3])
    return f"{score} ({lower}–{upper})"
