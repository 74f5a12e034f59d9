"""The protocol's claims, judged on the votes that a snapshot counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluations.publishing.votes import CountedVotes
from evaluations.ranking import judge_claim
from evaluations.ranking.claims import Kind, claim_edges
from evaluations.ranking.votes import A, B

# As the protocol writes them, and as `judge_claim` does.
KINDS: Final[Mapping[str, Kind]] = {
    "superior": "superior",
    "non_inferior": "non-inferior",
    "equivalent": "equivalent",
}
# Digits beyond these differ between processors; those given out are the same bytes.
SCORE_DECIMALS: Final = 9
POINT_DECIMALS: Final = 6


def judge_claims(votes: CountedVotes, *, claims: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each claim of the protocol (number, kind, model, rival, margin, alpha; models by slug) with what the votes say.

    holds: the expected scores of the model between which it is true. verdict: supported, refuted, undecided. lower,
    upper, lower_points, upper_points, mean, votes, observations, still_needed: as in `ranking.claims.Judgement`.
    """
    return [{**claim, **_judge(votes, claim)} for claim in claims]


def _judge(votes: CountedVotes, claim: Mapping[str, Any]) -> dict[str, Any]:
    kind, margin = KINDS[claim["kind"]], claim["margin"]
    met, score = _score_model(
        votes, model=votes.models.index(claim["model"]), rival=votes.models.index(claim["rival"])
    )
    found = judge_claim(
        kind=kind, margin=margin, score=score, rater=votes.rater[met], level=1 - claim["alpha"]
    )
    return {
        "level": _round(found.level, SCORE_DECIMALS),
        "holds": [_round(edge, SCORE_DECIMALS) for edge in claim_edges(kind=kind, margin=margin)],
        "verdict": found.verdict,
        "lower": _round(found.lower, SCORE_DECIMALS),
        "upper": _round(found.upper, SCORE_DECIMALS),
        "lower_points": _round(found.lower_points, POINT_DECIMALS),
        "upper_points": _round(found.upper_points, POINT_DECIMALS),
        "mean": _round(found.mean, SCORE_DECIMALS),
        "votes": found.votes,
        "observations": found.observations,
        "still_needed": found.still_needed,
    }


def _score_model(
    votes: CountedVotes, *, model: int, rival: int
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Where the two meet, and what the model scores there: 1 for a win, 0 for a loss, else ½."""
    is_left = (votes.left == model) & (votes.right == rival)
    met = is_left | ((votes.left == rival) & (votes.right == model))
    outcome = votes.outcome[met]
    won = np.where(is_left[met], A, B)
    sided = (outcome == A) | (outcome == B)
    return met, np.where(sided, (outcome == won).astype(np.float64), 0.5)


def _round(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(float(value), decimals) + 0.0
