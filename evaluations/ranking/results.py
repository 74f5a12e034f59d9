"""What a ranking returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evaluations.ranking.pairs import Counts, PairCounts
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.votes import Floats

SHOWN: Final = 10  # models in a ranking's own words


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What else moves a vote, in log-odds: "position" (γ, of being left), a covariate, or "ties" (log ν).

    standard_error, lower, upper: as of the scores, of this effect on its own.
    """

    name: str
    value: float
    standard_error: float
    lower: float
    upper: float


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Ranking:
    """K ranked models, the strongest first, ties by name; arrays are (K,) in this order, and read-only.

    strength: θ, log-odds; sums to zero, or is 0 at the anchor. standard_error: of strength (0 at the anchor).
    score: 1000 + 400/ln 10 · θ. lower, upper: interval of the score at `level`, each model on its own.
    rank_low, rank_high: best and worst place, from 1; all K ranges hold together at `level`.
    difference_error: (K, K) errors of θ_i − θ_j, log-odds, of which the ranges allow for `critical`: standard errors,
    larger where one of the two was judged by fewer clusters than there are.
    effects: what else the fit estimates, in the order: position, style, ties.
    critical: the largest |t| over all pairs of models that the ranges allow for.
    votes: votes on the model, every outcome and opponent. both_bad: those that called both bad.
    win_rate: share won of the votes in the fit's outcomes, ties half, every opponent.
    converged: always true, as no convergence is an error. iterations: Newton steps; for Elo, orderings.
    components: names in each strongly connected part of the win graph, the largest first.
    unplaced: (model, reason) for each model that the votes cannot place. cautions: (model or effect, sentence) for
    each interval that rests on an assumption. pairs: counts by pair, the ranked models first, then the unplaced.
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
    difference_error: Floats
    effects: tuple[Effect, ...]
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

    def __repr__(self) -> str:
        """A few words for a notebook; `reports.tables.as_table` prints all of it."""
        lines = [
            f"{low}–{high}  {model}  {score:.0f} ({lower:.0f} to {upper:.0f})"
            for low, high, model, score, lower, upper in zip(
                self.rank_low, self.rank_high, self.models, self.score, self.lower, self.upper, strict=True
            )
        ]
        more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        head = (
            f"Ranking of {len(self.models)} models by {self.total:,} votes, {len(self.unplaced)} not placed"
        )
        return "\n".join([head, *lines[:SHOWN], *more])
