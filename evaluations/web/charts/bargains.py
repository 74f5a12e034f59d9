"""Models with their cost: which ones no cheaper model beats, and which one matches the best for less."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.boards import BoardRow
from evaluations.response_costs import ResponseCost
from evaluations.web.charts.words import IN_SENTENCE, shorten_name, write_points


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


def find_bargain(rows: Sequence[PricedRow]) -> str:
    """True to the intervals: a model matches the best one where the votes cannot separate the two."""
    dear = max(rows, key=lambda item: item.row.score)
    near = [item for item in rows if item is not dear and _matches(item.row, dear.row)]
    if near and (found := _say_bargain(near[0], dear)):
        return found
    if rows[0] is dear:
        return _("%(model)s costs least and has the highest score") % {"model": dear.name}
    best = sum(item.best for item in rows)
    return ngettext(
        "%(best)s of %(all)s models has the best score for its cost",
        "%(best)s of %(all)s models have the best score for their cost",
        best,
    ) % {"best": write_points(best), "all": write_points(len(rows))}


def _matches(row: BoardRow, best: BoardRow) -> bool:
    """No more models are significantly better than it is, so that the best one is not among them."""
    return row.upper >= best.lower and row.rank_low <= best.rank_low


def _say_bargain(cheap: PricedRow, dear: PricedRow) -> str:
    """Nothing where there is little to save."""
    share = cheap.cost.cost / dear.cost.cost
    values = {"cheap": cheap.name, "dear": dear.name}
    if share < 0.1:
        return _("%(cheap)s matches %(dear)s for less than a tenth of the cost") % values
    if share < 0.25:
        return _("%(cheap)s matches %(dear)s for less than a quarter of the cost") % values
    if share < 0.5:
        return _("%(cheap)s matches %(dear)s for less than half the cost") % values
    if share < 0.8:
        return _("%(cheap)s matches %(dear)s for less than four fifths of the cost") % values
    return ""
