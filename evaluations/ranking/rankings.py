"""From votes to a ranking: the one call that the page, the API, the shell and the benches make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from evaluations.errors import NothingToRank, UnsupportedParameter
from evaluations.ranking.arrays import seal
from evaluations.ranking.elo import POINTS
from evaluations.ranking.fits.components import Placement, place_models
from evaluations.ranking.fits.estimates import Estimate, estimate
from evaluations.ranking.fits.problems import pose_problem
from evaluations.ranking.fits.ranges import critical_value, rank_ranges
from evaluations.ranking.fits.rows import check_columns
from evaluations.ranking.fits.threads import one_blas_thread
from evaluations.ranking.pairs import BothBad, PairCounts, count_pairs
from evaluations.ranking.parameters import Cluster, Interval, Method, Parameters, Ties, Weights
from evaluations.ranking.results import Effect, Ranking
from evaluations.ranking.scales import CENTRE, PER_LOGIT
from evaluations.ranking.votes import Floats, Votes

MOST_MODELS: Final = 2_000  # tables of pairs grow with the square of the models, the fit with the cube
EQUAL_DECIMALS: Final = 9  # of log-odds: what differs in later digits only is rounding, and goes by name


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
    style: Sequence[str] = (),
    position: bool = False,
    weights: Weights = None,
    k: float = POINTS,
) -> Ranking:
    """Rank the models by the votes.

    method: "bradley-terry", or "elo" (with interval="orderings", cluster=None). ties: "half" a win each, or
    "davidson" for a parameter of their own. both_bad: such votes are a "tie" in the fit, or stay "out" of it; they
    are counted either way. interval: "sandwich", or "bootstrap" as a check on it. cluster: "rater" takes the votes of
    one rater together, "prompt" those on one prompt, "both" either; None takes every vote as independent.
    level: of intervals and rank ranges. prior: precision of a normal prior on θ around the mean, 0 for none.
    anchor: the model of score 1000. rounds: draws behind the rank ranges, bootstrap samples, or orderings.
    seed: of these; the same seed, the same bytes. style: names of the covariates to hold equal. position: estimate
    the effect of being shown on the left. weights: "inverse-probability" of each vote's draw. k: points of Elo.

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
        style=style,
        position=position,
        weights=weights,
        k=k,
    )
    with one_blas_thread():
        return rank_with(votes, parameters=parameters)


def rank_with(votes: Votes, *, parameters: Parameters) -> Ranking:
    """Rank the models by the votes, with parameters made before. Raises as `rank`."""
    check_request(votes, parameters=parameters)
    if len(votes.models) < 2 or not len(votes):
        raise NothingToRank(
            f"A ranking needs votes on at least two models; there are {len(votes)} votes on "
            f"{len(votes.models)} models."
        )
    if len(votes.models) > MOST_MODELS:
        raise UnsupportedParameter(
            f"A ranking has {MOST_MODELS:,} models at the most; the votes name {len(votes.models):,}. "
            "Is the column of models the right one?"
        )
    pairs = count_pairs(votes)
    # Elo and a prior give every model with a vote a number, but cannot give one to a model without any.
    connected = parameters.method != "elo" and not parameters.prior
    placement = place_models(pairs=pairs, both_bad=parameters.both_bad, connected=connected)
    anchor = _anchor_place(votes, placement, parameters.anchor)
    if not placement.placed:
        return _assemble(votes, pairs, placement, _nobody(), parameters)
    problem = pose_problem(
        votes=votes,
        pairs=pairs,
        placed=placement.placed,
        parameters=parameters,
    )
    return _assemble(votes, pairs, placement, estimate(problem, anchor=anchor), parameters)


def check_request(votes: Votes, *, parameters: Parameters) -> None:
    """Raise UnsupportedParameter where the votes lack a column, or a model, that the parameters ask for."""
    for noun in ("rater", "prompt"):
        if parameters.cluster in (noun, "both"):
            votes.groups(noun)
    check_columns(votes, style=parameters.style, position=parameters.position)
    if parameters.weights and votes.probability is None:
        raise UnsupportedParameter(
            'weights="inverse-probability" needs the probability of each draw, and these votes do not say it.'
        )
    if parameters.anchor is not None and parameters.anchor not in votes.models:
        raise UnsupportedParameter(f"The anchor {parameters.anchor!r} is not one of the models.")


def _anchor_place(votes: Votes, placement: Placement, anchor: str | None) -> int | None:
    if anchor is None:
        return None
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
        stretch=square,
        deviations=np.empty((1, 0)),
        freedom=None,
        iterations=0,
        converged=True,
        names=(),
        effects=none,
        effect_errors=none,
        effect_lower=none,
        effect_upper=none,
    )


def _assemble(
    votes: Votes, pairs: PairCounts, placement: Placement, found: Estimate, parameters: Parameters
) -> Ranking:
    # Placed models come by name, so equals stay by name.
    order = np.argsort(-np.round(found.strength, EQUAL_DECIMALS), kind="stable")
    placed = [placement.placed[number] for number in order]
    number_of = {name: number for number, name in enumerate(pairs.models)}
    ordered = pairs.select([*placed, *(number_of[name] for name, _ in placement.unplaced)])
    wins = ordered.half_ties(both_bad=parameters.both_bad)[: len(placed)]
    losses = ordered.half_ties(both_bad=parameters.both_bad).T[: len(placed)]
    critical = critical_value(
        deviations=found.deviations,
        errors=found.difference_errors,
        freedom=found.freedom,
        level=parameters.level,
    )
    errors = found.difference_errors * found.stretch
    low, high = rank_ranges(strength=found.strength, errors=errors, critical=critical)
    names = [*(pairs.models[number] for number in placement.placed), *found.names]
    return Ranking(
        models=ordered.models[: len(placed)],
        strength=seal(found.strength[order] + 0.0),  # no minus zero
        standard_error=seal(found.standard_error[order]),
        score=_scores(found.strength[order]),
        lower=_scores(found.lower[order]),
        upper=_scores(found.upper[order]),
        rank_low=seal(low[order]),
        rank_high=seal(high[order]),
        difference_error=seal(_apart(errors[np.ix_(order, order)])),
        effects=_effects(found),
        critical=critical,
        votes=seal(ordered.battles[: len(placed)].sum(axis=1)),
        both_bad=seal(ordered.both_bad[: len(placed)].sum(axis=1)),
        win_rate=seal(wins.sum(axis=1) / (wins + losses).sum(axis=1)),
        converged=found.converged,
        iterations=found.iterations,
        components=placement.components,
        unplaced=placement.unplaced,
        cautions=tuple((names[number], sentence) for number, sentence in found.cautions),
        pairs=ordered,
        raters=votes.count_groups("rater"),
        total=len(votes),
        parameters=parameters,
    )


def _apart(errors: Floats) -> Floats:
    """A model does not differ from itself."""
    np.fill_diagonal(errors, 0.0)
    return errors


def _effects(found: Estimate) -> tuple[Effect, ...]:
    columns = (found.effects, found.effect_errors, found.effect_lower, found.effect_upper)
    values = zip(found.names, *(column.tolist() for column in columns), strict=True)
    return tuple(
        Effect(name=name, value=value, standard_error=error, lower=lower, upper=upper)
        for name, value, error, lower, upper in values
    )


def _scores(strength: Floats) -> Floats:
    return seal(CENTRE + PER_LOGIT * strength)
