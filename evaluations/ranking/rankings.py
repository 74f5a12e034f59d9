"""From votes to a ranking: the one call that the page, the API, the shell and the benches make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import NothingToRank, UnsupportedParameter
from evaluations.ranking.components import Placement, place_models
from evaluations.ranking.elo import PER_LOGIT
from evaluations.ranking.estimates import Estimate, estimate
from evaluations.ranking.pairs import BothBad, Counts, Floats, PairCounts, count_pairs
from evaluations.ranking.parameters import Cluster, Interval, Method, Parameters, Ties
from evaluations.ranking.ranges import critical_value, rank_ranges
from evaluations.ranking.votes import Votes

Number = TypeVar("Number", bound=np.number[Any])

CENTRE: Final = 1000.0  # the score of strength 0: the mean of the models ranked, or the anchor
STRENGTH_DECIMALS: Final = 9  # what is given out: the digits that rounding on another machine does not reach
SCORE_DECIMALS: Final = 6


@dataclass(frozen=True, eq=False, kw_only=True)
class Ranking:
    """K ranked models, the strongest first, ties by name; arrays are (K,) in this order, and read-only.

    strength: θ, log-odds; sums to zero, or is 0 at the anchor. standard_error: of strength (0 at the anchor).
    score: 1000 + 400/ln 10 · θ. lower, upper: interval of the score at `level`, each model on its own.
    rank_low, rank_high: best and worst place, from 1; all K ranges hold together at `level`.
    critical: the largest |t| over all pairs of models that the ranges allow for.
    votes: votes on the model, every outcome and opponent. both_bad: those that called both bad.
    win_rate: share won of the votes in the fit's outcomes, ties half, every opponent.
    converged: always true, as no convergence is an error. iterations: Newton steps; for Elo, orderings.
    components: names in each strongly connected part of the win graph, the largest first.
    unplaced: (model, reason) for each model that the votes cannot place. cautions: (model, sentence) for each
    interval that rests on an assumption. pairs: counts by pair, the ranked models first, then the unplaced.
    raters: how many voted, 0 where unknown. total: all votes. parameters: all of them.
    """

    models: tuple[str, ...]
    strength: Floats
    standard_error: Floats
    score: Floats
    lower: Floats
    upper: Floats
    rank_low: Counts
    rank_high: Counts
    critical: float
    votes: Counts
    both_bad: Counts
    win_rate: Floats
    converged: bool
    iterations: int
    components: tuple[tuple[str, ...], ...]
    unplaced: tuple[tuple[str, str], ...]
    cautions: tuple[tuple[str, str], ...]
    pairs: PairCounts
    raters: int
    total: int
    parameters: Parameters


def rank(
    votes: Votes,
    *,
    method: Method = "bradley-terry",
    ties: Ties = "half",
    both_bad: BothBad = "tie",
    interval: Interval = "sandwich",
    cluster: Cluster = "rater",
    level: float = 0.95,
    prior: float = 0.0,
    anchor: str | None = None,
    rounds: int = 1000,
    seed: int = 0,
) -> Ranking:
    """Rank the models by the votes.

    method: "bradley-terry", or "elo" (with interval="orderings", cluster=None). ties: "half" a win each.
    both_bad: such votes are a "tie" in the fit, or stay "out" of it; they are counted either way.
    interval: "sandwich", or "bootstrap" as a check on it. cluster: "rater" takes the votes of one rater
    together; None takes every vote as independent. level: of intervals and rank ranges.
    prior: precision of a normal prior on θ around the mean, 0 for none. anchor: the model of score 1000.
    rounds: draws behind the rank ranges, or bootstrap samples. seed: of these; the same seed, the same bytes.

    Models that the votes cannot place are in `unplaced`, and the ranking is of the others: of nobody, if no
    two models have both won and lost against each other, directly or through others.

    Raises UnsupportedParameter, NothingToRank (no votes, fewer than two models), NotConverged.
    """
    parameters = Parameters(
        method=method,
        ties=ties,
        both_bad=both_bad,
        interval=interval,
        cluster=cluster,
        level=level,
        prior=prior,
        anchor=anchor,
        rounds=rounds,
        seed=seed,
    )
    _check(votes, parameters)
    pairs = count_pairs(votes)
    # Elo and a prior give every model with a vote a number, but cannot give one to a model without any.
    placement = place_models(pairs=pairs, both_bad=both_bad, connected=method != "elo" and not prior)
    place = _anchor_place(votes, placement, anchor)
    if not placement.placed:
        return _assemble(votes, pairs, placement, _nobody(), parameters)
    found = estimate(
        votes=votes,
        pairs=pairs.select(placement.placed),
        placed=placement.placed,
        anchor=place,
        parameters=parameters,
    )
    return _assemble(votes, pairs, placement, found, parameters)


def _check(votes: Votes, parameters: Parameters) -> None:
    if len(votes.models) < 2 or not len(votes):
        raise NothingToRank(
            f"A ranking needs votes on at least two models; there are {len(votes)} votes on "
            f"{len(votes.models)} models."
        )
    if parameters.cluster == "rater":
        _ = votes.known_rater


def _anchor_place(votes: Votes, placement: Placement, anchor: str | None) -> int | None:
    if anchor is None:
        return None
    if anchor not in votes.models:
        raise UnsupportedParameter(f"The anchor {anchor!r} is not one of the models.")
    reason = dict(placement.unplaced).get(anchor)
    if reason is not None:
        raise UnsupportedParameter(f"The anchor {anchor!r} cannot be placed: it {reason}.")
    return placement.placed.index(votes.models.index(anchor))


def _nobody() -> Estimate:
    none, square = np.empty(0), np.empty((0, 0))
    return Estimate(
        strength=none,
        standard_error=none,
        lower=none,
        upper=none,
        difference_errors=square,
        deviations=np.empty((1, 0)),
        iterations=0,
        converged=True,
    )


def _assemble(
    votes: Votes, pairs: PairCounts, placement: Placement, found: Estimate, parameters: Parameters
) -> Ranking:
    strength = _rounded(found.strength, STRENGTH_DECIMALS)
    order = np.argsort(-strength, kind="stable")  # placed models come by name, so equals stay by name
    placed = [placement.placed[number] for number in order]
    number_of = {name: number for number, name in enumerate(pairs.models)}
    ordered = pairs.select([*placed, *(number_of[name] for name, _ in placement.unplaced)])
    wins = ordered.half_ties(both_bad=parameters.both_bad)[: len(placed)]
    losses = ordered.half_ties(both_bad=parameters.both_bad).T[: len(placed)]
    critical = critical_value(
        deviations=found.deviations, errors=found.difference_errors, level=parameters.level
    )
    low, high = rank_ranges(strength=strength, errors=found.difference_errors, critical=critical)
    names = [pairs.models[number] for number in placement.placed]
    return Ranking(
        models=ordered.models[: len(placed)],
        strength=_sealed(strength[order]),
        standard_error=_sealed(_rounded(found.standard_error[order], STRENGTH_DECIMALS)),
        score=_scores(found.strength[order]),
        lower=_scores(found.lower[order]),
        upper=_scores(found.upper[order]),
        rank_low=_sealed(low[order]),
        rank_high=_sealed(high[order]),
        critical=round(critical, SCORE_DECIMALS),
        votes=_sealed(ordered.battles[: len(placed)].sum(axis=1)),
        both_bad=_sealed(ordered.both_bad[: len(placed)].sum(axis=1)),
        win_rate=_sealed(wins.sum(axis=1) / (wins + losses).sum(axis=1)),
        converged=found.converged,
        iterations=found.iterations,
        components=placement.components,
        unplaced=placement.unplaced,
        cautions=tuple((names[number], sentence) for number, sentence in found.cautions),
        pairs=ordered,
        raters=votes.raters,
        total=len(votes),
        parameters=parameters,
    )


def _rounded(values: Floats, decimals: int) -> Floats:
    return np.round(values, decimals) + 0.0  # no minus zero


def _scores(strength: Floats) -> Floats:
    return _sealed(_rounded(CENTRE + PER_LOGIT * strength, SCORE_DECIMALS))


def _sealed(values: NDArray[Number]) -> NDArray[Number]:
    values.flags.writeable = False
    return values
