"""How long a bootstrap over votes takes, beside FastChat's way: a fit of its own on each resample.

Run: python bench/bootstrap.py [votes] [models] [rounds]. Prints a table; it asserts agreement, never a time.
FastChat has had two ways. The first draws the table of votes anew with pandas, counts pairs by pivot tables and fits
scikit-learn's logistic regression to them. The second draws a multinomial over the distinct rows and minimises the loss
by L-BFGS from even strengths. Both are written here after the descriptions of the method, timed on a few rounds,
and multiplied.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from _votes import draw_votes, print_rows, require, time_fastest, time_once
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from evaluations.ranking import Votes, rank, warm_kernels

RESULTS = np.array([1.0, 0.0, 0.5])
FEW = 3
CLOSE = 1.0  # points, of a standard error: what a bootstrap of so few rounds can differ by


def main(votes: int = 1_000_000, models: int = 100, rounds: int = 1000) -> None:
    warm_kernels()
    drawn = draw_votes(votes=votes, models=models, raters=10)
    took = time_fastest(lambda: rank(drawn, interval="bootstrap", cluster=None, rounds=rounds), rounds=2)[0]
    first = time_once(lambda: [resample_table(drawn, seed) for seed in range(FEW)])[0] * rounds / FEW
    second, strengths = time_once(lambda: resample_cells(drawn, 10 * FEW))
    second *= rounds / (10 * FEW)
    rows = [
        (f"ours: {rounds} rounds, intervals and rank ranges", took),
        (f"a fit on each resample of the table of votes: {FEW} rounds, times {rounds / FEW:.0f}", first),
        (
            f"a fit on each resample of distinct rows: {10 * FEW} rounds, times {rounds / FEW / 10:.0f}",
            second,
        ),
    ]
    print_rows(
        f"{votes:,} votes, {models} models; asked for: 60 x faster than a fit on each resample of the table",
        ("", "seconds", "slower by"),
        [(name, f"{seconds:.2f}", f"{seconds / took:.0f} x") for name, seconds in rows],
    )
    ranking = rank(drawn, interval="bootstrap", cluster=None, rounds=100)
    errors = 400 / np.log(10) * strengths.std(axis=0)
    ours = 400 / np.log(10) * ranking.standard_error[np.argsort(ranking.models)]
    require(float(np.abs(errors - ours).mean()) < CLOSE, "The other way finds other standard errors.")


def resample_table(votes: Votes, seed: int) -> NDArray[np.float64]:
    """Votes drawn with pandas, counted by pivot tables, fitted by scikit-learn: one row a pair and outcome."""
    names = np.array(votes.models)
    frame = pd.DataFrame({"a": names[votes.a], "b": names[votes.b], "result": RESULTS[votes.outcome]})
    drawn = frame.sample(frac=1.0, replace=True, random_state=seed)
    won = drawn[drawn["result"] == 1].pivot_table(index="a", columns="b", aggfunc="size", fill_value=0)
    lost = drawn[drawn["result"] == 0].pivot_table(index="a", columns="b", aggfunc="size", fill_value=0)
    tied = drawn[drawn["result"] == 0.5].pivot_table(index="a", columns="b", aggfunc="size", fill_value=0)
    tables = [
        table.reindex(index=votes.models, columns=votes.models, fill_value=0) for table in (won, lost, tied)
    ]
    wins = tables[0] + tables[1].T + (tables[2] + tables[2].T) / 2
    i, j = np.nonzero(wins.to_numpy())
    design = np.zeros((2 * len(i), len(votes.models)))
    rows = np.arange(len(i))
    design[rows, i], design[rows, j] = 1, -1
    design[len(i) + rows, i], design[len(i) + rows, j] = -1, 1
    weight = np.concatenate([wins.to_numpy()[i, j]] * 2)
    model = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-6)
    model.fit(design, np.concatenate([np.ones(len(i)), np.zeros(len(i))]), sample_weight=weight)
    return np.asarray(model.coef_[0])


def resample_cells(votes: Votes, rounds: int) -> NDArray[np.float64]:
    """A multinomial over distinct (a, b, result); L-BFGS with its own gradient, from even strengths."""
    table = np.stack([votes.a, votes.b, votes.outcome], axis=1)
    distinct, counts = np.unique(table, axis=0, return_counts=True)
    a, b, result = distinct[:, 0], distinct[:, 1], RESULTS[distinct[:, 2]]
    drawn = np.random.default_rng(0).multinomial(len(votes), counts / len(votes), size=rounds)

    def loss(strength: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        p = expit(strength[a] - strength[b])
        value = -(weight * (result * np.log(p) + (1 - result) * np.log1p(-p))).sum()
        pull = weight * (result - p)
        models = len(votes.models)
        return float(value), -(np.bincount(a, pull, models) - np.bincount(b, pull, models))

    found = [
        minimize(
            loss, np.zeros(len(votes.models)), jac=True, args=(row / len(votes),), method="L-BFGS-B", tol=1e-6
        ).x
        for row in drawn
    ]
    strengths = np.array(found)
    return np.asarray(strengths - strengths.mean(axis=1)[:, None])


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
