"""Reminders that only the votes of others can tell the need of, made by the real task."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations.ledger import seal_all
from evaluations.models import Reminder
from evaluations.quality.reminders import see_reminder
from evaluations.raters import create_rater
from evaluations.tasks import remind_raters
from tests.factories import make_study
from tests.raters import turn_by_model, vote_often

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return make_study(names=("alpha", "beta"), prompts=30)


def vote(study, outcomes, *, rater=None, ago=timedelta(minutes=40)):
    """Votes a minute apart, the first of them so long ago; nobody was reminded yet."""
    return vote_often(study=study, outcomes=outcomes, rater=rater, at=timezone.now() - ago, reminded=0)


def make_others(study):
    for _ in range(6):
        vote(study, turn_by_model(30)[:24] + turn_by_model(6, first_wins=False))


def run():
    seal_all(now=timezone.now() + timedelta(minutes=1))
    remind_raters()
    return list(Reminder.objects.order_by("pk").values_list("rater", "number", "kind"))


def test_who_votes_against_all_others_is_reminded_and_nobody_else(study):
    make_others(study)
    other = vote(study, turn_by_model(30, first_wins=False))

    assert run() == [(other.pk, 1, "agreement")]
    # Until it is seen, and while nothing is new, there is no second one.
    assert run() == [(other.pk, 1, "agreement")]


def test_a_second_one_follows_more_votes_and_no_third(study):
    make_others(study)
    other = vote(study, turn_by_model(30, first_wins=False))
    run()
    see_reminder(study=study, rater=other, number=1, now=timezone.now())
    assert len(run()) == 1
    for count in (2, 2):
        vote(study, turn_by_model(12, first_wins=False), rater=other, ago=timedelta(minutes=11))
        Reminder.objects.filter(rater=other).update(
            made_at=timezone.now() - timedelta(hours=1), seen_at=timezone.now() - timedelta(minutes=20)
        )
        assert [number for _rater, number, _kind in run()] == list(range(1, count + 1))


def test_a_pattern_that_no_honest_taste_has_is_a_reason_too():
    """Always the left side, which is as often as others do where they chose at all."""
    study = make_study(names=("alpha", "beta"), prompts=60)
    make_others(study)
    rater = vote(study, ["left"] * 60, ago=timedelta(minutes=61))

    assert run() == [(rater.pk, 1, "pattern")]


@pytest.mark.parametrize("kind", ["recorded", "simulated"])
def test_who_cannot_be_reminded_is_not(study, kind):
    make_others(study)
    vote(study, turn_by_model(30, first_wins=False), rater=create_rater(now=timezone.now(), kind=kind))

    assert run() == []


def test_few_votes_are_too_early(study):
    make_others(study)
    vote(study, turn_by_model(9, first_wins=False), ago=timedelta(minutes=10))

    assert run() == []


def test_only_who_voted_lately_in_a_study_that_takes_votes(study):
    make_others(study)
    vote(study, turn_by_model(30, first_wins=False), ago=timedelta(hours=2))
    assert run() == []
    other = vote(study, turn_by_model(30, first_wins=False))
    study.paused_at = timezone.now()
    study.save()
    assert run() == []
    study.paused_at = None
    study.save()
    assert [rater for rater, _number, _kind in run()] == [other.pk]


def test_studies_that_nobody_votes_in_cost_one_query(study, django_assert_num_queries):
    vote(study, turn_by_model(30), ago=timedelta(hours=2))
    with django_assert_num_queries(1):
        remind_raters()
