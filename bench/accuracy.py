"""How exact scores and standard errors are, against a fit in long doubles, where one model has few votes.

Run: python bench/accuracy.py [votes] [models] [few]. Prints a table; it fails if ours are further off than is promised.
The peers see the same pair counts: scikit-learn's logistic regression as FastChat sets it up, arena-rank's fit and
interval, choix and evalica with their own stopping rules.
"""

from __future__ import annotations

import sys

import arena_rank.models.bradley_terry as arena
import choix
import evalica
import jax.numpy as jnp
import numpy as np
from _votes import draw_votes, print_rows, require
from arena_rank.utils.data_utils import PairDataset
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from evaluations.ranking import PairCounts, count_pairs, rank
from evaluations.ranking.scales import PER_LOGIT

Long = NDArray[np.longdouble]
Floats = NDArray[np.float64]
PROMISED = 1e-7  # points


def main(votes: int = 5_000_000, models: int = 200, few: int = 50) -> None:
    drawn = draw_votes(votes=votes, models=models, raters=10, few=few)
    pairs = count_pairs(drawn)
    wins = pairs.half_ties(both_bad="tie")
    strength = fit_in_long_doubles(wins.astype(np.longdouble))
    error = cover_in_long_doubles(pairs, strength)
    ranking = rank(drawn, cluster=None)
    order = np.argsort(ranking.models)
    found = {"ours": (ranking.strength[order], ranking.standard_error[order]), **ask_peers(pairs, wins)}
    rows = []
    for name, (theirs, errors) in found.items():
        off = float(np.abs(theirs - theirs.mean() - strength).max() * PER_LOGIT)
        short = float(np.abs(errors - error).max() * PER_LOGIT) if errors is not None else None
        relative = float(np.abs(errors / error - 1).max()) if errors is not None else None
        rows.append(
            (
                name,
                f"{off:.1e}",
                "" if short is None else f"{short:.1e}",
                "" if relative is None else f"{relative:.1e}",
            )
        )
        if name == "ours":
            require(max(off, short or 0.0) <= PROMISED, f"Ours are off by {off:.1e} and {short:.1e} points.")
    print_rows(
        f"{votes:,} votes, {models} models of which one has {few} votes; promised: {PROMISED:.0e} points",
        ("", "scores off by", "standard errors off by", "of themselves"),
        rows,
    )


def fit_in_long_doubles(wins: Long) -> Long:
    """Newton steps on the half-tie wins, by elimination in long doubles."""
    strength = np.zeros(len(wins), dtype=np.longdouble)
    while True:
        chance = 1 / (1 + np.exp(strength[None, :] - strength[:, None]))
        flow = wins * chance.T
        gradient = (flow - flow.T).sum(axis=1)
        step = solve(laplacian((wins + wins.T) * chance * chance.T)[1:, 1:], gradient[1:, None])[:, 0]
        step = np.concatenate([[np.longdouble(0)], step])
        reach = np.ptp(step)
        strength = strength + (step * np.log1p(reach) / reach if reach > 0.1 else step)
        if reach < 1e-15:
            return strength - strength.mean()


def cover_in_long_doubles(pairs: PairCounts, strength: Long) -> Long:
    """(K,) sandwich standard errors of independent votes, under sum zero."""
    wins, ties = pairs.wins.astype(np.longdouble), (pairs.ties + pairs.both_bad).astype(np.longdouble)
    chance = 1 / (1 + np.exp(strength[None, :] - strength[:, None]))
    battles = wins + wins.T + ties
    decided = wins * chance.T**2
    meat = laplacian(decided + decided.T + ties * (0.5 - chance) ** 2)[1:, 1:]
    bread = laplacian(battles * chance * chance.T)[1:, 1:]
    half = solve(bread, meat)
    inner = solve(bread, half.T)
    full = np.zeros((len(wins), len(wins)), dtype=np.longdouble)
    full[1:, 1:] = inner
    full -= full.mean(axis=0)
    full -= full.mean(axis=1)[:, None]
    return np.sqrt(np.diag(full))


def laplacian(weights: Long) -> Long:
    matrix = -weights.copy()
    np.fill_diagonal(matrix, 0)
    np.fill_diagonal(matrix, -matrix.sum(axis=1))
    return matrix


def solve(matrix: Long, right: Long) -> Long:
    """Gauss and Jordan; numpy's own solvers have no long doubles."""
    table = np.concatenate([matrix, right], axis=1)
    size = len(matrix)
    for place in range(size):
        table[place] /= table[place, place]
        others = np.arange(size) != place
        table[others] -= table[others, place][:, None] * table[place]
    return table[:, size:]


def ask_peers(pairs: PairCounts, wins: Floats) -> dict[str, tuple[Floats, Floats | None]]:
    models = len(wins)
    i, j = np.nonzero(wins)
    rows = np.arange(len(i))
    design = np.zeros((2 * len(i), models))
    design[rows, i], design[rows, j] = 1, -1
    design[len(i) + rows, i], design[len(i) + rows, j] = -1, 1
    learned = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-6)
    learned.fit(design, np.repeat([1, 0], len(i)), sample_weight=np.tile(wins[i, j], 2))
    scores = evalica._brzo.bradley_terry(
        xs=i.tolist(),
        ys=j.tolist(),
        winners=[evalica.Winner.X] * len(i),
        weights=wins[i, j].tolist(),
        total=models,
        win_weight=1.0,
        tie_weight=0.5,
        tolerance=1e-6,
        limit=100,
    )[0]
    return {
        "scikit-learn, as FastChat": (learned.coef_[0], None),
        "arena-rank": ask_arena_rank(pairs),
        "evalica": (np.log(np.asarray(scores)), None),
        "choix": (choix.ilsr_pairwise_dense(wins), None),
    }


def ask_arena_rank(pairs: PairCounts) -> tuple[Floats, Floats]:
    wins, ties = pairs.wins, np.triu(pairs.ties)
    cells = [(*np.nonzero(wins), 1.0, wins), (*np.nonzero(ties), 0.5, ties)]
    a, b, result, counts = (
        np.concatenate(column)
        for column in zip(*((i, j, np.full(len(i), y), table[i, j]) for i, j, y, table in cells), strict=True)
    )
    weight = jnp.asarray(counts, dtype=jnp.float64)
    data = PairDataset(
        competitors=list(pairs.models),
        pairs=jnp.stack([jnp.asarray(a), jnp.asarray(b)], axis=1),
        outcomes=jnp.asarray(result),
        counts=weight,
        weights=jnp.ones_like(weight),
        opt_weights=weight,
    )
    model = arena.BradleyTerry(n_competitors=len(wins))
    found = model.compute_ratings_and_cis(data)
    strength = (np.asarray(found["ratings"]) - 1000) / PER_LOGIT
    return strength, np.sqrt(np.asarray(found["variances"])) / PER_LOGIT


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
