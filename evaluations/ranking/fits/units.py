"""What a bootstrap draws: votes one by one, or raters, or prompts, each with all of their votes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import UnsupportedParameter
from evaluations.ranking.fits.problems import Problem
from evaluations.ranking.fits.rows import Rows
from evaluations.ranking.votes import Floats

Counts: TypeAlias = NDArray[np.int64]
Draw: TypeAlias = Callable[[np.random.Generator, int], Counts]


@dataclass(frozen=True, eq=False, kw_only=True)
class Units:
    """U things to draw from. codes: (n,) the unit of each row. draw(generator, size): (size, U) times drawn.

    freedom: clusters less one, of the way that has fewer; None where votes are drawn one by one.
    """

    codes: NDArray[np.integer[Any]]
    many: int
    draw: Draw
    freedom: int | None


def list_units(problem: Problem, rows: Rows) -> Units:
    """The units of the problem's clusters. Raises UnsupportedParameter where there is but one."""
    match problem.parameters.cluster:
        case None:
            return _list_votes(problem, rows)
        case "both":
            ways = [_number(problem, rows, noun) for noun in ("rater", "prompt")]
            (raters, many_raters), (prompts, many_prompts) = ways
            both = raters.astype(np.int64) * many_prompts + prompts
            met, codes = np.unique(both, return_inverse=True)
            own = [met // many_prompts, met % many_prompts]
            fewest = min(many_raters, many_prompts) - 1
            draw = _draw_groups(own, [many_raters, many_prompts])
            return Units(codes=codes, many=len(met), draw=draw, freedom=fewest)
        case noun:
            codes, many = _number(problem, rows, noun)
            return Units(
                codes=codes, many=many, draw=_draw_groups([np.arange(many)], [many]), freedom=many - 1
            )


def _list_votes(problem: Problem, rows: Rows) -> Units:
    """Rows, each as likely as it has votes."""
    size = len(rows.a)
    votes: Floats = rows.weights if problem.weights is None else np.ones(size)
    total = round(float(votes.sum()))

    def draw(generator: np.random.Generator, times: int) -> Counts:
        return generator.multinomial(total, votes / total, size=times)

    return Units(codes=np.arange(size), many=size, draw=draw, freedom=None)


def _draw_groups(own: Sequence[NDArray[np.integer[Any]]], many: Sequence[int]) -> Draw:
    """Draw as many groups as there are, with replacement; where units are in two groups, multiply."""

    def draw(generator: np.random.Generator, times: int) -> Counts:
        copies = np.ones((times, len(own[0])), dtype=np.int64)
        for groups, count in zip(own, many, strict=True):
            copies *= generator.multinomial(count, np.full(count, 1 / count), size=times)[:, groups]
        return copies

    return draw


def _number(problem: Problem, rows: Rows, noun: str) -> tuple[NDArray[np.int32], int]:
    """(n,) the group of each row, numbered among those that have a vote in the fit."""
    codes, count = problem.votes.groups(noun)
    own = codes[rows.vote].astype(np.int32, copy=False)
    present = np.bincount(own, minlength=count) > 0
    many = int(present.sum())
    if many < 2:
        raise UnsupportedParameter(
            f'cluster="{noun}" needs the votes of at least two {noun}s, and here all are of one. '
            "Pass cluster=None to take votes as independent."
        )
    numbers = np.cumsum(present, dtype=np.int32) - 1
    return np.take(numbers, own, out=own, mode="clip"), many  # in place: these are columns of all votes
