"""How often each model met each other, and how it ended: all that an independent-votes fit needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evaluations.ranking.votes import BOTH_BAD, OUTCOMES, TIE, A, B, Votes

Counts: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
BothBad: TypeAlias = Literal["tie", "out"]

BLOCK: Final = 1 << 18  # votes read at a time: the keys of a block stay in the cache


@dataclass(frozen=True, eq=False, kw_only=True)
class PairCounts:
    """Counts of votes by pair, in the order of models.

    wins: (K, K), wins[i, j] votes in which i beat j. ties, both_bad: (K, K), symmetric, zero diagonal.
    """

    models: tuple[str, ...]
    wins: Counts
    ties: Counts
    both_bad: Counts

    @property
    def battles(self) -> Counts:
        """(K, K) votes on each pair, whatever the outcome; symmetric."""
        return self.wins + self.wins.T + self.ties + self.both_bad

    def half_ties(self, *, both_bad: BothBad) -> Floats:
        """(K, K) wins with each tie as half a win for either model; `both_bad` votes as ties, or left out."""
        ties = self.ties + self.both_bad if both_bad == "tie" else self.ties
        return self.wins + ties / 2

    def select(self, order: Sequence[int]) -> PairCounts:
        """The counts of some models, in the order given."""
        grid = np.ix_(order, order)
        models = tuple(self.models[number] for number in order)
        return PairCounts(
            models=models, wins=self.wins[grid], ties=self.ties[grid], both_bad=self.both_bad[grid]
        )


def count_pairs(votes: Votes) -> PairCounts:
    """Counts of votes by pair: one bincount pass over the votes, in blocks."""
    models = len(votes.models)
    total = np.zeros(len(OUTCOMES) * models * models, dtype=np.int64)
    for start in range(0, len(votes), BLOCK):
        total += np.bincount(cell_keys(votes, slice(start, start + BLOCK)), minlength=len(total))
    cells = total.reshape(len(OUTCOMES), models, models)
    return PairCounts(
        models=votes.models,
        wins=cells[A] + cells[B].T,
        ties=cells[TIE] + cells[TIE].T,
        both_bad=cells[BOTH_BAD] + cells[BOTH_BAD].T,
    )


def cell_keys(votes: Votes, part: slice | NDArray[np.intp]) -> NDArray[np.intp]:
    """The place of each vote of a part in a flat (outcome, a, b) table of shape (4, K, K)."""
    models = len(votes.models)
    keys = np.multiply(votes.outcome[part], models, dtype=np.intp, casting="unsafe")
    keys += votes.a[part].astype(np.intp, copy=False)
    keys *= models
    keys += votes.b[part].astype(np.intp, copy=False)
    return keys


def rater_blocks(
    votes: Votes, *, width: int, limit: int
) -> Iterator[tuple[slice | NDArray[np.intp], int, int]]:
    """Split the votes by rater, so that a (raters of the block, width) table has at most `limit` cells.

    Yields (the votes of the block, its first rater, its number of raters). Without a split the votes stay in
    their order and are not copied.
    """
    rater = votes.known_rater
    size = max(1, limit // max(1, width))
    if votes.raters <= size:
        yield slice(None), 0, votes.raters
        return
    order = np.argsort(rater, kind="stable")
    starts = np.arange(0, votes.raters + size, size)
    bounds = np.searchsorted(rater[order], starts)
    for first, low, high in zip(starts[:-1], bounds[:-1], bounds[1:], strict=True):
        yield order[low:high], int(first), min(size, votes.raters - int(first))
