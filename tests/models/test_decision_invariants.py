"""Decisions about raters that the database refuses."""

import pytest
from django.db import IntegrityError, transaction

from evaluations.ledger import append_decision
from evaluations.models import RaterDecision
from tests.factories import NOW, make_rater, make_study

pytestmark = pytest.mark.django_db


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.fixture
def place():
    return {"study": make_study(), "rater": make_rater(), "reason": "Why.", "made_at": NOW}


def append(study, kind):
    return append_decision(kind=kind, study=study, record={}, now=NOW)


def test_rater_decision_has_a_reason(place):
    with refuses("rater_decision_has_a_reason"), transaction.atomic():
        RaterDecision.objects.create(decision="keep", **{**place, "reason": ""})


@pytest.mark.parametrize("decision", ["exclude", "restore"])
def test_what_counts_is_in_the_ledger(place, decision):
    with refuses("rater_decision_that_counts_is_in_the_ledger"), transaction.atomic():
        RaterDecision.objects.create(decision=decision, **place)


def test_what_changes_no_count_is_no_entry(place):
    entry = append(place["study"], "rater_excluded")
    with (
        refuses("rater_decision_that_counts_is_in_the_ledger|rater_decision_is_what_its_entry_says"),
        transaction.atomic(),
    ):
        RaterDecision.objects.create(decision="keep", entry=entry, **place)


def test_an_entry_is_of_the_same_kind_and_study(place):
    restored, other = append(place["study"], "rater_restored"), append(make_study(), "rater_excluded")
    for entry in (restored, other):
        with refuses("rater_decision_is_what_its_entry_says"), transaction.atomic():
            RaterDecision.objects.create(decision="exclude", entry=entry, **place)
    RaterDecision.objects.create(decision="restore", entry=restored, **place)


def test_an_entry_is_of_one_decision(place):
    entry = append(place["study"], "rater_excluded")
    RaterDecision.objects.create(decision="exclude", entry=entry, **place)
    with refuses("entry_id"), transaction.atomic():
        RaterDecision.objects.create(decision="exclude", entry=entry, **place)


def test_decisions_are_insert_only(place):
    RaterDecision.objects.create(decision="keep", **place)
    with refuses("insert-only"), transaction.atomic():
        RaterDecision.objects.update(reason="other")
    with refuses("insert-only"), transaction.atomic():
        RaterDecision.objects.all()._raw_delete("default")
