"""Loops over votes that numpy has no word for, compiled once and kept on disk by numba.

They take plain arrays, release the GIL, and add to arrays that their caller made. `warming.warm_kernels` compiles
them ahead, so that no request and no first ranking waits for it.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evaluations.ranking.compiling import compiled

Ints: TypeAlias = NDArray[Any]
Floats: TypeAlias = NDArray[np.float64]


@compiled
def sort_votes(
    groups: Ints,
    a: Ints,
    b: Ints,
    outcome: Ints,
    weight: Floats,
    place: Ints,
    shift: int,
    keys: Ints,
    sizes: Floats,
) -> None:
    """Counting sort: put (a, b, outcome), packed into one number, to the next free place of the vote's group.

    groups, a, b, outcome: (n,) a block of votes, with their weights, or none for ones. place: (G,) next free
    places, moved on. shift: bits of a model's code. keys: (N,) all votes, by group; sizes: (N,) their weights.
    """
    for vote in range(len(groups)):
        free = place[groups[vote]]
        place[groups[vote]] = free + 1
        keys[free] = ((np.int64(a[vote]) << shift | b[vote]) << 2) | outcome[vote]
        if len(weight):
            sizes[free] = weight[vote]


@compiled
def score_groups(
    keys: Ints,
    sizes: Floats,
    bounds: Ints,
    first: int,
    last: int,
    shift: int,
    residual: Floats,
    scores: Floats,
    seen: Ints,
    judges: Ints,
) -> int:
    """Add up the scores of each group's votes: residual to a, minus residual to b.

    keys: packed votes by group, those of group g at bounds[g]:bounds[g + 1]. sizes: their weights, or a single
    one for all. residual: (4, K, K), NaN where such a vote is not in the fit. scores: (last - first, K), zeros.
    seen: (K,) the last group that judged a model. judges: (K,) groups by model. Returns how many groups have a
    vote in the fit.
    """
    mask, groups, weighted = (1 << shift) - 1, 0, len(sizes) > 1
    for group in range(first, last):
        row, empty = group - first, True
        for vote in range(bounds[group], bounds[group + 1]):
            key = np.int64(keys[vote])
            b = (key >> 2) & mask
            a = key >> (2 + shift)
            value = residual[key & 3, a, b]
            if math.isnan(value):
                continue
            value *= sizes[vote if weighted else 0]
            empty = False
            scores[row, a] += value
            scores[row, b] -= value
            if seen[a] != group:
                seen[a] = group
                judges[a] += 1
            if seen[b] != group:
                seen[b] = group
                judges[b] += 1
        groups += not empty
    return groups


@compiled
def sort_rows(groups: Ints, place: Ints, order: Ints) -> None:
    """Counting sort of the numbers of rows by group. groups: (n,). place: (G,) next free places. order: (n,)."""
    for row in range(len(groups)):
        order[place[groups[row]]] = row
        place[groups[row]] += 1


@compiled
def gather_column(column: Floats, votes: Ints, start: int, stop: int, place: int, x: Floats) -> None:
    """Put the votes' values of a column into column `place` of x (n, q), in rows start:stop."""
    for row in range(start, stop):
        x[row, place] = column[votes[row]]


@compiled
def largest_gaps(deviations: Floats, weights: Floats, first: int, last: int, largest: Floats) -> None:
    """Raise largest (R,) to max |d_i − d_j| w_ij over the pairs with first ≤ i < last, i < j.

    deviations: (K, R). weights: (K, K).
    """
    for i in range(first, last):
        for j in range(i + 1, len(deviations)):
            weight = weights[i, j]
            for draw in range(len(largest)):
                gap = abs(deviations[i, draw] - deviations[j, draw]) * weight
                if gap > largest[draw]:
                    largest[draw] = gap


@compiled
def add_pair_gradients(
    wins: Floats, losses: Floats, one: Ints, other: Ints, samples: Ints, strengths: Floats, gradient: Floats
) -> None:
    """Add to gradient (n, K) the derivative of the likelihood of each of the n samples at its strengths.

    wins, losses: (S, P) half-tie wins by pair. one, other: (P,) the pair's models. strengths: (S, K).
    """
    for row in range(len(samples)):
        sample = samples[row]
        for pair in range(len(one)):
            i, j = one[pair], other[pair]
            odds = math.exp(strengths[sample, j] - strengths[sample, i])
            flow = (wins[sample, pair] * odds - losses[sample, pair]) / (1 + odds)
            gradient[row, i] += flow
            gradient[row, j] -= flow
