"""Which two models meet next: balanced, or where a vote narrows most; and no pair is ever ruled out."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import BadVotes, NoEligiblePair
from evaluations.ranking.pairs import PairCounts
from evaluations.ranking.votes import Floats

FLOOR: Final = 0.1  # share of the draws spread evenly, so that a vote's weight 1/probability stays bounded


def choose_pair(
    *,
    counts: NDArray[np.integer[Any]],
    eligible: NDArray[np.bool_],
    generator: np.random.Generator,
) -> tuple[int, int, float]:
    """Draw the pair of models of the next battle: (i, j, the probability that this pair had), i < j.

    Least-voted pairs first. counts: (K, K) symmetric, votes on each pair. eligible: (K, K) symmetric, the
    pairs that may be drawn. Which of the two goes left is a draw of its own.
    Raises NoEligiblePair, BadVotes (shapes, symmetry).
    """
    return _draw_pair(pair_probabilities(counts=counts, eligible=eligible), generator)


def choose_pair_adaptively(
    *,
    pairs: PairCounts,
    eligible: NDArray[np.bool_],
    generator: np.random.Generator,
    settled: NDArray[np.bool_] | None = None,
) -> tuple[int, int, float]:
    """Draw the pair of models of the next battle: (i, j, the probability that this pair had), i < j.

    Pairs first on which one more vote narrows the interval most. pairs: counts of K models by outcome.
    eligible: (K, K) symmetric, the pairs that may be drawn. settled: (K, K) symmetric, pairs of which the
    order is known (`find_settled_pairs`), None where none is: they keep only their share of the floor.
    Raises NoEligiblePair, BadVotes (shapes, symmetry).
    """
    return _draw_pair(adaptive_probabilities(pairs=pairs, eligible=eligible, settled=settled), generator)


def pair_probabilities(*, counts: NDArray[np.integer[Any]], eligible: NDArray[np.bool_]) -> Floats:
    """(K, K) probability of each pair, above the diagonal; sums to 1, positive exactly where eligible.

    p_ij = (1 − ε) w_ij / Σw + ε / pairs, w_ij = 1 / (1 + c_ij − min c)², ε = 0.1, over eligible pairs: one
    with d votes more than the least-voted is (1 + d)² times less likely, but for its even share of ε.
    Raises NoEligiblePair, BadVotes (shapes, symmetry).
    """
    _check_square(counts, eligible)
    upper = _upper_pairs(eligible)
    ahead = counts - counts[upper].min()
    return _mix_floor(1 / (1.0 + np.where(upper, ahead, 0)) ** 2, favoured=upper, upper=upper)


def adaptive_probabilities(
    *, pairs: PairCounts, eligible: NDArray[np.bool_], settled: NDArray[np.bool_] | None = None
) -> Floats:
    """(K, K) probability of each pair, above the diagonal; sums to 1, positive exactly where eligible.

    p_ij = (1 − ε) w_ij / Σw + ε / pairs, ε = 0.1, over eligible pairs, with the rule of Chiang et al. (2024)
    §5, eq. 9: w_ij = √(S/m) − √(S/(m + 1)), what one more vote takes off the standard error of the pair's
    mean outcome (1, 0, a tie of either kind ½). w_ij = 0 where settled; if all eligible pairs are, none is.

    Half a win for either model is added to what was seen: m = votes + 1, and S is the variance of outcomes
    with it. So a pair with few votes, all alike, is not thought certain, and one with none has S = ¼, m = 1.
    Raises NoEligiblePair, BadVotes (shapes, symmetry).
    """
    _check_outcomes(pairs)
    _check_square(pairs.battles, eligible)
    upper = _upper_pairs(eligible)
    favoured = upper
    if settled is not None:
        _check_square(pairs.battles, settled)
        favoured = upper & ~settled if (upper & ~settled).any() else upper
    return _mix_floor(_expected_narrowing(pairs), favoured=favoured, upper=upper)


def find_settled_pairs(
    *, rank_low: NDArray[np.integer[Any]], rank_high: NDArray[np.integer[Any]]
) -> NDArray[np.bool_]:
    """(K, K) whether the rank ranges of two models have no place in common; symmetric, false on the diagonal.

    rank_low, rank_high: (K,) best and worst places. Raises BadVotes (lengths, a best place after the worst).
    """
    if rank_low.ndim != 1 or rank_low.shape != rank_high.shape or (rank_low > rank_high).any():
        raise BadVotes(
            f"Best and worst places are two columns of one length, the best never after the worst; "
            f"here {rank_low.shape} and {rank_high.shape}."
        )
    above = rank_high[:, None] < rank_low[None, :]
    return np.asarray(above | above.T, dtype=np.bool_)


def _expected_narrowing(pairs: PairCounts) -> Floats:
    """(K, K) √(S/m) − √(S/(m + 1)), positive, symmetric.

    With W wins, L losses and T ties, m = W + L + T + 1 and
    4 m² S = (W + L + 1) m − (W − L)² = (2W + 1)(2L + 1) + (W + L + 1) T.
    """
    wins = pairs.wins.astype(np.float64)
    losses, ties = wins.T, (pairs.ties + pairs.both_bad).astype(np.float64)
    seen = wins + losses + ties + 1
    # Sums of positive terms only, here and below: differences would leave nothing but rounding of large counts.
    deviation = np.sqrt((2 * wins + 1) * (2 * losses + 1) + (wins + losses + 1) * ties) / (2 * seen)
    root, next_root = np.sqrt(seen), np.sqrt(seen + 1)
    return np.asarray(deviation / (root * next_root * (root + next_root)), dtype=np.float64)


def _mix_floor(weights: Floats, *, favoured: NDArray[np.bool_], upper: NDArray[np.bool_]) -> Floats:
    """Share 1 − ε by the weights over the favoured pairs, and ε evenly over all that may be drawn."""
    kept = np.where(favoured, weights, 0.0)
    return np.where(upper, (1 - FLOOR) * kept / kept.sum() + FLOOR / upper.sum(), 0.0)


def _draw_pair(probabilities: Floats, generator: np.random.Generator) -> tuple[int, int, float]:
    flat = probabilities.ravel()
    # Scaled by the last sum, and not by 1, so that rounding cannot draw beyond the last eligible pair.
    sums = np.cumsum(flat)
    drawn = int(np.searchsorted(sums, generator.random() * sums[-1], side="right"))
    i, j = divmod(drawn, len(probabilities))
    return i, j, float(flat[drawn])


def _upper_pairs(eligible: NDArray[np.bool_]) -> NDArray[np.bool_]:
    upper = np.triu(eligible, 1)
    if not upper.any():
        raise NoEligiblePair("No pair of models may be drawn.")
    return upper


def _check_square(counts: NDArray[np.integer[Any]], pairs: NDArray[np.bool_]) -> None:
    square = (len(counts), len(counts))
    if counts.shape != square or pairs.shape != square or pairs.dtype != np.bool_:
        raise BadVotes(
            f"Counts and pairs of models are two square tables of one size, the second of booleans; "
            f"here {counts.shape} and {pairs.shape} of {pairs.dtype}."
        )
    if (counts != counts.T).any() or (pairs != pairs.T).any() or counts.min(initial=0) < 0:
        raise BadVotes("Counts and pairs of models are symmetric, and no count is negative.")


def _check_outcomes(pairs: PairCounts) -> None:
    tables = {"wins": pairs.wins, "ties": pairs.ties, "both_bad": pairs.both_bad}
    square = (len(pairs.models), len(pairs.models))
    for name, table in tables.items():
        if table.shape != square or table.min(initial=0) < 0:
            raise BadVotes(
                f"The table {name} is {table.shape}; with {len(pairs.models)} models it is {square}, "
                "and no count in it is negative."
            )
        if name != "wins" and (table != table.T).any():
            raise BadVotes(f"The table {name} is symmetric: such a vote names no winner.")
