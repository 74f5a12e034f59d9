"""Evidence against groups of votes: e-values from tilted odds, and the e-BH rule that turns them into flags.

Vovk & Wang (2021), Annals of Statistics 49: a product of e-values of votes in a row is one, an average always;
Huber (1965), Annals of Mathematical Statistics 36: a ratio against a band; Wang & Ramdas (2022), JRSS-B 84: e-BH.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking.arrays import Floats, Integers

TILTS: Final = (1.0, 2.0, 4.0)  # log-odds beyond `taste`; with the last, a vote is all but certain
CELLS: Final = 1 << 20  # of a (groups, targets) table of doubles: 8 MB, and some thirty of them at a time


@dataclass(frozen=True, eq=False, kw_only=True)
class Family:
    """Targets that may be favoured or worked against: models, makers, sides.

    raised, lowered: (M,) codes of the target that each vote was for, and of the one that it was against; where
    they are equal the vote says nothing. targets: how many there are.
    """

    raised: Integers
    lowered: Integers
    targets: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Decided:
    """The M votes tested, sorted by group. odds: (M,) the fitted log-odds of the model that was voted for."""

    group: Integers
    odds: Floats
    families: tuple[Family, ...]


def flag_discoveries(*, log_e: Floats, level: float) -> NDArray[np.bool_]:
    """(G,) the hypotheses that e-BH rejects: the k largest e-values, k the largest with e_(k) ≥ G / (level k).

    log_e: (G,) ln of the e-values. The expected share of true nulls among those rejected is at most `level`,
    under any dependence (Wang & Ramdas 2022, §4). Raises BadVotes (NaN), UnsupportedParameter (level).
    """
    check_level(level)
    if np.isnan(log_e).any():
        raise BadVotes("An e-value is not a number; give each hypothesis one, and 1 where nothing is known.")
    bars = np.log(len(log_e) / (level * np.arange(1, len(log_e) + 1)))
    passed = np.flatnonzero(np.sort(log_e)[::-1] >= bars)
    bar = bars[passed[-1]] if passed.size else np.inf
    return np.asarray((log_e >= bar) & bool(passed.size), dtype=np.bool_)


def weigh_groups(*, decided: Decided, groups: int, taste: float) -> tuple[Floats, NDArray[np.int64]]:
    """(G,) ln e-values of groups 0..G-1, and the place of each one's strongest alternative, 0 for none.

    The e-value is the average over families, at random and against the order being families of one, of the
    average over a family's alternatives of Π q/p over the votes. The alternatives are numbered from 1: for each
    family its targets favoured, then worked against; at random; against the order. taste: log-odds.
    """
    log_e, alternative = np.zeros(groups), np.zeros(groups, dtype=np.int64)
    for part, first, size in _group_blocks(decided, groups=groups):
        held = slice(first, first + size)
        log_e[held], alternative[held] = _weigh_block(decided, part, first=first, size=size, taste=taste)
    return log_e, alternative


def _group_blocks(decided: Decided, *, groups: int) -> Iterator[tuple[slice, int, int]]:
    """The votes of a block of groups, its first group, and how many: tables of at most CELLS cells."""
    size = max(1, CELLS // max(family.targets for family in decided.families))
    starts = np.arange(0, groups, size)
    bounds = np.searchsorted(decided.group, [*starts, groups])
    for first, low, high in zip(starts, bounds[:-1], bounds[1:], strict=True):
        yield slice(int(low), int(high)), int(first), min(size, groups - int(first))


def _weigh_block(
    decided: Decided, part: slice, *, first: int, size: int, taste: float
) -> tuple[Floats, NDArray[np.int64]]:
    """(size,) ln e-values of a block of groups, and the place of each one's strongest alternative."""
    odds, row = decided.odds[part], decided.group[part] - first
    up = [_log_ratio(odds + taste + tilt, odds, taste) for tilt in TILTS]
    down = [_log_ratio(odds - taste - tilt, odds, taste) for tilt in TILTS]
    ratios = []  # of each family, (tilts, size, alternatives)
    for family in decided.families:
        raised, lowered = family.raised[part], family.lowered[part]
        telling = raised != lowered
        cells = [row[telling] * family.targets + codes[telling] for codes in (raised, lowered)]
        shape = (size, family.targets)
        tilted = [
            np.hstack([_sum_cells(cells, (rise, fall), shape), _sum_cells(cells, (fall, rise), shape)])
            for rise, fall in ((rise[telling], fall[telling]) for rise, fall in zip(up, down, strict=True))
        ]
        ratios.append(np.stack(tilted))
    for voted in (np.zeros_like(odds), -odds):  # at random; against the order
        summed: Floats = np.bincount(row, _log_ratio(voted, odds, taste), size).astype(np.float64)
        ratios.append(summed.reshape(1, size, 1))
    log_e = _log_mean(np.stack([_log_mean(ratio, axes=(0, 2)) for ratio in ratios]), axes=(0,))
    best = np.hstack([np.zeros((size, 1)), *(ratio.max(axis=0) for ratio in ratios)])
    return log_e, best.argmax(axis=1)


def _log_ratio(alternative: Floats, odds: Floats, taste: float) -> Floats:
    """ln q/p of what was voted: q the alternative's probability, p the nearest to it that the null allows.

    Then the mean of q/p is linear in the true probability and 1 at p, so at most 1 all over the band.
    """
    nearest = np.clip(alternative, odds - taste, odds + taste)
    return np.asarray(log_expit(alternative) - log_expit(nearest), dtype=np.float64)


def _sum_cells(cells: Sequence[Integers], weights: tuple[Floats, Floats], shape: tuple[int, int]) -> Floats:
    size = shape[0] * shape[1]
    first, second = (np.bincount(*both, size) for both in zip(cells, weights, strict=True))
    return np.asarray(first + second, dtype=np.float64).reshape(shape)


def _log_mean(logs: Floats, *, axes: tuple[int, ...]) -> Floats:
    """ln of the mean of exp(logs), without overflow."""
    top = logs.max(axis=axes, keepdims=True)
    return np.asarray(np.log(np.exp(logs - top).mean(axis=axes)) + top.squeeze(axes), dtype=np.float64)


def check_level(level: float) -> None:
    if not 0 < level < 1:
        raise UnsupportedParameter(f"level is a share between 0 and 1, not {level}.")
