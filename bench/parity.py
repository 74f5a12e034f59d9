"""The same figures as the peers, where they define the same thing: largest difference of strengths, effects, errors.

Run: python bench/parity.py [votes] [models] [raters]. It fails if a difference is above 1e-6 log-odds. The peers are
told to go on until they have converged; arena-rank's regularisation is off; statsmodels fits a fractional logit (Papke
& Wooldridge 1996) with its robust covariances, whose small-sample factor is replaced by ours, R/(R − 1).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import arena_rank.models.bradley_terry as arena
import arena_rank.models.contextual_bradley_terry as contextual
import choix
import evalica
import jax.numpy as jnp
import numpy as np
import statsmodels.api as sm
from _votes import COVARIATES, draw_votes, print_rows, require
from arena_rank.utils.data_utils import ContextualPairDataset, PairDataset
from numpy.typing import NDArray

from evaluations.ranking import Votes, count_pairs, rank

Floats = NDArray[np.float64]
AGREEMENT = 1e-6
RESULTS = np.array([1.0, 0.0, 0.5, 0.5])


def main(votes: int = 20_000, models: int = 12, raters: int = 150) -> None:
    drawn = draw_votes(votes=votes, models=models, raters=raters, style=True)
    rows = [
        *compare_strengths(drawn),
        *compare_errors(drawn, style=()),
        *compare_errors(drawn, style=COVARIATES),
        *compare_arena_rank(drawn),
    ]
    print_rows(
        f"{votes:,} votes, {models} models, {raters} raters: largest difference, log-odds",
        ("", "difference"),
        [(name, f"{gap:.1e}") for name, gap in rows],
    )
    for name, gap in rows:
        require(gap <= AGREEMENT, f"{name}: a difference of {gap:.1e}, more than {AGREEMENT:.0e}.")


def compare_strengths(votes: Votes) -> Iterator[tuple[str, float]]:
    ours = in_name_order(votes, ())[0]
    wins = count_pairs(votes).half_ties(both_bad="tie")
    yield "choix: strengths", gap(ours, choix.ilsr_pairwise_dense(wins, tol=1e-12, max_iter=10_000))
    winners = [
        (evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw)[code] for code in votes.outcome.tolist()
    ]
    names = np.array(votes.models)
    found = evalica.bradley_terry(
        names[votes.a].tolist(), names[votes.b].tolist(), winners, tolerance=1e-12, limit=100_000
    )
    yield "evalica: strengths", gap(ours, np.log(found.scores.sort_index().to_numpy()))


def compare_errors(votes: Votes, *, style: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """Against a fractional logit with the last model at nought."""
    models = len(votes.models)
    design = np.zeros((len(votes), models))
    rows = np.arange(len(votes))
    design[rows, votes.a], design[rows, votes.b] = 1, -1
    columns = [design[:, :-1], *(votes.covariates[name][:, None] for name in style)]
    model = sm.GLM(RESULTS[votes.outcome], np.hstack(columns), family=sm.families.Binomial())
    with_style = " and style" if style else ""
    for name, cluster, options in (
        ("independent", None, {"cov_type": "HC0"}),
        (
            "clustered",
            "rater",
            {"cov_type": "cluster", "cov_kwds": {"groups": votes.rater, "use_correction": False}},
        ),
    ):
        fitted = model.fit(tol=1e-14, maxiter=200, **options)
        factor = votes.raters / (votes.raters - 1) if cluster else 1.0
        strength, error = center(fitted.params, fitted.cov_params() * factor, models)
        ours, our_errors = in_name_order(votes, style, cluster=cluster)
        yield f"statsmodels: strengths{with_style}", float(np.abs(ours - strength).max())
        yield f"statsmodels: {name} errors{with_style}", float(np.abs(our_errors - error).max())


def compare_arena_rank(votes: Votes) -> Iterator[tuple[str, float]]:
    options = {"hessian_reg": 0.0, "ftol": 0.0, "gtol": 1e-12, "max_iter": 10_000}
    ones = jnp.ones(len(votes))
    columns = {
        "competitors": list(votes.models),
        "pairs": jnp.stack([jnp.asarray(votes.a), jnp.asarray(votes.b)], axis=1),
        "outcomes": jnp.asarray(RESULTS[votes.outcome]),
        "weights": ones,
    }
    plain = arena.BradleyTerry(n_competitors=len(votes.models), **options)
    plain.fit(PairDataset(**columns, counts=ones, opt_weights=ones))
    yield "arena-rank: strengths", gap(in_name_order(votes, ())[0], np.asarray(plain.params["ratings"]))
    x = jnp.asarray(np.stack([votes.covariates[name] for name in COVARIATES], axis=1))
    style = contextual.ContextualBradleyTerry(
        n_competitors=len(votes.models), n_features=len(COVARIATES), reg=0.0, **options
    )
    style.fit(ContextualPairDataset(**columns, features=x))
    ours = in_name_order(votes, COVARIATES)[0]
    theirs = np.concatenate([np.asarray(style.params["ratings"]), np.asarray(style.params["coeffs"])])
    theirs[: len(votes.models)] -= theirs[: len(votes.models)].mean()
    yield "arena-rank: strengths and style", float(np.abs(ours - theirs).max())


def in_name_order(votes: Votes, style: tuple[str, ...], cluster: str | None = None) -> tuple[Floats, Floats]:
    """Strengths, then effects, and their standard errors, models by name."""
    ranking = rank(votes, style=style, cluster=cluster)
    order = np.argsort(ranking.models)
    values = [effect.value for effect in ranking.effects]
    errors = [effect.standard_error for effect in ranking.effects]
    return (
        np.concatenate([ranking.strength[order], values]),
        np.concatenate([ranking.standard_error[order], errors]),
    )


def center(point: Floats, covariance: Floats, models: int) -> tuple[Floats, Floats]:
    """From the last model at nought to strengths of sum zero."""
    change = np.zeros((len(point) + 1, len(point)))
    change[: models - 1, : models - 1] = np.eye(models - 1)
    change[models:, models - 1 :] = np.eye(len(point) - models + 1)
    change[:models] -= change[:models].mean(axis=0)
    return change @ point, np.sqrt(np.diag(change @ covariance @ change.T))


def gap(ours: Floats, theirs: Floats) -> float:
    return float(np.abs(theirs - theirs.mean() - ours).max())


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
