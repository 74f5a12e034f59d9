"""Slow, plain, independent versions of what the ranking computes: loops over votes, long doubles."""

import numpy as np

from evaluations.ranking import Votes
from evaluations.ranking.votes import OUTCOMES

RESULT = {"a": 1.0, "b": 0.0, "tie": 0.5, "both_bad": 0.5}


def strengths(wins):
    """Strengths of half-tie wins, in long doubles: the first model held at 0, plain Gaussian elimination."""
    wins = np.asarray(wins, dtype=np.longdouble)
    theta = np.zeros(len(wins), dtype=np.longdouble)
    for _ in range(500):
        beats = 1 / (1 + np.exp(theta[None, :] - theta[:, None]))
        flow = wins * beats.T
        gradient = (flow - flow.T).sum(axis=1)
        weight = (wins + wins.T) * beats * beats.T
        np.fill_diagonal(weight, 0)
        hessian = np.diag(weight.sum(axis=1)) - weight
        step = np.concatenate([[np.longdouble(0)], _solve(hessian[1:, 1:], gradient[1:])])
        reach = step.max() - step.min()
        theta = theta + (step * np.log1p(reach) / reach if reach > 0 else step)
        if reach < 1e-15:
            return (theta - theta.mean()).astype(np.float64)
    raise AssertionError("the reference did not converge")


def _solve(matrix, right):
    matrix, right, size = matrix.copy(), right.copy(), len(right)
    for i in range(size):
        for j in range(i + 1, size):
            factor = matrix[j, i] / matrix[i, i]
            matrix[j] -= factor * matrix[i]
            right[j] -= factor * right[i]
    solution = np.zeros(size, dtype=np.longdouble)
    for i in reversed(range(size)):
        solution[i] = (right[i] - matrix[i, i + 1 :] @ solution[i + 1 :]) / matrix[i, i]
    return solution


def count_wins(votes, *, both_bad="tie"):
    """Half-tie wins, one vote after the other, in the order of votes.models."""
    wins = np.zeros((len(votes.models), len(votes.models)))
    for a, b, outcome, _ in each(votes, both_bad=both_bad):
        wins[a, b] += RESULT[outcome]
        wins[b, a] += 1 - RESULT[outcome]
    return wins


def each(votes, *, both_bad="tie"):
    raters = [None] * len(votes) if votes.rater is None else votes.rater.tolist()
    for a, b, code, rater in zip(
        votes.a.tolist(), votes.b.tolist(), votes.outcome.tolist(), raters, strict=True
    ):
        if both_bad == "tie" or OUTCOMES[code] != "both_bad":
            yield a, b, OUTCOMES[code], rater


def covariance(votes, *, theta, clustered, both_bad="tie"):
    """Covariance of the strengths under sum zero, from the score of every vote, or of every rater."""
    size = len(theta)
    bread, scores = np.zeros((size, size)), {}
    for number, (a, b, outcome, rater) in enumerate(each(votes, both_bad=both_bad)):
        p = 1 / (1 + np.exp(theta[b] - theta[a]))
        contrast = np.zeros(size)
        contrast[a], contrast[b] = 1, -1
        bread += p * (1 - p) * np.outer(contrast, contrast)
        key = rater if clustered else number
        scores[key] = scores.get(key, np.zeros(size)) + (RESULT[outcome] - p) * contrast
    meat = sum(np.outer(score, score) for score in scores.values())
    if clustered:
        meat = meat * len(scores) / (len(scores) - 1)
    inverse = np.linalg.pinv(bread)
    return inverse @ meat @ inverse


def draw_votes(
    *, seed, theta, votes, raters=None, prompts=None, tie=0.2, both_bad=0.05, spread=0.0, more=False
):
    """Random votes on models of known strengths; each rater may have a taste of their own, of size spread.

    more: with sides (of which the left has 0.3 more), a covariate "length" (0.5 a unit), and probabilities.
    """
    generator = np.random.default_rng(seed)
    theta = np.asarray(theta, dtype=np.float64)
    a = generator.integers(len(theta), size=votes)
    b = (a + generator.integers(1, len(theta), size=votes)) % len(theta)
    rater = generator.integers(raters or 1, size=votes)
    taste = theta + spread * generator.standard_normal((raters or 1, len(theta)))
    eta, extra = taste[rater, a] - taste[rater, b], {}
    if more:
        side, length = generator.integers(-1, 2, size=votes), generator.standard_normal(votes)
        eta = eta + 0.3 * side + 0.5 * length
        extra = {
            "side": side,
            "covariates": {"length": length, "bold": generator.standard_normal(votes)},
            "probability": generator.uniform(0.1, 1, size=votes),
        }
    wins = generator.random(votes) < 1 / (1 + np.exp(-eta))
    kind = generator.random(votes)
    outcome = np.where(kind < tie, 2, np.where(kind < tie + both_bad, 3, np.where(wins, 0, 1)))
    return Votes.from_codes(
        models=[f"model {number:02d}" for number in range(len(theta))],
        a=a,
        b=b,
        outcome=outcome,
        rater=None if raters is None else rater,
        prompt=None if prompts is None else generator.integers(prompts, size=votes),
        **extra,
    )


def in_name_order(ranking, values):
    """The values of a ranking, best first, put into the order of the models' names."""
    return np.asarray(values)[np.argsort(ranking.models)]
