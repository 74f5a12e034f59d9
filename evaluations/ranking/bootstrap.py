"""The bootstrap: fit again on resampled votes, or on resampled raters with all their votes.

Efron (1979), Annals of Statistics 7; raters are resampled whole where votes of one rater are not independent.
It checks the sandwich, and costs `rounds` fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from evaluations.errors import NotConverged, NothingToRank, UnsupportedParameter
from evaluations.ranking.bradley_terry import fit_strengths
from evaluations.ranking.pairs import BothBad, Floats, PairCounts, cell_keys
from evaluations.ranking.votes import OUTCOMES, Votes

ROWS: Final = 64  # resamples of raters counted at a time


def bootstrap_strengths(*, samples: Iterator[Floats], start: Floats, prior: float, rounds: int) -> Floats:
    """(rounds, K) strengths, one fit for each (K, K) sample of half-tie wins, begun at the fit of all votes.

    Raises NothingToRank where a sample does not tie the models together: leaving it out would bend the
    interval.
    """
    strengths, loose = np.empty((rounds, len(start))), 0
    for number, wins in enumerate(samples):
        try:
            strengths[number] = fit_strengths(wins=wins, prior=prior, start=start).strength
        except NotConverged:
            loose += 1
    if loose:
        raise NothingToRank(
            f"In {loose} of {rounds} bootstrap samples the votes do not place every model. "
            'Use interval="sandwich", or a prior.'
        )
    return strengths


def resample_votes(
    *, pairs: PairCounts, both_bad: BothBad, rounds: int, generator: np.random.Generator
) -> Iterator[Floats]:
    """Yield (K, K) half-tie wins of as many votes drawn with replacement: a multinomial over pair counts."""
    ties = np.triu(pairs.ties + pairs.both_bad if both_bad == "tie" else pairs.ties)
    cells = np.stack([pairs.wins, ties]).ravel()
    total = int(cells.sum())
    for _ in range(rounds):
        drawn = generator.multinomial(total, cells / total).reshape(2, *pairs.wins.shape)
        yield drawn[0] + (drawn[1] + drawn[1].T) / 2


def resample_raters(
    *, votes: Votes, placed: Sequence[int], both_bad: BothBad, rounds: int, generator: np.random.Generator
) -> Iterator[Floats]:
    """Yield (K, K) half-tie wins of as many raters drawn with replacement, each with all of their votes.

    votes: with raters; placed: codes of the K models to count. Raters with no vote in the fit are not drawn.
    """
    table = _rater_table(votes, placed, both_bad)
    raters = table.shape[0]
    if raters < 2:
        raise UnsupportedParameter(
            'cluster="rater" needs the votes of at least two raters, and here one cast them all. '
            "Pass cluster=None to take votes as independent."
        )
    for first in range(0, rounds, ROWS):
        size = min(ROWS, rounds - first)
        copies = generator.multinomial(raters, np.full(raters, 1 / raters), size=size)
        for cells in np.asarray((table.T @ copies.T).T, dtype=np.float64):
            wins, ties = cells.reshape(2, len(placed), len(placed))
            yield wins + (ties + ties.T) / 2


def _rater_table(votes: Votes, placed: Sequence[int], both_bad: BothBad) -> csr_array:
    """(raters, 2 K K) each rater's wins, then ties, by pair; only the raters who have a vote in the fit."""
    column = _columns(votes, placed, both_bad)[cell_keys(votes, slice(None))]
    fitted = column >= 0
    rows, raters = np.unique(votes.known_rater[fitted], return_inverse=True)[::-1]
    shape = (len(raters), 2 * len(placed) ** 2)
    return csr_array((np.ones(len(rows), dtype=np.int64), (rows, column[fitted])), shape=shape)


def _columns(
    votes: Votes, placed: Sequence[int], both_bad: BothBad
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """(4 M M,) from a vote's cell among all M models to its column among the K placed; −1: not in the fit."""
    grid, size = np.ix_(placed, placed), len(placed)
    inner = np.arange(size * size).reshape(size, size)
    columns = np.full((len(OUTCOMES), len(votes.models), len(votes.models)), -1, dtype=np.int64)
    columns[0][grid], columns[1][grid], columns[2][grid] = inner, inner.T, inner + inner.size
    if both_bad == "tie":
        columns[3][grid] = inner + inner.size
    return columns.ravel()
