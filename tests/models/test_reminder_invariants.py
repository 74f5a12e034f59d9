"""The invariants of reminders, each broken on purpose."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from evaluations.models import Reminder
from tests.factories import NOW, make_rater, make_study

pytestmark = pytest.mark.django_db


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.fixture
def place():
    return {"study": make_study(), "rater": make_rater(), "made_at": NOW}


def test_reminder_number_unique(place):
    Reminder.objects.create(number=1, kind="fast", **place)
    with refuses("reminder_number_unique"), transaction.atomic():
        Reminder.objects.create(number=1, kind="checks", **place)


@pytest.mark.parametrize("number", [0, 3])
def test_reminder_comes_twice(place, number):
    with refuses("reminder_comes_twice"), transaction.atomic():
        Reminder.objects.create(number=number, kind="fast", **place)


@pytest.mark.parametrize("kind", ["", "rude"])
def test_reminder_kind_is_known(place, kind):
    with refuses("reminder_kind_is_known"), transaction.atomic():
        Reminder.objects.create(number=1, kind=kind, **place)


def test_reminder_is_seen_after_it_is_made(place):
    seen_at = NOW - timedelta(seconds=1)
    with refuses("reminder_is_seen_after_it_is_made"), transaction.atomic():
        Reminder.objects.create(number=1, kind="fast", seen_at=seen_at, **place)
