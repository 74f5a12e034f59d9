"""Withdrawals that the database refuses, and the one thing of a vote that may go."""

import pytest
from django.db import IntegrityError, transaction

from evaluations.ledger import append_decision
from evaluations.models import Rater, Study, Vote, Withdrawal
from evaluations.votes import make_receipt
from tests.factories import NOW, make_battle, make_rater, make_study

pytestmark = pytest.mark.django_db


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.fixture
def place():
    return {"study": make_study(), "rater": make_rater(), "made_at": NOW}


def append(study, kind="rater_withdrawn"):
    return append_decision(kind=kind, study=study, record={}, now=NOW)


def test_nobody_withdraws_twice_from_a_study(place):
    Withdrawal.objects.create(rule="keep", **place)
    with refuses("withdrawal_once_per_study"), transaction.atomic():
        Withdrawal.objects.create(rule="remove", **place)


def test_votes_that_stay_are_no_entry(place):
    with refuses("withdrawal_that_keeps_votes_has_no_entry"), transaction.atomic():
        Withdrawal.objects.create(rule="keep", entry=append(place["study"]), **place)


def test_the_rule_is_one_of_two(place):
    with refuses("withdrawal_that_keeps_votes_has_no_entry"), transaction.atomic():
        Withdrawal.objects.create(rule="forget", **place)


def test_an_entry_is_of_the_same_kind_and_study(place):
    for entry in (append(place["study"], "rater_excluded"), append(make_study())):
        with refuses("withdrawal_is_what_its_entry_says"), transaction.atomic():
            Withdrawal.objects.create(rule="remove", entry=entry, **place)
    Withdrawal.objects.create(rule="remove", entry=append(place["study"]), **place)


def test_an_entry_is_of_one_withdrawal(place):
    entry = append(place["study"])
    Withdrawal.objects.create(rule="remove", entry=entry, **place)
    with refuses("entry_id"), transaction.atomic():
        Withdrawal.objects.create(rule="remove", entry=entry, **{**place, "rater": make_rater()})


def test_withdrawals_are_insert_only(place):
    Withdrawal.objects.create(rule="keep", **place)
    with refuses("insert-only"), transaction.atomic():
        Withdrawal.objects.update(rule="remove")
    with refuses("insert-only"), transaction.atomic():
        Withdrawal.objects.all()._raw_delete("default")


def test_rater_erased_has_no_salt():
    rater = make_rater()
    with refuses("rater_erased_has_no_salt"), transaction.atomic():
        Rater.objects.filter(pk=rater.pk).update(erased_at=NOW)
    Rater.objects.filter(pk=rater.pk).update(erased_at=NOW, salt=b"")


def test_a_study_has_one_of_two_rules():
    with refuses("study_withdrawal_rule_is_known"), transaction.atomic():
        Study.objects.filter(pk=make_study(opened=False).pk).update(withdrawal="forget")


@pytest.fixture
def vote():
    return Vote.objects.create(
        battle=make_battle(study=make_study()),
        outcome="left",
        receipt=make_receipt(),
        cast_at=NOW,
        reasons={"left": ["clear"], "right": []},
        comment="my own words",
        active_ms=4200,
    )


CHANGES = [
    {"comment": "other words"},
    {"comment": "", "outcome": "right"},
    {"comment": "", "reasons": None},
    {"comment": "", "active_ms": None},
    {"comment": "", "receipt": "ABCD-EFGH-JKMN"},
    {"outcome": "right"},
    {"revision": 1},
]


@pytest.mark.parametrize("change", CHANGES)
def test_of_a_vote_only_the_comment_may_be_emptied(vote, change):
    with refuses("insert-only") as refused, transaction.atomic():
        Vote.objects.filter(pk=vote.pk).update(**change)
    assert refused.value.__cause__.diag.constraint_name == "vote_insert_only"


def test_a_comment_that_was_emptied_stays_empty(vote):
    Vote.objects.filter(pk=vote.pk).update(comment="")
    for comment in ("back again", ""):
        with refuses("insert-only"), transaction.atomic():
            Vote.objects.filter(pk=vote.pk).update(comment=comment)
    with refuses("insert-only"), transaction.atomic():
        Vote.objects.filter(pk=vote.pk)._raw_delete("default")
