"""What a study will take: the plan's figures against the ranking's own, and against simulation."""

import numpy as np
import pytest

from evaluations.errors import UnsupportedParameter
from evaluations.ranking import Votes, plan_claim, rank
from evaluations.studies.power import (
    Assumption,
    Design,
    Hypothesis,
    Requirement,
    find_most,
    measure_effort,
    plan_half_width,
    plan_hypothesis,
)

SUPERIOR = Hypothesis(kind="superior", margin=0.0)
EXPECTED = Assumption(lead=50.0, ties=0.2)


def plan(design, hypothesis=SUPERIOR, assumption=EXPECTED):
    return plan_hypothesis(hypothesis=hypothesis, design=design, assumption=assumption)


def test_two_models_one_vote_a_rater_is_the_plan_itself():
    observations = plan_claim(kind="superior", margin=0, points=50, ties=0.2).observations
    needed = plan(Design(models=2, session_length=1))

    assert needed == Requirement(
        verdict="supported", head_to_head=observations, raters=observations, votes=observations
    )


def test_a_longer_session_of_one_pair_adds_votes_and_no_raters():
    short, long = (plan(Design(models=2, session_length=length)) for length in (1, 10))

    assert long.raters == short.raters
    assert long.votes == 10 * short.votes


def test_raters_that_meet_the_pair_are_as_many_as_planned():
    design = Design(models=6, session_length=20)
    needed = plan(design)
    generator = np.random.default_rng(1)
    met = (generator.integers(0, design.pairs, (needed.raters, 20)) == 0).any(axis=1).sum()

    assert design.pairs == 15
    assert met == pytest.approx(needed.head_to_head, rel=0.1)


@pytest.mark.parametrize(
    ("kind", "margin", "lead", "verdict"),
    [
        ("non_inferior", 40.0, 0.0, "supported"),
        ("equivalent", 60.0, 0.0, "supported"),
        ("superior", 0.0, -60.0, "refuted"),
    ],
)
def test_kinds_are_those_of_the_ranking(kind, margin, lead, verdict):
    assumption = Assumption(lead=lead, ties=0.2)
    needed = plan(Design(models=2, session_length=1), Hypothesis(kind=kind, margin=margin), assumption)

    assert needed.verdict == verdict
    assert needed.votes > 0


def test_a_claim_at_its_edge_is_never_decided():
    needed = plan(Design(models=2, session_length=1), assumption=Assumption(lead=0.0, ties=0.2))

    assert (needed.verdict, needed.votes) == ("undecided", None)


@pytest.mark.parametrize(("models", "ties"), [(2, 0.0), (5, 0.3)])
def test_half_width_is_that_of_the_ranking(models, ties):
    votes = plan_half_width(half_width=20.0, design=Design(models=models, session_length=1), ties=ties)
    generator = np.random.default_rng(0)
    pairs = np.array([(i, j) for i in range(models) for j in range(i + 1, models)])
    drawn = pairs[np.arange(votes) % len(pairs)]
    outcome = generator.choice([0, 1, 2], size=votes, p=[(1 - ties) / 2, (1 - ties) / 2, ties])
    names = [f"m{number}" for number in range(models)]
    ballots = Votes.from_codes(models=names, a=drawn[:, 0], b=drawn[:, 1], outcome=outcome)
    ranking = rank(ballots, cluster=None)

    assert (ranking.upper - ranking.lower) / 2 == pytest.approx(20.0, rel=0.06)


def test_half_width_halves_at_four_times_the_votes():
    design = Design(models=6, session_length=40)
    wide, narrow = (plan_half_width(half_width=w, design=design, ties=0.2) for w in (20.0, 10.0))

    assert narrow == pytest.approx(4 * wide, rel=0.01)


def test_effort():
    effort = measure_effort(votes=750, design=Design(models=6, session_length=40), pay=15.0)

    assert (effort.sessions, effort.hours, effort.cost) == (19, 10.0, 150.0)
    assert measure_effort(votes=750, design=Design(models=2, session_length=1), pay=None).cost is None


def test_all_aims_together():
    some = Requirement(verdict="supported", head_to_head=1, raters=1, votes=10)
    never = Requirement(verdict="undecided", head_to_head=None, raters=None, votes=None)

    assert find_most([some], 20) == 20
    assert find_most([some, never], 20) is None
    assert find_most([]) is None


def test_what_makes_no_sense_is_refused():
    with pytest.raises(UnsupportedParameter):
        plan(Design(models=1, session_length=1))
    with pytest.raises(UnsupportedParameter):
        plan_half_width(half_width=0.0, design=Design(models=2, session_length=1), ties=0.0)
    with pytest.raises(UnsupportedParameter):
        plan(Design(models=2, session_length=1), assumption=Assumption(lead=400.0, ties=0.9))
