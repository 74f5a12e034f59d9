"""Votes as rows of a regression, for the fits that pair counts do not hold: ties, sides, style.

A row is a vote, or as many alike votes as one weight can stand for: without covariates, all votes of one cell
of (side, outcome, a, b).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import UnsupportedParameter
from evaluations.ranking.arrays import seal
from evaluations.ranking.fits.kernels import gather_column
from evaluations.ranking.fits.threads import map_parts
from evaluations.ranking.pairs import BothBad, cell_keys
from evaluations.ranking.votes import BOTH_BAD, OUTCOMES, TIE, Floats, Part, Votes

POSITION: Final = "position"  # the name of the effect of being shown on the left
BLOCK: Final = 1 << 13
SIDES: Final = 3  # b left, unknown, a left
Codes: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """n rows on K placed models with q effects.

    a, b: (n,) places of the models among the placed. outcome: (n,) 0 a, 1 b, 2 tie. weight: (n,) sum of the
    weights of the row's votes; square: (n,) sum of their squares; (1,) where it is one for all rows. x: (n, q), of
    at most `largest` (q,) by size. names: of the q effects. vote: (n,) each row's vote in the columns; empty where
    a row stands for many.
    """

    a: Codes
    b: Codes
    outcome: NDArray[np.int8]
    weight: Floats
    square: Floats
    x: Floats
    largest: Floats
    names: tuple[str, ...]
    vote: Codes

    @property
    def weights(self) -> Floats:
        """(n,) the weight of each row."""
        return np.broadcast_to(self.weight, self.a.shape)

    def reweigh(self, weight: Floats) -> Rows:
        """The same rows with other weights, (n,); those of no weight are left out."""
        return replace(self.take(weight > 0), weight=weight[weight > 0], square=weight[weight > 0])

    def thin(self, step: int) -> Rows:
        """Every step-th row."""
        return self.take(slice(None, None, step))

    def take(self, chosen: slice | NDArray[np.bool_]) -> Rows:
        """Some of the rows."""
        return replace(
            self,
            a=seal(np.ascontiguousarray(self.a[chosen])),
            b=seal(np.ascontiguousarray(self.b[chosen])),
            outcome=seal(np.ascontiguousarray(self.outcome[chosen])),
            weight=self.weight if len(self.weight) == 1 else np.ascontiguousarray(self.weight[chosen]),
            square=self.square if len(self.square) == 1 else np.ascontiguousarray(self.square[chosen]),
            x=np.ascontiguousarray(self.x[chosen]),
            vote=self.vote[chosen] if len(self.vote) else self.vote,
        )


def name_effects(*, style: Sequence[str], position: bool) -> tuple[str, ...]:
    return (*([POSITION] if position else []), *style)


def list_votes(
    votes: Votes,
    *,
    placed: Sequence[int],
    both_bad: BothBad,
    style: Sequence[str],
    position: bool,
    weights: Floats | None,
) -> Rows:
    """One row for each chosen vote in the fit. weights: (N,) of the columns' votes, or None for ones.

    Raises UnsupportedParameter where the votes lack a covariate or the side.
    """
    place = np.full(len(votes.models), -1, dtype=np.int32)
    place[list(placed)] = np.arange(len(placed), dtype=np.int32)
    whole = votes.chosen is None and both_bad == "tie" and (place >= 0).all()
    if whole:
        vote = np.arange(len(votes.outcome), dtype=np.int32)
    else:
        vote = np.concatenate(
            [_fitted(votes, part, place, both_bad) for part in votes.parts()] or [place[:0]]
        )
    columns = _list_columns(votes, style, position)
    x = _gather(columns, vote)
    weight = np.ones(1) if weights is None else weights[vote]
    # Where every vote is in the fit and every model in its place, the columns are the rows as they are.
    same = whole and list(placed) == list(range(len(place)))
    a, b = (column if same else place[column[vote]] for column in (votes.a, votes.b))
    outcome = votes.outcome if same else votes.outcome[vote]
    return Rows(
        a=seal(np.ascontiguousarray(a, dtype=np.int32)),
        b=seal(np.ascontiguousarray(b, dtype=np.int32)),
        outcome=seal(np.minimum(outcome, TIE).astype(np.int8, copy=False)),
        weight=weight,
        square=weight if weights is None else weight**2,
        x=x,
        largest=np.array([max(abs(float(c.max(initial=0))), abs(float(c.min(initial=0)))) for c in columns]),
        names=name_effects(style=style, position=position),
        vote=vote,
    )


def count_cells(
    votes: Votes, *, placed: Sequence[int], both_bad: BothBad, position: bool, weights: Floats | None
) -> Rows:
    """One row for each (side, outcome, a, b) that has a vote; without `position`, sides are one.

    Raises UnsupportedParameter where the sides are asked for and the votes do not say them.
    """
    models = len(votes.models)
    size = len(OUTCOMES) * models**2
    side = votes.side if position else None
    totals = np.zeros((2, SIDES * size if position else size))
    for part in votes.parts():
        keys = cell_keys(votes, part)
        if side is not None:
            keys += size * (side[part].astype(np.intp) + 1)
        if weights is None:
            totals[:] += np.bincount(keys, minlength=totals.shape[1])
        else:
            totals[0] += np.bincount(keys, weights[part], totals.shape[1])
            totals[1] += np.bincount(keys, weights[part] ** 2, totals.shape[1])
    return _rows_of_cells(totals, placed, models, both_bad, position)


def _rows_of_cells(
    totals: Floats, placed: Sequence[int], models: int, both_bad: BothBad, position: bool
) -> Rows:
    cells = totals.reshape(2, -1, len(OUTCOMES), models, models)[:, :, : BOTH_BAD + (both_bad == "tie")]
    cells = cells[:, :, :, list(placed)][..., list(placed)]
    sides, outcome, a, b = np.nonzero(cells[1])
    weight, square = cells[:, sides, outcome, a, b]
    return Rows(
        a=seal(a.astype(np.int32)),
        b=seal(b.astype(np.int32)),
        outcome=seal(np.minimum(outcome, TIE).astype(np.int8)),
        weight=np.ascontiguousarray(weight),
        square=np.ascontiguousarray(square),
        x=np.asarray(sides - 1.0, dtype=np.float64)[:, None][:, : int(position)],
        largest=np.ones(int(position)),
        names=name_effects(style=(), position=position),
        vote=np.zeros(0, dtype=np.int32),
    )


def _fitted(votes: Votes, part: Part, place: Codes, both_bad: BothBad) -> Codes:
    """The part's votes in the fit, as indices into the columns: four bytes each, of at most 2³¹ votes."""
    kept = (place[votes.a[part]] >= 0) & (place[votes.b[part]] >= 0)
    if both_bad == "out":
        kept &= votes.outcome[part] != BOTH_BAD
    found = np.flatnonzero(kept) + part.start if isinstance(part, slice) else part[kept]
    return np.asarray(found, dtype=np.int32)


def _gather(columns: Sequence[NDArray[Any]], vote: Codes) -> Floats:
    """(n, q) the votes' values, row by row."""
    x = np.empty((len(vote), len(columns)))

    def gather(start: int, stop: int) -> None:
        for first in range(start, stop, BLOCK):  # a row is written whole while it is in the cache
            last = min(first + BLOCK, stop)
            for place, column in enumerate(columns):
                if column.dtype == np.float64:
                    gather_column(column, vote, first, last, place, x)
                else:  # sides, of which there may be one number for all
                    x[first:last, place] = column[vote[first:last]]

    map_parts(gather, size=len(vote))
    return x


def check_columns(votes: Votes, *, style: Sequence[str], position: bool) -> None:
    """Raise UnsupportedParameter where the votes have no such covariate, or do not say the sides."""
    if position and votes.side is None:
        raise UnsupportedParameter(
            "The effect of the position needs to know which model was shown on the left, and these votes do "
            "not say."
        )
    for name in style:
        if name not in votes.covariates:
            known = ", ".join(votes.covariates) or "none"
            raise UnsupportedParameter(f"The votes have no covariate {name!r}; they have {known}.")


def _list_columns(votes: Votes, style: Sequence[str], position: bool) -> list[NDArray[Any]]:
    """The q columns of x."""
    check_columns(votes, style=style, position=position)
    sides = [votes.side] if position and votes.side is not None else []
    return [*sides, *(votes.covariates[name] for name in style)]
