"""Withdrawal: the person goes, the votes stay or go by the rule, and neither the tally before nor the root moves."""

import json
import threading
from datetime import timedelta

import pytest

from evaluations.access import make_invitation
from evaluations.columns import refresh_columns
from evaluations.documents import compute_published
from evaluations.errors import BattleExpired, DecisionRefused, LedgerError
from evaluations.items import make_items, measure_coverage
from evaluations.leaderboards import fetch_board
from evaluations.ledger import append_decision, seal_all
from evaluations.models import (
    Admission,
    AuditEvent,
    Consent,
    LedgerEntry,
    Rater,
    RaterDecision,
    RaterIdentity,
    Slot,
    Snapshot,
    Vote,
    VoteEnding,
    Withdrawal,
)
from evaluations.personal import withdrawals
from evaluations.personal.withdrawals import find_withdrawn, withdraw_rater
from evaluations.quality.decisions import decide_rater, list_waiting
from evaluations.quality.exclusions import find_exclusions
from evaluations.quality.raters import measure_quality
from evaluations.raters import commit_to_rater, find_rater
from evaluations.snapshots import read_document, refresh_leaderboard
from evaluations.votes import cast_vote, make_receipt, reveal_models
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.raters import LATER, seal, turn_by_model, vote_often
from tests.threads import run_all

pytestmark = pytest.mark.django_db
AFTER = LATER + timedelta(hours=1)
MIXED = ["left", "left", "left", "right", "left", "right"]


def make_ruled(rule, **options):
    return make_study(names=("alpha", "beta"), prompts=4, withdrawal=rule, **options)


@pytest.fixture(params=["keep", "remove"])
def rule(request):
    return request.param


@pytest.fixture
def study(rule):
    return make_ruled(rule)


def read_hashes():
    return list(LedgerEntry.objects.order_by("position").values_list("position", "record", "leaf_hash"))


def publish(study, settings):
    board = study.leaderboards.get()
    return refresh_leaderboard(leaderboard=board, columns_root=settings.COLUMNS_ROOT, now=AFTER)


def test_the_person_goes_whatever_the_rule(study, settings):
    rater = vote_often(study=study, outcomes=MIXED)
    invitation, _secret = make_invitation(
        study=make_study(opened=False, access="invitation"),
        label="",
        places=1,
        expires_at=None,
        user=None,
        now=NOW,
    )
    Admission.objects.create(study=study, rater=rater, invitation=invitation, admitted_at=NOW)
    RaterIdentity.objects.create(rater=rater, source="panel", external_id="participant-1")
    Vote.objects.create(
        battle=make_battle(study=study, rater=rater),
        outcome="left",
        receipt=make_receipt(),
        cast_at=NOW,
        comment="my own words",
    )
    code = rater.code
    withdraw_rater(rater=rater, now=AFTER)
    rater.refresh_from_db()

    assert rater.code != code
    assert find_rater(code=code) is None
    assert (bytes(rater.salt), rater.erased_at) == (b"", AFTER)
    assert not RaterIdentity.objects.exists()
    assert Admission.objects.get().invitation is None
    assert set(Vote.objects.values_list("comment", flat=True)) == {""}
    assert find_withdrawn(study=study) == {rater.pk}


def test_votes_stay_where_the_study_keeps_them(settings):
    study = make_ruled("keep")
    rater = vote_often(study=study, outcomes=MIXED)
    vote_often(study=study, outcomes=MIXED)
    seal(settings)
    before = publish(study, settings)
    (made,) = withdraw_rater(rater=rater, now=AFTER)

    assert (made.rule, made.entry) == ("keep", None)
    assert not LedgerEntry.objects.filter(kind="rater_withdrawn").exists()
    assert publish(study, settings) == before


def test_votes_go_where_the_study_lets_them(settings):
    study = make_ruled("remove")
    rater = vote_often(study=study, outcomes=MIXED)
    vote_often(study=study, outcomes=MIXED)
    seal(settings)
    publish(study, settings)
    commitment = commit_to_rater(study=study.slug, salt=bytes(rater.salt), code=rater.code)
    (made,) = withdraw_rater(rater=rater, now=AFTER)
    after = read_document(snapshot=publish(study, settings))

    assert json.loads(made.entry.record) == {
        "kind": "rater_withdrawn",
        "position": 13,
        "study": study.slug,
        "rater": commitment,
        "at": AFTER.isoformat(),
    }
    assert after["votes"]["received"] == 12
    assert (after["votes"]["counted"], after["votes"]["raters"]) == (6, 1)
    assert after["exclusions"] == {
        "rule": "applied",
        "raters": 0,
        "votes": 0,
        "positions": [],
        "withdrawn": {"raters": 1, "votes": 6},
    }
    # Nobody decided anything: there is one board, and no raw one with these votes in it.
    assert not Snapshot.objects.filter(exclusions="none").exists()
    assert fetch_board(slug=study.slug, query={"exclusions": "none"}).votes["counted"] == 6


def test_the_raw_board_has_no_vote_of_who_withdrew_either(settings):
    study = make_ruled("remove")
    gone, excluded = (vote_often(study=study, outcomes=MIXED) for _ in range(2))
    vote_often(study=study, outcomes=MIXED)
    seal(settings)
    decide(study, excluded, "exclude", number=2)
    withdraw_rater(rater=gone, now=AFTER)
    publish(study, settings)
    raw, applied = fetch_board(slug=study.slug, query={"exclusions": "none"}), fetch_board(slug=study.slug)

    assert raw.is_raw
    assert (raw.votes["counted"], applied.votes["counted"]) == (12, 6)
    assert raw.exclusions["withdrawn"] == applied.exclusions["withdrawn"] == {"raters": 1, "votes": 6}


def test_tally_and_root_of_what_was_before_do_not_move(study, settings, tmp_path):
    rater = vote_often(study=study, outcomes=MIXED)
    vote_often(study=study, outcomes=turn_by_model(6))
    seal(settings)
    before, hashes = publish(study, settings), read_hashes()
    withdraw_rater(rater=rater, now=AFTER)
    board = study.leaderboards.get()
    columns = refresh_columns(root=tmp_path / "fresh")
    again = compute_published(leaderboard=board, columns=columns, size=before.ledger_size)

    assert read_hashes()[: len(hashes)] == hashes
    assert Snapshot.objects.get(pk=before.pk).document == before.document
    assert again.document.decode() == before.document


def test_what_can_still_be_taken_back_is_where_votes_go():
    study = make_ruled("remove", reveal="after_vote")
    rater = make_rater()
    waiting = make_vote(battle=make_battle(study=study, rater=rater), now=AFTER)
    seen = make_vote(battle=make_battle(study=study, rater=rater), now=AFTER)
    reveal_models(vote=seen, now=AFTER)
    withdraw_rater(rater=rater, now=AFTER)

    assert VoteEnding.objects.get(vote=waiting).ending == "undone"
    kinds = list(LedgerEntry.objects.order_by("position").values_list("kind", "vote"))
    assert kinds == [("study_opened", None), ("vote", seen.pk), ("rater_withdrawn", None)]
    assert seal_all(now=AFTER + timedelta(days=1)) == 0


def test_votes_that_stay_are_sealed_under_one_commitment_before_the_salt_goes(settings):
    study = make_ruled("keep")
    rater = vote_often(study=study, outcomes=MIXED)
    seal(settings)
    make_vote(battle=make_battle(study=study, rater=rater), now=AFTER)
    withdraw_rater(rater=rater, now=AFTER)
    votes = LedgerEntry.objects.filter(kind="vote").values_list("record", flat=True)

    assert len(votes) == 7
    assert {json.loads(record)["rater"] for record in votes} == {
        commit_to_rater(study=study.slug, salt=bytes(rater.salt), code=rater.code)
    }


def test_without_a_vote_in_the_ledger_nothing_is_written_to_it():
    study = make_ruled("remove")
    rater = make_rater()
    Consent.objects.create(rater=rater, study=study, agreed_at=NOW)
    make_vote(battle=make_battle(study=study, rater=rater), now=AFTER)
    (made,) = withdraw_rater(rater=rater, now=AFTER)

    assert (made.rule, made.entry) == ("remove", None)
    assert LedgerEntry.objects.get().kind == "study_opened"


def test_every_study_has_its_own_rule(settings):
    keeps, removes, other = make_ruled("keep"), make_ruled("remove"), make_ruled("remove")
    rater = vote_often(study=keeps, outcomes=MIXED)
    vote_often(study=removes, outcomes=MIXED, rater=rater)
    vote_often(study=other, outcomes=MIXED)
    seal(settings)
    made = withdraw_rater(rater=rater, now=AFTER)

    assert {(each.study, each.rule) for each in made} == {(keeps, "keep"), (removes, "remove")}
    columns = refresh_columns(root=settings.COLUMNS_ROOT)
    gone = [
        find_exclusions(columns=columns, study_id=each.pk, size=columns.size).withdrawn.tolist()
        for each in (keeps, removes, other)
    ]
    assert gone == [[], [rater.pk], []]


def test_a_pilots_votes_are_taken_back_or_left_and_never_sealed():
    study = make_study(opened=False, withdrawal="remove")
    rater = make_rater()
    vote = make_vote(battle=make_battle(study=study, rater=rater, pilot=True))
    withdraw_rater(rater=rater, now=AFTER)

    assert VoteEnding.objects.get(vote=vote).ending == "undone"
    assert not LedgerEntry.objects.exists()


def test_doing_it_twice_is_doing_it_once(study, settings):
    rater = vote_often(study=study, outcomes=MIXED)
    seal(settings)
    first = withdraw_rater(rater=rater, now=AFTER)
    rater.refresh_from_db()
    hashes, code = read_hashes(), rater.code
    second = withdraw_rater(rater=rater, now=AFTER + timedelta(days=1))
    rater.refresh_from_db()

    assert first == second
    assert (read_hashes(), rater.code, rater.erased_at) == (hashes, code, AFTER)


def test_no_audit_event_names_who_withdrew(study, settings):
    rater = vote_often(study=study, outcomes=MIXED)
    seal(settings)
    before = AuditEvent.objects.count()
    withdraw_rater(rater=rater, now=AFTER)

    assert AuditEvent.objects.count() == before


def test_slots_are_given_back():
    study = make_study(
        names=("alpha", "beta"), prompts=3, sampling="designed", votes_per_item=1, withdrawal="remove"
    )
    make_items(study=study)
    rater = make_rater()
    slots = list(Slot.objects.order_by("pk"))
    for slot, kind in zip(slots, ("waiting", "voted", "sealed"), strict=True):
        item = slot.item
        battle = make_battle(study=study, rater=rater, prompt=item.prompt, left=item.first, right=item.second)
        Slot.objects.filter(pk=slot.pk).update(rater=rater, battle=battle, leased_until=battle.expires_at)
        if kind != "waiting":
            make_vote(battle=battle, now=AFTER if kind == "voted" else NOW)
        if kind == "sealed":
            seal_all(now=LATER)
    # The sealer took what its window had passed; what was cast later is still open.
    withdraw_rater(rater=rater, now=AFTER)

    assert list(Slot.objects.order_by("pk").values_list("rater", flat=True)) == [None, None, rater.pk]
    assert measure_coverage(study=study).taken == 1


# What staff may still do


def decide(study, rater, decision, *, number=1, after=0):
    return decide_rater(
        study=study,
        rater=rater,
        number=number,
        decision=decision,
        reason="Too fast.",
        flags=[],
        after=after,
        user=None,
        now=AFTER,
    )


@pytest.mark.parametrize("decision", ["exclude", "keep", "restore"])
def test_nobody_decides_about_votes_that_went(settings, decision):
    study = make_ruled("remove")
    rater = vote_often(study=study, outcomes=MIXED)
    seal(settings)
    first = decide(study, rater, "exclude") if decision == "restore" else None
    withdraw_rater(rater=rater, now=AFTER)

    with pytest.raises(DecisionRefused, match="withdrew"):
        decide(study, rater, decision, after=first.pk if first else 0)


def test_votes_that_went_stay_gone_whatever_was_decided_before(settings):
    study = make_ruled("remove")
    rater = vote_often(study=study, outcomes=MIXED)
    columns = seal(settings)
    first = decide(study, rater, "exclude")
    decide(study, rater, "restore", after=first.pk)
    withdraw_rater(rater=rater, now=AFTER)
    columns = refresh_columns(root=settings.COLUMNS_ROOT)
    exclusions = find_exclusions(columns=columns, study_id=study.pk, size=columns.size)

    assert (exclusions.raters.tolist(), exclusions.withdrawn.tolist()) == ([], [rater.pk])
    assert exclusions.decided
    assert columns.decision[-3:].tolist() == [1, 2, 3]


@pytest.mark.parametrize(("kind", "decision"), [("rater_excluded", "exclude"), ("rater_restored", "restore")])
def test_no_entry_that_comes_later_holds_against_a_withdrawal(settings, kind, decision):
    """None is written; a ledger that has one all the same leaves the votes out, once."""
    study = make_ruled("remove")
    rater = vote_often(study=study, outcomes=MIXED)
    seal(settings)
    withdraw_rater(rater=rater, now=AFTER)
    entry = append_decision(kind=kind, study=study, record={}, now=AFTER)
    RaterDecision.objects.create(
        study=study, rater=rater, decision=decision, reason="Later.", entry=entry, made_at=AFTER
    )
    columns = refresh_columns(root=settings.COLUMNS_ROOT)
    exclusions = find_exclusions(columns=columns, study_id=study.pk, size=columns.size)

    assert (exclusions.raters.tolist(), exclusions.withdrawn.tolist()) == ([], [rater.pk])


def test_a_decision_about_votes_that_stayed_names_the_same_commitment(settings):
    study = make_ruled("keep")
    rater = vote_often(study=study, outcomes=MIXED)
    seal(settings)
    commitment = commit_to_rater(study=study.slug, salt=bytes(rater.salt), code=rater.code)
    withdraw_rater(rater=rater, now=AFTER)
    made = decide(study, rater, "exclude")

    assert json.loads(made.entry.record)["rater"] == commitment


def test_who_left_no_vote_is_not_decided_about():
    study = make_ruled("keep")
    rater = make_rater()
    Consent.objects.create(rater=rater, study=study, agreed_at=NOW)
    withdraw_rater(rater=rater, now=AFTER)

    with pytest.raises(DecisionRefused, match="left no vote"):
        decide(study, rater, "exclude")


def test_who_went_with_the_votes_waits_for_no_decision(settings):
    study = make_ruled("remove")
    rater = vote_often(study=study, outcomes=["left"] * 30, seconds=2)
    seal(settings)
    withdraw_rater(rater=rater, now=AFTER)
    columns = refresh_columns(root=settings.COLUMNS_ROOT)
    (measured,) = measure_quality(study=study, columns=columns).raters

    assert (measured.excluded, measured.withdrew) == (True, True)
    assert list_waiting(raters=[measured], newest={}) == []


def test_no_commitment_is_made_without_a_salt():
    with pytest.raises(LedgerError):
        commit_to_rater(study="tasks", salt=b"", code="code")


# At the same time


def test_a_vote_of_an_erased_rater_keeps_no_other_from_its_place(study):
    """None can be cast; one that is there all the same, from another source, must not stop the sealer."""
    rater = make_rater()
    battle = make_battle(study=study, rater=rater)
    withdraw_rater(rater=rater, now=NOW)
    make_vote(battle=battle)
    kept = make_vote(battle=make_battle(study=study))

    assert seal_all(now=LATER) == 1
    assert LedgerEntry.objects.get(kind="vote").vote == kept


def test_a_vote_that_comes_after_is_refused(study):
    rater = make_rater()
    battle = make_battle(study=study, rater=rater)
    withdraw_rater(rater=rater, now=NOW)

    with pytest.raises(BattleExpired):
        cast_vote(battle=battle, outcome="left", revision=0, now=NOW)
    assert not Vote.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sampling", ["balanced", "designed"])
def test_a_vote_on_its_way_is_in_before_or_refused_after(rule, sampling, monkeypatch):
    """The vote is sent while the withdrawal has read all votes and not yet committed."""
    options = {"sampling": sampling, **({"votes_per_item": 1} if sampling == "designed" else {})}
    study = make_ruled(rule, **options)
    rater = make_rater()
    prompt = study.prompt_set.prompts.first()
    battle = make_battle(study=study, rater=rater, prompt=prompt)
    if sampling == "designed":
        make_items(study=study)
        free = Slot.objects.filter(item__prompt=prompt)
        free.update(rater=rater, battle=battle, leased_until=battle.expires_at)
    read, forget = threading.Event(), withdrawals._forget

    def wait_then_forget(**values):
        read.set()
        threading.Event().wait(0.5)
        forget(**values)

    def vote_meanwhile():
        read.wait(30)
        cast_vote(battle=battle, outcome="left", revision=0, now=NOW)

    monkeypatch.setattr(withdrawals, "_forget", wait_then_forget)
    raised = run_all(lambda: withdraw_rater(rater=rater, now=NOW), vote_meanwhile)

    assert raised == ["BattleExpired"]
    assert not Vote.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_withdrawing_beside_the_sealer_leaves_one_commitment_a_study(rule):
    """Sealers and withdrawals run into each other; every vote that counts has its place under the one commitment."""
    study = make_ruled(rule, undo_seconds=0)
    raters = [vote_often(study=study, outcomes=MIXED) for _ in range(6)]
    known = {
        rater.pk: commit_to_rater(study=study.slug, salt=bytes(rater.salt), code=rater.code)
        for rater in raters
    }
    leave = [lambda rater=rater: withdraw_rater(rater=rater, now=LATER) for rater in raters for _ in range(2)]
    raised = run_all(*leave, *[lambda: seal_all(now=LATER)] * 4)

    assert raised == []
    assert Rater.objects.filter(erased_at__isnull=True).count() == 0
    assert Withdrawal.objects.count() == 6
    sealed = list(LedgerEntry.objects.filter(kind="vote").values_list("vote__battle__rater", "record"))
    assert all(json.loads(record)["rater"] == known[pk] for pk, record in sealed)
    undone = VoteEnding.objects.filter(ending="undone").count()
    assert len(sealed) + undone == Vote.objects.count() == 36
    assert rule == "remove" or undone == 0
    positions = list(LedgerEntry.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(len(positions)))
