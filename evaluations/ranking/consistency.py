"""Raters two by two and one by one: do they agree with each other, with themselves, and with what is known?

Cohen (1960), Educational and Psychological Measurement 20; Fleiss, Cohen & Everitt (1969), Psychological Bulletin
72, for the standard error of kappa; Wilson (1927), Journal of the American Statistical Association 22.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import stdtrit

from evaluations.errors import UnsupportedParameter
from evaluations.ranking.agreement import (
    Codes,
    Column,
    Figure,
    Floats,
    figure_from_draws,
    first_votes,
    group_rows,
    read_columns,
    resample_sums,
    starts,
    wilson_intervals,
)
from evaluations.ranking.parameters import Parameters

LARGEST: Final = 10**7  # pairs of votes on one item, held at once: some 1.5 GB

SAME_VALUE: Final = "both used one and the same value, so agreement cannot be told from chance"
CONSTANT: Final = "one of the two used a single value, which makes kappa 0 whatever the other says"
ALL_OR_NONE: Final = (
    "they agree on every item, or on none, so the interval is Wilson's for the share of equal votes"
)
NO_REPEAT: Final = "no rater judged an item twice"
NO_CHECK: Final = "no check was answered"
ONE_RATER: Final = "all are of one rater, so the interval is Wilson's, and says nothing of other raters"
SAME_SHARE: Final = (
    "all raters have the same share, so the interval is Wilson's, with every answer on its own"
)


@dataclass(frozen=True, kw_only=True)
class RaterPair:
    """Two raters, rater_a < rater_b, on the items that both judged: the share of equal values, Cohen's kappa."""

    rater_a: int
    rater_b: int
    items: int
    raw: Figure
    kappa: Figure


@dataclass(frozen=True, kw_only=True)
class RaterShare:
    """One rater's share of so many trials (repeats, or checks), with Wilson's interval."""

    rater: int
    trials: int
    share: Figure


@dataclass(frozen=True, kw_only=True)
class Shares:
    """overall: the share of all trials. by_rater: each rater who had a trial, in the order of their numbers."""

    trials: int
    overall: Figure
    by_rater: tuple[RaterShare, ...]


def compare_raters(
    *, item: Column, rater: Column, value: Column, fewest: int = 1, level: float = 0.95
) -> tuple[RaterPair, ...]:
    """Compare every two raters who both judged `fewest` items or more, in the order of their numbers.

    item, rater, value: (N,) whole numbers from 0, a row a vote; of a rater's votes on one item the first counts.

        κ = (p_o − p_e) / (1 − p_e)        p_e = Σ_c p_c· p_·c                                   (Cohen 1960)
        se² = Var(δ − (1 − κ)(p_·v + p_w·)) / (n (1 − p_e)²)       (Fleiss, Cohen & Everitt 1969, the same terms)

    p_o is the share of the n items with equal values, p_c· and p_·c how often rater a and rater b use c; δ is 1
    where the value v of a equals the value w of b. The interval is κ ± q se within ±1, q of Student's t with n − 1
    degrees of freedom, and still a little narrow below some 20 items; where p_o is 0 or 1, Wilson's of p_o with
    p_e as it is. The interval of raw is Wilson's.

    Time and memory grow with the pairs of votes on one item. Raises BadVotes (columns), UnsupportedParameter
    (fewest, level, too many pairs of votes).
    """
    Parameters(level=level)
    if isinstance(fewest, bool) or not isinstance(fewest, int) or fewest < 1:
        raise UnsupportedParameter(f"fewest is a whole number of items from 1; it was {fewest!r}.")
    items, raters, values = read_columns(item=item, rater=rater, value=value)
    first = first_votes(items, raters)
    names, code = np.unique(raters[first], return_inverse=True)
    one, other = _vote_pairs(items[first])
    met = code[one] * len(names) + code[other]
    common = np.unique(met, return_inverse=True, return_counts=True)
    kept = common[2][common[1]] >= fewest
    keys, pair, size = np.unique(met[kept], return_inverse=True, return_counts=True)
    a, b = (values[first][row[kept]] for row in (one, other))
    raw = _wilson_figures(np.bincount(pair, a == b, len(size)), size, level)
    kappa = _kappa_figures(pair, a, b, size.astype(np.float64), level)
    pairs = zip(keys.tolist(), size.tolist(), raw, kappa, strict=True)
    return tuple(
        RaterPair(
            rater_a=int(names[key // len(names)]),
            rater_b=int(names[key % len(names)]),
            items=count,
            raw=equal,
            kappa=beyond_chance,
        )
        for key, count, equal, beyond_chance in pairs
    )


def measure_consistency(
    *, item: Column, rater: Column, value: Column, level: float = 0.95, rounds: int = 1000, seed: int = 0
) -> Shares:
    """Measure how often a rater who judges an item again gives the same value.

    item, rater, value: (N,) whole numbers from 0, a row a vote; with sides swapped for the repeat, say, and the
    value naming the model chosen. A rater and an item with several votes are one trial: the share of its pairs of
    votes that are equal, 0 or 1 where there are two. A rater's interval is Wilson's (1927). The overall one
    resamples raters `rounds` times, each with all of their trials: it says what other raters would do.
    Raises BadVotes (columns), UnsupportedParameter (level, rounds, seed).
    """
    Parameters(level=level, rounds=rounds, seed=seed)
    items, raters, values = read_columns(item=item, rater=rater, value=value)
    order = np.lexsort((values, items, raters))
    items, raters, values = items[order], raters[order], values[order]
    begins, runs = starts(raters, items), np.flatnonzero(starts(raters, items, values))
    trial = np.cumsum(begins) - 1
    votes, same = np.bincount(trial), np.diff(runs, append=len(items))
    equal = np.bincount(trial[runs], same * (same - 1))
    again = votes > 1
    share = equal[again] / (votes * (votes - 1))[again]
    return measure_shares(raters[begins][again], share, level, rounds, seed, without=NO_REPEAT)


def measure_accuracy(
    *, given: Column, known: Column, rater: Column, level: float = 0.95, rounds: int = 1000, seed: int = 0
) -> Shares:
    """Measure how often raters give the known answer to a check.

    given, known, rater: (N,) whole numbers from 0, a row an answer; every row is a trial. A rater's interval is
    Wilson's (1927). The overall one resamples raters `rounds` times, each with all of their answers: it says what
    other raters would do. Raises BadVotes (columns), UnsupportedParameter (level, rounds, seed).
    """
    Parameters(level=level, rounds=rounds, seed=seed)
    answers, truths, raters = read_columns(given=given, known=known, rater=rater)
    right = (answers == truths).astype(np.float64)
    return measure_shares(raters, right, level, rounds, seed, without=NO_CHECK)


def measure_shares(
    rater: Codes, hit: Floats, level: float, rounds: int, seed: int, *, without: str
) -> Shares:
    """Shares of trials, overall and by rater; rater, hit: (trials,)."""
    if not len(hit):
        none = Figure(value=None, lower=None, upper=None, reason=without)
        return Shares(trials=0, overall=none, by_rater=())
    names, code = np.unique(rater, return_inverse=True)
    hits, trials = np.bincount(code, hit), np.bincount(code)
    by_rater = zip(names.tolist(), trials.tolist(), _wilson_figures(hits, trials, level), strict=True)
    rows, copies = group_rows(np.column_stack([hits, trials]))
    draws = resample_sums(rows=rows, copies=copies, rounds=rounds, seed=seed)
    share = float(hits.sum() / len(hit))
    overall = figure_from_draws(
        share, draws[:, 0] / draws[:, 1], units=len(names), level=level, least=0.0, most=1.0
    )
    if overall.lower is None:
        reason = ONE_RATER if len(names) == 1 else SAME_SHARE
        overall = _wilson_figures(hits.sum(keepdims=True), np.array([len(hit)]), level, reason)[0]
    return Shares(
        trials=len(hit),
        overall=overall,
        by_rater=tuple(RaterShare(rater=name, trials=n, share=figure) for name, n, figure in by_rater),
    )


def _wilson_figures(
    hits: Floats | Codes, trials: Codes, level: float, reason: str | None = None
) -> list[Figure]:
    share = hits / trials
    lower, upper = wilson_intervals(share=share, trials=trials.astype(np.float64), level=level)
    ends = zip(share.tolist(), lower.tolist(), upper.tolist(), strict=True)
    return [Figure(value=value, lower=low, upper=high, reason=reason) for value, low, high in ends]


def _vote_pairs(item: Codes) -> tuple[Codes, Codes]:
    """The rows of every two votes on one item, the earlier row first; item: sorted."""
    start = np.flatnonzero(starts(item))
    size = np.diff(start, append=len(item))
    later = np.repeat(start + size, size) - np.arange(len(item)) - 1  # votes on the item after this one
    pairs = int(later.sum())
    if pairs > LARGEST:
        raise UnsupportedParameter(
            f"These votes make {pairs:,} pairs on one item; at most {LARGEST:,} can be compared at once. "
            "Give fewer raters, or fewer items."
        )
    one = np.repeat(np.arange(len(item)), later)
    return one, one + 1 + np.arange(pairs) - np.repeat(np.cumsum(later) - later, later)


def _kappa_figures(pair: Codes, a: Codes, b: Codes, size: Floats, level: float) -> list[Figure]:
    """Cohen's kappa of each pair; pair, a, b: (S,) the pair, and the two values, of every item that two share."""
    equal, (kinds, codes) = a == b, np.unique(np.concatenate([a, b]), return_inverse=True)
    cell, place = np.unique(np.tile(pair, 2) * len(kinds) + codes, return_inverse=True)
    owner, (of_a, of_b) = cell // max(len(kinds), 1), np.split(place, 2)
    used_a, used_b = (np.bincount(part, minlength=len(cell)) for part in (of_a, of_b))
    hits, chance = (
        np.bincount(group, count, len(size)) for group, count in ((pair, equal), (owner, used_a * used_b))
    )
    # Whole numbers up to the division: a kappa of 0, or an undefined one, is exactly that.
    defined = size**2 > chance
    left = np.where(defined, size**2 - chance, 1.0)
    kappa = (size * hits - chance) / left
    terms = equal - (1 - kappa[pair]) * (used_a[of_b] + used_b[of_a]) / size[pair]
    terms -= (np.bincount(pair, terms, len(size)) / size)[pair]
    error = np.sqrt(np.bincount(pair, terms**2, len(size))) * size / left
    reach = stdtrit(np.maximum(size - 1, 1), (1 + level) / 2) * error
    lower, upper = kappa - reach, kappa + reach
    whole = (hits == 0) | (hits == size)
    ends = wilson_intervals(share=hits / size, trials=size, level=level)
    lower, upper = (
        np.clip(np.where(whole, (size**2 * end - chance) / left, limit), -1, 1)
        for end, limit in zip(ends, (lower, upper), strict=True)
    )
    constant = np.any([np.bincount(owner, used > 0, len(size)) == 1 for used in (used_a, used_b)], axis=0)
    case = np.select([~defined, constant, whole], [SAME_VALUE, CONSTANT, ALL_OR_NONE], "")
    rows = zip(kappa.tolist(), lower.tolist(), upper.tolist(), case.tolist(), strict=True)
    return [_kappa_figure(*row) for row in rows]


def _kappa_figure(value: float, lower: float, upper: float, case: str) -> Figure:
    if case == SAME_VALUE:
        return Figure(value=None, lower=None, upper=None, reason=case)
    if case == CONSTANT:
        return Figure(value=value, lower=None, upper=None, reason=case)
    return Figure(value=value, lower=lower, upper=upper, reason=case or None)
