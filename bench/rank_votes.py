"""How long a ranking takes, as multiples of one numpy pass over the same votes, and beside the peers' fit.

Run: python bench/rank_votes.py [votes] [models] [raters]. Prints a table; it asserts agreement, never a time.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypedDict, TypeVar

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluations.ranking import OUTCOMES, Votes, count_pairs, rank
from evaluations.ranking.fits.bradley_terry import fit_strengths
from evaluations.ranking.pairs import Floats
from evaluations.ranking.parameters import Cluster

Result = TypeVar("Result")


class Labels(TypedDict):
    """Columns of text, as the peers take them."""

    model_a: list[str]
    model_b: list[str]
    outcome: list[str]


REPEATS = 5
AGREEMENT = 1e-6  # log-odds: what the peers' own stopping rules leave


def main(votes: int = 1_000_000, models: int = 100, raters: int = 10_000) -> None:
    drawn = draw_votes(votes=votes, models=models, raters=raters)
    labels = as_labels(drawn)
    floor, _ = fastest(lambda: one_pass(drawn))
    seconds, strength = fastest(lambda: fit(drawn))
    rows = [
        ("one numpy bincount pass over the votes", floor, 0.0),
        ("pair counts and fit", seconds, 0.0),
        ("ranking, sandwich, independent votes", *timed_ranking(drawn, strength, cluster=None)),
        ("ranking, sandwich, clustered by rater", *timed_ranking(drawn, strength, cluster="rater")),
        ("from lists of text: fit", *timed(lambda: fit(Votes.from_labels(**labels)), strength)),
        *peer_rows(drawn, labels, strength),
    ]
    print(f"{votes:,} votes, {models} models, {raters:,} raters; fastest of {REPEATS}")
    print(f"{'':42}{'seconds':>10}{'x one pass':>12}{'largest difference':>20}")
    for name, took, gap in rows:
        print(f"{name:42}{took:10.4f}{took / floor:12.1f}{gap:20.1e}")
        if gap > AGREEMENT:
            raise SystemExit(f"{name} disagrees by {gap:.1e} log-odds, more than {AGREEMENT:.0e}.")


def draw_votes(*, votes: int, models: int, raters: int) -> Votes:
    generator = np.random.default_rng(0)
    theta = np.linspace(1, -1, models)
    a = generator.integers(models, size=votes, dtype=np.int32)
    b = ((a + generator.integers(1, models, size=votes)) % models).astype(np.int32)
    wins = generator.random(votes) < 1 / (1 + np.exp(theta[b] - theta[a]))
    outcome = np.where(generator.random(votes) < 0.2, 2, np.where(wins, 0, 1)).astype(np.int8)
    return Votes.from_codes(
        models=[f"model {number:03d}" for number in range(models)],
        a=a,
        b=b,
        outcome=outcome,
        rater=generator.integers(raters, size=votes, dtype=np.int32),
    )


def as_labels(votes: Votes) -> Labels:
    return Labels(
        model_a=[votes.models[number] for number in votes.a.tolist()],
        model_b=[votes.models[number] for number in votes.b.tolist()],
        outcome=[OUTCOMES[number] for number in votes.outcome.tolist()],
    )


def one_pass(votes: Votes) -> object:
    """The least that anyone can do: one key a vote, counted once."""
    models = len(votes.models)
    key = (votes.outcome.astype(np.intp) * models + votes.a) * models + votes.b
    return np.bincount(key, minlength=len(OUTCOMES) * models * models)


def fit(votes: Votes) -> Floats:
    return fit_strengths(wins=count_pairs(votes).half_ties(both_bad="tie")).strength


def fastest(run: Callable[[], Result]) -> tuple[float, Result]:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return min(times), result


def timed(run: Callable[[], Floats], strength: Floats) -> tuple[float, float]:
    """Seconds, and the largest difference from our strengths once both sum to zero."""
    seconds, found = fastest(run)
    return seconds, float(np.abs(found - found.mean() - strength).max())


def timed_ranking(votes: Votes, strength: Floats, *, cluster: Cluster) -> tuple[float, float]:
    seconds, ranking = fastest(lambda: rank(votes, cluster=cluster))
    return seconds, float(np.abs(ranking.strength[np.argsort(ranking.models)] - strength).max())


def peer_rows(votes: Votes, labels: Labels, strength: Floats) -> Iterator[tuple[str, float, float]]:
    """The peers' Bradley-Terry with ties as halves, each from the input that it takes, where installed."""
    if importlib.util.find_spec("evalica"):
        evalica = importlib.import_module("evalica")
        winner = {"a": evalica.Winner.X, "b": evalica.Winner.Y, "tie": evalica.Winner.Draw}
        winners = [winner[outcome] for outcome in labels["outcome"]]

        def by_evalica() -> Floats:
            found = evalica.bradley_terry(
                labels["model_a"], labels["model_b"], winners, tolerance=1e-9, limit=10_000
            )
            return np.asarray(np.log(found.scores.sort_index().to_numpy()))

        yield "evalica, from lists of text: fit", *timed(by_evalica, strength)
    if importlib.util.find_spec("choix"):
        choix = importlib.import_module("choix")
        wins = count_pairs(votes).half_ties(both_bad="tie")
        yield (
            "choix, from the pair counts: fit",
            *timed(lambda: choix.ilsr_pairwise_dense(wins, tol=1e-9, max_iter=10_000), strength),
        )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
