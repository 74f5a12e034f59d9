"""Questions about the instructions: two attempts, all right to pass, one order a rater, and no battle before."""

import threading
from datetime import timedelta

import numpy as np
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.battles import show_next
from evaluations.briefings.comprehension import (
    Standing,
    answer_questions,
    fetch_standing,
    has_failed,
    list_questions,
    name_version,
    require_comprehension,
)
from evaluations.errors import ComprehensionMissing
from evaluations.models import Battle, ComprehensionAttempt
from tests.briefings.studies import COMPREHENSION, QUESTIONS, attempt, choose, make_asking_study
from tests.factories import NOW, make_rater, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return make_asking_study()


@pytest.fixture
def rater():
    return make_rater()


def show(study, rater):
    return show_next(
        study=study,
        rater=rater,
        columns_root=settings.COLUMNS_ROOT,
        generator=np.random.default_rng(1),
        now=NOW,
    )


def test_a_study_without_questions_asks_nothing_and_no_query(rater, django_assert_num_queries):
    study = make_study()
    with django_assert_num_queries(0):
        assert fetch_standing(study=study, rater=rater).passed
        require_comprehension(study=study, rater=rater)
    assert list_questions(study=study, rater=rater) == []


def test_the_order_of_choices_is_a_rater_s_own_and_stays(study):
    raters = [make_rater() for _ in range(40)]
    orders = [tuple(q.choices for q in list_questions(study=study, rater=rater)) for rater in raters]

    assert orders == [tuple(q.choices for q in list_questions(study=study, rater=rater)) for rater in raters]
    assert len(set(orders)) > 20
    for order in orders:
        assert [sorted(choices) for choices in order] == [sorted(q["choices"]) for q in QUESTIONS]
    # The right choice comes first in the study's list, and anywhere on the page.
    assert {order[1].index("Both bad") for order in orders} == {0, 1, 2, 3}


def test_all_right_passes_at_once(study, rater):
    standing = attempt(study=study, rater=rater, right=3, number=1)

    assert standing == Standing(attempts=1, passed=True, right=3)
    kept = ComprehensionAttempt.objects.get()
    assert (kept.number, kept.answers, kept.passed, kept.made_at) == (1, [0, 0, 2], True, NOW)
    require_comprehension(study=study, rater=rater)


def test_one_wrong_answer_leaves_one_attempt(study, rater):
    standing = attempt(study=study, rater=rater, right=2, number=1)

    assert standing == Standing(attempts=1, passed=False, right=2)
    assert not standing.is_over
    assert attempt(study=study, rater=rater, right=3, number=2).passed


def test_two_failures_end_it_and_no_third_attempt_is_made(study, rater):
    for number in (1, 2):
        standing = attempt(study=study, rater=rater, right=number, number=number)
    assert standing.is_over
    assert has_failed(study=study, rater=rater)

    for number in (1, 2, 3):
        assert attempt(study=study, rater=rater, right=3, number=number).is_over
    assert ComprehensionAttempt.objects.count() == 2


def test_a_form_sent_twice_is_one_attempt(study, rater):
    for _ in range(3):
        standing = attempt(study=study, rater=rater, right=0, number=1)

    assert standing == Standing(attempts=1, passed=False, right=0)


def test_who_passed_makes_no_other_attempt(study, rater):
    attempt(study=study, rater=rater, right=3, number=1)

    assert attempt(study=study, rater=rater, right=0, number=2).passed
    assert ComprehensionAttempt.objects.count() == 1


def test_attempts_are_a_rater_s_and_a_study_s_own(study, rater):
    attempt(study=study, rater=rater, right=3, number=1)

    assert not fetch_standing(study=study, rater=make_rater()).passed
    assert not fetch_standing(study=make_asking_study(), rater=rater).passed


def test_other_questions_are_another_version(study):
    before = name_version(study=study)
    study.comprehension = {**COMPREHENSION, "questions": QUESTIONS[:2]}

    assert name_version(study=study) != before


def test_no_battle_is_made_before(study, rater):
    with pytest.raises(ComprehensionMissing):
        show(study, rater)
    attempt(study=study, rater=rater, right=2, number=1)
    with pytest.raises(ComprehensionMissing):
        show(study, rater)
    attempt(study=study, rater=rater, right=1, number=2)
    with pytest.raises(ComprehensionMissing):
        show(study, rater)
    assert not Battle.objects.exists()


def test_the_questions_cost_one_query_before_the_first_battle_and_none_after(rater):
    counts = {}
    for study in (make_asking_study(), make_study()):
        other = make_rater()
        for someone in (other, rater):
            attempt(study=study, rater=someone, right=3, number=1)
        # The study's plan is read once a process.
        show(study, other)
        for place in ("first", "again"):
            with CaptureQueriesContext(connection) as queries:
                assert show(study, rater)[0]
            counts[place, bool(study.comprehension)] = len(queries)

    assert counts["first", True] == counts["first", False] + 1
    assert counts["again", True] == counts["again", False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("done", [0, 1])
def test_of_many_tabs_at_once_one_attempt_counts(done):
    study, rater = make_asking_study(), make_rater()
    for number in range(done):
        attempt(study=study, rater=rater, right=0, number=number + 1)
    standings = []

    def send():
        try:
            chosen = choose(study=study, rater=rater, right=1)
            now = NOW + timedelta(seconds=1)
            standings.append(
                answer_questions(study=study, rater=rater, number=done + 1, chosen=chosen, now=now)
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(standings) == 8
    assert {standing.attempts for standing in standings} == {done + 1}
    assert ComprehensionAttempt.objects.count() == done + 1
