"""Style control's effect: each model's score with length, headings, bold and lists held equal, and without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from evaluations.analyses import fetch_analysis
from evaluations.boards import Board, BoardRow, build_rows
from evaluations.publishing.analyses import Analysis
from evaluations.sentences import join_names
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
from evaluations.web.charts.tables import Column, Table
from evaluations.web.charts.words import (
    IN_SENTENCE,
    shorten_name,
    write_change,
    write_points,
)

NAME = "style"
# Models that are drawn; the table has all of them. Names that a sentence bears.
MOST_DRAWN, MOST_NAMES = 20, 3
# Per cent across where the scale begins; pixels down.
LEFT, TOP, LINE = 30.0, 24, 30
SIGNS = 16
AVERAGE = 1000


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A model on the board with style held equal, and on the one as the votes come."""

    on: BoardRow
    off: BoardRow

    @property
    def change(self) -> float:
        return self.on.score - self.off.score

    @property
    def leaves(self) -> bool:
        """Whether the score without lies outside the interval of the one with style held equal."""
        return not self.on.lower <= self.off.score <= self.on.upper

    @property
    def moves(self) -> bool:
        """Whether the two ranges of ranks have nothing in common."""
        return self.on.rank_low > self.off.rank_high or self.on.rank_high < self.off.rank_low

    @property
    def differs(self) -> bool:
        return (self.on.rank_low, self.on.rank_high) != (self.off.rank_low, self.off.rank_high)


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
        note=_say_what_is_measured(pairs, effects=on["effects"], elo=board.analysis.method == "elo"),
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


def find_moves(pairs: Sequence[Pair]) -> str:
    """True to the ranges of ranks: a model moves where the two of it have no rank in common."""
    moved = [shorten_name(pair.on.model.name, most=IN_SENTENCE) for pair in pairs if pair.moves]
    if 0 < len(moved) <= MOST_NAMES:
        return ngettext(
            "Style changes the rank of %(names)s", "Style changes the ranks of %(names)s", len(moved)
        ) % {"names": join_names(moved)}
    if moved:
        return ngettext(
            "Style changes the rank of %(number)s model",
            "Style changes the ranks of %(number)s models",
            len(moved),
        ) % {"number": write_points(len(moved))}
    if any(pair.differs for pair in pairs):
        return _("Style changes no rank for certain")
    return _("Style changes no rank")


def _say_what_is_measured(pairs: Sequence[Pair], *, effects: Sequence[Mapping[str, Any]], elo: bool) -> str:
    return " ".join(
        part
        for part in (
            _("Scores with length, headings, bold and lists held equal, and without."),
            _("By Bradley–Terry, which the board above is not: Elo has no style control.") if elo else "",
            describe_effects(effects),
            _describe_change(pairs),
        )
        if part
    )


def _describe_change(pairs: Sequence[Pair]) -> str:
    """The largest change that is more than its interval allows for."""
    left = [pair for pair in pairs if pair.leaves]
    if not left:
        return _("No model’s score leaves its interval.")
    most = max(left, key=lambda pair: abs(pair.change))
    return _(
        "The largest change is that of %(model)s, %(change)s points, to %(score)s (%(lower)s–%(upper)s)."
    ) % {
        "model": shorten_name(most.on.model.name, most=IN_SENTENCE),
        "change": write_change(most.change),
        "score": write_points(most.on.score),
        "lower": write_points(most.on.lower),
        "upper": write_points(most.on.upper),
    }


def _say_first(number: int) -> str:
    return _("The first %(first)s of %(all)s models are drawn; the table has all of them.") % {
        "first": write_points(MOST_DRAWN),
        "all": write_points(number),
    }


def describe_effects(effects: Sequence[Mapping[str, Any]]) -> str:
    """What style the votes favour: only where the whole interval lies on one side of zero."""
    words = {
        "length": _("length"),
        "headings": _("headings"),
        "bold": _("bold"),
        "lists": _("lists"),
    }
    known = [effect for effect in effects if effect["name"] in words]
    liked = [words[effect["name"]] for effect in known if effect["lower"] > 0]
    disliked = [words[effect["name"]] for effect in known if effect["upper"] < 0]
    sentences = []
    if liked:
        sentences.append(_("What gains votes: %(names)s.") % {"names": join_names(liked)})
    if disliked:
        sentences.append(_("What costs votes: %(names)s.") % {"names": join_names(disliked)})
    if known and not sentences:
        sentences.append(_("None of these is certain to gain or to cost votes."))
    return " ".join(sentences)


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
        if place % 2 == 0 or len(scale.ticks) <= MOST_NAMES:
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
