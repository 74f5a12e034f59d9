"""How few votes, or raters, a place on the board rests on.

The smallest set whose removal turns the order of two models is found by influence (Huang, Shen, Wei & Broderick 2025,
arXiv 2508.11847, after Broderick, Giordano & Meager 2020): the most influential first, as many as the first order says.
It is then confirmed by fitting again without them, and made as small as the order of influence allows. A smaller set of
another make may exist; that this one turns the order is certain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import NotConverged, UnsupportedParameter
from evaluations.ranking.fits.components import place_models
from evaluations.ranking.fits.estimates import fit_problem
from evaluations.ranking.fits.influences import influence_votes, invert_information
from evaluations.ranking.fits.problems import Problem, pose_problem
from evaluations.ranking.fits.threads import one_blas_thread
from evaluations.ranking.pairs import count_pairs
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.rankings import EQUAL_DECIMALS
from evaluations.ranking.scales import PER_LOGIT
from evaluations.ranking.votes import Floats, Votes

Unit: TypeAlias = Literal["vote", "rater"]
Measure: TypeAlias = Callable[[NDArray[np.intp]], float | None]
Found: TypeAlias = tuple[NDArray[np.intp], float]

SINGLES: Final = 50  # raters who are tried alone, the most influential first


@dataclass(frozen=True, eq=False, kw_only=True)
class Turn:
    """What it takes to put `below` above `above`.

    unit: "vote" or "rater". removed: the votes, as indices into the columns, or the codes of the raters, the most
    influential first; empty where there is none. of: how many there are. gap, gap_after: points between the two
    models before and after. reason: why no set was found, or None.
    """

    unit: Unit
    above: str
    below: str
    removed: NDArray[np.intp]
    of: int
    gap: float
    gap_after: float | None
    reason: str | None


@dataclass(frozen=True, eq=False, kw_only=True)
class _State:
    """The fit of the votes that are left: names and strengths of the placed, and how to ask for influence."""

    problem: Problem
    strengths: dict[str, float]
    influence: Callable[[str, str], tuple[NDArray[np.intp], Floats]]

    def measure_gap(self, above: str, below: str) -> float:
        """In log-odds; 0 where the board has the two as equal, and puts them by name."""
        return round(self.strengths[above] - self.strengths[below], EQUAL_DECIMALS) + 0.0


def turn_order(
    votes: Votes,
    *,
    unit: Unit = "vote",
    parameters: Parameters | None = None,
    above: str | None = None,
    below: str | None = None,
) -> Turn:
    """The smallest set found of votes, or of raters with all of their votes, whose removal turns an order.

    above, below: the models; by default the leader, and whichever other takes the fewest to overtake it.
    parameters: those of the ranking, of which intervals play no part.

    Raises UnsupportedParameter where a model is not ranked, the order is the other one, raters are unknown, or the
    method is Elo; what `rank` raises, on the votes.
    """
    chosen = parameters or Parameters(cluster=None)
    if chosen.method == "elo":
        raise UnsupportedParameter("The influence of a vote on Elo depends on the order: use bradley-terry.")
    if unit not in get_args(Unit):
        raise UnsupportedParameter(f"unit is {unit!r}; it can be 'vote' or 'rater'.")
    if unit == "rater":
        votes.groups("rater")
    with one_blas_thread():
        state = _fit(votes, chosen)
        best: Turn | None = None
        for leader, other in _list_pairs(state, above, below):
            found = _turn(votes, state, chosen, unit, leader, other, best)
            if best is None or (found.reason is None and not 0 < len(best.removed) <= len(found.removed)):
                best = found
        if best is None:
            raise UnsupportedParameter("Fewer than two models are ranked: there is no order to turn.")
        return best


def _list_pairs(state: _State, above: str | None, below: str | None) -> Iterator[tuple[str, str]]:
    """The pairs to try: the one named, or the leader with each other, the closest first."""
    names = sorted(state.strengths, key=lambda name: (-round(state.strengths[name], EQUAL_DECIMALS), name))
    for name in (above, below):
        if name is not None and name not in state.strengths:
            raise UnsupportedParameter(f"The model {name!r} is not ranked.")
    leader = above or names[0]
    others = [below] if below else [name for name in names if state.measure_gap(leader, name) >= 0]
    for other in others:
        if other == leader and below is None:
            continue
        if other == leader or state.measure_gap(leader, other) < 0:
            raise UnsupportedParameter(
                f"The model {leader!r} is not above {other!r}: name them the other way round."
            )
        yield leader, other


def _fit(votes: Votes, parameters: Parameters) -> _State:
    pairs = count_pairs(votes)
    placement = place_models(pairs=pairs, both_bad=parameters.both_bad, connected=not parameters.prior)
    if not placement.placed:
        raise UnsupportedParameter("No model is ranked: there is no order to turn.")
    problem = pose_problem(
        votes=votes,
        pairs=pairs,
        placed=placement.placed,
        parameters=parameters,
    )
    fit = fit_problem(problem)
    names = [votes.models[number] for number in placement.placed]
    inverse: list[Floats] = []

    def influence(above: str, below: str) -> tuple[NDArray[np.intp], Floats]:
        if not inverse:
            inverse.append(invert_information(problem, fit))
        direction = inverse[0][:, names.index(above)] - inverse[0][:, names.index(below)]
        return influence_votes(problem, fit, direction=direction)

    strengths = dict(zip(names, fit.strength.tolist(), strict=True))
    return _State(problem=problem, strengths=strengths, influence=influence)


def _turn(
    votes: Votes, state: _State, parameters: Parameters, unit: Unit, above: str, below: str, best: Turn | None
) -> Turn:
    """Turn one pair; without refits where even the first order says that `best` takes fewer."""
    gap = state.measure_gap(above, below)
    order, sums = _rank_units(votes, state, unit, above, below)
    of = len(votes) if unit == "vote" else votes.count_groups("rater")
    needed = int(np.searchsorted(sums, gap, side="right")) + 1
    nothing = np.zeros(0, dtype=np.intp)

    def tell(removed: NDArray[np.intp], after: float | None, reason: str | None) -> Turn:
        points = None if after is None else float(after * PER_LOGIT)
        return Turn(
            unit=unit,
            above=above,
            below=below,
            removed=removed,
            of=of,
            gap=float(gap * PER_LOGIT),
            gap_after=points,
            reason=reason,
        )

    # A single rater may do what the first order gives to several.
    enough = 0 if best is None else max(2 * len(best.removed), 8 if unit == "rater" else 0)
    if best is not None and best.reason is None and needed > enough:
        return tell(nothing, None, "takes more than another pair")
    measure = _measure_gap(votes, parameters, unit, above, below)
    found = _confirm(measure, order, min(needed, len(order)))
    if found is not None and unit == "rater" and len(found[0]) > 1:
        found = _try_singles(measure, order) or found
    if found is None:
        return tell(
            nothing, None, f"no set of {unit}s was found whose removal turns the order and leaves both ranked"
        )
    return tell(*found, None)


def _rank_units(
    votes: Votes, state: _State, unit: Unit, above: str, below: str
) -> tuple[NDArray[np.intp], Floats]:
    """Units that hold the order up, the most influential first, and the running sum of their influence."""
    numbers, values = state.influence(above, below)
    if unit == "rater":
        codes, count = votes.groups("rater")
        values = np.bincount(codes[numbers], values, count).astype(np.float64, copy=False)
        numbers = np.arange(count, dtype=np.intp)
    holding = np.flatnonzero(values > 0)
    order = holding[np.argsort(-values[holding], kind="stable")]
    return numbers[order], np.cumsum(values[order])


def _measure_gap(votes: Votes, parameters: Parameters, unit: Unit, above: str, below: str) -> Measure:
    """The gap of the two by a fit without some units; None where they are no longer both ranked."""

    def measure(removed: NDArray[np.intp]) -> float | None:
        try:
            left = _fit(votes.select(_keep(votes, unit, removed)), parameters)
        except (NotConverged, UnsupportedParameter):
            return None
        return left.measure_gap(above, below) if {above, below} <= left.strengths.keys() else None

    return measure


def _try_singles(measure: Measure, order: NDArray[np.intp]) -> Found | None:
    """A rater who turns the order alone: of one with many votes the first order is no good guess."""
    for single in range(min(SINGLES, len(order))):
        removed = order[single : single + 1]
        gap = measure(removed)
        if gap is not None and gap < 0:
            return removed, gap
    return None


def _confirm(measure: Measure, order: NDArray[np.intp], guess: int) -> Found | None:
    """The fewest units, in their order, whose removal turns the order by a fit, and the gap then."""
    low, high = 0, min(max(guess, 1), len(order))
    gap = measure(order[:high]) if high else 0.0
    while gap is not None and gap >= 0:  # the order stands: more must go
        if high == len(order):
            return None
        low, high = high, min(len(order), high + max(1, high // 4))
        gap = measure(order[:high])
    found = None
    while True:  # at `low` the order stands; at `high` it is turned, or too much is gone to rank both
        if gap is not None:
            found = (order[:high], gap)
        if high - low <= 1:
            return found
        middle = (low + high) // 2
        between = measure(order[:middle])
        if between is not None and between >= 0:
            low, gap = middle, None
        else:
            high, gap = middle, between


def _keep(votes: Votes, unit: Unit, removed: NDArray[np.intp]) -> NDArray[np.bool_]:
    codes, count = votes.groups("rater") if unit == "rater" else (None, len(votes.outcome))
    kept = np.ones(count, dtype=np.bool_)
    kept[removed] = False
    return kept if codes is None else kept[codes]
