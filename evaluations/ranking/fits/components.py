"""Which models the votes can place on one scale, and why the others cannot be placed yet.

A finite estimate exists for a set of models exactly when every split of it in two has a win in either
direction, that is when its win graph is strongly connected (Ford 1957, American Mathematical Monthly 64).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import breadth_first_order, connected_components

from evaluations.ranking.pairs import BothBad, PairCounts
from evaluations.ranking.votes import Floats

NO_VOTES: Final = "has no votes"
ONLY_BOTH_BAD: Final = "has only votes that called both answers bad, and these are left out"
WON_ALL: Final = "has won every battle"
LOST_ALL: Final = "has lost every battle"
APART: Final = "is never compared, directly or through others, with the models of the largest group"
NEVER_LOST: Final = (
    "has never lost or tied against the models of the largest group, directly or through others"
)
NEVER_WON: Final = "has never won or tied against the models of the largest group, directly or through others"
ONE_SIDED: Final = (
    "is compared with the models of the largest group only through models that always won or always lost"
)
NO_GROUP: Final = "is in no group of models that have both won and lost against each other"


@dataclass(frozen=True, kw_only=True)
class Placement:
    """placed: codes of the models that can be ranked, by name. unplaced: (name, reason), by name.

    components: names of the models in each strongly connected part of the win graph, the largest first.
    """

    placed: tuple[int, ...]
    unplaced: tuple[tuple[str, str], ...]
    components: tuple[tuple[str, ...], ...]


def place_models(*, pairs: PairCounts, both_bad: BothBad, connected: bool = True) -> Placement:
    """Find the models to rank: the largest component, most votes breaking ties, then the first name.

    A component of one model is no group: then none is ranked. Without `connected` (as with a prior, or for
    Elo) every model is ranked that has a vote in the fit.
    """
    wins = pairs.half_ties(both_bad=both_bad)
    by_name = sorted(range(len(pairs.models)), key=pairs.models.__getitem__)
    groups = _components(wins, by_name)
    reasons = _reasons(pairs, wins, groups[0]) if connected else _silences(pairs, wins)
    placed = tuple(number for number in by_name if number not in reasons)
    return Placement(
        placed=placed,
        unplaced=tuple((pairs.models[number], reasons[number]) for number in by_name if number in reasons),
        components=tuple(tuple(pairs.models[number] for number in group) for group in groups),
    )


def _components(wins: Floats, by_name: list[int]) -> list[list[int]]:
    _, label = connected_components(wins > 0, directed=True, connection="strong")
    groups: dict[int, list[int]] = {}
    for number in by_name:
        groups.setdefault(int(label[number]), []).append(number)

    def largest_first(group: list[int]) -> tuple[int, float]:
        return -len(group), -float(wins[np.ix_(group, group)].sum())

    return sorted(groups.values(), key=largest_first)  # stable: the first name breaks what is left


def _silences(pairs: PairCounts, wins: Floats) -> dict[int, str]:
    silent = np.flatnonzero((wins + wins.T).sum(axis=1) == 0)
    return {int(number): _silence(pairs, int(number)) for number in silent}


def _reasons(pairs: PairCounts, wins: Floats, largest: list[int]) -> dict[int, str]:
    """Why each model outside of the largest group has no place."""
    alone = len(largest) == 1
    met = _reached((wins + wins.T) > 0, largest[0])
    below = _reached(wins > 0, largest[0])  # a chain of wins or ties leads from the group to them
    above = _reached(wins.T > 0, largest[0])
    reasons: dict[int, str] = {}
    for number in range(len(wins)) if alone else sorted(set(range(len(wins))) - set(largest)):
        won, lost = float(wins[number].sum()), float(wins[:, number].sum())
        if won + lost == 0:
            reasons[number] = _silence(pairs, number)
        elif not (alone or met[number]):
            reasons[number] = APART
        elif lost == 0 or won == 0:
            reasons[number] = WON_ALL if lost == 0 else LOST_ALL
        elif alone:
            reasons[number] = NO_GROUP
        elif above[number] or below[number]:
            reasons[number] = NEVER_LOST if above[number] else NEVER_WON
        else:
            reasons[number] = ONE_SIDED
    return reasons


def _silence(pairs: PairCounts, number: int) -> str:
    return ONLY_BOTH_BAD if pairs.both_bad[number].any() else NO_VOTES


def _reached(edges: NDArray[np.bool_], root: int) -> NDArray[np.bool_]:
    reached = np.zeros(len(edges), dtype=np.bool_)
    order = breadth_first_order(edges, root, directed=True, return_predecessors=False)
    reached[order] = True
    return reached
