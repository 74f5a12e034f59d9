"""How many more votes a ranking needs to be as sure as one wants it to be."""

from __future__ import annotations

from math import ceil
from typing import Final

import numpy as np

from evaluations.errors import UnsupportedParameter
from evaluations.ranking.pairs import Counts
from evaluations.ranking.results import Ranking
from evaluations.ranking.scales import PER_LOGIT

MOST: Final = 10**12  # votes: more are as good as none


def votes_needed(ranking: Ranking, *, half_width: float) -> Counts:
    """(K,) votes still needed on the whole board until each model's interval is ± half_width points; 0 if it is.

    A standard error shrinks with the root of the votes, if the coming ones are spread over models and raters as those
    so far: n' = n (w / half_width)² for the present half-width w. In clustered intervals that means as many votes
    a rater, and so more raters, not more votes of the same ones. w is half of the interval as drawn.

    Raises UnsupportedParameter on a half-width that is not above 0, and of Elo.
    """
    _check(ranking)
    if not (np.isfinite(half_width) and half_width > 0):
        raise UnsupportedParameter(f"A half-width is a number of points above 0; it was {half_width!r}.")
    return _more(ranking, (ranking.upper - ranking.lower) / 2, half_width)


def votes_to_separate(ranking: Ranking, *, one: str, other: str) -> int | None:
    """Votes still needed until the interval of the difference of two models, as in the rank ranges, leaves out zero.

    None where they are equal so far, or nearly: no number of votes would do, or none below 10¹². 0 where they are
    told apart already.
    Raises UnsupportedParameter where a model is not ranked, and of Elo.
    """
    _check(ranking)
    i, j = (_find(ranking, name) for name in (one, other))
    gap = abs(float(ranking.strength[i] - ranking.strength[j])) * PER_LOGIT
    reach = ranking.critical * float(ranking.difference_error[i, j]) * PER_LOGIT
    if gap == 0 or not np.isfinite(reach):
        return None
    needed = int(_more(ranking, np.array([reach]), gap)[0])
    return needed if needed < MOST else None


def _more(
    ranking: Ranking, half_widths: np.ndarray[tuple[int], np.dtype[np.float64]], target: float
) -> Counts:
    factor = (half_widths / target) ** 2
    needed = [max(0, ceil(ranking.total * value) - ranking.total) for value in factor.tolist()]
    return np.array([min(number, MOST) for number in needed], dtype=np.int64)


def _check(ranking: Ranking) -> None:
    if ranking.parameters.method == "elo":
        raise UnsupportedParameter(
            "The spread of Elo is that of orders, which no number of votes makes smaller."
        )


def _find(ranking: Ranking, name: str) -> int:
    if name not in ranking.models:
        raise UnsupportedParameter(f"The model {name!r} is not ranked.")
    return ranking.models.index(name)
