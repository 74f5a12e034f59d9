"""Elo ratings, for those who ask: a running average that depends on the order in which votes are read.

Elo (1978); Boubdir et al. (2023) for what the order does to it, hence many orderings and their spread.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from evaluations.errors import UnsupportedParameter
from evaluations.ranking.pairs import BothBad, Floats
from evaluations.ranking.votes import BOTH_BAD, A, B, Votes

POINTS: Final = 4.0  # the most that one vote moves a rating: small, as these models do not change while rated
PER_LOGIT: Final = 400 / np.log(10)  # Elo points in one unit of log-odds
LARGEST: Final = 2 * 10**8  # votes times orderings
FEWEST_ORDERINGS: Final = 100


def elo_strengths(
    *, votes: Votes, both_bad: BothBad, orderings: int, generator: np.random.Generator
) -> Floats:
    """(orderings, K) final ratings as log-odds around the start, one row for each random order of the votes.

    One step updates every ordering at once: R_a += 4 (y − σ((R_a − R_b) ln 10 / 400)), and R_b the opposite.
    Raises UnsupportedParameter on fewer than 100 orderings, or where votes times orderings is out of reach.
    """
    if orderings < FEWEST_ORDERINGS or len(votes) * orderings > LARGEST:
        raise UnsupportedParameter(
            f"Elo needs at least {FEWEST_ORDERINGS} orderings and at most {LARGEST:,} votes times orderings: "
            f"this is {orderings} orderings of {len(votes):,} votes."
        )
    fitted = np.ones(len(votes), bool) if both_bad == "tie" else votes.outcome != BOTH_BAD
    models, rows = len(votes.models), np.arange(orderings)
    pair = np.multiply(votes.a[fitted], models, dtype=np.int64) + votes.b[fitted]
    result = np.select([votes.outcome[fitted] == A, votes.outcome[fitted] == B], [1.0, 0.0], 0.5)
    strength = np.zeros((orderings, models))
    for column in _orders(len(pair), orderings, generator):
        a, b = np.divmod(pair[column], models)
        change = POINTS / PER_LOGIT * (result[column] - expit(strength[rows, a] - strength[rows, b]))
        strength[rows, a] += change
        strength[rows, b] -= change
    return strength


def _orders(size: int, orderings: int, generator: np.random.Generator) -> NDArray[np.int32]:
    """(size, orderings) a random order of the votes in each column."""
    same = np.broadcast_to(np.arange(size, dtype=np.int32), (orderings, size))
    return np.ascontiguousarray(generator.permuted(same, axis=1).T)
