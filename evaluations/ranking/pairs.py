"""How often each model met each other, and how it ended: all that an independent-votes fit needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evaluations.ranking.votes import BOTH_BAD, OUTCOMES, TIE, A, B, Floats, Part, Votes

Counts: TypeAlias = NDArray[np.int64]
BothBad: TypeAlias = Literal["tie", "out"]


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
        return self.weigh(both_bad=both_bad).half_ties

    def weigh(self, *, both_bad: BothBad) -> PairWeights:
        """The counts as the fit takes them, each vote with the weight one."""
        ties = self.ties + self.both_bad if both_bad == "tie" else self.ties
        return PairWeights(wins=self.wins.astype(np.float64), ties=ties.astype(np.float64))

    def select(self, order: Sequence[int]) -> PairCounts:
        """The counts of some models, in the order given."""
        grid = np.ix_(order, order)
        models = tuple(self.models[number] for number in order)
        return PairCounts(
            models=models, wins=self.wins[grid], ties=self.ties[grid], both_bad=self.both_bad[grid]
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class PairWeights:
    """Sums of the votes' weights by pair. wins: (K, K), of i over j. ties: (K, K), symmetric, zero diagonal."""

    wins: Floats
    ties: Floats

    @property
    def half_ties(self) -> Floats:
        """(K, K) wins with each tie as half a win for either model."""
        return self.wins + self.ties / 2

    def select(self, order: Sequence[int]) -> PairWeights:
        grid = np.ix_(order, order)
        return PairWeights(wins=self.wins[grid], ties=self.ties[grid])


def count_pairs(votes: Votes) -> PairCounts:
    """Counts of votes by pair: one bincount pass over the votes, in blocks."""
    models = len(votes.models)
    total = np.zeros(len(OUTCOMES) * models * models, dtype=np.int64)
    for part in votes.parts():
        total += np.bincount(cell_keys(votes, part), minlength=len(total))
    cells = total.reshape(len(OUTCOMES), models, models)
    return PairCounts(
        models=votes.models,
        wins=cells[A] + cells[B].T,
        ties=cells[TIE] + cells[TIE].T,
        both_bad=cells[BOTH_BAD] + cells[BOTH_BAD].T,
    )


def weigh_pairs(votes: Votes, *, weights: Floats, both_bad: BothBad) -> PairWeights:
    """Sums of weights by pair. weights: (N,), one for each vote of the columns, chosen or not."""
    models = len(votes.models)
    total = np.zeros(len(OUTCOMES) * models * models)
    for part in votes.parts():
        total += np.bincount(cell_keys(votes, part), weights[part], len(total))
    cells = total.reshape(len(OUTCOMES), models, models)
    ties = cells[TIE] + cells[BOTH_BAD] if both_bad == "tie" else cells[TIE]
    return PairWeights(wins=cells[A] + cells[B].T, ties=ties + ties.T)


def cell_keys(votes: Votes, part: Part) -> NDArray[np.intp]:
    """The place of each vote of a part in a flat (outcome, a, b) table of shape (4, K, K)."""
    models = len(votes.models)
    keys = np.multiply(votes.outcome[part], models, dtype=np.intp, casting="unsafe")
    keys += votes.a[part].astype(np.intp, copy=False)
    keys *= models
    keys += votes.b[part].astype(np.intp, copy=False)
    return keys
