"""The fit with effects (ties, side, style), from rows of votes: estimates and their covariance."""

from __future__ import annotations

import numpy as np

from evaluations.ranking.fits.bradley_terry import Fit
from evaluations.ranking.fits.clusters import score_row_groups
from evaluations.ranking.fits.plain import list_clusterings
from evaluations.ranking.fits.problems import Problem
from evaluations.ranking.fits.regression import (
    Regression,
    differentiate_rows,
    fit_regression,
    ground,
    score_votes,
)
from evaluations.ranking.fits.sandwich import ONLY_TIES, Bread, Covariance, Meat, close_sandwich, cluster_meat


def fit_rows(problem: Problem, *, plain: Fit) -> Regression:
    """plain: the strengths without effects, where the search begins."""
    return fit_regression(
        rows=problem.rows,
        models=len(problem.placed),
        davidson=problem.davidson,
        prior=problem.parameters.prior,
        strength=plain.strength,
    )


def cover_rows(problem: Problem, fit: Regression) -> Covariance:
    """The sandwich covariance of strengths and effects, with the clusters that the parameters name."""
    models, prior = len(problem.placed), problem.parameters.prior
    found = differentiate_rows(rows=problem.rows, at=fit)
    information = found.matrix.copy()
    information[:models, :models] += prior * np.eye(models)
    bread = Bread(information=ground(information, models=models), expected=found.pairs, prior=prior)
    if problem.parameters.cluster is None:
        meat = Meat(
            matrix=differentiate_rows(rows=problem.rows, at=fit, squared=True).matrix,
            bare=(problem.totals.wins + problem.totals.wins.T).sum(axis=1) == 0,
            why=ONLY_TIES,
            freedom=None,
        )
        return close_sandwich([(1.0, meat)], bread=bread)
    return close_sandwich(_cluster(problem, fit), bread=bread)


def _cluster(problem: Problem, fit: Regression) -> list[tuple[float, Meat]]:
    rows, models = problem.single_votes, len(problem.placed)
    eta, tie = score_votes(rows=rows, at=fit)
    return [
        (
            sign,
            cluster_meat(
                score_row_groups(
                    rows=rows,
                    codes=codes,
                    count=count,
                    models=models,
                    eta=eta,
                    tie=tie,
                    size=models + len(fit.effects),
                ),
                noun=noun,
            ),
        )
        for sign, noun, codes, count in list_clusterings(problem.votes, problem.parameters.cluster)
    ]
