"""Strengths with their uncertainty, in each of the ways that a ranking can be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from scipy.special import ndtri, stdtrit

from evaluations.ranking.bootstrap import bootstrap_strengths, resample_raters, resample_votes
from evaluations.ranking.bradley_terry import Fit, fit_strengths
from evaluations.ranking.elo import elo_strengths
from evaluations.ranking.pairs import Floats, PairCounts
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.ranges import difference_errors, simulate_deviations
from evaluations.ranking.sandwich import Covariance, clustered_covariance, independent_covariance
from evaluations.ranking.votes import Votes


@dataclass(frozen=True, eq=False, kw_only=True)
class Estimate:
    """strength, standard_error, lower, upper: (K,) log-odds, of the mean or of the anchor as zero.

    difference_errors: (K, K) standard errors of θ_i − θ_j. deviations: (rounds, K) draws of θ̂ − θ.
    cautions: (code of a model, sentence) on intervals that rest on an assumption.
    """

    strength: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    difference_errors: Floats
    deviations: Floats
    iterations: int
    converged: bool
    cautions: tuple[tuple[int, str], ...] = ()


def estimate(
    *, votes: Votes, pairs: PairCounts, placed: tuple[int, ...], anchor: int | None, parameters: Parameters
) -> Estimate:
    """Estimate the K placed models.

    pairs: their counts. placed: their codes in votes. anchor: the place of the anchor among them.
    Raises NotConverged; NothingToRank and UnsupportedParameter as the interval's function says.
    """
    generator = np.random.default_rng(parameters.seed)
    if parameters.method == "elo":
        draws = elo_strengths(
            votes=votes, both_bad=parameters.both_bad, orderings=parameters.rounds, generator=generator
        )[:, placed]
        mean = Fit(strength=draws.mean(axis=0), iterations=parameters.rounds)
        return _from_draws(mean, draws - draws.mean(axis=1)[:, None], anchor, parameters.level)
    wins = pairs.half_ties(both_bad=parameters.both_bad)
    fit = fit_strengths(wins=wins, prior=parameters.prior)
    match parameters.interval:
        case "bootstrap":
            draws = bootstrap_strengths(
                samples=_samples(votes, pairs, placed, parameters, generator),
                start=fit.strength,
                prior=parameters.prior,
                rounds=parameters.rounds,
            )
            return _from_draws(fit, draws, anchor, parameters.level)
        case "sandwich":
            covariance = _covariance(votes, pairs, placed, fit, parameters)
            return _from_covariance(fit, covariance, anchor, parameters, generator)
        case "orderings":
            raise AssertionError("the parameters allow orderings with Elo only")
        case _:
            assert_never(parameters.interval)


def _covariance(
    votes: Votes, pairs: PairCounts, placed: tuple[int, ...], fit: Fit, parameters: Parameters
) -> Covariance:
    both_bad, prior = parameters.both_bad, parameters.prior
    if parameters.cluster is None:
        return independent_covariance(pairs=pairs, strength=fit.strength, both_bad=both_bad, prior=prior)
    return clustered_covariance(
        votes=votes, placed=placed, pairs=pairs, strength=fit.strength, both_bad=both_bad, prior=prior
    )


def _samples(
    votes: Votes,
    pairs: PairCounts,
    placed: tuple[int, ...],
    parameters: Parameters,
    generator: np.random.Generator,
) -> Iterator[Floats]:
    both_bad, rounds = parameters.both_bad, parameters.rounds
    if parameters.cluster is None:
        return resample_votes(pairs=pairs, both_bad=both_bad, rounds=rounds, generator=generator)
    return resample_raters(votes=votes, placed=placed, both_bad=both_bad, rounds=rounds, generator=generator)


def _from_covariance(
    fit: Fit,
    covariance: Covariance,
    anchor: int | None,
    parameters: Parameters,
    generator: np.random.Generator,
) -> Estimate:
    """Interval θ̂ ± q se, q of the normal, or of Student's t with raters − 1 degrees of freedom."""
    matrix, strength = covariance.matrix, fit.strength
    deviations = simulate_deviations(
        covariance=matrix, freedom=covariance.freedom, rounds=parameters.rounds, generator=generator
    )
    errors = difference_errors(matrix)
    if anchor is not None:
        matrix = matrix - matrix[anchor]
        matrix = matrix - matrix[:, anchor][:, None]
        strength = strength - strength[anchor]
    standard_error = np.sqrt(np.maximum(matrix.diagonal(), 0.0))
    tail = (1 + parameters.level) / 2
    reach = float(ndtri(tail) if covariance.freedom is None else stdtrit(covariance.freedom, tail))
    return Estimate(
        strength=strength,
        standard_error=standard_error,
        lower=strength - reach * standard_error,
        upper=strength + reach * standard_error,
        difference_errors=errors,
        deviations=deviations,
        iterations=fit.iterations,
        converged=fit.converged,
        cautions=tuple((int(number), covariance.why) for number in np.flatnonzero(covariance.bare)),
    )


def _from_draws(fit: Fit, draws: Floats, anchor: int | None, level: float) -> Estimate:
    """Interval from the quantiles of the draws, (rounds, K)."""
    strength = fit.strength
    if anchor is not None:
        strength, draws = strength - strength[anchor], draws - draws[:, anchor][:, None]
    covariance = np.atleast_2d(np.cov(draws, rowvar=False))
    lower, upper = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Estimate(
        strength=strength,
        standard_error=np.sqrt(covariance.diagonal()),
        lower=lower,
        upper=upper,
        difference_errors=difference_errors(covariance),
        deviations=draws - strength,
        iterations=fit.iterations,
        converged=fit.converged,
    )
