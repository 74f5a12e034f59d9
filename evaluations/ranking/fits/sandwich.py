"""How sure the estimates are: the sandwich covariance C = H⁻¹ B H⁻¹ of a fit.

H, the bread, is what the model expects of the votes; B, the meat, is how much they did vary. It stays right
where the model is not: ties vary less than wins and losses, and the votes of one rater are alike.
White (1982), Econometrica 50; Liang & Zeger (1986), Biometrika 73, for votes taken together by cluster;
Cameron, Gelbach & Miller (2011), Journal of Business & Economic Statistics 29, for two ways of clustering at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
FEW_RATERS: Final = (
    "was judged by few of the raters, so its interval adds the variation that the model expects"
)
FEW_PROMPTS: Final = (
    "was judged on few of the prompts, so its interval adds the variation that the model expects"
)
ALIKE: Final = "was judged alike throughout, so its interval adds the variation that the model expects"
WHY: Final = {"rater": (ONE_RATER, FEW_RATERS), "prompt": (ONE_PROMPT, FEW_PROMPTS)}
FEW: Final = 10  # clusters: of fewer, where others have more, their own variation says too little
NOTHING: Final = 1e-9  # of the variance that the model expects: less is rounding, and not what votes show


@dataclass(frozen=True, eq=False, kw_only=True)
class Covariance:
    """matrix: (K + p, K + p) covariance of strengths (under sum zero, log-odds squared) and effects.

    freedom: (K + p,) degrees of freedom of each variance, the clusters that had a say in it less one; None where it
    is that of many single votes. overall: those of all clusters.
    cautions: (place of a parameter, sentence) where B takes in what the model expects, for want of variation seen.
    """

    matrix: Floats
    freedom: Floats | None
    overall: int | None
    cautions: tuple[tuple[int, str], ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Meat:
    """matrix: (K + p, K + p) B, as the votes show it. bare: (K + p,) parameters that show no variation of their own.

    why: what is said of each bare one. freedom: (K + p,), overall: as of Covariance.
    """

    matrix: Floats
    bare: NDArray[np.bool_]
    why: Mapping[int, str]
    freedom: Floats | None
    overall: int | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Bread:
    """information: (K + p, K + p), made invertible; of K models. prior: the precision of the prior on strengths.

    expect: for (K + p,) bare parameters, what the model expects of B from the votes that have a say in any of them.
    silent: (K,) models that have only ties.
    """

    information: Floats
    models: int
    prior: float
    expect: Callable[[NDArray[np.bool_]], Floats]
    silent: NDArray[np.bool_]


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


def take_meat(matrix: Floats, *, bread: Bread) -> Meat:
    """B of independent votes."""
    return _lay_bare(matrix, bread.silent, {}, None, None)


def cluster_meat(scores: GroupScores, *, noun: str, bread: Bread) -> Meat:
    """B of clustered votes, times R/(R − 1) for R clusters (Liang & Zeger 1986).

    Where one cluster holds every vote, nothing is known of how clusters differ: each parameter is then a bare one. So
    is one in which few clusters had a say, and others in more: what those few vary is no measure of its own.
    """
    overall = scores.groups - 1
    one, few = WHY[noun]
    thin = (scores.judges < FEW) & (2 * scores.judges <= scores.groups)
    lone = {int(place): few for place in np.flatnonzero(thin)}
    lone |= {int(place): one for place in np.flatnonzero(scores.judges == 1)}
    freedom = np.full(len(scores.judges), float(max(overall, 1)))
    varied = ~thin & (scores.judges > 1)
    freedom[varied] = scores.judges[varied] - 1
    matrix = scores.meat * (scores.groups / max(overall, 1))
    return _lay_bare(matrix, bread.silent, lone, freedom if overall else None, overall or None)


def _lay_bare(
    matrix: Floats,
    silent: NDArray[np.bool_],
    lone: Mapping[int, str],
    freedom: Floats | None,
    overall: int | None,
) -> Meat:
    reasons = {**lone, **{int(place): ONLY_TIES for place in np.flatnonzero(silent)}}
    bare = np.zeros(len(matrix), dtype=np.bool_)
    bare[list(reasons)] = True
    return Meat(matrix=matrix, bare=bare, why=reasons, freedom=freedom, overall=overall)


def close_sandwich(meats: Sequence[tuple[float, Meat]], *, bread: Bread) -> Covariance:
    """The covariance of the meats added up, each with its sign: one, or rater + prompt − both.

    A difference of meats need not be a covariance; what it has of negative variance is set to nought (Cameron,
    Gelbach & Miller 2011). The degrees of freedom are the fewest.
    """
    inner = invert(bread.information)
    # What is taken away is what the votes show of it, and nothing that is only expected: that would tell of less.
    fillings = (sign * _fill(meat, bread, bare=sign > 0) for sign, meat in meats)
    total = sum(fillings, np.zeros_like(inner))
    told = {(place, why) for sign, meat in meats if sign > 0 for place, why in meat.why.items()}
    matrix = _close(inner, total, bread.models)
    mute = matrix.diagonal() <= NOTHING * _close(inner, bread.information, bread.models).diagonal()
    if mute.any():
        matrix = _close(inner, total + bread.expect(mute), bread.models)
        told |= {(int(place), ALIKE) for place in np.flatnonzero(mute)}
    freedoms = [meat.freedom for sign, meat in meats if sign > 0 and meat.freedom is not None]
    freedom = np.minimum.reduce(freedoms) if freedoms else None
    return Covariance(
        matrix=_positive(matrix) if len(meats) > 1 else matrix,
        freedom=freedom,
        overall=min(
            (meat.overall for sign, meat in meats if sign > 0 and meat.overall is not None), default=None
        ),
        cautions=tuple(sorted(told)),
    )


def _close(inner: Floats, filling: Floats, models: int) -> Floats:
    """H⁻¹ B H⁻¹, of strengths that sum to zero."""
    matrix = inner @ filling @ inner
    matrix[:models] -= matrix[:models].mean(axis=0)
    matrix[:, :models] -= matrix[:, :models].mean(axis=1)[:, None]
    return (matrix + matrix.T) / 2


def _fill(meat: Meat, bread: Bread, *, bare: bool) -> Floats:
    """B, if `bare` with what the model expects where votes show nothing. A prior is one more observation, which may
    be wrong.

    Scores sum to zero over the votes that have a say in a parameter. If one cluster has them all, or all are ties, B
    would call it certain for lack of votes; the variance that the model expects of those votes is added instead.
    """
    filling = meat.matrix.copy()
    if bare and meat.bare.any():
        filling += bread.expect(meat.bare)
    filling[: bread.models, : bread.models] += bread.prior * np.eye(bread.models)
    return filling


def _positive(matrix: Floats) -> Floats:
    values, vectors = eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T, dtype=np.float64)
