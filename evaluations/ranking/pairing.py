"""Which two models meet next: balanced, so that no pair is left behind, and none is ever ruled out."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import BadVotes, NoEligiblePair
from evaluations.ranking.pairs import Floats

FLOOR: Final = 0.1  # share of the draws spread evenly, so that a vote's weight 1/probability stays bounded


def choose_pair(
    *,
    counts: NDArray[np.integer[Any]],
    eligible: NDArray[np.bool_],
    generator: np.random.Generator,
) -> tuple[int, int, float]:
    """Draw the pair of models of the next battle: (i, j, the probability that this pair had), i < j.

    counts: (K, K) symmetric, votes on each pair. eligible: (K, K) symmetric, the pairs that may be drawn.
    Which of the two goes left is a draw of its own. Raises NoEligiblePair, BadVotes (shapes, symmetry).
    """
    probabilities = pair_probabilities(counts=counts, eligible=eligible).ravel()
    # Scaled by the last sum, and not by 1, so that rounding cannot draw beyond the last eligible pair.
    sums = np.cumsum(probabilities)
    drawn = int(np.searchsorted(sums, generator.random() * sums[-1], side="right"))
    i, j = divmod(drawn, len(counts))
    return i, j, float(probabilities[drawn])


def pair_probabilities(*, counts: NDArray[np.integer[Any]], eligible: NDArray[np.bool_]) -> Floats:
    """(K, K) probability of each pair, above the diagonal; sums to 1, positive exactly where eligible.

    p_ij = (1 − ε) w_ij / Σw + ε / pairs, w_ij = 1 / (1 + c_ij − min c)², ε = 0.1, over eligible pairs: one
    with d votes more than the least-voted is (1 + d)² times less likely, but for its even share of ε.
    """
    _check_square(counts, eligible)
    upper = np.triu(eligible, 1)
    pairs = int(upper.sum())
    if not pairs:
        raise NoEligiblePair("No pair of models may be drawn.")
    ahead = counts - counts[upper].min()
    weights = np.where(upper, 1 / (1.0 + np.where(upper, ahead, 0)) ** 2, 0.0)
    return np.where(upper, (1 - FLOOR) * weights / weights.sum() + FLOOR / pairs, 0.0)


def _check_square(counts: NDArray[np.integer[Any]], eligible: NDArray[np.bool_]) -> None:
    square = (len(counts), len(counts))
    if counts.shape != square or eligible.shape != square or eligible.dtype != np.bool_:
        raise BadVotes(
            f"Counts and eligible pairs are two square tables of one size, the second of booleans; "
            f"here {counts.shape} and {eligible.shape} of {eligible.dtype}."
        )
    if (counts != counts.T).any() or (eligible != eligible.T).any() or counts.min(initial=0) < 0:
        raise BadVotes("Counts and eligible pairs are symmetric, and no count is negative.")
