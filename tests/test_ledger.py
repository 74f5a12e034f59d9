import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from evaluations.canonical import encode_canonical, hash_leaf
from evaluations.ledger import LEDGER_LOCK, seal_all, seal_votes
from evaluations.models import LedgerEntry, VoteEnding
from evaluations.studies import close_study
from evaluations.votes import fetch_vote, reveal_models, undo_vote
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


def vote_entries():
    return LedgerEntry.objects.filter(kind="vote").order_by("position")


def test_opening_a_study_is_the_first_entry():
    study = make_study()
    entry = LedgerEntry.objects.get()

    assert entry.position == 0
    assert json.loads(entry.record)["protocol_hash"] == study.protocol_hash


def test_positions_are_gapless_and_in_order_of_time():
    study = make_study()
    battles = [make_battle(study=study) for _ in range(5)]
    for delay, battle in zip([4, 2, 3, 0, 1], battles, strict=True):
        make_vote(battle=battle, now=NOW + timedelta(seconds=delay))

    assert seal_votes(now=LATER) == 5
    assert list(LedgerEntry.objects.values_list("position", flat=True)) == list(range(6))
    times = [entry.vote.cast_at for entry in vote_entries()]
    assert times == sorted(times)


def test_sealing_twice_seals_once():
    make_vote(battle=make_battle(study=make_study()))

    assert [seal_votes(now=LATER), seal_votes(now=LATER)] == [1, 0]


def test_a_vote_that_can_still_be_undone_waits():
    make_vote(battle=make_battle(study=make_study(undo_seconds=10)))

    assert seal_votes(now=NOW + timedelta(seconds=9)) == 0
    assert seal_votes(now=NOW + timedelta(seconds=10)) == 1


def test_a_revealed_vote_need_not_wait():
    battle = make_battle(study=make_study(reveal="after_vote"))
    make_vote(battle=battle)
    reveal_models(vote=fetch_vote(battle=battle), now=NOW)

    assert seal_votes(now=NOW + timedelta(seconds=1)) == 1


def test_an_undone_vote_is_never_sealed_and_its_successor_is():
    battle = make_battle(study=make_study())
    make_vote(battle=battle)
    undo_vote(vote=fetch_vote(battle=battle), now=NOW)
    second = make_vote(battle=battle, outcome="right", revision=1)

    assert seal_all(now=LATER) == 1
    assert vote_entries().get().vote == second


def test_a_sealed_vote_can_not_be_undone_even_by_a_slow_clock():
    battle = make_battle(study=make_study(undo_seconds=10))
    vote = make_vote(battle=battle)
    seal_votes(now=NOW + timedelta(seconds=10))

    assert VoteEnding.objects.get(vote=vote).ending == "sealed"
    with pytest.raises(Exception, match="time to undo has passed"):
        undo_vote(vote=fetch_vote(battle=battle), now=NOW + timedelta(seconds=9))


def test_leaf_is_the_hash_of_the_canonical_record_and_hides_rater_and_receipt():
    rater = make_rater()
    vote = make_vote(battle=make_battle(study=make_study(), rater=rater))
    seal_votes(now=LATER)
    entry = vote_entries().get()

    assert encode_canonical(json.loads(entry.record)).decode() == entry.record
    assert bytes(entry.leaf_hash) == hash_leaf(entry.record.encode())
    assert rater.code not in entry.record
    assert vote.receipt not in entry.record


def test_an_old_vote_that_came_late_is_sealed_by_the_full_pass():
    study = make_study()
    make_vote(battle=make_battle(study=study), now=NOW)
    seal_votes(now=LATER)
    make_vote(battle=make_battle(study=study), now=NOW - timedelta(days=2))

    assert seal_votes(now=LATER) == 0
    assert seal_votes(now=LATER, everything=True) == 1


def test_votes_of_a_closed_study_are_still_sealed():
    study = make_study()
    make_vote(battle=make_battle(study=study))
    close_study(study=study, now=NOW)

    assert seal_votes(now=LATER) == 1


def test_a_sealed_vote_from_the_future_hides_no_vote_of_today():
    study = make_study()
    make_vote(battle=make_battle(study=study), now=NOW + timedelta(days=3))
    seal_votes(now=NOW + timedelta(days=4))
    make_vote(battle=make_battle(study=study), now=NOW)

    assert seal_votes(now=LATER) == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_sealer_leaves_at_once(second_connection):
    make_vote(battle=make_battle(study=make_study()))
    with second_connection.cursor() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LEDGER_LOCK])
        assert seal_votes(now=LATER) == 0
        other.execute("SELECT pg_advisory_unlock(%s)", [LEDGER_LOCK])
    assert seal_votes(now=LATER) == 1


def raises_named(name):
    return pytest.raises(IntegrityError, match=name)


def insert_entry(**changes):
    entry = LedgerEntry.objects.order_by("-position").first()
    values = {
        "position": entry.position + 1,
        "previous_id": entry.position,
        "kind": "study_closed",
        "study": entry.study,
        "record": "{}",
        "leaf_hash": b"x" * 32,
        "sealed_at": NOW,
        **changes,
    }
    return LedgerEntry.objects.create(**values)


def insert_entry_and_check(**changes):
    insert_entry(**changes)
    connection.check_constraints()


@pytest.mark.parametrize(
    "changes", [{"position": 7}, {"previous_id": None}, {"position": 5, "previous_id": 4}]
)
def test_ledger_has_no_gap(changes):
    make_study()

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_entry_and_check(**changes)


def test_ledger_takes_only_final_votes():
    vote = make_vote(battle=make_battle(study=make_study()))

    with raises_named("ledger_takes_final_votes"), transaction.atomic():
        insert_entry(kind="vote", vote=vote)


def test_ledger_is_insert_only():
    make_study()

    with raises_named("insert-only"), transaction.atomic():
        LedgerEntry.objects.update(record="{}")
    with raises_named("insert-only"), transaction.atomic():
        LedgerEntry.objects.all()._raw_delete("default")


def test_a_rater_has_another_name_in_each_study():
    """Two studies can't be tied to one rater by the ledger; within one, votes can."""
    rater = make_rater()
    for study in (make_study(), make_study()):
        for _ in range(2):
            make_vote(battle=make_battle(study=study, rater=rater))
    seal_all(now=NOW + timedelta(minutes=1))
    entries = LedgerEntry.objects.filter(kind="vote")

    names = {(entry.study_id, json.loads(entry.record)["rater"]) for entry in entries}
    assert len(names) == len({name for _study, name in names}) == 2
