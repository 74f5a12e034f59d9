"""The invariants of answers about the instructions, broken on purpose."""

import pytest
from django.db import IntegrityError, transaction

from evaluations.models import ComprehensionAttempt
from tests.factories import NOW, make_rater, make_study

pytestmark = pytest.mark.django_db


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.fixture
def attempt():
    values = {"answers": [0], "passed": False, "made_at": NOW}
    return ComprehensionAttempt.objects.create(study=make_study(), rater=make_rater(), number=1, **values)


def repeat(attempt, **values):
    given = {"study": attempt.study, "rater": attempt.rater, "answers": [1], "passed": True, "made_at": NOW}
    return ComprehensionAttempt.objects.create(**{**given, **values})


def test_each_attempt_is_made_once(attempt):
    with refuses("comprehension_attempt_number_unique"), transaction.atomic():
        repeat(attempt, number=1)
    for other in ({"number": 2}, {"number": 1, "rater": make_rater()}, {"number": 1, "study": make_study()}):
        assert repeat(attempt, **other).pk


@pytest.mark.parametrize("number", [0, 3])
def test_there_are_two_attempts(attempt, number):
    with refuses("comprehension_has_two_attempts"), transaction.atomic():
        repeat(attempt, number=number)


def test_an_attempt_never_changes_and_never_goes(attempt):
    with refuses("evaluations_comprehensionattempt is insert-only: UPDATE"), transaction.atomic():
        ComprehensionAttempt.objects.filter(pk=attempt.pk).update(passed=True)
    with refuses("evaluations_comprehensionattempt is insert-only: DELETE"), transaction.atomic():
        attempt.delete()
    attempt.refresh_from_db()
    assert attempt.passed is False
