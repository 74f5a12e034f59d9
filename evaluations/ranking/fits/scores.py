"""Scores of rows one by one, and added up by group, in compiled loops."""

from __future__ import annotations

import numpy as np

from evaluations.ranking.compiling import compiled
from evaluations.ranking.fits.kernels import Floats, Ints
from evaluations.ranking.fits.likelihood import differentiate


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
        size = weight[row if len(weight) > 1 else 0]
        eta[row], tie[row] = first * size, second * size


@compiled
def score_group_rows(
    order: Ints,
    bounds: Ints,
    first: int,
    last: int,
    a: Ints,
    b: Ints,
    outcome: Ints,
    weight: Floats,
    x: Floats,
    strength: Floats,
    effects: Floats,
    nu: float,
    davidson: bool,
    scores: Floats,
    seen: Ints,
    judges: Ints,
) -> int:
    """Add up the scores of each group's rows. order: (n,) rows by group, those of group g at bounds[g]:bounds[g + 1].

    scores: (last - first, K + q + 1), zeros: by θ, by β, by log ν. seen, judges: (K + q + 1,) the last group that had
    a say in a parameter, and how many had. Returns how many groups have a row.
    """
    models, many, groups, many_weights = len(strength), x.shape[1], 0, len(weight) > 1
    for group in range(first, last):
        score = scores[group - first]
        groups += bounds[group + 1] > bounds[group]
        for place in range(bounds[group], bounds[group + 1]):
            row = order[place]
            i, j, size = np.int64(a[row]), np.int64(b[row]), weight[row if many_weights else 0]
            eta = strength[i] - strength[j]
            for k in range(many):
                eta += effects[k] * x[row, k]
            by_eta, by_tie, _, _, _ = differentiate(eta, nu, outcome[row], davidson)
            score[i] += by_eta * size
            score[j] -= by_eta * size
            score[models + many] += by_tie * size
            for k in range(many):
                score[models + k] += by_eta * size * x[row, k]
                if x[row, k] != 0 and seen[models + k] != group:
                    seen[models + k] = group
                    judges[models + k] += 1
            for told in (i, j, np.int64(models + many)):
                if seen[told] != group:
                    seen[told] = group
                    judges[told] += 1
    return groups
