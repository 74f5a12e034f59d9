"""Votes that come after their battle's lease: taken, unless their place went to somebody else."""

import threading
from datetime import timedelta

import pytest

from evaluations.battles import skip_battle
from evaluations.errors import BattleExpired, StudyNotOpen
from evaluations.items import measure_coverage, return_slots
from evaluations.ledger import seal_all
from evaluations.models import NamesShown, Slot, Vote
from evaluations.personal.withdrawals import withdraw_rater
from evaluations.rows import find_battle
from evaluations.studies import close_study
from evaluations.votes import fetch_vote, find_refusal, reveal_models, undo_vote
from tests.factories import NOW, make_battle, make_rater, make_study
from tests.test_items import make_designed, show, vote
from tests.threads import run_all

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(hours=3)


@pytest.fixture
def study(db):
    """One item, to be judged once."""
    return make_designed(names=("a", "b"), prompts=1, votes_per_item=1)


@pytest.mark.parametrize("sampling", ["balanced", "adaptive"])
def test_where_nothing_is_given_away_a_late_vote_is_taken(sampling):
    battle = make_battle(study=make_study(sampling=sampling))
    made = vote(battle, now=LATE)

    assert made.created
    assert Vote.objects.get().receipt == made.vote.receipt
    assert not vote(battle, now=LATE, outcome="right").created


def test_a_slot_that_nobody_looked_at_is_still_the_battles(study):
    battle = show(study, make_rater())

    assert vote(battle, now=LATE).created
    assert return_slots(study=study, now=LATE) == 0
    assert show(study, make_rater(), now=LATE) is None


def test_a_slot_that_came_back_and_is_free_is_taken_again(study):
    battle = show(study, make_rater())
    assert return_slots(study=study, now=LATE) == 1
    assert find_refusal(battle=battle, now=LATE) is None

    assert vote(battle, now=LATE).created
    slot = Slot.objects.get()
    assert (slot.battle_id, slot.rater_id) == (battle.pk, battle.rater_id)
    assert return_slots(study=study, now=LATE + timedelta(days=1)) == 0
    assert show(study, make_rater(), now=LATE) is None
    assert measure_coverage(study=study).voted == 1


@pytest.mark.parametrize("voted", [False, True])
def test_a_slot_that_went_to_somebody_else_is_theirs(study, voted):
    battle = show(study, make_rater())
    other = show(study, make_rater(), now=LATE)
    if voted:
        vote(other, now=LATE)

    assert isinstance(find_refusal(battle=battle, now=LATE), BattleExpired)
    with pytest.raises(BattleExpired):
        vote(battle, now=LATE)
    assert Slot.objects.get().battle_id == other.pk
    assert [cast.battle for cast in Vote.objects.all()] == ([other] if voted else [])


def test_any_free_slot_of_the_item_will_do_and_none_of_another():
    study = make_designed(names=("a", "b"), prompts=2, votes_per_item=2)
    first, second = show(study, make_rater()), show(study, make_rater())
    assert first.prompt_id != second.prompt_id
    return_slots(study=study, now=LATE)
    item = Slot.objects.filter(item__prompt=first.prompt_id)
    others = []
    while item.filter(battle=None).count() > 1:
        others.append(show(study, make_rater(), now=LATE))
    assert vote(first, now=LATE).created
    assert item.filter(battle=None).count() == 0

    # The other item has free slots; a third one on this item has none.
    late = make_battle(study=study, prompt=first.prompt)
    assert Slot.objects.filter(battle=None).exists()
    with pytest.raises(BattleExpired):
        vote(late, now=LATE)


def test_a_late_vote_can_be_taken_back_and_cast_anew(study):
    battle = show(study, make_rater())
    return_slots(study=study, now=LATE)
    vote(battle, now=LATE)
    undo_vote(vote=fetch_vote(battle=battle), now=LATE)
    # It keeps its slot for as long as a new battle would.
    assert show(study, make_rater(), now=LATE) is None

    assert vote(battle, now=LATE, revision=1).created
    assert Slot.objects.get().battle_id == battle.pk


def test_an_old_answer_that_is_sent_again_takes_no_slot(study):
    battle = show(study, make_rater())
    vote(battle)
    undo_vote(vote=fetch_vote(battle=battle), now=NOW)
    return_slots(study=study, now=LATE)
    again = vote(battle, now=LATE)

    assert (again.created, again.undone) == (False, True)
    assert Slot.objects.get().battle_id is None


@pytest.mark.parametrize("revision", [0, 1])
def test_what_was_skipped_meanwhile_takes_no_slot(study, revision):
    """Read before the skip, as in a request that runs beside it."""
    token = show(study, make_rater()).token
    if revision:
        vote(find_battle(token=token))
        undo_vote(vote=fetch_vote(battle=find_battle(token=token)), now=NOW)
    read_before = find_battle(token=token)
    skip_battle(battle=find_battle(token=token), now=NOW)

    with pytest.raises(BattleExpired):
        vote(read_before, revision=revision)
    assert Slot.objects.get().battle_id is None


def test_who_withdrew_takes_no_slot(study):
    rater = make_rater()
    battle = show(study, rater)
    withdraw_rater(rater=rater, now=LATE)
    assert Slot.objects.get().battle_id is None

    with pytest.raises(BattleExpired):
        vote(battle, now=LATE)
    assert Slot.objects.get().battle_id is None
    assert not Vote.objects.exists()


@pytest.mark.parametrize("sampling", ["balanced", "designed"])
def test_a_study_that_has_closed_takes_no_late_vote(sampling):
    study = make_study(sampling=sampling, votes_per_item=1)
    battle = show(study, make_rater())
    battle.study = close_study(study=study, now=LATE)

    with pytest.raises(StudyNotOpen):
        vote(battle, now=LATE)


@pytest.mark.parametrize("sealed", [False, True])
def test_names_that_were_shown_meanwhile_end_what_they_give_away(sealed):
    """Names wait for no expired battle: so it must not be voted on by who has seen them."""
    study, rater = make_study(reveal="after_vote"), make_rater()
    first = make_battle(study=study, rater=rater)
    repeat = make_battle(
        study=study, rater=rater, kind="repeat", repeats=first, left=first.right, right=first.left
    )
    elsewhere = make_battle(study=study, rater=rater, prompt=study.prompt_set.prompts.last())
    somebody = make_battle(study=study)
    vote(first, now=LATE)
    if sealed:
        seal_vote(first)
    assert find_refusal(battle=repeat, now=LATE) is None
    reveal_models(vote=fetch_vote(battle=first), now=LATE)
    assert NamesShown.objects.exists() == sealed

    with pytest.raises(BattleExpired, match="seen who wrote"):
        vote(repeat, now=LATE)
    assert vote(elsewhere, now=LATE).created
    assert vote(somebody, now=LATE).created


def seal_vote(battle):
    assert seal_all(now=LATE + timedelta(minutes=1)) == 1
    assert fetch_vote(battle=battle).ending.ending == "sealed"


# At the same time


@pytest.mark.django_db(transaction=True)
def test_the_same_late_vote_from_many_tabs_is_one_vote_in_one_slot():
    for _ in range(6):
        study = make_designed(names=("a", "b"), prompts=1, votes_per_item=4)
        token = show(study, make_rater()).token
        return_slots(study=study, now=LATE)
        tabs = [find_battle(token=token) for _ in range(4)]
        receipts = []
        raised = run_all(
            *(
                lambda tab=tab, receipts=receipts: receipts.append(vote(tab, now=LATE).vote.receipt)
                for tab in tabs
            )
        )

        assert raised == []
        assert len(receipts) == 4
        assert len(set(receipts)) == 1
        assert Slot.objects.filter(study=study, battle__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_late_vote_and_the_next_rater_exactly_one_gets_the_slot():
    """And the periodic return runs beside them."""
    for _ in range(8):
        study = make_designed(names=("a", "b"), prompts=1, votes_per_item=1)
        late, shown = show(study, make_rater()), []
        rater = make_rater()
        raised = run_all(
            lambda late=late: vote(late, now=LATE),
            lambda study=study, rater=rater, shown=shown: shown.append(show(study, rater, now=LATE)),
            lambda study=study: return_slots(study=study, now=LATE),
        )
        slot = Slot.objects.get(study=study)
        given = [battle for battle in shown if battle is not None]

        assert len(given) == len(raised)
        assert set(raised) <= {"BattleExpired"}
        assert slot.battle_id == (given[0].pk if given else late.pk)
        assert Vote.objects.filter(battle__study=study).count() == 1 - len(given)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_a_slot_that_is_being_given_away_is_waited_for(second_connection, ends):
    study = make_designed(names=("a", "b"), prompts=1, votes_per_item=1)
    late, other = show(study, make_rater()), make_battle(study=study)
    return_slots(study=study, now=LATE)
    second_connection.set_autocommit(False)
    with second_connection.cursor() as cursor:
        cursor.execute(
            "UPDATE evaluations_slot SET battle_id = %s, rater_id = %s, leased_until = %s",
            [other.pk, other.rater_id, LATE],
        )

    raised = []
    voting = threading.Thread(target=lambda: raised.extend(run_all(lambda: vote(late, now=LATE))))
    voting.start()
    voting.join(timeout=0.5)
    waited = voting.is_alive()
    # A connection belongs to its thread: this one ends what the other waits for.
    getattr(second_connection, ends)()
    voting.join(timeout=60)

    assert waited
    assert raised == (["BattleExpired"] if ends == "commit" else [])
    assert Slot.objects.get().battle_id == (other.pk if ends == "commit" else late.pk)
    assert Vote.objects.count() == (0 if ends == "commit" else 1)
