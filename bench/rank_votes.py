"""How long a ranking takes from encoded votes, as multiples of one numpy pass over them, and beside the peers.

Run: python bench/rank_votes.py [votes] [models] [raters]. Prints a table; it asserts agreement, never a time.
evalica's core is its compiled fit of encoded lists; arena-rank's interval is its fit with the sandwich interval
of its own table of encoded pairs, compiled before it is timed.
"""

from __future__ import annotations

import sys

import arena_rank.models.bradley_terry as arena
import evalica
import jax.numpy as jnp
import numpy as np
from _votes import count_codes, draw_votes, print_rows, require, time_fastest, time_once
from arena_rank.utils.data_utils import PairDataset

from evaluations.ranking import Votes, count_pairs, rank, warm_kernels
from evaluations.ranking.fits.bradley_terry import fit_strengths
from evaluations.ranking.fits.threads import one_blas_thread
from evaluations.ranking.votes import Floats

AGREEMENT = 1e-6  # log-odds: what evalica's own stopping rule leaves
WINNERS = (evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw)


def main(votes: int = 5_000_000, models: int = 200, raters: int = 100_000) -> None:
    warm_kernels()
    drawn = draw_votes(votes=votes, models=models, raters=raters)
    strength = fit(drawn)
    floor, plain, alone, grouped = time_fastest(
        count_codes(drawn),
        lambda: fit(drawn),
        lambda: rank(drawn, cluster=None),
        lambda: rank(drawn, cluster="rater"),
    )
    core, found = time_evalica(drawn)
    gap = float(np.abs(found - strength).max())
    interval = time_arena_rank(drawn)
    rows = [
        ("one bincount pass over the pair codes", floor, "", ""),
        ("counts and fit", plain, f"{plain / floor:.1f} (3)", ""),
        ("ranking, independent votes", alone, f"{alone / floor:.1f} (6)", ""),
        ("ranking, clustered by rater", grouped, f"{grouped / floor:.1f} (25)", ""),
        (
            "evalica's core: fit of encoded lists",
            core,
            f"{core / floor:.1f}",
            f"{plain / core:.3f} of it (0.75)",
        ),
        (
            "arena-rank: fit and interval",
            interval,
            f"{interval / floor:.0f}",
            f"{interval / alone:.0f} x (50)",
        ),
    ]
    print_rows(
        f"{votes:,} votes, {models} models, {raters:,} raters; fastest of several; in brackets what is asked for",
        ("", "seconds", "passes", "ours against it"),
        [(name, f"{took:.4f}", passes, against) for name, took, passes, against in rows],
    )
    require(gap < AGREEMENT, f"evalica disagrees by {gap:.1e} log-odds, more than {AGREEMENT:.0e}.")


def fit(votes: Votes) -> Floats:
    with one_blas_thread():
        return fit_strengths(wins=count_pairs(votes).half_ties(both_bad="tie")).strength


def time_evalica(votes: Votes) -> tuple[float, Floats]:
    a, b = votes.a.tolist(), votes.b.tolist()
    winners = [WINNERS[code] for code in votes.outcome.tolist()]
    options = {
        "total": len(votes.models),
        "win_weight": 1.0,
        "tie_weight": 0.5,
        "tolerance": 1e-9,
        "limit": 10_000,
    }
    weights = [1.0] * len(a)
    core = evalica._brzo.bradley_terry
    seconds, (scores, _) = time_once(lambda: core(xs=a, ys=b, winners=winners, weights=weights, **options))
    strength = np.log(np.asarray(scores))
    return seconds, strength - strength.mean()


def time_arena_rank(votes: Votes) -> float:
    """From encoded arrays: the grouping of pairs, the fit, the interval; compilation left out by a first run."""

    def run() -> object:
        rows = jnp.column_stack(
            [jnp.asarray(votes.a), jnp.asarray(votes.b), jnp.asarray(RESULTS[votes.outcome])]
        )
        unique, counts = jnp.unique(rows, return_counts=True, axis=0)
        counts = counts.astype(jnp.float64)
        data = PairDataset(
            competitors=list(votes.models),
            pairs=unique[:, :2].astype(jnp.int32),
            outcomes=unique[:, 2],
            counts=counts,
            weights=jnp.ones_like(counts),
            opt_weights=counts,
        )
        model = arena.BradleyTerry(n_competitors=len(votes.models))
        return model.compute_ratings_and_cis(data)["rating_upper"].block_until_ready()

    run()
    return time_once(run)[0]


RESULTS = np.array([1.0, 0.0, 0.5, 0.5])

if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
