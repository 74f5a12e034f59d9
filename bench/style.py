"""How long style control with intervals takes, beside arena-rank and scikit-learn.

Run: python bench/style.py [votes] [models]. Prints a table; it asserts agreement, never a time.
arena-rank is timed from encoded arrays, compiled before, its penalty on the coefficients off. scikit-learn's logistic
regression is timed from a design made before, a tie as one row of either outcome with half the weight, without any
interval: from a dense design, as LMArena's notebook of style control has it, and from a sparse one.
"""

from __future__ import annotations

import sys

import arena_rank.models.contextual_bradley_terry as arena
import jax.numpy as jnp
import numpy as np
from _votes import COVARIATES, draw_votes, print_rows, require, time_fastest, time_once
from arena_rank.utils.data_utils import ContextualPairDataset
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from evaluations.ranking import Votes, rank, warm_kernels

CLOSE = 0.01  # log-odds: as near as the peers' stopping rules come to a maximum
RESULTS = np.array([1.0, 0.0, 0.5, 0.5])


def main(votes: int = 1_000_000, models: int = 100) -> None:
    warm_kernels()
    drawn = draw_votes(votes=votes, models=models, raters=10_000, style=True)
    ranking = rank(drawn, style=COVARIATES, cluster=None)
    ours = np.array([effect.value for effect in ranking.effects])
    alone, grouped = time_fastest(
        lambda: rank(drawn, style=COVARIATES, cluster=None),
        lambda: rank(drawn, style=COVARIATES, cluster="rater"),
        rounds=5,
    )
    peer, slopes = time_arena_rank(drawn)
    design, won, weight = write_design(drawn)
    sparsely, weights = time_scikit_learn(design, won, weight)
    densely, _ = time_scikit_learn(design.toarray(), won, weight)
    rows = [
        ("ranking with style, independent votes", alone, ours - ours, 0.0),
        ("ranking with style, clustered by rater", grouped, ours - ours, 0.0),
        ("arena-rank: fit and interval", peer, slopes - ours, peer / alone),
        ("scikit-learn, dense: fit alone", densely, weights - ours, densely / alone),
        ("scikit-learn, sparse: fit alone", sparsely, weights - ours, sparsely / alone),
    ]
    print_rows(
        f"{votes:,} votes, {models} models, {len(COVARIATES)} covariates; asked for: 20 x faster",
        ("", "seconds", "slower by", "coefficients off by"),
        [
            (name, f"{took:.3f}", f"{ratio:.0f} x" if ratio else "", f"{np.abs(gap).max():.1e}")
            for name, took, gap, ratio in rows
        ],
    )
    require(float(np.abs(weights - ours).max()) < CLOSE, "scikit-learn finds other coefficients.")
    require(float(np.abs(slopes - ours).max()) < CLOSE, "arena-rank finds other coefficients.")


def stack(votes: Votes) -> NDArray[np.float64]:
    return np.stack([votes.covariates[name] for name in COVARIATES], axis=1)


def time_arena_rank(votes: Votes) -> tuple[float, NDArray[np.float64]]:
    data = ContextualPairDataset(
        competitors=list(votes.models),
        pairs=jnp.stack([jnp.asarray(votes.a), jnp.asarray(votes.b)], axis=1),
        outcomes=jnp.asarray(RESULTS[votes.outcome]),
        features=jnp.asarray(stack(votes)),
        weights=jnp.ones(len(votes)),
    )

    def run() -> NDArray[np.float64]:
        model = arena.ContextualBradleyTerry(
            n_competitors=len(votes.models), n_features=len(COVARIATES), reg=0.0
        )
        model.fitted = False
        found = model.compute_ratings_and_cis(data)
        return np.asarray(found["coeffs"]) + 0 * np.asarray(found["rating_upper"][0])

    run()
    return time_once(run)


def write_design(votes: Votes) -> tuple[sparse.csr_array, NDArray[np.bool_], NDArray[np.float64]]:
    """(rows, models + covariates), outcomes and weights."""
    rows = np.arange(len(votes))
    models = sparse.csr_array(
        (
            np.concatenate([np.ones(len(votes)), -np.ones(len(votes))]),
            (np.concatenate([rows, rows]), np.concatenate([votes.a, votes.b])),
        ),
        shape=(len(votes), len(votes.models)),
    )
    design = sparse.hstack([models, sparse.csr_array(stack(votes))]).tocsr()
    tied = np.flatnonzero(votes.outcome == 2)
    both = sparse.vstack([design, design[tied]]).tocsr()
    won = np.concatenate([votes.outcome != 1, np.zeros(len(tied), dtype=bool)])
    weight = np.concatenate([np.where(votes.outcome == 2, 0.5, 1.0), np.full(len(tied), 0.5)])
    return both, won, weight


def time_scikit_learn(
    design: sparse.csr_array | NDArray[np.float64], won: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    model = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-6, max_iter=1000)
    seconds, fitted = time_once(lambda: model.fit(design, won, sample_weight=weight))
    return seconds, fitted.coef_[0, -len(COVARIATES) :]


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
