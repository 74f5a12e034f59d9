"""A slow, plain, independent version of the fits with effects: a design matrix, one row a vote, dense Newton steps."""

import numpy as np

from evaluations.ranking.votes import OUTCOMES


def list_rows(votes, *, style=(), position=False, both_bad="tie", weighted=False):
    """(y in {1, 0, ½}, the design's rows without the last model, weight) of each vote, one after the other."""
    rows = []
    mean = np.mean(1 / votes.probability) if weighted else 1.0
    for number in range(len(votes.outcome)):
        outcome = OUTCOMES[votes.outcome[number]]
        if outcome == "both_bad" and both_bad == "out":
            continue
        models = np.zeros(len(votes.models))
        models[votes.a[number]], models[votes.b[number]] = 1, -1
        extra = ([votes.side[number]] if position else []) + [
            votes.covariates[name][number] for name in style
        ]
        weight = 1 / votes.probability[number] / mean if weighted else 1.0
        y = {"a": 1.0, "b": 0.0}.get(outcome, 0.5)
        rows.append((y, np.concatenate([models[:-1] - models[-1] * 0, extra]), weight, number))
    return rows


def fit(rows, *, davidson=False):
    """Parameters (θ without the last model, effects, log ν), scores of each vote, and the information."""
    size = len(rows[0][1]) + davidson
    point = np.zeros(size)
    for _ in range(100):
        gradient, information, scores = np.zeros(size), np.zeros((size, size)), []
        for y, x, weight, _ in rows:
            score, part = _differentiate(y, x, point, davidson)
            scores.append(weight * score)
            gradient += weight * score
            information += weight * part
        step = np.linalg.solve(information, gradient)
        point = point + step / max(1.0, np.abs(step).max())
        if np.abs(step).max() < 1e-12:
            return point, np.array(scores), information
    raise AssertionError("the reference did not converge")


def _differentiate(y, x, point, davidson):
    if not davidson:
        p = 1 / (1 + np.exp(-x @ point))
        return (y - p) * x, p * (1 - p) * np.outer(x, x)
    # Three outcomes with log-odds η/2, −η/2 and log ν: the features of each, their mean and covariance.
    features = np.array([np.append(x / 2, 0), np.append(-x / 2, 0), np.append(x * 0, 1)])
    chances = np.exp(features @ point)
    chances /= chances.sum()
    mean = chances @ features
    seen = {1.0: 0, 0.0: 1, 0.5: 2}[y]
    return features[seen] - mean, features.T @ (chances[:, None] * features) - np.outer(mean, mean)


def describe(rows, *, models, davidson=False, clusters=None):
    """Strengths of sum zero, effects, and their standard errors: independent, or by (n,) clusters of the votes."""
    point, scores, information = fit(rows, davidson=davidson)
    if clusters is not None:
        groups = {}
        for (_, _, _, number), score in zip(rows, scores, strict=True):
            groups[clusters[number]] = groups.get(clusters[number], 0) + score
        scores = np.array(list(groups.values())) * np.sqrt(len(groups) / (len(groups) - 1))
    return center(point, sandwich(information, scores.T @ scores), models)


def sandwich(information, meat):
    inverse = np.linalg.inv(information)
    return inverse @ meat @ inverse


def center(point, covariance, models):
    """From the last model at nought to sum zero."""
    size = len(point) - (models - 1)
    change = np.zeros((models + size, len(point)))
    change[: models - 1, : models - 1] = np.eye(models - 1)
    change[models:, models - 1 :] = np.eye(size)
    change[:models] -= change[:models].mean(axis=0)
    full = change @ covariance @ change.T
    estimates = change @ point
    return estimates[:models], estimates[models:], full
