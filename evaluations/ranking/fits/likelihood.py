"""The likelihood of a vote and its derivatives, summed over rows in compiled loops."""

from __future__ import annotations

import math

from evaluations.ranking.compiling import compiled
from evaluations.ranking.fits.kernels import Floats, Ints


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

    a, b, outcome, weight, square: (n,); x: (n, q). pairs: (L, K, K), of a row's models, to be made a Laplacian.
    cross: (L, K, q + 1). inner: (L, q + 1, q + 1), upper half.
    """
    many, models = x.shape[1], len(strength)
    for row in range(start, stop):
        i, j, size = a[row], b[row], weight[row]
        eta = strength[i] - strength[j]
        for k in range(many):
            eta += effects[k] * x[row, k]
        first, second, spread, joint, spread_tie = differentiate(eta, nu, outcome[row], davidson)
        gradient[i] += first * size
        gradient[j] -= first * size
        for k in range(many):
            gradient[models + k] += first * size * x[row, k]
        for layer in range(len(pairs)):
            if layer == 1:
                size = square[row]
                spread, joint, spread_tie = first * first, first * second, second * second
            pairs[layer, i, j] += spread * size
            for k in range(many):
                value = spread * size * x[row, k]
                cross[layer, i, k] += value
                cross[layer, j, k] -= value
                for other in range(k, many):
                    inner[layer, k, other] += value * x[row, other]
            if davidson:
                cross[layer, i, many] += joint * size
                cross[layer, j, many] -= joint * size
                inner[layer, many, many] += spread_tie * size
                for k in range(many):
                    inner[layer, k, many] += joint * size * x[row, k]
        if davidson:
            gradient[models + many] += second * weight[row]


@compiled
def score_rows(
    start: int,
    stop: int,
    a: Ints,
    b: Ints,
    outcome: Ints,
    weight: Floats,
    x: Floats,
    strength: Floats,
    effects: Floats,
    nu: float,
    davidson: bool,
    eta: Floats,
    tie: Floats,
) -> None:
    """Write each row's weighted score by η into eta and by log ν into tie, both (n,)."""
    for row in range(start, stop):
        value = strength[a[row]] - strength[b[row]]
        for k in range(x.shape[1]):
            value += effects[k] * x[row, k]
        first, second, _, _, _ = differentiate(value, nu, outcome[row], davidson)
        eta[row], tie[row] = first * weight[row], second * weight[row]
