"""How the intervals narrow with the votes, and what the square root of their number predicts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from evaluations.boards import Board
from evaluations.history import Standing
from evaluations.models import Study
from evaluations.web.charts.figures import Figure, Key
from evaluations.web.charts.marks import (
    draw_dot,
    draw_level,
    draw_path,
    draw_upright,
    join_marks,
    stretch,
    write_text,
)
from evaluations.web.charts.scales import Scale, fit_scale
from evaluations.web.charts.tables import Column, Table
from evaluations.web.charts.words import write_points

NAME = "convergence"
HEIGHT, TOP, GROUND = 340, 36, 310
LEFT, UNITS, PARTS = 0.0, 1000, 60
# Wider than so many times the last ones, the first intervals would leave no room for the others; further than so many
# times the votes, a target would.
MOST_WIDE, MOST_AHEAD = 5.0, 4.0
# Votes have to have doubled, and a prediction to be off by so much, before anything is said of it.
DOUBLED, NEAR = 2.0, 0.15


@dataclass(frozen=True, kw_only=True)
class Width:
    """votes: counted. half: of the median model's interval, in points."""

    votes: int
    half: float


def build_convergence(board: Board, standings: Sequence[Standing]) -> Figure:
    widths = list_widths(standings)
    if not widths:
        return Figure(
            name=NAME,
            title=_("Width of the intervals"),
            note=_("No interval has a width yet."),
        )
    votes, points = fit_axes(widths, study=board.study)
    return Figure(
        name=NAME,
        title=find_pace(widths, study=board.study),
        note=" ".join(_say_what_is_measured(board, widths)),
        label=_("Half the width of the intervals against counted votes"),
        picture=_draw(widths, study=board.study, votes=votes, points=points),
        height=HEIGHT,
        legend=_list_keys(),
        table=_tabulate(widths),
    )


def list_widths(standings: Sequence[Standing]) -> list[Width]:
    """Of each snapshot that has votes and ranks two models or more."""
    found = []
    for standing in standings:
        halves = [(figures[2] - figures[1]) / 2 for figures in standing.models.values()]
        if len(halves) > 1 and standing.votes and median(halves) > 0:
            found.append(Width(votes=standing.votes, half=median(halves)))
    return found


def predict_half(last: Width, *, votes: float) -> float:
    """Intervals narrow with the square root of the votes."""
    return last.half * math.sqrt(last.votes / votes)


def find_pace(widths: Sequence[Width], *, study: Study) -> str:
    """Where it stands, and what may be expected of the votes that are still wanted."""
    first, last = widths[0], widths[-1]
    values = {
        "half": write_points(last.half),
        "votes": write_points(last.votes),
        "target": write_points(study.target_votes),
        "then": write_points(predict_half(last, votes=max(study.target_votes, 1))),
    }
    if last.votes < study.target_votes:
        return (
            _("The intervals are ±%(half)s points now; %(target)s votes would make them about ±%(then)s")
            % values
        )
    if last.votes >= DOUBLED * first.votes:
        off = last.half / predict_half(first, votes=last.votes)
        if off > 1 + NEAR:
            return _("The intervals narrow more slowly than the votes grow: ±%(half)s points now") % values
        if off >= 1 - NEAR:
            return _("The intervals narrow as the votes grow: ±%(half)s points now") % values
    return _("The intervals are ±%(half)s points after %(votes)s votes") % values


def _say_what_is_measured(board: Board, widths: Sequence[Width]) -> Iterator[str]:
    yield _("Half the width of the median model’s interval, against counted votes.")
    yield _("The line is what the square root of the votes predicts from the last snapshot.")
    if len(widths) > 1 and widths[0].half > MOST_WIDE * widths[-1].half:
        yield _("The first, wider ones are not drawn; the table and the files have them.")
    if board.study.target_votes > MOST_AHEAD * widths[-1].votes:
        yield _("The target of %(target)s votes lies further to the right.") % {
            "target": write_points(board.study.target_votes)
        }
    if not board.analysis.is_primary:
        yield _("All votes by the main analysis, whatever is chosen above.")


def _list_keys() -> list[Key]:
    return [
        Key(mark=draw_dot("point", x="50%", y=7), label=_("A snapshot")),
        Key(mark=draw_level("target", x1=0, x2="100%", y=7), label=_("What √n predicts")),
    ]


def fit_axes(widths: Sequence[Width], *, study: Study) -> tuple[Scale, Scale]:
    """Votes across, from none to the last mark; half-widths down, from none to the widest that is drawn."""
    last = widths[-1]
    most = max([last.votes, *(number for number, _label in list_goals(study, last=last))])
    widest = max(width.half for width in widths if width.half <= MOST_WIDE * last.half)
    across = fit_scale([(0.0, float(most))], start=LEFT, end=100.0)
    return across, fit_scale([(0.0, widest)], start=GROUND, end=TOP)


def list_goals(study: Study, *, last: Width) -> list[tuple[int, str]]:
    """The minimum and the target of the study, where they are not too far away to be drawn."""
    goals = [
        (study.minimum_votes, _("minimum %(votes)s") % {"votes": write_points(study.minimum_votes)}),
        (study.target_votes, _("target %(votes)s") % {"votes": write_points(study.target_votes)}),
    ]
    return [(number, label) for number, label in goals if 0 < number <= MOST_AHEAD * last.votes]


def _draw(widths: Sequence[Width], *, study: Study, votes: Scale, points: Scale) -> SafeString:
    last = widths[-1]
    shown = [width for width in widths if width.half <= points.high]
    curve = stretch(
        draw_path("target", steps=_trace_prediction(last, votes=votes, points=points)),
        x=0,
        y=0,
        width="100%",
        height=HEIGHT,
        box=(UNITS, HEIGHT),
    )
    dots = (draw_dot("point", x=votes.across(width.votes), y=points.down(width.half)) for width in shown)
    return join_marks([*_draw_grid(votes, points), *_draw_goals(study, last=last, votes=votes), curve, *dots])


def _trace_prediction(last: Width, *, votes: Scale, points: Scale) -> str:
    """From where it enters the picture, at the top, to the right edge."""
    first = last.votes * (last.half / points.high) ** 2
    values = [first + (votes.high - first) * (step / PARTS) ** 2 for step in range(PARTS + 1)]
    places = [
        f"{votes.place(value) / 100 * UNITS:.0f} {points.place(predict_half(last, votes=value)):.1f}"
        for value in values
    ]
    return "M" + "L".join(places)


def _draw_grid(votes: Scale, points: Scale) -> Iterator[SafeString]:
    for value in points.ticks:
        y = points.place(value)
        yield draw_level("axis" if value == 0 else "grid", x1=0, x2="100%", y=f"{y:.1f}")
        if value:
            yield write_text(f"±{write_points(value)}", x=0, y=f"{y - 4:.1f}")
    for place, value in enumerate(votes.ticks):
        if place % 2 == 0:
            anchor = "middle" if 0 < value < votes.high else "end" if value else ""
            yield write_text(write_points(value), x=votes.across(value), y=GROUND + 20, css=anchor)


def _draw_goals(study: Study, *, last: Width, votes: Scale) -> Iterator[SafeString]:
    """Each with its name above, on lines of their own."""
    for line, (number, label) in enumerate(list_goals(study, last=last)):
        x, y = votes.across(number), 12 + 15 * line
        yield draw_upright("zone-edge", x=x, y1=y + 4, y2=GROUND)
        css, shift = ("end", -4) if votes.place(number) > 60 else ("", 4)
        yield write_text(label, x=x, y=y, css=css, dx=shift)


def _tabulate(widths: Sequence[Width]) -> Table:
    last = widths[-1]
    columns = [
        Column(key="votes", label=_("Votes"), write=write_points),
        Column(key="half_width", label=_("Half-width, points"), write=write_points),
        Column(key="predicted", label=_("Predicted"), write=write_points),
    ]
    rows = [[width.votes, width.half, predict_half(last, votes=width.votes)] for width in widths]
    return Table(caption=_("Half-width of the intervals, by snapshot"), columns=columns, rows=rows)
