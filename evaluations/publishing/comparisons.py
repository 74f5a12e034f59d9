"""What two models may be expected to do against each other: from the fit of all votes, and from those on the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from evaluations.publishing.votes import CountedVotes
from evaluations.ranking import Ranking, Votes, rank
from evaluations.ranking.agreement import wilson_intervals
from evaluations.ranking.votes import BOTH_BAD, TIE, A, B, Floats

# Beyond this difference, in log-odds, an expected score is 0 or 1 to the last digit of a double.
FARTHEST: Final = 700.0
LEVEL_SCORE: Final = 0.5
NEGLIGIBLE: Final = 1e-15  # a variance that is rounding


@dataclass(frozen=True, kw_only=True)
class Score:
    """A share of wins in [0, 1], a tie counting as half of one, with its interval."""

    score: float
    lower: float
    upper: float

    @property
    def separated(self) -> bool:
        """Whether the interval leaves level out."""
        return self.lower > LEVEL_SCORE or self.upper < LEVEL_SCORE


@dataclass(frozen=True, eq=False, kw_only=True)
class Differences:
    """Strengths of the K ranked models, and how sure every difference of two is.

    strength: (K,) log-odds. error: (K, K) standard errors of θ_i − θ_j. reach: how many of them an interval at
    `level` reaches. nu: Davidson's parameter of ties, 0 where a tie is half a win.
    """

    models: tuple[str, ...]
    strength: Floats
    error: Floats
    reach: float
    level: float
    nu: float

    def expect(self, model: str, rival: str) -> Score | None:
        """The model's expected score against the rival; None where one of the two is not ranked.

        The interval is of this pair alone, not of all pairs at once as the ranges of ranks are.
        """
        if model not in self.models or rival not in self.models:
            return None
        i, j = self.models.index(model), self.models.index(rival)
        difference = float(self.strength[i] - self.strength[j])
        spread = self.reach * float(self.error[i, j])
        score, lower, upper = (
            _expect(value, self.nu) for value in (difference, difference - spread, difference + spread)
        )
        return Score(score=score, lower=lower, upper=upper)


@dataclass(frozen=True, kw_only=True)
class PairRecord:
    """What the votes on two models say, whatever the others did. won: None without a vote that counts.

    raters: how many cast them.
    """

    wins: int
    losses: int
    ties: int
    both_bad: int
    raters: int
    won: Score | None

    @property
    def votes(self) -> int:
        return self.wins + self.losses + self.ties + self.both_bad


def measure_differences(votes: CountedVotes, *, parameters: Mapping[str, Any]) -> Differences:
    """Fit all votes as the snapshot was, with parameters of `rank`. Raises RankingError."""
    ranking = rank(votes.ballots, **parameters)
    ties = next((effect.value for effect in ranking.effects if effect.name == "ties"), None)
    return Differences(
        models=ranking.models,
        strength=ranking.strength,
        error=ranking.difference_error,
        reach=_find_reach(ranking, votes.ballots),
        level=ranking.parameters.level,
        nu=0.0 if ties is None else float(np.exp(ties)),
    )


def record_pair(
    votes: CountedVotes,
    *,
    model: str,
    rival: str,
    level: float,
    part: NDArray[np.bool_] | None = None,
    both_bad: str = "tie",
) -> PairRecord:
    """The votes in which the two meet, all or those under the (N,) mask. both_bad: such votes are a "tie" in the
    score, or stay "out" of it."""
    first, other = votes.models.index(model), votes.models.index(rival)
    on_left = (votes.left == first) & (votes.right == other)
    met = on_left | ((votes.left == other) & (votes.right == first))
    met = met if part is None else met & part
    result = score_votes(votes.outcome[met], on_left=on_left[met])
    outcome, rater = votes.outcome[met], votes.rater[met]
    counts = outcome != BOTH_BAD if both_bad == "out" else np.ones(len(outcome), dtype=np.bool_)
    return PairRecord(
        wins=int((result == 1.0).sum()),
        losses=int((result == 0.0).sum()),
        ties=int((outcome == TIE).sum()),
        both_bad=int((outcome == BOTH_BAD).sum()),
        raters=len(np.unique(rater)),
        won=measure_score(result[counts], clusters=rater[counts], level=level) if counts.any() else None,
    )


def score_votes(outcome: NDArray[np.int64], *, on_left: NDArray[np.bool_]) -> Floats:
    """(N,) 1 where the model won, 0 where it lost, ½ where nobody did. on_left: where it stood on the left."""
    sided = (outcome == A) | (outcome == B)
    return np.where(sided, (outcome == np.where(on_left, A, B)).astype(np.float64), 0.5)


def measure_score(score: Floats, *, clusters: NDArray[np.int64], level: float) -> Score:
    """The mean of N scores in [0, 1] with Wilson's interval, of as many votes as the clusters are worth.

    Votes of one rater are not independent: N is divided by the design effect and by (t/z)² of the clusters, but never
    raised (Korn & Graubard 1998, Survey Methodology 24, with Wilson's interval in place of the exact one). Where all
    agree, or one rater voted alone, there is no variance to measure, and each cluster counts as one vote.
    """
    mean, worth = float(score.mean()), _count_worth(score, clusters, level=level)
    lower, upper = wilson_intervals(share=np.array([mean]), trials=np.array([worth]), level=level)
    return Score(score=mean, lower=float(lower[0]), upper=float(upper[0]))


def _count_worth(score: Floats, clusters: NDArray[np.int64], *, level: float) -> float:
    """Independent votes that tell as much as these."""
    numbers, number = np.unique(clusters, return_inverse=True)
    mean, raters = float(score.mean()), len(numbers)
    variance = float((np.bincount(number, score - mean) ** 2).sum()) / len(score) ** 2
    if raters < 2 or variance < NEGLIGIBLE:
        return float(raters)
    tail = (1 - level) / 2
    ease = float((ndtri(tail) / stdtrit(raters - 1, tail)) ** 2)
    # m (1 − m) / n is the variance of n single votes without a tie.
    return min(mean * (1 - mean) * (raters - 1) / raters / variance * ease, float(len(score)))


def list_parts(votes: CountedVotes) -> Sequence[tuple[str, str]]:
    """Every category, then every language, of these votes, as (category, language)."""
    return [*((name, "") for name in votes.categories), *(("", name) for name in votes.languages)]


def _find_reach(ranking: Ranking, ballots: Votes) -> float:
    """Standard errors that an interval of one difference reaches: Student's t of the clusters, or the normal's."""
    tail, cluster = (1 - ranking.parameters.level) / 2, ranking.parameters.cluster
    nouns = ("rater", "prompt") if cluster == "both" else (cluster,)
    clusters = [ballots.count_groups(noun) for noun in nouns if noun is not None]
    if not clusters or min(clusters) < 2:
        return -float(ndtri(tail))
    return -float(stdtrit(min(clusters) - 1, tail))


def _expect(difference: float, nu: float) -> float:
    """P(win) + ½ P(tie) at this difference of strengths: σ(θ_i − θ_j) without a parameter of ties (Davidson 1970)."""
    half = np.clip(difference, -FARTHEST, FARTHEST) / 2
    up, down = float(np.exp(half)), float(np.exp(-half))
    return (up + nu / 2) / (up + down + nu)
