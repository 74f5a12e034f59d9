"""Who wins against whom: a cell for each two models, in seven steps around “about equal”."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from evaluations.boards import Board, BoardRow
from evaluations.web.charts.figures import Figure, Key
from evaluations.web.charts.marks import draw_path, join_marks, stretch, write_name, write_text
from evaluations.web.charts.pairs import (
    EDGES,
    Leads,
    Rule,
    Shares,
    choose_step,
    compute_share,
    count_wins,
    read_rule,
)
from evaluations.web.charts.tables import Column, Table
from evaluations.web.charts.words import IN_SENTENCE, shorten_name, write_points

NAME = "wins"
# More models than these have cells without numbers, and a table of the first ones only.
MOST_NUMBERED = 30
ROOMY = 12
# Signs of a name that there is room for, with few models and with many.
FEW_SIGNS, MANY_SIGNS = 14, 28
# Per cent across where the cells begin; pixels down.
LEFT, TOP = 25.0, 20
NUMBERED, PLAIN = 30, 10
# Of a numbered cell in units of its own, so that a little is left between two.
CELL, GAP_ACROSS, GAP_DOWN = 100, 5, 7
# The same step some times in a row.
RUN = re.compile(r"(.)\1*")


def build_heat_map(board: Board) -> Figure:
    rule = read_rule(board)
    shares, leads = count_wins(board, rule=rule)
    numbered = len(board.rows) <= MOST_NUMBERED
    return Figure(
        name=NAME,
        title=find_winner(board.rows, leads, entered=len(board.models)),
        note=" ".join([*_say_what_is_measured(rule), *_say_of_all_votes(board), _say_counts()]),
        label=_("Of 100 battles, how many the model in the row won against the model in the column"),
        picture=_draw(board.rows, shares, numbered=numbered),
        height=TOP + len(board.rows) * (NUMBERED if numbered else PLAIN) + 2,
        css="heat" if numbered else "heat heat-plain",
        scroll="heat-narrow" if len(board.rows) <= ROOMY else "heat-broad",
        wide=True,
        legend=list_steps(),
        table=_tabulate(board.rows[:MOST_NUMBERED], shares),
        data=partial(_list_all, board, rule),
        shown="" if numbered else _say_first(len(board.rows)),
    )


def find_winner(rows: Sequence[BoardRow], leads: Leads, *, entered: int) -> str:
    """A fact of the counted votes, and no estimate: who won more than it lost against each other model, with a place or
    without. entered: how many models there are."""
    rivals: defaultdict[str, list[int]] = defaultdict(list)
    for (model, _rival), lead in leads.items():
        rivals[model].append(lead)
    for row in rows:
        met = rivals[row.model.slug]
        if len(met) > 1 and min(met) > 0:
            values = {"model": shorten_name(row.model.name, most=IN_SENTENCE)}
            if len(met) == entered - 1:
                return _("%(model)s won more battles than it lost against every other model") % values
            return _("%(model)s won more battles than it lost against every model it met") % values
    if len(rows) > 2:
        return _("No model won more battles than it lost against every other model")
    return _("Who wins against whom")


def _say_what_is_measured(rule: Rule) -> Iterator[str]:
    yield _("Wins of the model in the row, in 100 battles with the model in the column.")
    match rule.ties, rule.both_bad:
        case True, True:
            yield _("Ties and “both bad” count half.")
        case True, False:
            yield _("Ties count half; “both bad” is left out.")
        case _neither:
            yield _("Ties and “both bad” are left out.")


def _say_of_all_votes(board: Board) -> Iterator[str]:
    if board.analysis.category or board.analysis.language:
        yield _("All votes, whatever category or language is chosen above.")


def _say_counts() -> str:
    return _("These are counts: what the votes can separate is said by the ranges of ranks.")


def _say_first(number: int) -> str:
    return _("The first %(first)s of %(all)s models; the file has every pair.") % {
        "first": write_points(MOST_NUMBERED),
        "all": write_points(number),
    }


def name_steps() -> list[str]:
    """What the seven colours stand for."""
    bounds = pairwise(EDGES)
    between = [f"{low}–{high - 1}" for low, high in bounds]
    between[2] = _("%(range)s, about equal") % {"range": between[2]}
    below, above = {"number": EDGES[0]}, {"number": EDGES[-1]}
    return [_("under %(number)s") % below, *between, _("%(number)s and over") % above]


def list_steps() -> list[Key]:
    marks = (
        format_html('<rect class="w{}" width="28" height="14"/>', place + 1)
        for place in range(len(EDGES) + 1)
    )
    return [Key(mark=mark, label=label) for mark, label in zip(marks, name_steps(), strict=True)]


def _draw(rows: Sequence[BoardRow], shares: Shares, *, numbered: bool) -> SafeString:
    steps = _list_steps(rows, shares)
    height = NUMBERED if numbered else PLAIN
    paths = _draw_cells(steps) if numbered else _draw_runs(steps)
    unit = CELL if numbered else 1
    cells = stretch(
        paths,
        x=f"{LEFT}%",
        y=TOP,
        width=f"{100 - LEFT}%",
        height=len(rows) * height,
        box=(unit * len(rows), unit * len(rows)),
    )
    names = _write_names(rows, height=height)
    numbers = _write_shares(rows, shares) if numbered else []
    return join_marks([cells, *names, *numbers])


def _list_steps(rows: Sequence[BoardRow], shares: Shares) -> list[str]:
    """A line of digits for each row; 0 where two never met."""
    steps: dict[int | None, str] = {None: "0", **{share: str(choose_step(share)) for share in range(101)}}
    slugs = [row.model.slug for row in rows]
    return ["".join([steps[shares.get((model, rival))] for rival in slugs]) for model in slugs]


def _draw_cells(steps: Sequence[str]) -> SafeString:
    """One path a colour, with a little room between the cells."""
    size = f"h{CELL - GAP_ACROSS}v{CELL - GAP_DOWN}h{GAP_ACROSS - CELL}z"
    found: defaultdict[str, list[str]] = defaultdict(list)
    for down, line in enumerate(steps):
        for across, step in enumerate(line):
            found[step].append(f"M{across * CELL} {down * CELL}{size}")
    return _draw_colours(found)


def _draw_runs(steps: Sequence[str]) -> SafeString:
    """One path a colour, cells of the same colour in one: a hundred models have ten thousand cells."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for down, line in enumerate(steps):
        for run in RUN.finditer(line):
            start, end = run.span()
            found[run[1]].append(f"M{start} {down}h{end - start}v1h{start - end}z")
    return _draw_colours(found)


def _draw_colours(found: Mapping[str, Sequence[str]]) -> SafeString:
    return join_marks(
        draw_path(f"w{step}", steps="".join(found[step])) for step in sorted(found) if step != "0"
    )


def _write_names(rows: Sequence[BoardRow], *, height: int) -> Iterator[SafeString]:
    """Every model with its number; where lines are narrow, every second."""
    width = (100 - LEFT) / len(rows)
    signs = FEW_SIGNS if len(rows) <= ROOMY else MANY_SIGNS
    every = 1 if height == NUMBERED else 2
    every_column = 1 if height == NUMBERED else max(1, -(-len(rows) // 20))
    for place, row in enumerate(rows):
        y = TOP + place * height + height // 2 + 4
        if place % every == 0:
            yield write_text(write_points(place + 1), x="3%", y=y, css="end")
            yield write_name(row.model.name, shown=shorten_name(row.model.name, most=signs), x="4.5%", y=y)
        if place % every_column == 0:
            middle = f"{LEFT + (place + 0.5) * width:.2f}%"
            yield write_text(write_points(place + 1), x=middle, y=12, css="middle")


def _write_shares(rows: Sequence[BoardRow], shares: Shares) -> Iterator[SafeString]:
    width = (100 - LEFT) / len(rows)
    middles = [f"{LEFT + (place + 0.475) * width:.2f}%" for place in range(len(rows))]
    for down, row in enumerate(rows):
        for across, other in enumerate(rows):
            share = shares.get((row.model.slug, other.model.slug))
            if share is not None:
                dark = " on-dark" if choose_step(share) in (1, 7) else ""
                y = TOP + down * NUMBERED + 18
                yield write_text(str(share), x=middles[across], y=y, css=f"on-cell{dark}")


def _tabulate(rows: Sequence[BoardRow], shares: Shares) -> Table:
    columns = [Column(key="model", label=_("Model"))]
    columns += [Column(key=row.model.slug, label=row.model.name, write=str) for row in rows]
    lines = [
        [row.model.name, *(shares.get((row.model.slug, other.model.slug)) for other in rows)] for row in rows
    ]
    return Table(caption=_("Wins in 100 battles, row against column"), columns=columns, rows=lines)


def _list_all(board: Board, rule: Rule) -> Table:
    """Every pair that met, of models without a place too."""
    keys = ("model", "rival", "wins", "losses", "ties", "both_bad", "wins_in_100")
    lines = [
        [board.models[model].name, board.models[rival].name, *counts, compute_share(*counts, rule=rule)]
        for model, rival, *counts in board.document["pairs"]
    ]
    return Table(caption="", columns=[Column(key=key, label=key) for key in keys], rows=lines)
