"""Votes for benches, drawn from known strengths, and timings that share one run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluations.ranking import OUTCOMES, Votes

Result = TypeVar("Result")
TIES = 0.25
COVARIATES = ("length", "headings", "bold", "lists")
SLOPES = (0.4, 0.1, 0.05, -0.1)


class Labels(TypedDict):
    """Columns of text, as the peers take them."""

    model_a: list[str]
    model_b: list[str]
    outcome: list[str]


def draw_votes(*, votes: int, models: int, raters: int, style: bool = False, few: int = 0) -> Votes:
    """Random votes on models two log-odds apart at the ends; few: votes of the last model, 0 for as many as others."""
    generator = np.random.default_rng(0)
    theta = np.linspace(1, -1, models)
    others = models - 1 if few else models
    a = generator.integers(others, size=votes, dtype=np.int32)
    b = ((a + generator.integers(1, others, size=votes)) % others).astype(np.int32)
    if few:
        a[:few] = models - 1
    eta = theta[a] - theta[b]
    columns = {}
    if style:
        columns = {name: generator.standard_normal(votes) for name in COVARIATES}
        eta = eta + sum(slope * column for slope, column in zip(SLOPES, columns.values(), strict=True))
    wins = generator.random(votes) < 1 / (1 + np.exp(-eta))
    outcome = np.where(generator.random(votes) < TIES, 2, np.where(wins, 0, 1)).astype(np.int8)
    return Votes.from_codes(
        models=[f"model {number:03d}" for number in range(models)],
        a=a,
        b=b,
        outcome=outcome,
        rater=generator.integers(raters, size=votes, dtype=np.int32),
        covariates=columns,
    )


def write_labels(votes: Votes) -> Labels:
    return Labels(
        model_a=[votes.models[number] for number in votes.a.tolist()],
        model_b=[votes.models[number] for number in votes.b.tolist()],
        outcome=[OUTCOMES[number] for number in votes.outcome.tolist()],
    )


def count_codes(votes: Votes) -> Callable[[], NDArray[np.intp]]:
    """The floor: one bincount pass over pair codes that are there already."""
    models = len(votes.models)
    codes = votes.a.astype(np.intp) * models + votes.b
    return lambda: np.bincount(codes, minlength=models * models)


def time_fastest(*actions: Callable[[], object], rounds: int = 7) -> list[float]:
    """The fewest seconds of each action, taken in turn, so that all see the same machine."""
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for action, taken in zip(actions, times, strict=True):
            start = time.perf_counter()
            action()
            taken.append(time.perf_counter() - start)
    return [min(taken) for taken in times]


def time_once(action: Callable[[], Result]) -> tuple[float, Result]:
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def print_rows(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(title)
    table = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells[1:]]).rstrip())


def require(holds: bool, sentence: str) -> None:
    """End the bench with an error: only what must agree is required, never a time."""
    if not holds:
        raise SystemExit(sentence)
