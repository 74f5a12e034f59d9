"""How often each rater votes as the others do who judged the same item.

What a rater's agreement is in `agreement`, all raters taken together, this is for one of them: beside the others', it
says who votes unlike everyone. It is no right or wrong: an honest minority is below the others too.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import BadVotes
from evaluations.ranking.agreement import UNSHARED, Column, first_votes, read_columns, starts
from evaluations.ranking.consistency import Shares, measure_shares
from evaluations.ranking.parameters import Parameters

NOBODY: Final = UNSHARED


def measure_conformity(
    *,
    item: Column,
    rater: Column,
    value: Column,
    others: NDArray[np.bool_] | None = None,
    level: float = 0.95,
    rounds: int = 1000,
    seed: int = 0,
) -> Shares:
    """Measure each rater's share of votes that are as the others' are.

    item, rater, value: (N,) whole numbers from 0, a row a vote, as in `measure_agreement`; of a rater's votes on one
    item the first counts. others: (N,) whose votes a vote is compared with, all by default. A vote on an item that n
    others judged, k of them alike, is one trial of k / n; where n is 0 it is none. A rater's interval is Wilson's,
    each item one trial, which is wider than it need be where n is large. The overall one resamples raters.
    Raises BadVotes (columns), UnsupportedParameter (level, rounds, seed).
    """
    Parameters(level=level, rounds=rounds, seed=seed)
    items, raters, values = read_columns(item=item, rater=rater, value=value)
    compared = np.ones(len(items), dtype=np.bool_) if others is None else others
    if compared.shape != items.shape:
        raise BadVotes(f"The columns differ in length: others {len(compared)}, item {len(items)}.")
    first = first_votes(items, raters)
    counted = compared[first].astype(np.int64)
    place = np.cumsum(starts(items[first])) - 1
    different, code = np.unique(values[first], return_inverse=True)
    cell = place * len(different) + code
    # One's own vote is none of the others'.
    judged = _sum_by(place, counted) - counted
    alike = _sum_by(cell, counted) - counted
    met = judged > 0
    share = alike[met] / judged[met]
    return measure_shares(raters[first][met], share, level, rounds, seed, without=NOBODY)


def _sum_by(group: NDArray[np.intp], counted: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N,) the sum of the row's group."""
    return np.asarray(np.bincount(group, counted)[group], dtype=np.int64) if len(group) else counted
