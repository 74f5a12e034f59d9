"""Score against cost: which models no cheaper one beats."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.boards import Board
from evaluations.publicity import shows_texts
from evaluations.response_costs import (
    ASSUMED_TOKENS,
    RESPONSES,
    ResponseCost,
    assume_costs,
    choose_currency,
    measure_costs,
)
from evaluations.web.charts.bargains import (
    PricedRow,
    can_separate,
    describe_front,
    find_bargain,
    price_rows,
)
from evaluations.web.charts.figures import Figure, Key
from evaluations.web.charts.labels import Line, Point, Spot, place_labels
from evaluations.web.charts.marks import (
    draw_dot,
    draw_level,
    draw_line,
    draw_upright,
    join_marks,
    write_name,
    write_text,
)
from evaluations.web.charts.scales import Scale, fit_logarithmic_scale, fit_scale
from evaluations.web.charts.tables import Column, Table
from evaluations.web.charts.words import shorten_name, write_money, write_points

NAME = "cost"
HEIGHT, TOP, GROUND = 380, 20, 350
# Per cent across: the numbers of the scores come first.
LEFT, RIGHT = 9.0, 97.0


def build_cost(board: Board) -> Figure:
    costs = _find_costs(board)
    currency = choose_currency([cost for cost in costs if cost.cost > 0])
    rows = price_rows(
        board.rows, costs=[cost for cost in costs if cost.cost > 0 and cost.currency == currency]
    )
    if len(rows) < 2:
        return Figure(
            name=NAME,
            title=_("Score against cost"),
            note=_("Fewer than two of these models have a price in the same currency."),
        )
    scores, prices = fit_axes(rows)
    bargain = find_bargain(rows) if can_separate(board) else ""
    said = _say_what_is_measured(rows, left_out=len(board.rows) - len(rows), bargain=bool(bargain))
    return Figure(
        name=NAME,
        title=bargain or describe_front(rows),
        note=" ".join(said),
        label=_("Score of each model against the cost of %(number)s responses")
        % {"number": write_points(RESPONSES)},
        picture=_draw(rows, scores=scores, prices=prices, currency=currency),
        height=HEIGHT,
        legend=_list_keys(),
        table=_tabulate(rows, currency=currency),
    )


def _find_costs(board: Board) -> list[ResponseCost]:
    """While raters vote, who knows how long a model's responses are on average knows the shortest one on sight."""
    models = [row.model for row in board.rows]
    if not shows_texts(study=board.study):
        return assume_costs(models=models)
    return measure_costs(prompt_set=board.study.prompt_set, models=models)


def _say_what_is_measured(rows: Sequence[PricedRow], *, left_out: int, bargain: bool) -> Iterator[str]:
    yield from _say_tokens([item.cost for item in rows])
    if bargain:
        yield _("Votes that cannot separate two models do not show that the two are equal.")
    else:
        yield _("By the scores alone: where intervals overlap, the order may be another.")
    if left_out:
        yield ngettext(
            "%(number)s model without such a price is not shown.",
            "%(number)s models without such a price are not shown.",
            left_out,
        ) % {"number": write_points(left_out)}


def _say_tokens(costs: Sequence[ResponseCost]) -> Iterator[str]:
    responses = {"number": write_points(RESPONSES)}
    if any(cost.assumed for cost in costs):
        yield _("Score against the price of %(number)s responses (logarithmic scale).") % responses
        yield _(
            "Prompts and responses are all taken as %(tokens)s tokens long: how long they are would tell raters who "
            "wrote which, as long as a study asks about these prompts."
        ) % {"tokens": write_points(ASSUMED_TOKENS)}
        return
    yield (
        _("Score against the price of %(number)s responses to this study’s prompts (logarithmic scale).")
        % responses
    )
    if all(cost.counted for cost in costs):
        yield _("Tokens as providers counted them, at the prices entered here.")
    elif any(cost.counted for cost in costs):
        yield _("Tokens as providers counted them, else one for four bytes, at the prices entered here.")
    else:
        yield _("Tokens are estimated, one for four bytes, at the prices entered here.")


def _list_keys() -> list[Key]:
    front = draw_level("front", x1=0, x2="100%", y=7)
    return [
        Key(mark=join_marks([front, draw_dot("point", x="50%", y=7)]), label=_("Best score for its cost")),
        Key(mark=draw_dot("hollow", x="50%", y=7), label=_("A cheaper model has a higher score")),
    ]


def fit_axes(rows: Sequence[PricedRow]) -> tuple[Scale, Scale]:
    """Scores down, costs across."""
    scores = fit_scale(((item.row.lower, item.row.upper) for item in rows), start=GROUND, end=TOP)
    prices = fit_logarithmic_scale((item.cost.cost for item in rows), start=LEFT, end=RIGHT)
    return scores, prices


def _draw(rows: Sequence[PricedRow], *, scores: Scale, prices: Scale, currency: str) -> SafeString:
    points = [
        Point(
            x=prices.place(item.cost.cost),
            y=scores.place(item.row.score),
            text=shorten_name(item.row.model.name),
            first=item.best,
        )
        for item in rows
    ]
    front = trace_front([point for point in points if point.first])
    spots = place_labels(points, height=GROUND, lines=front)
    marks = [
        *_draw_grid(scores, prices, currency=currency),
        *(_draw_step(line) for line in front),
        *(_draw_model(item, scores=scores, prices=prices) for item in rows),
        *(
            _write_label(item, point, spot)
            for item, point, spot in zip(rows, points, spots, strict=True)
            if spot is not None
        ),
    ]
    return join_marks(marks)


def _draw_grid(scores: Scale, prices: Scale, *, currency: str) -> Iterator[SafeString]:
    for score in scores.ticks:
        y = scores.place(score)
        yield draw_level("grid", x1=0, x2="100%", y=f"{y:.1f}")
        yield write_text(write_points(score), x=0, y=f"{y - 4:.1f}")
    for value in prices.ticks:
        at = prices.across(value)
        yield draw_upright("axis", x=at, y1=GROUND, y2=GROUND + 5)
        yield write_text(_write_tick(value, currency=currency), x=at, y=GROUND + 20, css="middle")


def _write_tick(value: float, *, currency: str) -> str:
    """€10, €0.30, €0.003"""
    decimals = 0 if value >= 1 else next((places for places in (2, 3, 4) if value * 10**places >= 1), 5)
    return write_money(value, currency=currency, decimals=decimals)


def trace_front(best: Sequence[Point]) -> list[Line]:
    """Steps: between two models the cheaper one is the best that there is."""
    lines = []
    for low, high in pairwise(best):
        lines.append(Line(x1=low.x, x2=high.x, y1=low.y, y2=low.y))
        lines.append(Line(x1=high.x, x2=high.x, y1=low.y, y2=high.y))
    return lines


def _draw_step(line: Line) -> SafeString:
    x1, x2 = f"{line.x1:.2f}%", f"{line.x2:.2f}%"
    return draw_line("front", x1=x1, x2=x2, y1=f"{line.y1:.1f}", y2=f"{line.y2:.1f}")


def _draw_model(item: PricedRow, *, scores: Scale, prices: Scale) -> SafeString:
    x, row = prices.across(item.cost.cost), item.row
    whisker = draw_upright("whisker", x=x, y1=scores.down(row.upper), y2=scores.down(row.lower))
    dot = draw_dot("point" if item.best else "hollow", x=x, y=scores.down(row.score))
    return join_marks([whisker, dot])


def _write_label(item: PricedRow, point: Point, spot: Spot) -> SafeString:
    css = ("strong" if item.best else "name beaten") + (" end" if spot.end else "")
    return write_name(
        item.row.model.name,
        shown=point.text,
        x=f"{point.x:.2f}%",
        y=f"{point.y + spot.dy:.1f}",
        css=css,
        dx=spot.dx,
    )


def _tabulate(rows: Sequence[PricedRow], *, currency: str) -> Table:
    label = _("Cost of %(number)s responses") % {"number": write_points(RESPONSES)}
    columns = [
        Column(key="model", label=_("Model")),
        Column(key=f"cost_{currency}", label=label, write=lambda cost: write_money(cost, currency=currency)),
        Column(key="score", label=_("Score"), write=write_points),
        Column(key="lower", label=_("Lower bound"), write=write_points),
        Column(key="upper", label=_("Upper bound"), write=write_points),
        Column(key="tokens_in", label=_("Tokens in"), write=write_points),
        Column(key="tokens_out", label=_("Tokens out"), write=write_points),
        Column(key="best_for_its_cost", label=_("Best score for its cost")),
    ]
    return Table(
        caption=_("Score and cost of each model"),
        columns=columns,
        rows=[_list_figures(item) for item in rows],
    )


def _list_figures(item: PricedRow) -> list[object]:
    row, cost = item.row, item.cost
    figures = [row.model.name, cost.cost, row.score, row.lower, row.upper, cost.tokens_in, cost.tokens_out]
    return [*figures, _("yes") if item.best else _("no")]
