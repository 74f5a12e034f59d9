"""Many fits of nearly the same counts at once, as a bootstrap needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import NotConverged
from evaluations.ranking.fits.bradley_terry import fit_strengths, information, win_probabilities
from evaluations.ranking.fits.kernels import add_pair_gradients
from evaluations.ranking.fits.sandwich import invert
from evaluations.ranking.pairs import PairWeights
from evaluations.ranking.votes import Floats

STEP: Final = 1e-9  # log-odds; steps at least halve, so that what is left is no more than the last of them
ROUNDS: Final = 40  # of the shared steps; what has not converged by then is fitted on its own
SHRINKS: Final = 0.5  # of each shared step to the one before; slower ones are fitted on their own


@dataclass(frozen=True, eq=False, kw_only=True)
class PairList:
    """The P pairs of K models that met, one < other. wins, losses, ties: (P,) weights of `one` against `other`."""

    models: int
    one: NDArray[np.int64]
    other: NDArray[np.int64]
    wins: Floats
    losses: Floats
    ties: Floats

    def number(self, a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.int32]:
        """(n,) the pair of each two models, in either order."""
        places = np.zeros((self.models, self.models), dtype=np.int32)
        places[self.one, self.other] = places[self.other, self.one] = np.arange(len(self.one))
        found: NDArray[np.int32] = places[a, b]
        return found

    def spread(self, wins: Floats, losses: Floats) -> Floats:
        """(K, K) half-tie wins from their (P,) lists."""
        table = np.zeros((self.models, self.models))
        table[self.one, self.other], table[self.other, self.one] = wins, losses
        return table


def list_pairs(totals: PairWeights) -> PairList:
    one, other = np.nonzero(np.triu(totals.wins + totals.wins.T + totals.ties, 1))
    return PairList(
        models=len(totals.wins),
        one=one,
        other=other,
        wins=totals.wins[one, other],
        losses=totals.wins[other, one],
        ties=totals.ties[one, other],
    )


def refit_samples(*, pairs: PairList, wins: Floats, losses: Floats, start: Floats, prior: float) -> Floats:
    """(S, K) strengths of S samples, each sum zero; a row of NaN where a sample has no finite answer.

    wins, losses: (S, P) half-tie wins of either model of each pair. start: (K,) the fit of the full counts.
    All samples step together by the inverse information of the full fit, which theirs is close to; each until its
    step is below STEP, as the fit itself. Those that do not halve their steps get Newton's own.
    """
    full = pairs.spread(pairs.wins + pairs.ties / 2, pairs.losses + pairs.ties / 2)
    inverse = invert(information(full, win_probabilities(start), prior=prior))
    strengths = np.tile(start, (len(wins), 1))
    busy, last = np.arange(len(wins)), np.full(len(wins), np.inf)
    alone: list[NDArray[np.intp]] = []
    for _ in range(ROUNDS):
        gradient = -prior * strengths[busy]
        add_pair_gradients(wins, losses, pairs.one, pairs.other, busy, strengths, gradient)
        step = gradient @ inverse
        step -= step.mean(axis=1)[:, None]
        strengths[busy] += step
        reach = np.ptp(step, axis=1)
        slow = ~(reach <= SHRINKS * last[busy])  # also where it is no number
        last[busy] = reach
        alone.append(busy[slow])
        busy = busy[(reach > STEP) & ~slow]
        if not len(busy):
            break
    for number in np.concatenate([*alone, busy]).tolist():
        strengths[number] = _refit(pairs.spread(wins[number], losses[number]), start, prior)
    return strengths


def _refit(wins: Floats, start: Floats, prior: float) -> Floats:
    try:
        return fit_strengths(wins=wins, prior=prior, start=start).strength
    except NotConverged:
        return np.full(len(start), np.nan)
