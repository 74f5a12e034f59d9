"""Rank ranges: between which places a model stands, all models at once.

All differences of two strengths get simultaneous intervals by the largest |t| over all pairs; a model's best
place is below those surely above it, its worst above those surely below it. Then all K ranges hold together
with at least the probability asked for. Mogstad, Romano, Shaikh & Wilhelm (2024), Review of Economic Studies
91; Chiang et al. (2024) §4 for the use on boards of language models.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.special import ndtr, stdtrit

from evaluations.ranking.fits.kernels import largest_gaps
from evaluations.ranking.fits.threads import map_parts
from evaluations.ranking.votes import Floats

NEGLIGIBLE: Final = (
    1e-12  # of the largest variance: below it a difference's variance is rounding, not evidence
)

MANY: Final = 100  # clusters, from which on their correlations are taken as known
FEW: Final = 32  # models; among so few a second core does not help


def difference_errors(covariance: Floats) -> Floats:
    """(K, K) standard errors of θ_i − θ_j, log-odds; infinite where the votes show no variance at all."""
    variance = covariance.diagonal()
    squares = variance[:, None] + variance[None, :] - covariance - covariance.T
    known = squares > NEGLIGIBLE * max(float(variance.max()), np.finfo(np.float64).tiny)
    return np.sqrt(np.where(known, squares, np.inf))


def simulate_deviations(*, covariance: Floats, rounds: int, generator: np.random.Generator) -> Floats:
    """(rounds, K) normal draws of θ̂ − θ.

    The symmetric square root is the one that moves smoothly with the matrix: rounding that differs between
    two machines stays rounding in the draws, as it would not with bare eigenvectors, or with a Cholesky
    factor of a singular matrix.
    """
    values, vectors = eigh(covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return np.asarray(generator.standard_normal((rounds, len(covariance))) @ root, dtype=np.float64)


def reach_of_clusters(freedom: Floats, overall: int, *, tail: float) -> Floats:
    """(D,) how many standard errors an interval reaches, by the clusters that had a say in each parameter.

    freedom: (D,) those less one; overall: all clusters less one, whose factor R/(R − 1) the errors have already.
    """
    mend = np.sqrt((freedom + 1) / freedom * (overall / (overall + 1)))
    return np.asarray(stdtrit(freedom, tail) * mend, dtype=np.float64)


def stretch_pairs(freedom: Floats, overall: int, *, level: float) -> Floats:
    """(K, K) by how much the error of a difference is to grow, where one of the two had fewer clusters than there are.

    As reach at Šidák's bound over all pairs, as in `critical_value`: 1 where both had all of them.
    """
    pairs = max(len(freedom) * (len(freedom) - 1) // 2, 1)
    tail = 1 + np.expm1(np.log(level) / pairs) / 2
    reach = reach_of_clusters(freedom, overall, tail=tail) / stdtrit(overall, tail)
    return np.asarray(np.maximum(reach[:, None], reach[None, :]), dtype=np.float64)


def critical_value(*, deviations: Floats, errors: Floats, freedom: int | None, level: float) -> float:
    """The `level` quantile of the largest |t| over all pairs.

    Of single votes: of max |d_i − d_j| / se_ij over the (rounds, K) normal deviations. Of clusters each difference has
    an error of its own that is uncertain, so that the quantile is moved to Student's t, tail by tail. Of few clusters
    (at most MANY) the correlations are not known well enough either, and Šidák's bound (1967, JASA 62), which needs
    none, takes its place: a few per cent wider.
    """
    pairs = len(errors) * (len(errors) - 1) // 2
    if freedom is not None and freedom < MANY and pairs:
        return -float(stdtrit(freedom, -np.expm1(np.log(level) / pairs) / 2))
    quantile = float(np.quantile(_find_largest(deviations, errors), level, method="higher"))
    if freedom is not None:
        quantile = -float(stdtrit(freedom, ndtr(-quantile)))
    return max(quantile, float(np.finfo(np.float64).tiny))  # times an infinite error it stays infinite


def _find_largest(deviations: Floats, errors: Floats) -> Floats:
    """(rounds,) max |d_i − d_j| / se_ij over all pairs."""
    columns, weights = np.ascontiguousarray(deviations.T), 1 / errors
    models = len(columns)

    def find(first: int, last: int) -> Floats:
        largest = np.zeros(len(deviations))
        # Rows from either end, so that each part has about as many pairs.
        largest_gaps(columns, weights, first // 2, last // 2, largest)
        largest_gaps(columns, weights, models - (last + 1) // 2, models - (first + 1) // 2, largest)
        return largest

    return np.asarray(np.max(map_parts(find, size=models, small=FEW), axis=0), dtype=np.float64)


def rank_ranges(
    *, strength: Floats, errors: Floats, critical: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(K,) best and (K,) worst places, from 1, that the intervals of all differences leave possible."""
    surely_above = strength[:, None] - strength[None, :] > critical * errors
    best = 1 + surely_above.sum(axis=0)
    worst = len(strength) - surely_above.sum(axis=1)
    return best.astype(np.int64), worst.astype(np.int64)
