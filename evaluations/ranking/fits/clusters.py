"""Scores added up by cluster: the votes of one rater, or on one prompt, are not independent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluations.ranking.arrays import seal
from evaluations.ranking.fits.kernels import score_groups, sort_rows, sort_votes
from evaluations.ranking.fits.regression import Regression
from evaluations.ranking.fits.rows import Rows
from evaluations.ranking.fits.scores import score_group_rows
from evaluations.ranking.fits.threads import map_parts
from evaluations.ranking.pairs import Counts
from evaluations.ranking.votes import Floats, Integers, Votes

GROUPS: Final = 1024  # groups whose scores are held at a time: their table stays in the cache


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupScores:
    """meat: (D, D) Σ g gᵀ over groups, g the sum of a group's scores. judges: (D,) groups that had a say in each.

    groups: those with a vote in the fit.
    """

    meat: Floats
    judges: Counts
    groups: int

    def select(self, order: Sequence[int]) -> GroupScores:
        """The scores of some parameters, in the order given; those of the others are nought."""
        return replace(self, meat=self.meat[np.ix_(order, order)], judges=self.judges[list(order)])


def score_vote_groups(
    *, votes: Votes, codes: Integers, count: int, residual: Floats, weights: Floats | None
) -> GroupScores:
    """Scores of plain votes by group. Reads the votes twice: to sort them by group, and to add them up.

    codes: (N,) below `count`, of every vote in the columns. residual: (4, M, M) score by outcome, a, b over all M
    models; NaN where such a vote is not in the fit. weights: (N,) of every vote, or None for ones.
    """
    models = len(votes.models)
    shift = max(models - 1, 1).bit_length()
    bounds = np.zeros(count + 1, dtype=np.int64)
    for part in votes.parts():
        bounds[1:] += np.bincount(codes[part], minlength=count)
    np.cumsum(bounds, out=bounds)
    keys = np.empty(bounds[-1], dtype=np.uint32 if 2 * shift + 2 <= 32 else np.uint64)
    sizes = np.ones(1 if weights is None else len(keys))
    place = bounds[:-1].copy()
    for part in votes.parts():
        group, a, b, outcome = (_plain(column[part]) for column in (codes, votes.a, votes.b, votes.outcome))
        given = sizes[:0] if weights is None else np.array(weights[part])
        sort_votes(group, a, b, outcome, given, place, shift, keys, sizes)
    table = np.ascontiguousarray(residual)

    def fill(first: int, last: int, scores: Floats, seen: Counts, judges: Counts) -> int:
        return score_groups(keys, sizes, bounds, first, last, shift, table, scores, seen, judges)

    return _sum_groups(fill, groups=count, width=models)


def score_row_groups(*, rows: Rows, codes: Integers, count: int, at: Regression) -> GroupScores:
    """Scores of rows by group, by all K + p parameters. codes: (N,) of every vote in the columns."""
    own = codes[rows.vote].astype(np.int32)
    bounds = np.concatenate([[0], np.cumsum(np.bincount(own, minlength=count))])
    order = np.empty(len(own), dtype=np.int32)
    sort_rows(own, bounds[:-1].copy(), order)
    columns = (rows.a, rows.b, rows.outcome, rows.weight, rows.x)
    place = (at.strength, at.slopes, at.nu, at.davidson)

    def fill(first: int, last: int, scores: Floats, seen: Counts, judges: Counts) -> int:
        return score_group_rows(order, bounds, first, last, *columns, *place, scores, seen, judges)

    width, size = len(at.strength) + rows.x.shape[1] + 1, len(at.strength) + len(at.effects)
    found = _sum_groups(fill, groups=count, width=width)
    return found.select(range(size))


def pair_groups(*, one: Integers, other: Integers, others: int) -> tuple[NDArray[np.int64], int]:
    """(N,) codes of the groups in which two groupings meet, and how many codes there are."""
    both = one.astype(np.int64) * others + other
    distinct, codes = np.unique(both, return_inverse=True)
    return codes.astype(np.int64, copy=False), len(distinct)


def _sum_groups(
    fill: Callable[[int, int, Floats, Counts, Counts], int], *, groups: int, width: int
) -> GroupScores:
    """Σ g gᵀ, some groups at a time, on every core; added up in one order whatever their number."""

    def add(start: int, stop: int) -> tuple[Floats, Counts, int]:
        meat, judges, present = np.zeros((width, width)), np.zeros(width, dtype=np.int64), 0
        seen = np.full(width, -1, dtype=np.int64)
        table = np.empty((min(GROUPS, stop - start), width))
        for first in range(start, stop, GROUPS):
            last = min(first + GROUPS, stop)
            scores = table[: last - first]
            scores[:] = 0.0
            present += fill(first, last, scores, seen, judges)
            meat += scores.T @ scores
        return meat, judges, present

    meats, judges, present = zip(*map_parts(add, size=groups, small=GROUPS), strict=True)
    return GroupScores(
        meat=sum(meats, np.zeros(())), judges=sum(judges, np.zeros(width, np.int64)), groups=sum(present)
    )


def _plain(column: NDArray[Any]) -> NDArray[np.int32]:
    """A column as the compiled loops know it: one type, one layout, read-only; copied only if it is another."""
    return seal(np.ascontiguousarray(column, dtype=np.int32))
