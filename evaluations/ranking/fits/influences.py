"""How much each vote moves the difference of two strengths, to first order.

The influence of a vote t with score s_t on cᵀφ is cᵀ H⁻¹ s_t: what leaving it out takes away (Hampel 1974, JASA 69).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluations.ranking.fits.bradley_terry import Fit, information, win_probabilities
from evaluations.ranking.fits.plain import tabulate_residuals
from evaluations.ranking.fits.problems import Problem
from evaluations.ranking.fits.regression import Regression, differentiate_rows, ground, score_votes
from evaluations.ranking.fits.sandwich import invert
from evaluations.ranking.pairs import cell_keys
from evaluations.ranking.votes import Floats


def invert_information(problem: Problem, fit: Fit | Regression) -> Floats:
    """(K + p, K + p) the inverse of the grounded information, whose columns differ as those of H⁻¹ do."""
    models, prior = len(fit.strength), problem.parameters.prior
    if not isinstance(fit, Regression):
        probabilities = win_probabilities(fit.strength)
        return invert(information(problem.totals.half_ties, probabilities, prior=prior))
    matrix = differentiate_rows(rows=problem.rows, at=fit).information
    matrix[:models, :models] += prior * np.eye(models)
    return invert(ground(matrix, models=models))


def influence_votes(
    problem: Problem, fit: Fit | Regression, *, direction: Floats
) -> tuple[NDArray[np.intp], Floats]:
    """(n,) votes of the fit, as indices into the columns, and (n,) the influence of each, in log-odds.

    direction: (K + p,) H⁻¹ c of the contrast c.
    """
    if isinstance(fit, Regression):
        rows, models = problem.single_votes, len(fit.strength)
        eta, tie = score_votes(rows=rows, at=fit)
        along = direction[rows.a] - direction[rows.b] + rows.x @ direction[models : models + rows.x.shape[1]]
        return rows.vote.astype(np.intp), eta * along + (tie * direction[-1] if fit.davidson else 0.0)
    votes = problem.votes
    table = _tabulate(problem, fit, direction).ravel()
    found = []
    for part in votes.parts():
        value = table[cell_keys(votes, part)]
        if problem.weights is not None:
            value *= problem.weights[part]
        fitted = np.flatnonzero(~np.isnan(value))
        number = fitted + part.start if isinstance(part, slice) else part[fitted]
        found.append((number, value[fitted]))
    numbers, values = zip(*found, strict=True)
    return np.concatenate(numbers), np.concatenate(values)


def _tabulate(problem: Problem, fit: Fit, direction: Floats) -> Floats:
    """(4, M, M) influence of a vote by outcome, a, b."""
    residual = tabulate_residuals(
        problem.votes, problem.placed, win_probabilities(fit.strength), problem.parameters.both_bad
    )
    along = np.zeros(len(problem.votes.models))
    along[list(problem.placed)] = direction
    return residual * (along[:, None] - along[None, :])
