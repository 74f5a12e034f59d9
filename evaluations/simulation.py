"""Simulated votes, for a demonstration: raters who do not exist, with tastes of their own, through the real tables."""

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

from evaluations.copying import copy_rows, update_statistics
from evaluations.models import Battle, Outcome, Rater, Response, Study, Vote
from evaluations.sampling import Draw, draw_battle
from evaluations.study_plans import Seen, StudyPlan, build_plan
from evaluations.votes import make_receipt

# How far a rater's taste strays from the models' strengths, and how near two answers must be for a tie.
TASTE = 0.35
TIE_WIDTH = 0.45
# Two answers that both lie this far below the mean tend to be found bad.
BAD_BELOW = -0.6


@dataclass(frozen=True, kw_only=True)
class _Ballot:
    rater: int
    number: int
    draw: Draw
    outcome: str


@transaction.atomic
def simulate_votes(
    *, study: Study, strengths: Mapping[str, float], raters: int, votes_each: int, seed: int, now: datetime
) -> int:
    """Cast votes of simulated raters, spread over the weeks before `now`. Returns how many.

    strengths: log-ability by model slug. The same seed draws the same battles and outcomes.
    """
    generator = np.random.default_rng(seed)
    plan = build_plan(study=study)
    ability = _read_ability(plan=plan, strengths=strengths)
    ballots: list[_Ballot] = []
    for rater in range(raters):
        taste = ability + generator.normal(0, TASTE, len(ability))
        ballots += _vote_as(plan=plan, rater=rater, taste=taste, votes=votes_each, generator=generator)
    _store(study=study, ballots=ballots, raters=raters, generator=generator, now=now)
    return len(ballots)


def _read_ability(*, plan: StudyPlan, strengths: Mapping[str, float]) -> np.ndarray:
    slugs = dict(
        Response.objects.filter(model_id__in=plan.models.tolist())
        .values_list("model_id", "model__slug")
        .distinct()
    )
    return np.array([strengths[slugs[pk]] for pk in plan.models.tolist()])


def _vote_as(
    *, plan: StudyPlan, rater: int, taste: np.ndarray, votes: int, generator: np.random.Generator
) -> list[_Ballot]:
    seen: list[Seen] = []
    ballots = []
    for number in range(1, votes + 1):
        draw = draw_battle(plan=plan, seen=seen, generator=generator)
        shown = Seen(prompt_id=draw.prompt_id, left_id=draw.left_id, right_id=draw.right_id)
        place = plan.locate(shown)
        assert place is not None  # noqa: S101 - just drawn from this plan
        prompt, left, right = place
        plan.pair_counts[left, right] += 1
        plan.pair_counts[right, left] += 1
        plan.prompt_counts[plan.code(prompt, left, right)] += 1
        seen.append(shown)
        outcome = _choose(left=taste[left], right=taste[right], generator=generator)
        ballots.append(_Ballot(rater=rater, number=number, draw=draw, outcome=outcome))
    return ballots


def _choose(*, left: float, right: float, generator: np.random.Generator) -> str:
    """A logistic choice with a band of ties around equality, and “both bad” where neither answer is any good."""
    noise = generator.logistic()
    if max(left, right) < BAD_BELOW / 2 and generator.random() < 1 / (1 + math.exp(4 * (left + right))):
        return Outcome.BOTH_BAD
    margin = left - right + noise
    if abs(margin) < TIE_WIDTH:
        return Outcome.TIE
    return Outcome.LEFT if margin > 0 else Outcome.RIGHT


def _store(
    *, study: Study, ballots: Sequence[_Ballot], raters: int, generator: np.random.Generator, now: datetime
) -> None:
    people = Rater.objects.bulk_create(
        Rater(
            code=secrets.token_urlsafe(16),
            salt=secrets.token_bytes(16),
            kind=Rater.Kind.SIMULATED,
            created_at=now,
        )
        for _ in range(raters)
    )
    minutes = generator.integers(24 * 60, 22 * 24 * 60, raters).tolist()
    starts = [now - timedelta(minutes=earlier) for earlier in minutes]
    battles = copy_rows(
        rows=[
            _build_battle(study=study, rater=people[b.rater], ballot=b, at=starts[b.rater]) for b in ballots
        ]
    )
    copy_rows(
        rows=[
            Vote(
                battle=battle,
                outcome=ballot.outcome,
                receipt=make_receipt(),
                cast_at=battle.created_at + timedelta(seconds=20),
            )
            for battle, ballot in zip(battles, ballots, strict=True)
        ]
    )
    update_statistics(Rater, Battle, Vote)


def _build_battle(*, study: Study, rater: Rater, ballot: _Ballot, at: datetime) -> Battle:
    created_at = at + timedelta(seconds=40 * ballot.number)
    return Battle(
        token=secrets.token_urlsafe(16),
        study=study,
        rater=rater,
        number=ballot.number,
        prompt_id=ballot.draw.prompt_id,
        left_id=ballot.draw.left_id,
        right_id=ballot.draw.right_id,
        probability=ballot.draw.probability,
        origin=Battle.Origin.SIMULATED,
        created_at=created_at,
        expires_at=created_at + timedelta(minutes=study.lease_minutes),
    )
