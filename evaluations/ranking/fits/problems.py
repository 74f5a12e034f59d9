"""What one ranking has to estimate: votes, the models that can be placed, and how each vote counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evaluations.ranking.fits.davidson import has_tie_parameter
from evaluations.ranking.fits.rows import Rows, count_cells, list_votes
from evaluations.ranking.pairs import PairCounts, PairWeights, weigh_pairs
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.votes import Floats, Votes


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem:
    """K placed models among the votes' models, and the sums of weights that the fit starts from.

    placed: codes of the placed models, by name. weights: (N,) of the votes in the columns, or None for ones.
    totals, squares: (K, K) sums of weights, and of squared weights, of the placed models. davidson: ties have a
    parameter of their own.
    """

    votes: Votes
    placed: tuple[int, ...]
    parameters: Parameters
    weights: Floats | None
    totals: PairWeights
    squares: PairWeights
    davidson: bool

    @property
    def plain(self) -> bool:
        """Whether the pair counts hold all that the fit needs."""
        return not (self.davidson or self.parameters.style or self.parameters.position)

    @property
    def silent(self) -> NDArray[np.bool_]:
        """(K,) models that have only ties."""
        decided: NDArray[np.bool_] = (self.totals.wins + self.totals.wins.T).sum(axis=1) == 0
        return decided

    @cached_property
    def single_votes(self) -> Rows:
        """A row for every vote."""
        parameters = self.parameters
        return list_votes(
            self.votes,
            placed=self.placed,
            both_bad=parameters.both_bad,
            style=parameters.style,
            position=parameters.position,
            weights=self.weights,
        )

    @cached_property
    def rows(self) -> Rows:
        """As few rows as hold the votes: without covariates, one for all votes that are alike."""
        if self.parameters.style:
            return self.single_votes
        parameters = self.parameters
        return count_cells(
            self.votes,
            placed=self.placed,
            both_bad=parameters.both_bad,
            position=parameters.position,
            weights=self.weights,
        )


def pose_problem(
    *, votes: Votes, pairs: PairCounts, placed: tuple[int, ...], parameters: Parameters
) -> Problem:
    """pairs: counts of all the votes' models. Raises UnsupportedParameter where ν has no finite value."""
    both_bad, weights = parameters.both_bad, invert_probabilities(votes) if parameters.weights else None
    if weights is None:
        totals = squares = pairs.weigh(both_bad=both_bad).select(placed)
    else:
        totals = weigh_pairs(votes, weights=weights, both_bad=both_bad).select(placed)
        squares = weigh_pairs(votes, weights=weights**2, both_bad=both_bad).select(placed)
    return Problem(
        votes=votes,
        placed=placed,
        parameters=parameters,
        weights=weights,
        totals=totals,
        squares=squares,
        davidson=parameters.ties == "davidson" and has_tie_parameter(totals, prior=parameters.prior),
    )


def invert_probabilities(votes: Votes) -> Floats:
    """(N,) weights 1/probability of each vote's draw, with mean one over the chosen votes.

    With them the fit estimates what a draw of every pair alike would have shown (Horvitz & Thompson 1952).
    votes: they have probabilities.
    """
    assert votes.probability is not None  # noqa: S101 - `rankings.check_request` has said so in words
    inverse = votes.probability.min(initial=1.0) / votes.probability  # at most one, however small the chances
    total = sum(float(inverse[part].sum()) for part in votes.parts())
    return np.asarray(inverse * (len(votes) / total)) if total else inverse
