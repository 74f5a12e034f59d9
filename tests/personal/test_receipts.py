"""Receipts: read however they were copied, and what is said of the vote, and when."""

from datetime import timedelta

import pytest
from django.conf import settings

from evaluations.columns import refresh_columns
from evaluations.ledger import seal_all
from evaluations.models import LedgerEntry, VoteEnding
from evaluations.personal.receipts import find_vote, read_receipt
from evaluations.personal.withdrawals import withdraw_rater
from evaluations.quality.decisions import decide_rater
from evaluations.snapshots import refresh_leaderboard
from evaluations.studies import close_study
from evaluations.votes import RECEIPT_ALPHABET, make_receipt
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.raters import LATER

pytestmark = pytest.mark.django_db

COPIED = {
    "7K2M-9QXA-41TD": "7K2M-9QXA-41TD",
    " 7k2m 9qxa 41td ": "7K2M-9QXA-41TD",
    "7K2M9QXA41TD": "7K2M-9QXA-41TD",
    "7K2M–9QXA—41TD": "7K2M-9QXA-41TD",
    "7k2m-9qxa-4itd": "7K2M-9QXA-41TD",
    "7K2M-9QXA-4LTD": "7K2M-9QXA-41TD",
    "OK2M-9QXA-41TO": "0K2M-9QXA-41T0",
    "": None,
    "7K2M-9QXA-41T": None,
    "7K2M-9QXA-41TDD": None,
    "7U2M-9QXA-41TD": None,
    "７K2M-9QXA-41TD": None,
    "7K2M-9QXA-41T'": None,
}


@pytest.mark.parametrize(("text", "receipt"), COPIED.items())
def test_a_receipt_is_read_as_people_copy_it(text, receipt):
    assert read_receipt(text) == receipt


def test_every_receipt_reads_as_itself():
    for receipt in [make_receipt() for _ in range(200)]:
        assert read_receipt(receipt.lower()) == receipt
    assert not set("OIL") & set(RECEIPT_ALPHABET)


def find(vote, now=LATER):
    columns = refresh_columns(root=settings.COLUMNS_ROOT)
    return find_vote(receipt=vote.receipt, columns=columns, now=now)


def vote_on(study, rater=None, **battle):
    return make_vote(battle=make_battle(study=study, rater=rater, **battle))


def close(study):
    close_study(study=study, now=LATER)


def publish(study):
    board = study.leaderboards.get()
    return refresh_leaderboard(leaderboard=board, columns_root=settings.COLUMNS_ROOT, now=LATER)


def test_where_a_vote_stands_and_its_leaf():
    study = make_study()
    vote = vote_on(study)
    assert (find(vote).own.place, find(vote).entry) == ("waiting", None)
    seal_all(now=LATER)
    entry = LedgerEntry.objects.get(vote=vote)

    found = find(vote)
    assert (found.own.place, found.own.position, found.entry) == ("sealed", 1, entry)
    assert found.leaf == bytes(entry.leaf_hash).hex()
    assert (
        find_vote(receipt="7K2M-9QXA-41TD", columns=refresh_columns(root=settings.COLUMNS_ROOT), now=NOW)
        is None
    )


def test_a_vote_that_was_taken_back():
    vote = vote_on(make_study())
    VoteEnding.objects.create(vote=vote, ending="undone", made_at=NOW)

    assert find(vote).own.place == "undone"


def test_before_the_close_all_kinds_look_alike():
    """Not even whether a ranking counts it: none counts a repeat or a check."""
    study, rater = make_study(), make_rater()
    normal = vote_on(study, rater)
    repeat = vote_on(study, rater, kind="repeat", repeats=normal.battle)
    check = vote_on(study, rater, kind="check", expected="left")
    seal_all(now=LATER)
    publish(study)

    for vote in (normal, repeat, check):
        found = find(vote)
        assert (found.own.kind, found.own.names, found.own.place) == ("", None, "sealed")
        assert (found.snapshot, found.excluded_at, found.withdrawn_at) == (None, None, None)


def test_after_the_close_the_first_ranking_that_counts_it():
    study = make_study()
    first = vote_on(study)
    seal_all(now=LATER)
    earlier = publish(study)
    second = vote_on(study)
    check = vote_on(study, kind="check", expected="left")
    seal_all(now=LATER)
    later = publish(study)
    close(study)

    assert [find(vote).snapshot for vote in (first, second, check)] == [earlier, later, None]
    assert [find(vote).own.kind for vote in (first, second, check)] == ["normal", "normal", "check"]
    assert find(first).own.names == ("Alpha", "Beta")


def test_a_vote_whose_rater_is_left_out_by_a_decision():
    study, rater = make_study(), make_rater()
    early = vote_on(study, rater)
    vote_on(study)
    seal_all(now=LATER)
    counted = publish(study)
    late = vote_on(study, rater)
    seal_all(now=LATER)
    decide_rater(
        study=study,
        rater=rater,
        number=1,
        decision="exclude",
        reason="Too fast.",
        flags=[],
        after=0,
        user=None,
        now=LATER,
    )
    publish(study)
    assert find(early).excluded_at is None
    close(study)

    assert (find(early).excluded_at, find(early).snapshot) == (4, counted)
    assert (find(late).excluded_at, find(late).snapshot) == (4, None)


@pytest.mark.parametrize(("rule", "position"), [("keep", None), ("remove", 2)])
def test_a_vote_whose_rater_withdrew(rule, position):
    study, rater = make_study(withdrawal=rule), make_rater()
    vote = vote_on(study, rater)
    seal_all(now=LATER)
    withdraw_rater(rater=rater, now=LATER + timedelta(hours=1))

    found = find(vote)
    assert found.own.place == "sealed"
    assert found.withdrawn_at == position
