"""Models with their cost: which ones no cheaper model beats, and which one costs less than a best that the votes do not
set apart from it. That votes fail to separate two models shows no equality: nothing here says that one matches another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from evaluations.boards import Board, BoardRow
from evaluations.response_costs import ResponseCost
from evaluations.sentences import count_deciding
from evaluations.web.charts.words import IN_SENTENCE, shorten_name, write_points

# Shares of the dearer one's cost, and what is said below them.
BARGAINS: Final = (
    (0.1, gettext_noop("%(cheap)s costs less than a tenth of %(dear)s, and the votes cannot separate them")),
    (
        0.25,
        gettext_noop("%(cheap)s costs less than a quarter of %(dear)s, and the votes cannot separate them"),
    ),
    (0.5, gettext_noop("%(cheap)s costs less than half of %(dear)s, and the votes cannot separate them")),
    (
        0.8,
        gettext_noop("%(cheap)s costs less than four fifths of %(dear)s, and the votes cannot separate them"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class PricedRow:
    """A ranked model with the cost of RESPONSES of its responses, above zero. best: no cheaper one scores higher."""

    row: BoardRow
    cost: ResponseCost
    best: bool

    @property
    def name(self) -> str:
        return shorten_name(self.row.model.name, most=IN_SENTENCE)


def price_rows(rows: Sequence[BoardRow], *, costs: Sequence[ResponseCost]) -> list[PricedRow]:
    """Those with a cost, the cheapest first, of equally cheap ones the best."""
    found = {cost.model.pk: cost for cost in costs}
    priced = sorted(
        (row for row in rows if row.model.pk in found),
        key=lambda row: (found[row.model.pk].cost, -row.score),
    )
    highest, marked = float("-inf"), []
    for row in priced:
        marked.append(PricedRow(row=row, cost=found[row.model.pk], best=row.score > highest))
        highest = max(highest, row.score)
    return marked


def can_separate(board: Board) -> bool:
    """Whether that its votes separate no two models says anything of these: few votes separate nothing, and the ranges
    of Elo are of the order of the votes alone."""
    enough = count_deciding(board) >= board.study.minimum_votes
    return enough and board.analysis.method != "elo"


def find_bargain(rows: Sequence[PricedRow]) -> str:
    """What costs less than the best, where the votes cannot separate the two; "" where nothing does."""
    dear = max(rows, key=lambda item: item.row.score)
    near = [item for item in rows if item is not dear and _could_be_first(item.row, dear.row)]
    return _say_bargain(near[0], dear) if near else ""


def describe_front(rows: Sequence[PricedRow]) -> str:
    """Facts of the scores and the prices, whatever the votes can separate."""
    dear = max(rows, key=lambda item: item.row.score)
    if rows[0] is dear:
        return _("%(model)s costs least and has the highest score") % {"model": dear.name}
    best = sum(item.best for item in rows)
    return ngettext(
        "%(best)s of %(all)s models has the best score for its cost",
        "%(best)s of %(all)s models have the best score for their cost",
        best,
    ) % {"best": write_points(best), "all": write_points(len(rows))}


def _could_be_first(row: BoardRow, best: BoardRow) -> bool:
    """No model is significantly better than it is, so that the best one is not either."""
    return row.upper >= best.lower and row.rank_low == 1


def _say_bargain(cheap: PricedRow, dear: PricedRow) -> str:
    """Nothing where there is little to save."""
    share = cheap.cost.cost / dear.cost.cost
    said = next((sentence for most, sentence in BARGAINS if share < most), "")
    return _(said) % {"cheap": cheap.name, "dear": dear.name} if said else ""
