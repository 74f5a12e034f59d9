"""Style control's effect: each model's score with length, headings, bold and lists held equal, and without."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluations.analyses import fetch_analysis
from evaluations.boards import Board, BoardRow, build_rows
from evaluations.publishing.analyses import Analysis
from evaluations.snapshots import read_document
from evaluations.web.charts.figures import Figure, Key
from evaluations.web.charts.marks import (
    draw_dot,
    draw_level,
    draw_upright,
    join_marks,
    write_name,
    write_text,
)
from evaluations.web.charts.scales import Scale, fit_scale
from evaluations.web.charts.style_words import Pair, find_moves, say_what_is_measured
from evaluations.web.charts.tables import Column, Table
from evaluations.web.charts.words import (
    shorten_name,
    write_points,
)

NAME = "style"
# Models that are drawn; the table has all of them. Lines that all have their number.
MOST_DRAWN, FEW_LINES = 20, 3
# Per cent across where the scale begins; pixels down.
LEFT, TOP, LINE = 30.0, 24, 30
SIGNS = 16
AVERAGE = 1000


def build_style_effect(board: Board) -> Figure:
    """Raises SnapshotError where an earlier snapshot's analysis can't be had any more."""
    analysis = board.analysis.part if board.analysis.method == "elo" else board.analysis
    on = _fetch(board, replace(analysis, style=True))
    off = _fetch(board, replace(analysis, style=False))
    plain = {row.model.slug: row for row in build_rows(off["ranking"], models=board.models)}
    rows = build_rows(on["ranking"], models=board.models)
    pairs = [Pair(on=row, off=plain[row.model.slug]) for row in rows if row.model.slug in plain]
    if not pairs:
        return Figure(
            name=NAME,
            title=_("Style control"),
            note=_("The votes do not give it: style never differs in them, or they are too few."),
        )
    return Figure(
        name=NAME,
        title=find_moves(pairs),
        note=say_what_is_measured(pairs, effects=on["effects"], elo=board.analysis.method == "elo"),
        label=_("Score of each model with its interval, with and without style control"),
        picture=_draw(pairs[:MOST_DRAWN]),
        height=TOP + LINE * min(len(pairs), MOST_DRAWN) + 4,
        legend=_list_keys(),
        table=_tabulate(pairs),
        shown=_say_first(len(pairs)) if len(pairs) > MOST_DRAWN else "",
    )


def _fetch(board: Board, analysis: Analysis) -> Mapping[str, Any]:
    assert board.snapshot is not None  # noqa: S101 - there are no figures without one
    if analysis.is_primary:
        return read_document(snapshot=board.snapshot)
    return fetch_analysis(snapshot=board.snapshot, analysis=analysis, columns_root=settings.COLUMNS_ROOT)


def _say_first(number: int) -> str:
    return _("The first %(first)s of %(all)s models are drawn; the table has all of them.") % {
        "first": write_points(MOST_DRAWN),
        "all": write_points(number),
    }


def _list_keys() -> list[Key]:
    bar = draw_level("interval", x1=0, x2="100%", y=7)
    point = draw_dot("point", x="50%", y=7)
    return [
        Key(mark=join_marks([bar, point]), label=_("Style held equal, with its interval")),
        Key(mark=draw_dot("hollow", x="50%", y=7), label=_("As the votes come")),
    ]


def _draw(pairs: Sequence[Pair]) -> SafeString:
    bounds = chain.from_iterable(
        [(pair.on.lower, pair.on.upper), (pair.off.lower, pair.off.upper)] for pair in pairs
    )
    scale = fit_scale(bounds, start=LEFT, end=100.0)
    lines = (_draw_pair(pair, scale=scale, y=TOP + LINE * place + 15) for place, pair in enumerate(pairs))
    return join_marks([_draw_grid(scale, bottom=TOP + LINE * len(pairs)), *lines])


def _draw_grid(scale: Scale, *, bottom: int) -> SafeString:
    """A number at every second line; the average is a stronger one."""
    marks = []
    for place, value in enumerate(scale.ticks):
        at = scale.across(value)
        marks.append(draw_upright("zero" if value == AVERAGE else "grid", x=at, y1=TOP - 4, y2=bottom))
        if place % 2 == 0 or len(scale.ticks) <= FEW_LINES:
            anchor = "end" if value == scale.high else "middle"
            marks.append(write_text(write_points(value), x=at, y=12, css=anchor))
    return join_marks(marks)


def _draw_pair(pair: Pair, *, scale: Scale, y: int) -> SafeString:
    name = pair.on.model.name
    return join_marks(
        [
            write_name(name, shown=shorten_name(name, most=SIGNS), x=0, y=y + 4),
            draw_level("interval", x1=scale.across(pair.on.lower), x2=scale.across(pair.on.upper), y=y),
            draw_level("whisker", x1=scale.across(pair.off.lower), x2=scale.across(pair.off.upper), y=y + 7),
            draw_dot("hollow", x=scale.across(pair.off.score), y=y + 7),
            draw_dot("point", x=scale.across(pair.on.score), y=y),
        ]
    )


def _tabulate(pairs: Sequence[Pair]) -> Table:
    write = partial(write_points, language=get_language())
    columns = [Column(key="model", label=_("Model"))]
    for key, label in (("", _("style held equal")), ("_without", _("as the votes come"))):
        columns += [
            Column(key=f"score{key}", label=_("Score, %(kind)s") % {"kind": label}, write=write),
            Column(key=f"lower{key}", label=_("Lower bound"), write=write),
            Column(key=f"upper{key}", label=_("Upper bound"), write=write),
            Column(key=f"rank_low{key}", label=_("Highest rank"), write=write),
            Column(key=f"rank_high{key}", label=_("Lowest rank"), write=write),
        ]
    lines = [[pair.on.model.name, *_list_figures(pair.on), *_list_figures(pair.off)] for pair in pairs]
    return Table(caption=_("Scores with and without style control"), columns=columns, rows=lines)


def _list_figures(row: BoardRow) -> list[float]:
    return [row.score, row.lower, row.upper, row.rank_low, row.rank_high]
