from datetime import timedelta

import pytest

from evaluations.battles import skip_battle
from evaluations.errors import (
    BattleExpired,
    OutcomeUnknown,
    RevisionStale,
    StudyNotOpen,
    UndoRefused,
    VoteClosed,
)
from evaluations.models import Slot, Vote, VoteEnding
from evaluations.studies import close_study
from evaluations.votes import cast_vote, fetch_vote, is_undone, make_receipt, reveal_models, undo_vote
from tests.factories import NOW, make_battle, make_study

pytestmark = pytest.mark.django_db


def cast(battle, *, outcome="left", revision=0, after=0, **remarks):
    now = NOW + timedelta(seconds=after)
    return cast_vote(battle=battle, outcome=outcome, revision=revision, now=now, **remarks)


def test_vote_is_recorded_with_a_receipt():
    result = cast(make_battle(study=make_study()))

    assert result.created
    assert Vote.objects.get().receipt == result.vote.receipt


@pytest.mark.parametrize("again", ["left", "right", "tie"])
def test_replay_gives_the_same_row_and_receipt_whatever_it_says(again):
    battle = make_battle(study=make_study())
    first = cast(battle)
    second = cast(battle, outcome=again, after=3)

    assert not second.created
    assert second.vote.receipt == first.vote.receipt
    assert Vote.objects.get().outcome == "left"


def test_replay_after_the_lease_and_the_close_still_gives_the_receipt():
    study = make_study()
    battle = make_battle(study=study)
    first = cast(battle)
    battle.study = close_study(study=study, now=NOW)

    assert cast(battle, after=10_000).vote.receipt == first.vote.receipt


def test_a_pilots_battle_is_refused_once_the_study_is_open_and_nothing_stored():
    battle = make_battle(study=make_study(), pilot=True)

    with pytest.raises(BattleExpired):
        cast(battle)
    assert not Vote.objects.exists()


@pytest.mark.parametrize("again", ["left", "right"])
def test_a_replay_says_whether_it_gives_another_answer(again):
    battle = make_battle(study=make_study())

    assert not cast(battle).differs
    assert cast(battle, outcome=again).differs == (again == "right")


@pytest.mark.parametrize("outcome", ["", "LEFT", "a", "both", "left "])
def test_unknown_outcome_is_refused_never_a_tie(outcome):
    with pytest.raises(OutcomeUnknown):
        cast(make_battle(study=make_study()), outcome=outcome)
    assert not Vote.objects.exists()


def test_closed_study_takes_no_vote():
    study = make_study()
    battle = make_battle(study=study)
    battle.study = close_study(study=study, now=NOW)

    with pytest.raises(StudyNotOpen):
        cast(battle)


def test_skipped_battle_takes_no_vote():
    battle = make_battle(study=make_study())
    skip_battle(battle=battle, now=NOW)

    with pytest.raises(VoteClosed):
        cast(battle)


def test_undo_then_vote_again_is_a_new_revision():
    battle = make_battle(study=make_study())
    first = cast(battle)
    undo_vote(vote=fetch_vote(battle=battle), now=NOW + timedelta(seconds=5))
    second = cast(battle, outcome="right", revision=1, after=8)

    assert second.created
    assert second.vote.receipt != first.vote.receipt
    assert cast(battle, after=9).undone
    assert [(v.revision, v.outcome) for v in Vote.objects.order_by("revision")] == [(0, "left"), (1, "right")]


def test_second_revision_without_undo_is_refused():
    battle = make_battle(study=make_study())
    cast(battle)

    for revision in (1, 7):
        with pytest.raises(RevisionStale, match="was not taken back"):
            cast(battle, revision=revision)
    assert Vote.objects.count() == 1


@pytest.mark.parametrize("undone", [False, True])
def test_a_revision_that_never_came_is_not_said_to_be_an_older_one(undone):
    battle = make_battle(study=make_study())
    if undone:
        cast(battle)
        undo_vote(vote=fetch_vote(battle=battle), now=NOW)

    with pytest.raises(RevisionStale, match="not the answer that comes next here"):
        cast(battle, revision=2)
    assert Vote.objects.count() == undone


def test_undo_twice_is_undo_once():
    battle = make_battle(study=make_study())
    cast(battle)
    for _ in range(2):
        undo_vote(vote=fetch_vote(battle=battle), now=NOW)

    assert is_undone(vote=fetch_vote(battle=battle))


def test_undo_after_the_window_is_refused():
    battle = make_battle(study=make_study(undo_seconds=10))
    cast(battle)

    with pytest.raises(UndoRefused):
        undo_vote(vote=fetch_vote(battle=battle), now=NOW + timedelta(seconds=10))
    assert not is_undone(vote=fetch_vote(battle=battle))


def test_undo_ends_where_names_begin():
    battle = make_battle(study=make_study(reveal="after_vote"))
    cast(battle)
    reveal_models(vote=fetch_vote(battle=battle), now=NOW + timedelta(seconds=1))

    with pytest.raises(UndoRefused):
        undo_vote(vote=fetch_vote(battle=battle), now=NOW + timedelta(seconds=2))
    with pytest.raises(RevisionStale):
        cast(battle, outcome="right", revision=1, after=3)
    assert VoteEnding.objects.get().ending == VoteEnding.Ending.REVEALED


def test_names_of_an_undone_vote_stay_hidden():
    battle = make_battle(study=make_study(reveal="after_vote"))
    cast(battle)
    undo_vote(vote=fetch_vote(battle=battle), now=NOW)

    with pytest.raises(UndoRefused):
        reveal_models(vote=fetch_vote(battle=battle), now=NOW)


def test_receipts_are_twelve_characters_without_lookalikes():
    receipt = make_receipt()

    assert len(receipt.replace("-", "")) == 12
    assert not set(receipt) & set("ILOU")


REMARKS = {"reasons": {"left": ["clear"], "right": ["wrong"]}, "comment": "B adds badly.", "active_ms": 4200}


@pytest.mark.parametrize("sampling", ["adaptive", "designed"])
def test_a_vote_keeps_its_reasons_comment_and_time(sampling):
    study = make_study(sampling=sampling, votes_per_item=2, reason_tags=["clear", "wrong"])
    battle = make_battle(study=study)
    if sampling == "designed":
        take_slot(battle)
    cast(battle, **REMARKS)

    stored = Vote.objects.get()
    assert {name: getattr(stored, name) for name in REMARKS} == REMARKS


def take_slot(battle):
    slot = Slot.objects.filter(study=battle.study, battle=None).first()
    slot.battle, slot.rater, slot.leased_until = battle, battle.rater, battle.expires_at
    slot.save()


def test_a_vote_without_remarks_has_none():
    cast(make_battle(study=make_study(reason_tags=["clear"])))

    stored = Vote.objects.get()
    assert (stored.reasons, stored.comment, stored.active_ms) == (None, "", None)


def test_a_replay_keeps_the_first_remarks():
    battle = make_battle(study=make_study(reason_tags=["clear", "wrong"]))
    cast(battle, **REMARKS)
    cast(battle, reasons={"left": ["wrong"]}, comment="Another.", active_ms=1)

    stored = Vote.objects.get()
    assert {name: getattr(stored, name) for name in REMARKS} == REMARKS


def test_the_vote_after_an_undo_has_remarks_of_its_own():
    battle = make_battle(study=make_study(reason_tags=["clear", "wrong"]))
    cast(battle, **REMARKS)
    undo_vote(vote=fetch_vote(battle=battle), now=NOW)
    cast(battle, revision=1, comment="Another.")

    assert list(Vote.objects.order_by("revision").values_list("comment", "active_ms")) == [
        ("B adds badly.", 4200),
        ("Another.", None),
    ]
