"""The fit with effects (ties, side, style), from rows of votes: estimates and their covariance."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import NotConverged, UnsupportedParameter
from evaluations.ranking.fits.bradley_terry import Fit
from evaluations.ranking.fits.clusters import score_row_groups
from evaluations.ranking.fits.plain import list_clusterings
from evaluations.ranking.fits.problems import Problem
from evaluations.ranking.fits.regression import Regression, differentiate_rows, fit_regression, ground
from evaluations.ranking.fits.rows import Rows
from evaluations.ranking.fits.sandwich import Bread, Covariance, close_sandwich, cluster_meat, take_meat
from evaluations.ranking.votes import Floats

PARTS: Final = (12_000, 100_000)  # rows that are fitted first, where there are several times as many


def fit_rows(problem: Problem, *, plain: Fit) -> Regression:
    """plain: the strengths without effects, where the search begins; of many votes parts are fitted first."""
    rows, davidson, prior = problem.rows, problem.davidson, problem.parameters.prior
    models, start = len(problem.placed), None
    for part in PARTS:
        if len(rows.a) > 2 * part:
            thin = rows.thin(len(rows.a) // part)
            with suppress(NotConverged, UnsupportedParameter):  # too thin: the whole may have an answer
                start = fit_regression(
                    rows=thin,
                    models=models,
                    davidson=davidson,
                    prior=prior,
                    strength=plain.strength,
                    start=start,
                )
    return fit_regression(
        rows=rows, models=models, davidson=davidson, prior=prior, strength=plain.strength, start=start
    )


def cover_rows(problem: Problem, fit: Regression) -> Covariance:
    """The sandwich covariance of strengths and effects, with the clusters that the parameters name."""
    models, prior = len(problem.placed), problem.parameters.prior
    found = differentiate_rows(rows=problem.rows, at=fit, squared=problem.parameters.cluster is None)
    information = found.information.copy()
    information[:models, :models] += prior * np.eye(models)
    # What the model expects of the squared scores has the squares of the weights, as the scores have.
    squares = replace(problem.rows, weight=problem.rows.square)

    def expect(bare: NDArray[np.bool_]) -> Floats:
        touched = squares.take(_find_touched(squares, bare, models))
        return differentiate_rows(rows=touched, at=fit).information

    bread = Bread(
        information=ground(information, models=models),
        models=models,
        prior=prior,
        expect=expect,
        silent=problem.silent,
    )
    if found.squares is not None:
        return close_sandwich([(1.0, take_meat(found.squares, bread=bread))], bread=bread)
    meats = [
        (
            sign,
            cluster_meat(
                score_row_groups(rows=problem.single_votes, codes=codes, count=count, at=fit),
                noun=noun,
                bread=bread,
            ),
        )
        for sign, noun, codes, count in list_clusterings(problem.votes, problem.parameters.cluster)
    ]
    return close_sandwich(meats, bread=bread)


def _find_touched(rows: Rows, bare: NDArray[np.bool_], models: int) -> NDArray[np.bool_]:
    """(n,) rows that have a say in a bare parameter; every row has one in log ν, the last beyond the effects of x."""
    many = rows.x.shape[1]
    touched: NDArray[np.bool_] = bare[rows.a] | bare[rows.b]
    touched |= (rows.x[:, bare[models : models + many]] != 0).any(axis=1)
    return touched | bool(bare[models + many :].any())
