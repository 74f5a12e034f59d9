"""How scores changed from snapshot to snapshot: the first models with their intervals, the others faint."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from evaluations.boards import Board, BoardRow, build_rows
from evaluations.history import Standing
from evaluations.templatetags.figures import day, moment
from evaluations.web.charts.figures import Figure
from evaluations.web.charts.history_words import (
    MOST_NAMED,
    find_lead,
    say_nothing_to_compare,
    say_what_is_measured,
)
from evaluations.web.charts.labels import COLUMN, PHONE
from evaluations.web.charts.marks import (
    draw_dot,
    draw_level,
    draw_path,
    draw_upright,
    join_marks,
    stretch,
    write_name,
    write_text,
)
from evaluations.web.charts.scales import Scale, fit_scale
from evaluations.web.charts.tables import Column, Table
from evaluations.web.charts.words import fit_name, write_interval, write_points

NAME = "history"
HEIGHT, TOP, GROUND = 340, 14, 310
# Per cent across where the lines begin, after the numbers, and end, before the names; pixels between two names, and
# between a line's end and its name; units of a path across.
LEFT, RIGHT, BETWEEN, BESIDE, UNITS = 9.0, 60.0, 15.0, 10, 1000


def build_history(board: Board, standings: Sequence[Standing], *, published: int = 0) -> Figure:
    """published: how many snapshots there are, of which the standings are some."""
    if len(standings) < 2:
        note = say_nothing_to_compare(board, published=published)
        return Figure(name=NAME, title=_("History of the scores"), note=note)
    rows = build_rows(board.document["ranking"], models=board.models)
    named = rows[:MOST_NAMED]
    return Figure(
        name=NAME,
        title=find_lead(rows, standings),
        note=" ".join(
            say_what_is_measured(board, standings, published=published, cut=_cuts_intervals(rows, standings))
        ),
        label=_("Scores in %(number)s snapshots") % {"number": write_points(len(standings))},
        picture=_draw(rows, standings),
        height=HEIGHT,
        table=_tabulate(named, standings),
        data=partial(_list_all, board, standings),
        shown=_("The first models; the file has all of them.") if len(rows) > MOST_NAMED else "",
    )


def fit_axes(rows: Sequence[BoardRow], standings: Sequence[Standing]) -> tuple[Scale, Scale]:
    """Scores down: every score fits, and the last intervals of the named ones; time across."""
    scores = ((figures[0], figures[0]) for standing in standings for figures in standing.models.values())
    last = ((row.lower, row.upper) for row in rows[:MOST_NAMED])
    down = fit_scale(chain(scores, last), start=GROUND, end=TOP)
    first, end = standings[0].at.timestamp(), standings[-1].at.timestamp()
    return down, Scale(low=first, high=max(end, first + 1), start=LEFT, end=RIGHT)


def _cuts_intervals(rows: Sequence[BoardRow], standings: Sequence[Standing]) -> bool:
    """Whether an interval that is drawn goes beyond the picture."""
    down, _times = fit_axes(rows, standings)
    drawn = (
        standing.models[row.model.slug]
        for row in rows[:MOST_NAMED]
        for standing in standings
        if row.model.slug in standing.models
    )
    return any(figures[1] < down.low or figures[2] > down.high for figures in drawn)


def _draw(rows: Sequence[BoardRow], standings: Sequence[Standing]) -> SafeString:
    scores, times = fit_axes(rows, standings)
    named = rows[:MOST_NAMED]
    faint = (_draw_trend("faint", row, standings, scores, times) for row in rows[MOST_NAMED:])
    bands = (_draw_band(row, standings, scores, times) for row in named)
    trends = (_draw_trend("trend", row, standings, scores, times) for row in named)
    paths = join_marks(chain(faint, bands, trends))
    lines = stretch(paths, x=f"{LEFT}%", y=0, width=f"{RIGHT - LEFT}%", height=HEIGHT, box=(UNITS, HEIGHT))
    return join_marks([*_draw_grid(scores, standings), lines, *_draw_ends(named, scores)])


def _draw_grid(scores: Scale, standings: Sequence[Standing]) -> Iterator[SafeString]:
    for score in scores.ticks:
        y = scores.place(score)
        yield draw_level("grid", x1=0, x2=f"{RIGHT}%", y=f"{y:.1f}")
        yield write_text(write_points(score), x=0, y=f"{y - 4:.1f}")
    first, last = name_times(standings[0].at, standings[-1].at)
    # From the edge of the picture, so that there is room between the two.
    yield write_text(first, x=0, y=GROUND + 20)
    yield write_text(last, x=f"{RIGHT}%", y=GROUND + 20, css="middle later-day")


def name_times(first: datetime, last: datetime) -> tuple[str, str]:
    """The two days; within one day, the times, the day once."""
    return (f"{first:%H:%M}", moment(last)) if first.date() == last.date() else (day(first), day(last))


def _list_places(
    row: BoardRow, standings: Sequence[Standing], times: Scale
) -> list[tuple[int, Sequence[float]]]:
    """Units across, and the figures, of each snapshot that ranks the model."""
    return [
        (
            round((times.place(standing.at.timestamp()) - LEFT) / (RIGHT - LEFT) * UNITS),
            standing.models[row.model.slug],
        )
        for standing in standings
        if row.model.slug in standing.models
    ]


def _draw_trend(
    css: str, row: BoardRow, standings: Sequence[Standing], scores: Scale, times: Scale
) -> SafeString:
    places = [f"{x} {scores.place(figures[0]):.0f}" for x, figures in _list_places(row, standings, times)]
    return draw_path(css, steps="M" + "L".join(places)) if len(places) > 1 else join_marks([])


def _draw_band(row: BoardRow, standings: Sequence[Standing], scores: Scale, times: Scale) -> SafeString:
    """Along the upper bounds, and back along the lower ones."""
    places = _list_places(row, standings, times)
    there = [f"{x} {scores.place(figures[2]):.0f}" for x, figures in places]
    back = [f"{x} {scores.place(figures[1]):.0f}" for x, figures in reversed(places)]
    return (
        draw_path("band", steps="M" + "L".join([*there, *back]) + "z") if len(places) > 1 else join_marks([])
    )


def _draw_ends(named: Sequence[BoardRow], scores: Scale) -> Iterator[SafeString]:
    """Where the lines end now: the interval, the score, the name."""
    heights = spread_heights([scores.place(row.score) for row in named], ground=GROUND)
    for row, height in zip(named, heights, strict=True):
        x = f"{RIGHT}%"
        yield draw_upright("interval", x=x, y1=scores.down(row.upper), y2=scores.down(row.lower))
        yield draw_dot("point", x=x, y=scores.down(row.score))
        yield from _write_end(row.model.name, y=f"{height + 4:.1f}")


def _write_end(name: str, *, y: str) -> Iterator[SafeString]:
    """Twice where a phone has no room for what a column has."""
    roomy, tight = (fit_name(name, room=(100 - RIGHT) / 100 * width - BESIDE) for width in (COLUMN, PHONE))
    lengths = {"strong": roomy} if roomy == tight else {"strong roomy": roomy, "strong tight": tight}
    for css, shown in lengths.items():
        yield write_name(name, shown=shown, x=f"{RIGHT}%", y=y, css=css, dx=BESIDE)


def spread_heights(heights: Sequence[float], *, ground: float) -> list[float]:
    """Each at its height, or as far below as the one above it asks for, and none below the ground, where the days are
    written; heights: from top to bottom, in pixels."""
    found: list[float] = []
    for height in heights:
        found.append(max(height, found[-1] + BETWEEN) if found else height)
    lowest = ground
    for place in reversed(range(len(found))):
        found[place] = min(found[place], lowest)
        lowest = found[place] - BETWEEN
    return found


def _tabulate(named: Sequence[BoardRow], standings: Sequence[Standing]) -> Table:
    columns = [
        Column(key="at", label=_("Snapshot"), write=None),
        Column(key="votes", label=_("Votes"), write=write_points),
        *(Column(key=row.model.slug, label=row.model.name, write=str) for row in named),
    ]
    rows = [
        [
            moment(standing.at),
            standing.votes,
            *(_write_figures(standing.models.get(row.model.slug)) for row in named),
        ]
        for standing in standings
    ]
    return Table(caption=_("Scores and their intervals, by snapshot"), columns=columns, rows=rows)


def _write_figures(figures: Sequence[float] | None) -> str | None:
    return (
        None if figures is None else f"{write_points(figures[0])} ({write_interval(figures[1], figures[2])})"
    )


def _list_all(board: Board, standings: Sequence[Standing]) -> Table:
    keys = ("at", "ledger_size", "votes", "model", "score", "lower", "upper", "rank_low", "rank_high")
    rows = [
        [standing.at.isoformat(), standing.ledger_size, standing.votes, board.models[slug].name, *figures]
        for standing in standings
        for slug, figures in standing.models.items()
    ]
    return Table(caption="", columns=[Column(key=key, label=key) for key in keys], rows=rows)
