"""Shares of each rater, with intervals, from counts: sides chosen, checks right, repeats answered alike."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluations.quality.measurements import Trials
from evaluations.ranking import Figure, Shares, measure_accuracy, measure_consistency
from evaluations.ranking.agreement import wilson_intervals

LEVEL: Final = 0.95
UNKNOWN: Final = Figure(value=None, lower=None, upper=None)


def share_left(*, outcome: NDArray[np.int8], rater: NDArray[np.int64], raters: int) -> list[Figure]:
    """Of each rater's votes for a side, the share of those for the left one."""
    sided = outcome < 2
    trials = np.bincount(rater[sided], minlength=raters)
    hits = np.bincount(rater[sided], outcome[sided] == 0, minlength=raters)
    share = hits / np.maximum(trials, 1)
    lower, upper = wilson_intervals(share=share, trials=np.maximum(trials, 1).astype(np.float64), level=LEVEL)
    rows = zip(trials.tolist(), share.tolist(), lower.tolist(), upper.tolist(), strict=True)
    return [Figure(value=at, lower=low, upper=up) if tried else UNKNOWN for tried, at, low, up in rows]


def share_checks(checks: Mapping[int, Trials]) -> Shares:
    rater, hit = _spread(checks)
    return measure_accuracy(given=hit, known=np.ones_like(hit), rater=rater, level=LEVEL)


def share_repeats(repeats: Mapping[int, Trials]) -> Shares:
    """Each repeat is an item of its own, voted on twice: alike where it is a hit."""
    rater, hit = _spread(repeats)
    item = np.tile(np.arange(len(hit)), 2)
    value = np.concatenate([np.ones_like(hit), hit])
    return measure_consistency(item=item, rater=np.tile(rater, 2), value=value, level=LEVEL)


def _spread(trials: Mapping[int, Trials]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(trials,) of whom it is, and 1 where it is a hit."""
    tried = [(place, trial.trials, trial.hits) for place, trial in trials.items() if trial.trials]
    rater = np.repeat([place for place, _, _ in tried], [count for _, count, _ in tried]).astype(np.int64)
    hits = [np.arange(count) < hit for _, count, hit in tried]
    return rater, np.concatenate(hits).astype(np.int64) if hits else np.empty(0, dtype=np.int64)
