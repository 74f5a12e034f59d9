"""A confidence sequence for the mean of bounded observations: an interval that may be looked at after each one.

Waudby-Smith & Ramdas (2024), "Estimating means of bounded random variables by betting", JRSS B 86: a mean m is
ruled out once betting against it has made one unit of money into 2/α. If every observation has the mean m,
given those before it, no bet gains on average, and by Ville's inequality the wealth ever gets so far with a
probability of α/2 at most. Looking at any time, and stopping for any reason, is therefore paid for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking.arrays import Floats, check_codes, check_numbers, seal

# f_j, the share of the wealth of bet j that an observation of 0 costs. Halves, as a bet off by √2 still grows
# at 0.83 of the best rate; these are near the best for means that lie 0.3 to 0.001 from the one ruled out.
STAKES: Final = seal(0.75 / 2.0 ** np.arange(9))
GRID: Final = 1 << 20  # candidate means are k/GRID: one step is 0.0007 Elo points at ½
SLACK: Final = 1e-9  # in log wealth, above its rounding: no rounding rules a mean out
LONGEST: Final = 100  # votes in a block
VALUES: Final = 2 * LONGEST + 1  # distinct observations at most: the means that such a block can have
CHUNK: Final = 1024  # observations at a time
CAP: Final = 10_000_000  # observations; a forecast beyond it is no forecast


@dataclass(frozen=True, eq=False, kw_only=True)
class Observations:
    """score: (T,) from 0 to 1, in the order of completion. completed: (T,) place of the vote that completed each."""

    score: Floats
    completed: NDArray[np.intp]


@dataclass(frozen=True, eq=False, kw_only=True)
class ConfidenceSequence:
    """lower, upper: (T,) after each observation; with probability `level` the mean is within all of them.

    A lower above 0 is itself ruled out, as is an upper below 1, so that the mean is strictly between them. Lower
    never falls, upper never rises, and neither depends on later observations. mean: (T,) of the
    observations so far. contradicted_at: the place of the first observation, from 0, that left no mean at all
    (lower ≥ upper), which happens with probability 1 − level if the observations are what they must be.
    """

    lower: Floats
    upper: Floats
    mean: Floats
    observations: int
    level: float
    contradicted_at: int | None

    @property
    def contradicted(self) -> bool:
        """Whether the observations ruled out every mean: they do not share one, or it was very bad luck."""
        return self.contradicted_at is not None

    @property
    def ends(self) -> tuple[float, float] | tuple[None, None]:
        """The interval as it stands; none where every mean is ruled out."""
        if self.contradicted:
            return None, None
        return (float(self.lower[-1]), float(self.upper[-1])) if self.observations else (0.0, 1.0)


def confidence_sequence(*, observations: ArrayLike, level: float = 0.95) -> ConfidenceSequence:
    """The running interval of the mean of `observations`, (T,) numbers from 0 to 1 in the order they came.

        K⁺_t(m) = (1/J) Σ_j Π_{i≤t} (1 + (f_j/m)(x_i − m))      K⁻_t(m) the same of 1 − x_i and 1 − m
        C_t = { m : max(K⁺_t(m), K⁻_t(m)) / 2 < 1/α },  α = 1 − level; the intersection of C_1 … C_t is returned

    the hedged grid-Kelly sequence of Waudby-Smith & Ramdas (2024), with the geometric f_j of STAKES for their
    even ones. K⁺ falls in m, so that C_t is an interval; K⁺ and K⁻ depend only on how often each value came,
    so that its ends are found by bisection. They are rounded outward, by less than 1/GRID.
    Raises BadVotes (not (T,) finite numbers in [0, 1], or more than VALUES different), UnsupportedParameter.
    """
    check_level(level)
    column = check_numbers(observations, name="observations")
    if column.size and (column.min() < 0 or column.max() > 1):
        raise BadVotes("Observations lie between 0 and 1: scale them so, the best possible one to 1.")
    values, codes = np.unique(column, return_inverse=True)
    if len(values) > VALUES:
        raise BadVotes(f"The observations take {len(values)} different values; {VALUES} is the most.")
    lower = _lower_path(codes, values, level)
    upper = 1 - _lower_path(len(values) - 1 - codes, 1 - values[::-1], level)
    empty = np.flatnonzero(lower >= upper)
    return ConfidenceSequence(
        lower=seal(lower),
        upper=seal(upper),
        mean=seal(np.cumsum(column) / np.arange(1, len(column) + 1)),
        observations=len(column),
        level=float(level),
        contradicted_at=int(empty[0]) if len(empty) else None,
    )


def form_observations(*, score: ArrayLike, rater: ArrayLike | None = None, block: int = 1) -> Observations:
    """Turn the head-to-head votes on two models into observations that may be bet on one after the other.

    score: (N,) of the first model, 1, ½ or 0, in the order of the ledger. rater: (N,) whole numbers from 0;
    None takes each vote as one observation, which is right only if votes are independent. block: the votes of
    a rater that make one observation, their mean; the rater's later votes do not count, nor do unfinished
    blocks. An observation is never changed once it is there, and each rater is one: raters who do not know
    of each other are then independent draws, however many votes they cast and however these interleave.
    Raises BadVotes (lengths, types, values), UnsupportedParameter (block).
    """
    scores = check_numbers(score, name="score")
    if not np.isin(scores, (0.0, 0.5, 1.0)).all():
        raise BadVotes("A score is 1 for a win, 0.5 for a tie and 0 for a loss.")
    whole = isinstance(block, int) and not isinstance(block, bool)
    require(whole and 1 <= block <= LONGEST, f"block is a whole number of votes from 1 to {LONGEST}", block)
    if rater is None:
        require(block == 1, "a block is of the votes of one rater: give the raters, or block=1", block)
        return Observations(score=scores, completed=seal(np.arange(len(scores))))
    raters = check_codes(rater, name="rater")
    if len(raters) != len(scores):
        raise BadVotes(f"The columns of votes differ in length: score {len(scores)}, rater {len(raters)}.")
    if raters.size and raters.min() < 0:
        raise BadVotes("A rater is a whole number from 0: leave out votes by nobody known.")
    order = np.argsort(raters, kind="stable")
    votes = np.unique(raters, return_counts=True)[1]
    opening = (np.cumsum(votes) - votes)[votes >= block]
    blocks = order[opening[:, None] + np.arange(block)]  # (T, block) places of votes, a rater a row
    blocks = blocks[np.argsort(blocks[:, -1])]
    return Observations(score=seal(scores[blocks].mean(axis=1)), completed=seal(blocks[:, -1]))


@dataclass(frozen=True, eq=False, kw_only=True)
class Outlook:
    """When a mean will be ruled out if observations come as `chances` says, each (V,) by value.

    values: rising, that an observation can take. seen: how often each came. chances: how often each will
    come, sum 1. lower, upper: where the running interval stands.

    After n more observations the log wealth of bet j is its present one + n g_j on average, with spread
    √n s_j; g_j, s_j are mean and standard deviation of log(1 − f_j + f_j x/m). Counted is the first n at which
    the mixture passes 2/α if every bet is at its (1 − power) quantile: all follow the mean of the same
    observations, so they are low together. At power ½ it is the betting carried on in expectation. Luck that
    passes 2/α early and is then lost again is left out, so that half of all runs are done a little before.
    """

    values: Floats
    seen: NDArray[np.int64]
    chances: Floats
    level: float
    lower: float = 0.0
    upper: float = 1.0

    def until_above(self, mean: float, *, power: float) -> int | None:
        """Observations until `mean` and all below it are ruled out; None beyond CAP."""
        if self.lower >= mean:
            return 0
        growth = np.log1p(STAKES * (self.values[:, None] / mean - 1))
        present, gain = self.seen @ growth, self.chances @ growth
        spread = np.sqrt(np.maximum(self.chances @ growth**2 - gain**2, 0.0)) * ndtri(power)
        low, high = 0, CAP + 1
        # The wealth is convex in n and below 2/α now, so that it passes once: halving finds it.
        while high - low > 1:
            more = (low + high) // 2
            capital = present + more * gain - math.sqrt(more) * spread
            low, high = (low, more) if _log_mean(capital[None, :])[0] >= _bar(self.level) else (more, high)
        return high if high <= CAP else None

    def until_below(self, mean: float, *, power: float) -> int | None:
        """Observations until `mean` and all above it are ruled out; None beyond CAP."""
        mirrored = replace(self, values=1 - self.values, lower=1 - self.upper, upper=1 - self.lower)
        return mirrored.until_above(1 - mean, power=power)


def check_level(level: float) -> None:
    """Raises UnsupportedParameter where `level` is no probability strictly between 0 and 1."""
    require(is_number(level) and 0 < level < 1, "level is a probability between 0 and 1", level)


def require(holds: bool, rule: str, value: object) -> None:
    """Raises UnsupportedParameter, with the rule and the value that breaks it, unless it holds."""
    if not holds:
        raise UnsupportedParameter(f"{rule}; it was {value!r}.")


def is_number(value: object) -> bool:
    """Whether it is one plain number: True is none, though Python counts with it."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bar(level: float) -> float:
    return math.log(2 / (1 - level)) + SLACK


def _lower_path(codes: NDArray[np.intp], values: Floats, level: float) -> Floats:
    """(T,) largest k/GRID ruled out by K⁺ at or before each observation, 0 where there is none.

    codes: (T,) places of the observations in `values`, (V,) rising.
    """
    lower, floor = np.zeros(len(codes)), 0
    before = np.zeros(len(values), dtype=np.int64)
    for start in range(0, len(codes), CHUNK):
        part = slice(start, start + CHUNK)
        counts = before + np.cumsum(codes[part, None] == np.arange(len(values)), axis=0)
        reached = _raise_floor(counts, values, floor, _bar(level))
        lower[part] = reached / GRID
        before, floor = counts[-1], int(reached[-1])
    return lower


def _raise_floor(counts: NDArray[np.int64], values: Floats, floor: int, bar: float) -> NDArray[np.int64]:
    """The running maximum, from `floor` on, of the largest k that each row of counts (T, V) rules out."""
    lows = np.full(len(counts), floor, dtype=np.int64)
    # Most observations rule out nothing new, and one look at the next candidate tells.
    rising = np.flatnonzero(_log_wealth(counts, values, lows + 1) >= bar)
    counts, low = counts[rising], lows[rising] + 1
    high = np.full(len(rising), GRID, dtype=np.int64)  # no mean of 1 is ever ruled out from below
    while len(low) and (high - low).max() > 1:
        middle = (low + high) // 2
        out = _log_wealth(counts, values, middle) >= bar
        low, high = np.where(out, middle, low), np.where(out, high, middle)
    lows[rising] = low
    return np.asarray(np.maximum.accumulate(lows), dtype=np.int64)


def _log_wealth(counts: NDArray[np.int64], values: Floats, candidates: NDArray[np.int64]) -> Floats:
    """(T,) log K⁺ at the candidates (T,) k of k/GRID, for observations counted by value: counts (T, V)."""
    means = candidates[:, None] / GRID
    capital = np.zeros((len(counts), len(STAKES)))
    # One value after the other: a value that has not come yet adds an exact 0, whatever comes later.
    for value, count in zip(values, counts.T, strict=True):
        capital += count[:, None] * np.log1p(STAKES * (value / means - 1))
    return _log_mean(capital)


def _log_mean(capital: Floats) -> Floats:
    """(T,) the log of the mean of exp over the J bets of `capital`, (T, J)."""
    top = capital.max(axis=1)
    return np.asarray(top + np.log(np.exp(capital - top[:, None]).mean(axis=1)), dtype=np.float64)
