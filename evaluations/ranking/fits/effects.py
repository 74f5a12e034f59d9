"""The fit with effects (ties, side, style), from rows of votes: estimates and their covariance."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Final

import numpy as np

from evaluations.errors import NotConverged, UnsupportedParameter
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

MANY: Final = 200_000  # rows, from which on a first fit of a part saves more than it costs
PART: Final = 32_000  # rows of that part


def fit_rows(problem: Problem, *, plain: Fit) -> Regression:
    """plain: the strengths without effects, where the search begins; of many votes a part is fitted first."""
    rows, models = problem.rows, len(problem.placed)
    davidson, prior = problem.davidson, problem.parameters.prior
    start = None
    if len(rows.a) > MANY:
        with suppress(
            NotConverged, UnsupportedParameter
        ):  # too thin a part has no answer; the whole may have
            start = fit_regression(
                rows=rows.thin(len(rows.a) // PART),
                models=models,
                davidson=davidson,
                prior=prior,
                strength=plain.strength,
            )
    return fit_regression(
        rows=rows, models=models, davidson=davidson, prior=prior, strength=plain.strength, start=start
    )


def cover_rows(problem: Problem, fit: Regression) -> Covariance:
    """The sandwich covariance of strengths and effects, with the clusters that the parameters name."""
    models, prior = len(problem.placed), problem.parameters.prior
    alone = problem.parameters.cluster is None
    found = differentiate_rows(rows=problem.rows, at=fit, squared=alone)
    information = found.information.copy()
    information[:models, :models] += prior * np.eye(models)
    # What the model expects of the squared scores has the squares of the weights, as the scores have.
    squares = replace(problem.rows, weight=problem.rows.square)
    expected = differentiate_rows(rows=squares, at=fit).pairs if problem.weights is not None else found.pairs
    bread = Bread(information=ground(information, models=models), expected=expected, prior=prior)
    if found.squares is not None:
        meat = Meat(
            matrix=found.squares,
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
