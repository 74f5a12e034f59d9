"""How much raters agree, all taken together: raw agreement and Krippendorff's alpha, with intervals.

Krippendorff (2011), Computing Krippendorff's Alpha-Reliability; Efron (1979), Annals of Statistics 7, for the
bootstrap, Hesterberg (2015), The American Statistician 69, for its intervals; Wilson (1927), Journal of the
American Statistical Association 22, for the interval of a share.
Two raters, or one, are in `consistency`. A value says what was chosen (a model, a tie), not the side it was on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking.parameters import Parameters

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int64]
Column: TypeAlias = NDArray[np.integer[Any]]

CELLS: Final = 1 << 24  # of a (items, values) table, or a (rounds, items) one, of doubles: 128 MB
ROUNDING: Final = 1e-12  # a spread or an error below it is none at all, but for rounding

UNSHARED: Final = "no item was judged by two raters"
ONE_VALUE: Final = "only one value was used, so agreement cannot be told from chance"
ALIKE: Final = "every resample gives the same number, so resampling cannot say how sure it is"
EXTREME: Final = (
    "no votes on one item differ, or none agree, so resampling cannot say how sure this is; "
    "the interval is Wilson's, each item one trial"
)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number and its interval, of the level asked for, and a reason in words where there is one to give.

    value: None where it is undefined; the reason says why. lower, upper: None where there is no value, or where
    the votes cannot say how sure it is; the reason says which. A reason beside all three is a caution: it says
    what the interval rests on.
    """

    value: float | None
    lower: float | None
    upper: float | None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """raw, alpha: how much raters agree. items: those judged by two raters or more; votes, raters: on these.

    repeats: votes left out, because the same rater had judged the item before.
    """

    raw: Figure
    alpha: Figure
    items: int
    raters: int
    votes: int
    repeats: int


def measure_agreement(
    *, item: Column, rater: Column, value: Column, level: float = 0.95, rounds: int = 1000, seed: int = 0
) -> Agreement:
    """Measure how much raters agree, over the items that two or more of them judged.

    item, rater, value: (N,) whole numbers from 0, a row a vote; values are names, without order. With n_uc votes
    for c on item u, n_u on u, n_c for c and n in all,

        raw = Σ_uc n_uc (n_uc − 1) / Σ_u n_u (n_u − 1)      the share of pairs of votes on one item that are equal
        alpha = 1 − (n − 1) (n − Σ_uc n_uc (n_uc − 1) / (n_u − 1)) / Σ_c n_c (n − n_c)      (Krippendorff 2011, C)

    Of a rater's votes on one item the first counts, in the order of the rows; `repeats` are the others.
    Intervals: quantiles over `rounds` resamples of the items, each with all of its votes, and every sum taken anew,
    n_c too: they say what other items would give with these raters. A resample in which only one value occurs has no
    alpha. It is not left out: it counts as −1 for the lower end and as 1 for the upper, which bound alpha, and
    the reason says how many there were. Where raw is 0 or 1 the interval is Wilson's, and alpha's is what alpha
    would be at its ends. Raises BadVotes (columns), UnsupportedParameter (level, rounds, seed, table too large).
    """
    Parameters(level=level, rounds=rounds, seed=seed)
    items, raters, values = read_columns(item=item, rater=rater, value=value)
    first = first_votes(items, raters)
    number, size = np.unique(items[first], return_inverse=True, return_counts=True)[1:]
    shared = first[size[number] > 1]
    raw = alpha = Figure(value=None, lower=None, upper=None, reason=UNSHARED)
    if len(shared):
        rows, copies = group_rows(_item_sums(items[shared], values[shared]))
        draws = resample_sums(rows=rows, copies=copies, rounds=rounds, seed=seed)
        raw, alpha = _figures(copies @ rows, draws, items=int(copies.sum()), level=level)
    return Agreement(
        raw=raw,
        alpha=alpha,
        items=int((size > 1).sum()),
        raters=len(np.unique(raters[shared])),
        votes=len(shared),
        repeats=len(items) - len(first),
    )


def read_columns(**columns: Column) -> tuple[Codes, ...]:
    """The columns as (N,) int64. Raises BadVotes where one is not of whole numbers from 0, or lengths differ."""
    read = []
    for name, column in columns.items():
        codes = np.asarray(column)
        if codes.ndim != 1:
            raise BadVotes(f"The column {name} has one dimension, not {codes.ndim}.")
        if codes.size and not np.issubdtype(codes.dtype, np.integer):
            raise BadVotes(f"The column {name} holds whole numbers, not {codes.dtype}.")
        read.append(codes.astype(np.int64))
        if read[-1].min(initial=0) < 0:
            raise BadVotes(f"The column {name} holds whole numbers from 0: leave out a vote that lacks one.")
    if len({len(codes) for codes in read}) > 1:
        said = ", ".join(f"{name} {len(codes)}" for name, codes in zip(columns, read, strict=True))
        raise BadVotes(f"The columns differ in length: {said}.")
    return tuple(read)


def first_votes(item: Codes, rater: Codes) -> NDArray[np.intp]:
    """The rows of the first vote of each rater on each item, ordered by item, then by rater."""
    order = np.lexsort((rater, item))  # stable: rows of one rater and item stay in their order
    return order[starts(item[order], rater[order])]


def starts(*sorted_columns: Codes) -> NDArray[np.bool_]:
    """(N,) where a run of rows that are equal in every column begins."""
    start = np.ones(len(sorted_columns[0]), dtype=np.bool_)
    start[1:] = np.any([np.diff(column) != 0 for column in sorted_columns], axis=0)
    return start


def group_rows(rows: Floats) -> tuple[Floats, Codes]:
    """The different rows, sorted, and how often each occurs: units with the same sums are interchangeable."""
    different, copies = np.unique(rows, axis=0, return_counts=True)
    return different, copies.astype(np.int64)


def resample_sums(*, rows: Floats, copies: Codes, rounds: int, seed: int) -> Floats:
    """(rounds, k) sums of (G, k) rows over as many units drawn with replacement; copies: (G,) units of each row.

    One multinomial a round over the different rows is the same as drawing units, and its cost is in G alone.
    """
    generator, units = np.random.default_rng(seed), int(copies.sum())
    step = max(CELLS // len(copies), 1)
    parts = (
        generator.multinomial(units, copies / units, size=min(step, rounds - begun)) @ rows
        for begun in range(0, rounds, step)
    )
    return np.concatenate(list(parts))


def figure_from_draws(
    value: float, draws: Floats, *, units: int, level: float, least: float, most: float
) -> Figure:
    """The value with quantiles of the draws, which resampled so many units. An undefined draw (NaN) is `least` for
    the lower end and `most` for the upper.

    A resample of few units varies too little. The quantiles are therefore those further out, at which a normal
    interval would have the width of Student's t (the expanded percentile interval, Hesterberg 2015).
    No interval where all draws are the same: one without width would claim a certainty that nobody saw.
    """
    undefined = np.isnan(draws)
    missing = int(undefined.sum())
    if not missing and np.ptp(draws) < ROUNDING:
        return Figure(value=value, lower=None, upper=None, reason=ALIKE)
    tail = float(ndtr(-np.sqrt(units / (units - 1)) * stdtrit(units - 1, (1 + level) / 2)))
    lower = float(np.quantile(np.where(undefined, least, draws), tail))
    upper = float(np.quantile(np.where(undefined, most, draws), 1 - tail))
    said = f"only one value is used in {missing} of {len(draws)} resamples; each counts as {least:g} and as {most:g}"
    return Figure(value=value, lower=lower, upper=upper, reason=said if missing else None)


def wilson_intervals(*, share: Floats, trials: Floats, level: float) -> tuple[Floats, Floats]:
    """Lower and upper ends, shaped as the shares, of shares of so many trials (Wilson 1927)."""
    square = float(ndtri((1 + level) / 2)) ** 2
    centre = (share + square / (2 * trials)) / (1 + square / trials)
    spread = share * (1 - share) / trials + square / (4 * trials**2)
    reach = np.sqrt(square * spread) / (1 + square / trials)
    # At a share of 0 or 1 that end is the share itself, which rounding must not miss.
    return np.clip(centre - reach, 0, share), np.clip(centre + reach, share, 1)


def _item_sums(item: Codes, value: Codes) -> Floats:
    """(items, C + 3) of each item: n_uc for the C values; Σ_c n_uc (n_uc − 1); n_u (n_u − 1); the former / (n_u − 1).

    item: sorted, each at least twice. Raises UnsupportedParameter where the table is too large.
    """
    number, different = np.cumsum(starts(item)) - 1, np.unique(value, return_inverse=True)
    items, values = int(number[-1]) + 1, len(different[0])
    if items * values > CELLS:
        raise UnsupportedParameter(
            f"{items:,} items with {values:,} different values are more than agreement is computed on; "
            "give fewer values, or the items in parts."
        )
    counts = np.bincount(number * values + different[1], minlength=items * values).reshape(items, values)
    size = counts.sum(axis=1)
    equal = (counts * (counts - 1)).sum(axis=1)
    return np.column_stack([counts, equal, size * (size - 1), equal / (size - 1)])


def _parts(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """(raw, equal, scale) of (…, C + 3) sums, with alpha = 1 − (1 − equal) scale.

    equal: the share of coincidences (pairs, each vote with the same weight) that are of equal values. scale: the
    votes over those expected to differ; NaN where only one value occurs.
    """
    counts, equal, pairs, coincident = sums[..., :-3], sums[..., -3], sums[..., -2], sums[..., -1]
    votes = counts.sum(axis=-1)
    differing = (counts * (votes[..., None] - counts)).sum(axis=-1)
    scale = np.full(votes.shape, np.nan)
    np.divide(votes * (votes - 1), differing, out=scale, where=differing > 0)
    return equal / pairs, coincident / votes, scale


def _figures(total: Floats, draws: Floats, *, items: int, level: float) -> tuple[Figure, Figure]:
    """raw and alpha from the (C + 3,) sums of all items, and the (rounds, C + 3) sums of the resamples."""
    share, equal, scale = (float(part) for part in _parts(total))
    shares, equals, scales = _parts(draws)
    alpha = 1 - (1 - equal) * scale
    if 0 < share < 1:
        raw = figure_from_draws(share, shares, units=items, level=level, least=0.0, most=1.0)
        return raw, figure_from_draws(
            alpha, 1 - (1 - equals) * scales, units=items, level=level, least=-1.0, most=1.0
        )
    ends = wilson_intervals(share=np.array([share]), trials=np.array([float(items)]), level=level)
    lower, upper = (float(end[0]) for end in ends)
    raw = Figure(value=share, lower=lower, upper=upper, reason=EXTREME)
    if np.isnan(alpha):
        return raw, Figure(value=None, lower=None, upper=None, reason=ONE_VALUE)
    lower, upper = (max(1 - (1 - end) * scale, -1.0) for end in (lower, upper))
    return raw, Figure(value=alpha, lower=lower, upper=upper, reason=EXTREME)
