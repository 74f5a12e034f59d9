"""The plain fit, from pair counts: strengths, their covariance, and what a bootstrap refits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evaluations.ranking.fits.bradley_terry import (
    Fit,
    fit_strengths,
    information,
    laplacian,
    win_probabilities,
)
from evaluations.ranking.fits.clusters import GroupScores, pair_groups, score_vote_groups
from evaluations.ranking.fits.problems import Problem
from evaluations.ranking.fits.sandwich import (
    Bread,
    Covariance,
    Meat,
    close_sandwich,
    cluster_meat,
    square_votes,
    take_meat,
)
from evaluations.ranking.pairs import BothBad
from evaluations.ranking.votes import OUTCOMES, Floats, Integers, Votes


def fit_pairs(problem: Problem) -> Fit:
    return fit_strengths(wins=problem.totals.half_ties, prior=problem.parameters.prior)


def cover_pairs(problem: Problem, fit: Fit) -> Covariance:
    """The sandwich covariance of a plain fit, with the clusters that the parameters name."""
    probabilities = win_probabilities(fit.strength)
    squares, wins = problem.squares.half_ties, problem.totals.half_ties
    expected = (squares + squares.T) * probabilities * probabilities.T

    def expect(bare: NDArray[np.bool_]) -> Floats:
        return laplacian(np.where(bare[:, None] | bare[None, :], expected, 0.0))

    bread = Bread(
        information=information(wins, probabilities, prior=problem.parameters.prior),
        models=len(wins),
        prior=problem.parameters.prior,
        expect=expect,
        silent=problem.silent,
    )
    if problem.parameters.cluster is None:
        matrix = square_votes(squares=problem.squares, probabilities=probabilities)
        return close_sandwich([(1.0, take_meat(matrix, bread=bread))], bread=bread)
    return close_sandwich(_cluster(problem, probabilities, bread), bread=bread)


def _cluster(problem: Problem, probabilities: Floats, bread: Bread) -> list[tuple[float, Meat]]:
    residual = tabulate_residuals(problem.votes, problem.placed, probabilities, problem.parameters.both_bad)

    def score(codes: Integers, count: int) -> GroupScores:
        found = score_vote_groups(
            votes=problem.votes, codes=codes, count=count, residual=residual, weights=problem.weights
        )
        return found.select(problem.placed)

    return [
        (sign, cluster_meat(score(codes, count), noun=noun, bread=bread))
        for sign, noun, codes, count in list_clusterings(problem.votes, problem.parameters.cluster)
    ]


def list_clusterings(votes: Votes, cluster: str | None) -> list[tuple[float, str, Integers, int]]:
    """(sign, noun, (N,) codes, how many codes) of each meat of the sandwich: one, or rater + prompt − both."""
    if cluster != "both":
        return [(1.0, str(cluster), *votes.groups(str(cluster)))]
    rater, prompt = votes.groups("rater"), votes.groups("prompt")
    shared = pair_groups(one=rater[0], other=prompt[0], others=prompt[1])
    return [(1.0, "rater", *rater), (1.0, "prompt", *prompt), (-1.0, "rater", *shared)]


def tabulate_residuals(
    votes: Votes, placed: Sequence[int], probabilities: Floats, both_bad: BothBad
) -> Floats:
    """(4, M, M) y − p by outcome, a, b over all M models; NaN where such a vote is not in the fit."""
    table = np.full((len(OUTCOMES), len(votes.models), len(votes.models)), np.nan)
    grid = np.ix_(placed, placed)
    table[0][grid] = probabilities.T
    table[1][grid] = -probabilities
    table[2][grid] = (probabilities.T - probabilities) / 2
    if both_bad == "tie":
        table[3] = table[2]
    return table
