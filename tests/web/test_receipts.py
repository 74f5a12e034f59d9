"""Looking up a receipt: by anyone who holds it, and what it tells before and after the close."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.canonical import hash_leaf
from evaluations.ledger import seal_all
from evaluations.models import LedgerEntry
from evaluations.personal.withdrawals import withdraw_rater
from evaluations.studies import close_study
from evaluations.votes import reveal_models, undo_vote
from tests.factories import make_battle, make_rater, make_study, make_vote
from tests.refreshing import refresh_all

pytestmark = pytest.mark.django_db
NAMES = ("Alpha", "Beta", "alpha", "beta")


def vote_on(study, rater=None, *, ago=3600, **battle):
    now = timezone.now() - timedelta(seconds=ago)
    return make_vote(battle=make_battle(study=study, rater=rater, now=now, **battle), now=now)


def look_up(receipt):
    response = Client().get(reverse("receipts"), {"receipt": receipt})
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


def test_a_receipt_is_found_however_it_was_copied():
    vote = vote_on(make_study())

    assert "This vote is recorded" in look_up(vote.receipt)
    assert "This vote is recorded" in look_up(vote.receipt.lower().replace("-", " "))


@pytest.mark.parametrize(
    "given", ["7K2M", "<script>alert(1)</script>", "7K2M-9QXA-41TD-7K2M-9QXA-41TD", "%00"]
)
def test_what_is_no_receipt_is_said_to_be_none(given):
    page = look_up(given)

    assert "This is no receipt" in page
    assert 'aria-invalid="true"' in page
    assert "<script>alert" not in page


def test_a_receipt_that_nobody_has():
    assert "No vote has this receipt." in look_up("0000-0000-0000")


def test_before_the_close_its_place_and_hash_and_no_name():
    study = make_study(reveal="after_vote")
    vote = vote_on(study)
    reveal_models(vote=vote, now=timezone.now())
    seal_all(now=timezone.now())
    entry = LedgerEntry.objects.get(vote=vote)
    page = look_up(vote.receipt)

    assert "This vote is in the ledger" in page
    assert bytes(entry.leaf_hash).hex()[:8] in page
    assert study.title in page
    assert not any(name in page for name in NAMES)
    assert "See the record" not in page


def test_after_the_close_the_record_that_hashes_to_the_leaf(settings):
    study = make_study()
    vote = vote_on(study)
    seal_all(now=timezone.now())
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=timezone.now())
    close_study(study=study, now=timezone.now())
    entry = LedgerEntry.objects.get(vote=vote)
    page = look_up(vote.receipt)

    assert "The rankings of this study count it." in page
    assert "(A: Alpha, B: Beta)" in page
    assert entry.record.replace('"', "&quot;") in page
    assert hash_leaf(entry.record.encode()) == bytes(entry.leaf_hash)
    assert study.leaderboards.get().snapshots.get().result_digest in page


def test_what_became_of_a_vote_that_no_longer_counts():
    study, rater = make_study(withdrawal="remove"), make_rater()
    undone, gone = vote_on(study, ago=1), vote_on(study, rater)
    undo_vote(vote=undone, now=timezone.now())
    seal_all(now=timezone.now())
    withdraw_rater(rater=rater, now=timezone.now())

    assert "This vote was taken back" in look_up(undone.receipt)
    page = look_up(gone.receipt)
    assert "This vote went with its rater" in page
    assert "no ranking from ledger entry 2 on counts it" in page


def test_a_repeat_and_a_check_look_like_any_other_until_the_close(settings):
    study, rater = make_study(), make_rater()
    votes = [vote_on(study, rater)]
    votes.append(vote_on(study, rater, kind="repeat", repeats=votes[0].battle))
    votes.append(vote_on(study, rater, kind="check", expected="left"))
    seal_all(now=timezone.now())
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=timezone.now())

    def read_all():
        pages = [look_up(vote.receipt) for vote in votes]
        return ["ranking" in page.partition("section-intro")[2].partition("</p>")[0] for page in pages], pages

    assert read_all()[0] == [True] * 3
    assert not any("repeat" in page or "check, " in page for page in read_all()[1])
    close_study(study=study, now=timezone.now())
    normal, repeat, check = read_all()[1]
    assert "It was a repeat" in repeat
    assert "It was a check" in check
    assert "It was a" not in normal


def test_the_pages_of_a_vote_lead_here():
    page = Client().get(reverse("home")).content.decode()

    assert reverse("receipts") in page
    assert reverse("mine-all") in page
