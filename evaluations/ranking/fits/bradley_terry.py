"""The Bradley–Terry model: P(i beats j) = σ(θ_i − θ_j), fitted by maximum likelihood.

Bradley & Terry (1952), Biometrika 39. The likelihood is strictly concave up to a shift of θ exactly when the
win graph is strongly connected (Ford 1957; Hunter 2004, Annals of Statistics 32), or when there is a prior.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from evaluations.errors import NotConverged
from evaluations.ranking.votes import Floats

STEP: Final = 1e-7  # log-odds; convergence is quadratic, so what is left after such a step is rounding
FULL: Final = 0.5  # log-odds: a step this short lowers the likelihood nowhere, and needs no damping
ITERATIONS: Final = 200


@dataclass(frozen=True, eq=False, kw_only=True)
class Fit:
    """strength: (K,) log-odds, sum zero. iterations: Newton steps. converged: always true, or it raises."""

    strength: Floats
    iterations: int
    converged: bool = True


def win_probabilities(strength: Floats) -> Floats:
    """(K, K) probabilities σ(θ_i − θ_j) that i beats j; ½ on the diagonal."""
    return np.asarray(expit(strength[:, None] - strength[None, :]), dtype=np.float64)


def laplacian(weights: Floats) -> Floats:
    """Σ_{i<j} w_ij (e_i − e_j)(e_i − e_j)ᵀ for a symmetric (K, K) w, whose diagonal plays no part."""
    matrix = -weights
    np.fill_diagonal(matrix, 0.0)
    np.fill_diagonal(matrix, -matrix.sum(axis=1))
    return matrix


def expected_variance(wins: Floats, probabilities: Floats) -> Floats:
    """(K, K) n_ij p_ij p_ji: the variance that the model expects of the wins of i over j."""
    return (wins + wins.T) * probabilities * probabilities.T


def information(wins: Floats, probabilities: Floats, *, prior: float) -> Floats:
    """(K, K) minus the Hessian of the log-likelihood, made invertible.

    The fit says nothing of a common shift of θ; the constant added to every cell fixes the shift and changes
    nothing else, as vectors of sum zero do not see it. Its size is that of the weakest model, so that it
    drowns no small count beside a huge one.
    """
    matrix = laplacian(expected_variance(wins, probabilities))
    np.fill_diagonal(matrix, matrix.diagonal() + prior)
    shift: float = matrix.diagonal().min() / len(matrix)
    return matrix + shift


def fit_strengths(*, wins: Floats, prior: float = 0.0, start: Floats | None = None) -> Fit:
    """Maximise Σ w_ij log σ(θ_i − θ_j) − prior/2 Σ θ_i² over θ of sum zero, by damped Newton steps.

    wins: (K, K), wins[i, j] of i over j, ties as halves; strongly connected unless prior > 0.
    prior: the precision (1/variance, in log-odds) of a normal prior around the mean model; 0 is none.
    start: (K,) where to begin, default all equal.

    A step with d > FULL is shortened by ln(1+d)/d, d its largest difference between two models: each step then
    improves a logistic likelihood (Sun & Tran-Dinh 2019, Mathematical Programming 178). Shorter ones do as they are:
    along them the information grows at most by eᵈ < 2.
    Raises NotConverged where there is no finite answer, or the step is not below STEP after ITERATIONS steps.
    """
    if not prior and connected_components(wins > 0, connection="strong")[0] > 1:
        raise NotConverged("The fit has no finite answer: the votes do not tie these models together.")
    strength = np.zeros(len(wins)) if start is None else start - start.mean()
    for iteration in range(1, ITERATIONS + 1):
        probabilities = win_probabilities(strength)
        # Wins times the chance of losing: exact to the last digit even for 1 loss in 1e9, and antisymmetric,
        # so that the counts of a huge cell cancel instead of leaving their rounding in the gradient.
        surplus = wins * probabilities.T
        gradient = (surplus - surplus.T).sum(axis=1) - prior * strength
        step = _solve(information(wins, probabilities, prior=prior), gradient)
        reach = float(np.ptp(step))
        if reach > FULL:
            step *= np.log1p(reach) / reach
        strength = strength + step
        strength -= strength.mean()
        if reach <= STEP:
            return Fit(strength=strength, iterations=iteration)
    raise NotConverged(f"The fit still moves by {reach:.1e} after {ITERATIONS} steps; it gives no number.")


def _solve(matrix: Floats, gradient: Floats) -> Floats:
    try:
        return np.asarray(cho_solve(cho_factor(matrix), gradient), dtype=np.float64)
    except (LinAlgError, ValueError) as error:  # not positive definite; not finite
        raise NotConverged(
            "The fit has no answer: the counts of votes are not numbers, or too uneven."
        ) from error
