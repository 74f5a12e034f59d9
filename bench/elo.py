"""How long Elo takes over random orderings, beside the loop that anyone would write in Python.

Run: python bench/elo.py [votes] [models] [orderings]. Prints a table; it asserts agreement, never a time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluations.ranking import elo
from evaluations.ranking.scales import PER_LOGIT

Result = TypeVar("Result")

REPEATS = 3
AGREEMENT = 1e-9  # Elo points: what the last digits of a million steps leave


class Columns(TypedDict):
    """Votes as `elo_strengths` takes them."""

    a: NDArray[np.int32]
    b: NDArray[np.int32]
    result: elo.Floats
    models: int


def main(votes: int = 1_000_000, models: int = 100, orderings: int = 100) -> None:
    drawn = draw_votes(votes=votes, models=models)
    compiling, _ = timed(elo.warm_kernels)
    one, _ = fastest(lambda: ours(drawn, orderings=orderings, threads=1))
    two, strengths = fastest(lambda: ours(drawn, orderings=orderings, threads=2))
    order = elo._order(elo._draw_states(orderings, np.random.default_rng(0))[0], votes)
    plain, rating = timed(prepare_loop(drawn, order))
    gap = float(np.abs(1000 + PER_LOGIT * strengths[0] - rating).max())
    rows = [
        (f"{orderings} orderings, 1 thread", one),
        (f"{orderings} orderings, 2 threads", two),
        (f"plain Python loop: 1 ordering, times {orderings}", plain * orderings),
    ]
    print(
        f"{votes:,} votes, {models} models; ours: fastest of {REPEATS}, shuffles included; the loop's left out"
    )
    print(f"{'':48}{'seconds':>10}{'loop / this':>13}")
    for name, took in rows:
        print(f"{name:48}{took:10.3f}{plain * orderings / took:13.1f}")
    print(f"compiling the loops, or reading them from numba's cache: {compiling:.3f} s, once in a process")
    print(f"one ordering replayed by the loop: largest difference {gap:.1e} points")
    if gap > AGREEMENT:
        raise SystemExit(f"Elo disagrees with the plain loop by {gap:.1e} points, more than {AGREEMENT:.0e}.")


def draw_votes(*, votes: int, models: int) -> Columns:
    generator = np.random.default_rng(0)
    theta = np.linspace(1, -1, models)
    a = generator.integers(models, size=votes, dtype=np.int32)
    b = ((a + generator.integers(1, models, size=votes)) % models).astype(np.int32)
    wins = generator.random(votes) < 1 / (1 + np.exp(theta[b] - theta[a]))
    result = np.where(generator.random(votes) < 0.2, 0.5, wins)
    return Columns(a=a, b=b, result=result, models=models)


def ours(votes: Columns, *, orderings: int, threads: int) -> elo.Floats:
    generator = np.random.default_rng(0)
    return elo.elo_strengths(**votes, orderings=orderings, generator=generator, threads=threads)


def prepare_loop(votes: Columns, order: NDArray[np.int64]) -> Callable[[], list[float]]:
    """The loop over lists of Python, the fastest that it takes, which are made before its time starts."""
    a, b, result = (votes[name][order].tolist() for name in ("a", "b", "result"))
    models = votes["models"]

    def loop() -> list[float]:
        rating = [1000.0] * models
        for i, j, y in zip(a, b, result, strict=True):
            change = elo.POINTS * (y - 1 / (1 + 10 ** ((rating[j] - rating[i]) / 400)))
            rating[i] += change
            rating[j] -= change
        return rating

    return loop


def timed(run: Callable[[], Result]) -> tuple[float, Result]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def fastest(run: Callable[[], Result]) -> tuple[float, Result]:
    times = []
    for _ in range(REPEATS):
        took, result = timed(run)
        times.append(took)
    return min(times), result


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
