"""Claims: a hypothesis about two models X and Y, registered before the votes, judged as often as one likes.

What is claimed is about the expected score of X against Y when they meet: 1 for a win, ½ for a tie, 0 for a
loss. A margin in points is turned into such a score as on the Elo scale, σ(margin ln 10 / 400). The verdict
is that of a confidence sequence, so that looking early, or every day, makes no false verdict more likely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from evaluations.ranking.arrays import Floats, seal
from evaluations.ranking.confidence_sequences import (
    CAP,
    ConfidenceSequence,
    Outlook,
    check_level,
    confidence_sequence,
    form_observations,
    is_number,
    require,
)
from evaluations.ranking.scales import PER_LOGIT

Kind: TypeAlias = Literal["superior", "non-inferior", "equivalent"]
Verdict: TypeAlias = Literal["supported", "refuted", "undecided"]

KINDS: Final = ("superior", "non-inferior", "equivalent")
SPLITS: Final = 16  # halvings: the power is met to 0.00001
WIDEST: Final = 2000.0  # points: one loss in 100,000; a wider margin claims nothing
SCORES: Final = seal(np.array([0.0, 0.5, 1.0]))

NO_VOTES: Final = "There is no observation yet: nobody has cast the head-to-head votes that make one."
NO_FORECAST: Final = (
    f"The scores lie so near the edge of the claim that {CAP:,} more observations would not decide it."
)
CONTRADICTED: Final = (
    "The observations rule out every expected score, so they do not share one: see how they were collected."
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Judgement:
    """What the votes say of a claim by now. Every number but those in `path` is a plain one, fit for JSON.

    lower, upper: bounds of the expected score of X against Y, which it is strictly between but for 0 and 1; None where
    the votes have ruled out every score.
    lower_points, upper_points: the same as a difference on the Elo scale; None where it has no bound, that
    is at a score of 0 or 1. mean: of the observations, None without any. votes: head to head. observations:
    how many the votes make. thresholds: the expected scores at the edges of the claim. decided_at,
    decided_by_vote: places, from 0, of the observation and the vote with which the verdict fell.
    still_needed: observations, `block` votes of one rater each, until a verdict if scores go on as so far; a
    typical run takes rather fewer; 0 once decided. reason: why it is None, or what is wrong; else None.
    """

    kind: Kind
    margin: float
    level: float
    block: int
    verdict: Verdict
    lower: float | None
    upper: float | None
    lower_points: float | None
    upper_points: float | None
    mean: float | None
    votes: int
    observations: int
    thresholds: tuple[float, ...]
    decided_at: int | None
    decided_by_vote: int | None
    still_needed: int | None
    reason: str | None
    path: ConfidenceSequence


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How many observations a claim would take. score: the expected one assumed. verdict: the one to come.

    observations: enough for it with probability `power`; None, with a reason, beyond CAP.
    """

    verdict: Verdict
    observations: int | None
    score: float
    thresholds: tuple[float, ...]
    reason: str | None


def judge_claim(
    *,
    kind: Kind,
    margin: float,
    score: ArrayLike,
    rater: ArrayLike | None = None,
    block: int = 1,
    level: float = 0.95,
) -> Judgement:
    """Judge a claim on the head-to-head votes so far; the verdict, once fallen, stays whatever comes after.

    kind, with e the expected score of X against Y and s = σ(margin ln 10 / 400):
    "superior" e > s; "non-inferior" e > 1 − s; "equivalent" 1 − s < e < s.
    margin: points on the Elo scale. score, rater, block: as in form_observations. level: 1 − α, for both
    ways of being wrong together. Kind, margin, block and level are part of the claim: fixed before the votes.
    "supported" once the running interval lies within the claim, "refuted" once it lies outside.
    Raises BadVotes, UnsupportedParameter.
    """
    edges = claim_edges(kind=kind, margin=margin)
    taken = form_observations(score=score, rater=rater, block=block)
    path = confidence_sequence(observations=taken.score, level=level)
    supported = (path.lower >= edges[0]) & (path.upper <= edges[1])
    refuted = (path.upper <= edges[0]) | (path.lower >= edges[1])
    decided = np.flatnonzero((supported | refuted) & (path.lower < path.upper))
    first = int(decided[0]) if len(decided) else None
    needed, reason = (0, None) if first is not None else _forecast(taken.score, path, edges)
    lower, upper = path.ends
    return Judgement(
        kind=kind,
        margin=float(margin),
        level=path.level,
        block=block,
        verdict="undecided" if first is None else "supported" if supported[first] else "refuted",
        lower=lower,
        upper=upper,
        lower_points=_points(lower),
        upper_points=_points(upper),
        mean=float(path.mean[-1]) if path.observations else None,
        votes=int(np.size(score)),
        observations=path.observations,
        thresholds=tuple(edge for edge in edges if 0 < edge < 1),
        decided_at=first,
        decided_by_vote=None if first is None else int(taken.completed[first]),
        still_needed=needed,
        reason=CONTRADICTED if path.contradicted else reason,
        path=path,
    )


def plan_claim(
    *, kind: Kind, margin: float, points: float, ties: float, level: float = 0.95, power: float = 0.8
) -> Plan:
    """How many observations, one vote each, a claim will take if X is `points` ahead of Y in expected score.

    points: on the Elo scale, negative where X is behind. ties: the share of ties to expect. power: the
    probability, from ½, with which the verdict must have fallen by then; ½ is that of still_needed.
    Blocks of more votes take no more raters than this, as their means spread less.
    Raises UnsupportedParameter, also where a score so far from ½ leaves no room for so many ties.
    """
    edges = claim_edges(kind=kind, margin=margin)
    check_level(level)
    require(is_number(points) and abs(points) <= WIDEST, f"points lie within ±{WIDEST:g}", points)
    require(is_number(power) and 0.5 <= power < 1, "power is a probability from 0.5, below 1", power)
    score = float(expit(points / PER_LOGIT))
    room = 2 * min(score, 1 - score)
    require(is_number(ties) and 0 <= ties <= room, f"ties are a share from 0 to {room:.3f} here", ties)
    outlook = Outlook(
        values=SCORES,
        seen=np.zeros(3, dtype=np.int64),
        chances=np.array([1 - score - ties / 2, ties, score - ties / 2]),
        level=level,
    )
    supported = _until_within(outlook, edges, power=power)
    needed = _earliest(supported, _until_outside(outlook, edges, power=power))
    return Plan(
        verdict="undecided" if needed is None else "supported" if needed == supported else "refuted",
        observations=needed,
        score=score,
        thresholds=tuple(edge for edge in edges if 0 < edge < 1),
        reason=NO_FORECAST if needed is None else None,
    )


def claim_edges(*, kind: Kind, margin: float) -> tuple[float, float]:
    """The expected scores between which a claim is true; 0 or 1 where it has no edge on that side.

    Raises UnsupportedParameter: an unknown kind, a margin not from 0 to WIDEST, or of 0 to be equivalent in.
    """
    require(kind in KINDS, f"kind is one of {', '.join(KINDS)}", kind)
    rule = f"margin is in points, from 0 to {WIDEST:g}"
    require(is_number(margin) and 0 <= margin <= WIDEST, rule, margin)
    above = float(expit(margin / PER_LOGIT))
    match kind:
        case "superior":
            return above, 1.0
        case "non-inferior":
            return 1 - above, 1.0
        case "equivalent":
            require(margin > 0, "two models are equivalent within a margin above 0", margin)
            return 1 - above, above


def _forecast(
    score: Floats, path: ConfidenceSequence, edges: tuple[float, float]
) -> tuple[int | None, str | None]:
    """Observations still needed if scores go on as so far, or why there is no such number."""
    if path.contradicted:
        return None, CONTRADICTED
    if not path.observations:
        return None, NO_VOTES
    values, seen = np.unique(score, return_counts=True)
    outlook = Outlook(
        values=values,
        seen=seen,
        chances=seen / path.observations,
        level=path.level,
        lower=float(path.lower[-1]),
        upper=float(path.upper[-1]),
    )
    needed = _earliest(_until_within(outlook, edges, power=0.5), _until_outside(outlook, edges, power=0.5))
    return needed, NO_FORECAST if needed is None else None


def _until_within(outlook: Outlook, edges: tuple[float, float], *, power: float) -> int | None:
    """Observations until the running interval lies between the edges; None where that is out of sight.

    Either edge may fail to be passed, with probability 1 − power together: what more of it one edge gets
    needs fewer observations there and more at the other, and the split that makes the two alike is taken.
    """
    above, below = outlook.until_above(edges[0], power=power), outlook.until_below(edges[1], power=power)
    if above is None or below is None:
        return None
    if not (above and below):
        return max(above, below)
    little, much = 0.0, 1 - power
    for _ in range(SPLITS):
        share = (little + much) / 2
        above = outlook.until_above(edges[0], power=1 - share)
        below = outlook.until_below(edges[1], power=power + share)
        if above is None or (below is not None and above > below):
            little = share
        else:
            much = share
    return None if above is None or below is None else max(above, below)


def _until_outside(outlook: Outlook, edges: tuple[float, float], *, power: float) -> int | None:
    """Observations until the running interval lies to one side of both edges; None as above."""
    return _earliest(outlook.until_below(edges[0], power=power), outlook.until_above(edges[1], power=power))


def _earliest(*counts: int | None) -> int | None:
    return min((count for count in counts if count is not None), default=None)


def _points(score: float | None) -> float | None:
    return None if score is None or not 0 < score < 1 else float(PER_LOGIT * logit(score))
