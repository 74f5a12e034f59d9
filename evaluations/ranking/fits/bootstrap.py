"""The bootstrap: fit again on resampled votes, or on resampled raters or prompts with all their votes.

Efron (1979), Annals of Statistics 7; clusters are resampled whole where their votes are not independent, and both ways
at once by multiplying the two resamples (Owen 2007, Annals of Applied Statistics 1, the pigeonhole bootstrap).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from evaluations.errors import NotConverged, NothingToRank, UnsupportedParameter
from evaluations.ranking.fits.bradley_terry import Fit
from evaluations.ranking.fits.problems import Problem
from evaluations.ranking.fits.refits import PairList, list_pairs, refit_samples
from evaluations.ranking.fits.regression import Regression, fit_regression
from evaluations.ranking.fits.threads import map_parts
from evaluations.ranking.fits.units import Units, list_units
from evaluations.ranking.votes import Floats

BLOCK: Final = 1 << 16  # votes put into the table of units at a time, which takes more room than they do
ALIKE: Final = 1e-10  # log-odds: what differs by less does not differ
SAMPLES: Final = 16  # resamples drawn and fitted at a time
Sample: TypeAlias = Callable[[np.random.Generator, int], tuple[Floats, Floats]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Draws:
    """values: (rounds, D) estimates, one row a resample or order. freedom: clusters less one, None of single votes."""

    values: Floats
    freedom: int | None


def bootstrap_pairs(problem: Problem, fit: Fit, *, generator: np.random.Generator) -> Draws:
    """(rounds, K) strengths of resampled votes, or clusters, of a plain fit.

    Raises NothingToRank where a sample does not tie the models together: leaving it out would bend the
    interval; or where a model has only ties, which no resample varies. UnsupportedParameter where one cluster holds
    every vote.
    """
    _check_varied(problem)
    pairs = list_pairs(problem.totals)
    units = None if _are_alike(problem) else list_units(problem, problem.single_votes)
    sample = _sample_cells(pairs) if units is None else _sample_units(problem, pairs, units)
    prior = problem.parameters.prior

    def refit(part: np.random.Generator, size: int) -> Floats:
        wins, losses = sample(part, size)
        return refit_samples(pairs=pairs, wins=wins, losses=losses, start=fit.strength, prior=prior)

    values = _run(refit, rounds=problem.parameters.rounds, width=len(fit.strength), generator=generator)
    return Draws(values=values, freedom=units.freedom if units else None)


def bootstrap_rows(problem: Problem, fit: Regression, *, generator: np.random.Generator) -> Draws:
    """(rounds, K + p) strengths and effects of resampled votes, or clusters. Raises as `bootstrap_pairs`."""
    _check_varied(problem)
    alike = _are_alike(problem)
    rows = problem.rows if alike else problem.single_votes
    units = list_units(problem, rows)
    base = np.ones(1) if alike else rows.weight  # a row of many votes is drawn once for each of them
    models, prior = len(problem.placed), problem.parameters.prior

    def refit(part: np.random.Generator, size: int) -> Floats:
        found = np.full((size, models + len(fit.effects)), np.nan)
        for number, copies in enumerate(units.draw(part, size)):
            drawn = rows.reweigh(base * copies[units.codes])
            try:
                again = fit_regression(
                    rows=drawn, models=models, davidson=fit.davidson, prior=prior, start=fit
                )
            except (NotConverged, UnsupportedParameter):
                continue
            found[number] = np.concatenate([again.strength, again.effects])
        return found

    values = _run(
        refit, rounds=problem.parameters.rounds, width=models + len(fit.effects), generator=generator
    )
    return Draws(values=values, freedom=units.freedom)


def _run(
    refit: Callable[[np.random.Generator, int], Floats],
    *,
    rounds: int,
    width: int,
    generator: np.random.Generator,
) -> Floats:
    """All rounds, a chunk at a time on every core; each chunk has its generator, so cores change nothing."""
    starts = range(0, rounds, SAMPLES)
    generators = generator.spawn(len(starts))
    found = np.empty((rounds, width))

    def work(first: int, last: int) -> None:
        for chunk in range(first, last):
            start, stop = starts[chunk], min(starts[chunk] + SAMPLES, rounds)
            found[start:stop] = refit(generators[chunk], stop - start)

    map_parts(work, size=len(starts), small=1)
    loose = int(np.isnan(found).any(axis=1).sum())
    if loose:
        raise NothingToRank(
            f"In {loose} of {rounds} bootstrap samples the votes do not place every model. "
            'Use interval="sandwich", or a prior.'
        )
    if (np.ptp(found, axis=0) < ALIKE).any():
        raise NothingToRank(
            'Every resample of these votes says the same, which is no measure. Use interval="sandwich".'
        )
    return found


def _check_varied(problem: Problem) -> None:
    if problem.silent.any():
        silent = problem.votes.models[problem.placed[int(problem.silent.argmax())]]
        raise NothingToRank(
            f'{silent!r} has only ties, and a resample of ties varies nothing. Use interval="sandwich".'
        )


def _sample_units(problem: Problem, pairs: PairList, units: Units) -> Sample:
    """Wins of the first and of the second model by pair, ties as halves, of resampled votes or clusters."""
    rows = problem.single_votes
    shape = (units.many, len(pairs.one))
    wins = losses = csr_array(shape)
    for start in range(
        0, len(rows.a), BLOCK
    ):  # some at a time: a table of places takes more room than the votes
        part = slice(start, start + BLOCK)
        place = (units.codes[part], pairs.number(rows.a[part], rows.b[part]))
        won = np.where(
            rows.outcome[part] == 2, 0.5, (rows.outcome[part] == 0) == (rows.a[part] < rows.b[part])
        )
        wins = wins + _table(rows.weights[part] * won, place, shape)
        losses = losses + _table(rows.weights[part] * (1 - won), place, shape)
    won_by_pair, lost_by_pair = wins.T, losses.T

    def sample(generator: np.random.Generator, size: int) -> tuple[Floats, Floats]:
        copies = units.draw(generator, size).T.astype(np.float64)
        return np.ascontiguousarray((won_by_pair @ copies).T), np.ascontiguousarray((lost_by_pair @ copies).T)

    return sample


def _table(
    values: Floats, place: tuple[NDArray[Any], NDArray[Any]], shape: tuple[int, int]
) -> csr_array[np.float64]:
    """(U, P) sums of the values above nought by place."""
    held = values > 0
    return csr_array((values[held], (place[0][held], place[1][held])), shape=shape)


def _sample_cells(pairs: PairList) -> Sample:
    """As many votes drawn with replacement: a multinomial over the cells, which hold all that is to be known."""
    cells = np.concatenate([pairs.wins, pairs.losses, pairs.ties])
    total = round(float(cells.sum()))

    def sample(generator: np.random.Generator, size: int) -> tuple[Floats, Floats]:
        drawn = generator.multinomial(total, cells / total, size=size).reshape(size, 3, -1)
        ties = drawn[:, 2] / 2
        return drawn[:, 0] + ties, drawn[:, 1] + ties

    return sample


def _are_alike(problem: Problem) -> bool:
    """Whether all that a resample needs to know of a vote is its row: no cluster, no weight of its own."""
    return problem.weights is None and not problem.parameters.cluster
