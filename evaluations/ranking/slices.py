"""Rankings of many parts of the same votes: by category, by language, with and without some raters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import NotConverged, NothingToRank, UnsupportedParameter
from evaluations.ranking.fits.threads import one_blas_thread
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.rankings import check_request, rank_with
from evaluations.ranking.reports.texts import count_things
from evaluations.ranking.results import Ranking
from evaluations.ranking.votes import Votes


@dataclass(frozen=True, eq=False, kw_only=True)
class Slice:
    """One part of the votes: its ranking, or the reason why there is none."""

    name: str
    votes: int
    ranking: Ranking | None
    reason: str | None


def rank_slices(
    votes: Votes,
    *,
    slices: Mapping[str, NDArray[np.bool_]],
    parameters: Parameters | None = None,
    fewest: int = 1,
) -> tuple[Slice, ...]:
    """Rank each slice of the votes by itself, in the order given, all with the same parameters.

    slices: (N,) booleans by name, which may overlap; the columns are read through them and never copied.
    fewest: votes that a slice must have to be ranked. parameters: by default those of `rank`.

    A slice that cannot be ranked has the reason in its place: too few votes, or why `rank` refuses it, as where an
    anchor cannot be placed in it. Raises BadVotes on a mask of another length or type; UnsupportedParameter where
    the votes as a whole lack what the parameters ask for.
    """
    chosen = parameters or Parameters()
    check_request(votes, parameters=chosen)
    with one_blas_thread():
        return tuple(
            _rank_slice(votes.select(mask), name=name, parameters=chosen, fewest=fewest)
            for name, mask in slices.items()
        )


def _rank_slice(votes: Votes, *, name: str, parameters: Parameters, fewest: int) -> Slice:
    size = len(votes)
    if size < fewest:
        reason = f"has {count_things(size, 'vote')}, and {fewest:,} are needed"
        return Slice(name=name, votes=size, ranking=None, reason=reason)
    try:
        return Slice(name=name, votes=size, ranking=rank_with(votes, parameters=parameters), reason=None)
    except (NothingToRank, NotConverged, UnsupportedParameter) as error:
        return Slice(name=name, votes=size, ranking=None, reason=str(error))
