"""How sure the estimates are: the sandwich covariance C = H⁻¹ B H⁻¹ of a fit.

H, the bread, is what the model expects of the votes; B, the meat, is how much they did vary. It stays right
where the model is not: ties vary less than wins and losses, and the votes of one rater are alike.
White (1982), Econometrica 50; Liang & Zeger (1986), Biometrika 73, for votes taken together by cluster;
Cameron, Gelbach & Miller (2011), Journal of Business & Economic Statistics 29, for two ways of clustering at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, eigh

from evaluations.ranking.fits.bradley_terry import laplacian
from evaluations.ranking.fits.clusters import GroupScores
from evaluations.ranking.pairs import PairWeights
from evaluations.ranking.votes import Floats

ONLY_TIES: Final = (
    "has only ties, so its interval is the one that the model expects, not one seen in the votes"
)
ONE_RATER: Final = "was judged by one rater, so its interval takes that rater's votes as independent"
ONE_PROMPT: Final = "was judged on one prompt, so its interval takes the votes on it as independent"
WHY: Final = {"rater": ONE_RATER, "prompt": ONE_PROMPT}


@dataclass(frozen=True, eq=False, kw_only=True)
class Covariance:
    """matrix: (K + p, K + p) covariance of strengths (under sum zero, log-odds squared) and effects.

    freedom: degrees of freedom of its estimate, clusters less one; None where it is that of many single votes.
    cautions: (place of a model, sentence) where B takes in what the model expects, for want of variation seen.
    """

    matrix: Floats
    freedom: int | None
    cautions: tuple[tuple[int, str], ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Meat:
    """matrix: (K + p, K + p) B, as the votes show it. bare: (K,) models that show no variation of their own."""

    matrix: Floats
    bare: NDArray[np.bool_]
    why: str
    freedom: int | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Bread:
    """information: (K + p, K + p), made invertible. expected: (K, K) variance that the model expects by pair.

    prior: the precision of the prior on the strengths.
    """

    information: Floats
    expected: Floats
    prior: float


def invert(matrix: Floats) -> Floats:
    """The inverse of a positive definite matrix, from factors of it scaled to a diagonal of ones."""
    scale = 1 / np.sqrt(matrix.diagonal())
    factor = cho_factor(matrix * scale * scale[:, None])
    return np.asarray(cho_solve(factor, np.diag(scale)) * scale[:, None], dtype=np.float64)


def square_votes(*, squares: PairWeights, probabilities: Floats) -> Floats:
    """(K, K) B of independent votes from the pair tables: the Laplacian of Σ w² (y − p)² by pair.

    squares: sums of squared weights. probabilities: (K, K) that i beats j.
    """
    decided = squares.wins * probabilities.T**2
    return laplacian(decided + decided.T + squares.ties * (0.5 - probabilities) ** 2)


def cluster_meat(scores: GroupScores, *, noun: str) -> Meat:
    """B of clustered votes, times R/(R − 1) for R clusters (Liang & Zeger 1986).

    Where one cluster holds every vote, nothing is known of how clusters differ: each model is then a bare one.
    """
    freedom = scores.groups - 1
    return Meat(
        matrix=scores.meat * (scores.groups / max(freedom, 1)),
        bare=scores.judges == 1,
        why=WHY[noun],
        freedom=freedom or None,
    )


def close_sandwich(meats: Sequence[tuple[float, Meat]], *, bread: Bread) -> Covariance:
    """The covariance of the meats added up, each with its sign: one, or rater + prompt − both.

    A difference of meats need not be a covariance; what it has of negative variance is set to nought (Cameron,
    Gelbach & Miller 2011). The degrees of freedom are the fewest.
    """
    models = len(bread.expected)
    inner = invert(bread.information)
    total = sum((sign * _fill(meat, bread) for sign, meat in meats), np.zeros_like(inner))
    matrix = inner @ total @ inner
    matrix[:models] -= matrix[:models].mean(axis=0)
    matrix[:, :models] -= matrix[:, :models].mean(axis=1)[:, None]
    matrix = (matrix + matrix.T) / 2
    freedoms = [meat.freedom for sign, meat in meats if sign > 0 and meat.freedom is not None]
    return Covariance(
        matrix=_positive(matrix) if len(meats) > 1 else matrix,
        freedom=min(freedoms, default=None),
        cautions=tuple(
            (int(number), meat.why)
            for sign, meat in meats
            if sign > 0
            for number in np.flatnonzero(meat.bare)
        ),
    )


def _fill(meat: Meat, bread: Bread) -> Floats:
    """B with what the model expects where votes show nothing. A prior is one more observation that may be wrong.

    Scores sum to zero over a model's votes. If one cluster has them all, or all are ties, B would call the model
    certain for lack of votes; the variance that the model expects of them is added instead.
    """
    models = len(bread.expected)
    touched = meat.bare[:, None] | meat.bare[None, :]
    filling = meat.matrix.copy()
    filling[:models, :models] += laplacian(np.where(touched, bread.expected, 0.0)) + bread.prior * np.eye(
        models
    )
    return filling


def _positive(matrix: Floats) -> Floats:
    values, vectors = eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T, dtype=np.float64)
