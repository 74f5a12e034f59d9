"""Strengths and effects with their uncertainty, in each of the ways that a ranking can be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, assert_never

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

from evaluations.ranking.elo import elo_strengths
from evaluations.ranking.fits.bootstrap import Draws, bootstrap_pairs, bootstrap_rows
from evaluations.ranking.fits.bradley_terry import Fit
from evaluations.ranking.fits.effects import cover_rows, fit_rows
from evaluations.ranking.fits.plain import cover_pairs, fit_pairs
from evaluations.ranking.fits.problems import Problem
from evaluations.ranking.fits.ranges import (
    difference_errors,
    reach_of_clusters,
    simulate_deviations,
    stretch_pairs,
)
from evaluations.ranking.fits.regression import Regression
from evaluations.ranking.fits.sandwich import Covariance
from evaluations.ranking.pairs import BothBad
from evaluations.ranking.votes import BOTH_BAD, Floats, Votes

RESULTS: Final = np.array([1.0, 0.0, 0.5, 0.5], dtype=np.float32)  # of the model a, by outcome


@dataclass(frozen=True, eq=False, kw_only=True)
class Estimate:
    """strength, standard_error, lower, upper: (K,) log-odds, of the mean or of the anchor as zero.

    difference_errors: (K, K) standard errors of θ_i − θ_j; stretch: (K, K) by how much ranges take them larger, where
    one of the two was judged by fewer clusters than there are. deviations: (rounds, K) draws of θ̂ − θ, as the normal
    has them. freedom: degrees of freedom of the errors, clusters less one; None of single votes or orders.
    names, effects, effect_errors, effect_lower, effect_upper: of the p effects beside the strengths.
    cautions: (place of a model, sentence) on intervals that rest on an assumption.
    """

    strength: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    difference_errors: Floats
    stretch: Floats
    deviations: Floats
    freedom: int | None
    iterations: int
    converged: bool
    names: tuple[str, ...]
    effects: Floats
    effect_errors: Floats
    effect_lower: Floats
    effect_upper: Floats
    cautions: tuple[tuple[int, str], ...] = ()


def estimate(problem: Problem, *, anchor: int | None) -> Estimate:
    """Estimate the K placed models. anchor: the place of the anchor among them.

    Raises NotConverged; NothingToRank and UnsupportedParameter as the interval's function says.
    """
    parameters = problem.parameters
    generator = np.random.default_rng(parameters.seed)
    if parameters.method == "elo":
        return _estimate_elo(problem, generator)
    fit = fit_problem(problem)
    match parameters.interval:
        case "bootstrap":
            if isinstance(fit, Regression):
                draws = bootstrap_rows(problem, fit, generator=generator)
            else:
                draws = bootstrap_pairs(problem, fit, generator=generator)
            return _from_draws(fit, draws, anchor, parameters.level)
        case "sandwich":
            known = cover_rows(problem, fit) if isinstance(fit, Regression) else cover_pairs(problem, fit)
            return _from_covariance(problem, fit, known, anchor, generator)
        case "orderings":
            raise AssertionError("the parameters allow orderings with Elo only")
        case _:
            assert_never(parameters.interval)


def fit_problem(problem: Problem) -> Fit | Regression:
    """The Bradley–Terry fit, with effects where the parameters ask for them. Raises NotConverged."""
    plain = fit_pairs(problem)
    return plain if problem.plain else fit_rows(problem, plain=plain)


def _estimate_elo(problem: Problem, generator: np.random.Generator) -> Estimate:
    parameters, votes = problem.parameters, problem.votes
    fitted = _mask_fitted(votes, parameters.both_bad)
    a, b, outcome = (
        column if fitted is None else column[fitted] for column in (votes.a, votes.b, votes.outcome)
    )
    draws = elo_strengths(
        a=a,
        b=b,
        result=RESULTS[outcome],
        models=len(votes.models),
        orderings=parameters.rounds,
        k=parameters.k,
        generator=generator,
    )[:, problem.placed]
    draws = draws - draws.mean(axis=1)[:, None]
    mean = Fit(strength=draws.mean(axis=0), iterations=parameters.rounds)
    return _from_draws(mean, Draws(values=draws, freedom=None), None, parameters.level)


def _mask_fitted(votes: Votes, both_bad: BothBad) -> NDArray[np.bool_] | None:
    """(N,) the votes that Elo reads, or None for all of them."""
    if both_bad == "tie":
        return votes.chosen
    decided: NDArray[np.bool_] = votes.outcome != BOTH_BAD
    return decided if votes.chosen is None else decided & votes.chosen


def _from_covariance(
    problem: Problem,
    fit: Fit | Regression,
    covariance: Covariance,
    anchor: int | None,
    generator: np.random.Generator,
) -> Estimate:
    """Interval ± q se, q of the normal, or of Student's t with as many degrees of freedom as there were clusters that
    had a say in the parameter, less one."""
    parameters, models = problem.parameters, len(fit.strength)
    matrix, strength = covariance.matrix[:models, :models], fit.strength
    deviations = simulate_deviations(covariance=matrix, rounds=parameters.rounds, generator=generator)
    errors = difference_errors(matrix)
    stretch = np.ones_like(errors)
    if covariance.freedom is not None and covariance.overall is not None:
        freedom = covariance.freedom[:models]
        stretch = stretch_pairs(freedom, covariance.overall, level=parameters.level)
    if anchor is not None:
        matrix = matrix - matrix[anchor]
        matrix = matrix - matrix[:, anchor][:, None]
        strength = strength - strength[anchor]
    both = np.concatenate([matrix.diagonal(), covariance.matrix.diagonal()[models:]])
    error = np.sqrt(np.maximum(both, 0.0))
    tail = (1 + parameters.level) / 2
    reach = np.full(len(error), float(ndtri(tail)))
    if covariance.freedom is not None and covariance.overall is not None:
        reach = reach_of_clusters(covariance.freedom, covariance.overall, tail=tail)
    (error, effect_error), (reach, effect_reach) = np.split(error, [models]), np.split(reach, [models])
    names, effects = _effects(fit)
    return Estimate(
        strength=strength,
        standard_error=error,
        lower=strength - reach * error,
        upper=strength + reach * error,
        difference_errors=errors,
        stretch=stretch,
        deviations=deviations,
        freedom=covariance.overall,
        iterations=fit.iterations,
        converged=fit.converged,
        names=names,
        effects=effects,
        effect_errors=effect_error,
        effect_lower=effects - effect_reach * effect_error,
        effect_upper=effects + effect_reach * effect_error,
        cautions=covariance.cautions,
    )


def _from_draws(fit: Fit | Regression, draws: Draws, anchor: int | None, level: float) -> Estimate:
    """Interval from the quantiles of the draws; of few clusters wider, as Student's t is wider than the normal.

    Percentiles are too narrow by √((R − 1)/R) and by the normal's quantile in place of t's. Taking them at
    Φ(−√(R/(R − 1)) t) mends both (Hesterberg 2015, American Statistician 69).
    """
    values, strength, models, freedom = draws.values, fit.strength, len(fit.strength), draws.freedom
    if anchor is not None:
        strength = strength - strength[anchor]
        values = np.hstack([values[:, :models] - values[:, anchor][:, None], values[:, models:]])
    factor = 1.0 if freedom is None else (freedom + 1) / freedom
    covariance = np.atleast_2d(np.cov(values, rowvar=False)) * factor
    error, effect_error = np.split(np.sqrt(covariance.diagonal()), [models])
    tail = (1 - level) / 2
    if freedom is not None:
        tail = float(ndtr(np.sqrt(factor) * stdtrit(freedom, tail)))
    lower, upper = np.quantile(values, [tail, 1 - tail], axis=0)
    names, effects = _effects(fit)
    return Estimate(
        strength=strength,
        standard_error=error,
        lower=lower[:models],
        upper=upper[:models],
        difference_errors=difference_errors(covariance[:models, :models]),
        stretch=np.ones((models, models)),
        deviations=(values[:, :models] - strength) * np.sqrt(factor),
        freedom=freedom,
        iterations=fit.iterations,
        converged=fit.converged,
        names=names,
        effects=effects,
        effect_errors=effect_error,
        effect_lower=lower[models:],
        effect_upper=upper[models:],
    )


def _effects(fit: Fit | Regression) -> tuple[tuple[str, ...], Floats]:
    return (fit.names, fit.effects) if isinstance(fit, Regression) else ((), np.empty(0))
