"""The likelihood of a vote and its derivatives, summed over rows in compiled loops."""

from __future__ import annotations

import math

import numpy as np

from evaluations.ranking.compiling import compiled
from evaluations.ranking.fits.kernels import Floats, Ints

BLOCK = 1024  # rows whose derivatives are kept between two loops


@compiled
def find_chances(eta: float, nu: float) -> tuple[float, float, float]:
    """Davidson's P(a wins), P(b wins), P(tie) for η = θ_a − θ_b + …; ν = 0 leaves no ties.

    One exponential of −|η|/2 gives both sides to the last digit, also that of a chance near 0.
    """
    half = math.exp(-abs(eta) / 2)
    likely = 1 / (1 + half * (half + nu))
    unlikely = half * half * likely
    ahead = eta >= 0
    return likely if ahead else unlikely, unlikely if ahead else likely, nu * half * likely


@compiled
def differentiate(
    eta: float, nu: float, outcome: int, davidson: bool
) -> tuple[float, float, float, float, float]:
    """First and second derivatives of one vote's log-likelihood by (η, log ν), the second with their sign turned.

    outcome: 0 a, 1 b, else a tie, which is half a win unless the model has a tie parameter of its own (ν > 0).
    No branch depends on a vote: the processor could not foresee it.
    """
    win, loss, tie = find_chances(eta, nu)
    result = 0.5 if outcome > 1 else 1.0 - outcome
    first = result * (loss + tie / 2) - (1 - result) * (win + tie / 2)
    if not davidson:
        return first, 0.0, win * loss, 0.0, 0.0
    second = (1.0 if outcome > 1 else 0.0) - tie
    spread = win * (1 - win) + tie * (1 - tie) / 4 - win * tie
    return first, second, spread, tie * (loss - win) / 2, tie * (1 - tie)


@compiled
def _derive(
    first: int,
    last: int,
    a: Ints,
    b: Ints,
    outcome: Ints,
    x: Floats,
    strength: Floats,
    effects: Floats,
    nu: float,
    davidson: bool,
    found: Floats,
) -> None:
    """Write the derivatives of rows first:last, unweighted, into the columns of found (5, last - first or more)."""
    for row in range(first, last):
        eta = strength[a[row]] - strength[b[row]]
        for k in range(x.shape[1]):
            eta += effects[k] * x[row, k]
        by_eta, by_tie, spread, joint, spread_tie = differentiate(eta, nu, outcome[row], davidson)
        place = row - first
        found[0, place], found[2, place] = by_eta, spread
        if davidson:
            found[1, place], found[3, place], found[4, place] = by_tie, joint, spread_tie


@compiled
def _pull(
    first: int, last: int, a: Ints, b: Ints, x: Floats, weight: Floats, found: Floats, gradient: Floats
) -> None:
    """Add the rows' weighted scores to the gradient; by log ν too, which is nought without ties of their own."""
    many, each = x.shape[1], len(weight) > 1
    models = len(gradient) - many - 1
    for row in range(first, last):
        size = weight[row if each else 0]
        score = found[0, row - first] * size
        gradient[a[row]] += score
        gradient[b[row]] -= score
        for k in range(many):
            gradient[models + k] += score * x[row, k]
        gradient[models + many] += found[1, row - first] * size


@compiled
def _weigh(first: int, last: int, weight: Floats, found: Floats, squared: bool, values: Floats) -> None:
    """Write into values (3, …) the weighted second derivatives, or products of the first, of rows first:last."""
    each = len(weight) > 1
    for place in range(last - first):
        size = weight[first + place if each else 0]
        by_eta, by_tie = found[0, place], found[1, place]
        if squared:
            values[0, place], values[1, place] = size * by_eta * by_eta, size * by_eta * by_tie
            values[2, place] = size * by_tie * by_tie
        else:
            for number in range(3):
                values[number, place] = size * found[2 + number, place]


@compiled
def _scatter(
    first: int,
    last: int,
    a: Ints,
    b: Ints,
    x: Floats,
    values: Floats,
    davidson: bool,
    pairs: Floats,
    cross: Floats,
) -> None:
    """Add the values of rows first:last to the tables of their models, and of models and effects."""
    many = x.shape[1]
    for row in range(first, last):
        i, j, value = a[row], b[row], values[0, row - first]
        pairs[i, j] += value
        for k in range(many):
            cross[i, k] += value * x[row, k]
            cross[j, k] -= value * x[row, k]
        if davidson:
            cross[i, many] += values[1, row - first]
            cross[j, many] -= values[1, row - first]


@compiled
def _add_tile(first: int, last: int, x: Floats, values: Floats, k: int, other: int, inner: Floats) -> None:
    """Add Σ v x_i x_j to inner for the two effects from k on and the two from `other` on: four sums in registers."""
    many = x.shape[1]
    s00 = s01 = s10 = s11 = 0.0
    two, pair = k + 1 < many, other + 1 < many
    for row in range(first, last):
        value = values[row - first]
        one, next_one = value * x[row, k], value * x[row, k + 1] if two else 0.0
        left, right = x[row, other], x[row, other + 1] if pair else 0.0
        s00 += one * left
        s01 += one * right
        s10 += next_one * left
        s11 += next_one * right
    inner[k, other] += s00
    if pair:
        inner[k, other + 1] += s01
    if two:
        inner[k + 1, other] += s10
    if two and pair:
        inner[k + 1, other + 1] += s11


@compiled
def add_derivatives(
    start: int,
    stop: int,
    a: Ints,
    b: Ints,
    outcome: Ints,
    weight: Floats,
    square: Floats,
    x: Floats,
    strength: Floats,
    effects: Floats,
    nu: float,
    davidson: bool,
    gradient: Floats,
    pairs: Floats,
    cross: Floats,
    inner: Floats,
) -> None:
    """Add rows start:stop to the gradient (K + q + 1,) of the log-likelihood, and to L = 1 or 2 layers of tables:
    the information, and the sum of squared scores s sᵀ.

    a, b, outcome: (n,). weight, square: (n,), or (1,) where it is one for all. x: (n, q). pairs: (L, K, K), of a
    row's models, to be made a Laplacian. cross: (L, K, q + 1). inner: (L, q + 1, q + 1), upper half.
    A few rows at a time, in loops that each do one thing: what is between them stays in the cache.
    """
    many = x.shape[1]
    found, values = np.zeros((5, BLOCK)), np.empty((3, BLOCK))
    for first in range(start, stop, BLOCK):
        last = min(first + BLOCK, stop)
        _derive(first, last, a, b, outcome, x, strength, effects, nu, davidson, found)
        _pull(first, last, a, b, x, weight, found, gradient)
        for layer in range(len(pairs)):
            _weigh(first, last, square if layer else weight, found, layer == 1, values)
            _scatter(first, last, a, b, x, values, davidson, pairs[layer], cross[layer])
            for k in range(0, many, 2):
                for other in range(k, many, 2):
                    _add_tile(first, last, x, values[0], k, other, inner[layer])
            if davidson:
                for place in range(last - first):
                    inner[layer, many, many] += values[2, place]
                    for k in range(many):
                        inner[layer, k, many] += values[1, place] * x[first + place, k]
