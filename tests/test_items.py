"""Designed studies: each item exactly as often as asked, nobody twice, and what was abandoned comes back."""

import threading
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import numpy as np
import pytest
from django.conf import settings
from django.db import connection

from evaluations import items
from evaluations.battles import show_next, skip_battle
from evaluations.errors import BattleExpired, StudyError
from evaluations.items import make_items, measure_coverage, return_all_slots, return_slots
from evaluations.ledger import seal_all
from evaluations.models import Battle, Item, Slot, Study, Vote
from evaluations.studies import open_study
from evaluations.vote_rows import INSERT_VOTE_IN_SLOT
from evaluations.votes import cast_vote, fetch_vote, undo_vote
from tests.factories import NOW, make_rater, make_study

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)


def make_designed(*, votes_per_item=2, **options):
    values = {"sampling": "designed", "votes_per_item": votes_per_item, "session_length": 1000, **options}
    return make_study(**values)


def show(study, rater, *, now=NOW, seed=None):
    generator = np.random.default_rng(seed)
    return show_next(
        study=study, rater=rater, columns_root=settings.COLUMNS_ROOT, generator=generator, now=now
    )[0]


def vote(battle, *, now=NOW, outcome="left", revision=0):
    return cast_vote(battle=battle, outcome=outcome, revision=revision, now=now)


def rate_all(study, rater, *, now=NOW):
    """Until nothing is left for this rater. Returns the battles."""
    battles = []
    while battle := show(study, rater, now=now):
        vote(battle, now=now)
        battles.append(battle)
    return battles


def name_pair(battle):
    return battle.prompt_id, frozenset((battle.left_id, battle.right_id))


def test_opening_makes_an_item_of_each_pair_on_each_prompt_and_a_slot_for_each_vote():
    study = make_designed(names=("a", "b", "c", "d"), prompts=5, votes_per_item=3)

    assert Item.objects.filter(study=study).count() == 5 * 6
    assert Slot.objects.filter(study=study).count() == 5 * 6 * 3
    assert {slot.number for slot in Slot.objects.all()} == {1, 2, 3}
    assert len(set(Slot.objects.values_list("lot", flat=True))) == 90


def test_making_items_twice_is_making_them_once():
    study = make_designed()
    before = set(Slot.objects.values_list("pk", flat=True))

    assert make_items(study=study) == len(before)
    assert set(Slot.objects.values_list("pk", flat=True)) == before


def test_a_design_that_asks_for_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(items, "MOST_SLOTS", 17)
    with pytest.raises(StudyError, match="18 votes"):
        make_designed(prompts=3, votes_per_item=2)
    assert not Study.objects.filter(state="open").exists()


def test_of_a_model_that_retired_nothing_more_is_asked():
    study = make_designed(prompts=2)
    held = show(study, make_rater())
    study.entries.filter(model__slug="gamma").update(retired_at=NOW)
    make_items(study=study)
    shown = [battle for _ in range(4) for battle in rate_all(study, make_rater())]

    assert {side.model.slug for battle in shown for side in (battle.left, battle.right)} == {"alpha", "beta"}
    assert vote(held).created


def test_each_item_gets_its_votes_and_no_more():
    study = make_designed(votes_per_item=2)
    first, second, third = (rate_all(study, make_rater()) for _ in range(3))

    assert len(first) == len(second) == 9
    assert third == []
    assert set(Counter(name_pair(battle) for battle in first + second).values()) == {2}
    assert {battle.probability for battle in first + second} == {None}


def test_the_rounds_go_one_after_the_other():
    study = make_designed(votes_per_item=2)
    raters = [make_rater() for _ in range(9)]
    for rater in raters:
        vote(show(study, rater))

    assert Counter(name_pair(battle) for battle in Battle.objects.all()).most_common(1)[0][1] == 1


def test_a_prompt_new_to_the_rater_comes_before_one_they_know():
    study = make_designed(prompts=6, votes_per_item=1)
    rater = make_rater()
    first = [show_and_vote(study, rater) for _ in range(6)]

    assert len({battle.prompt_id for battle in first}) == 6


def show_and_vote(study, rater):
    battle = show(study, rater)
    vote(battle)
    return battle


def test_sides_go_by_a_coin():
    study = make_designed(names=("a", "b"), prompts=200, votes_per_item=1)
    rater = make_rater()
    generator = np.random.default_rng(5)
    lefts = 0
    for _ in range(200):
        battle, _session = show_next(
            study=study, rater=rater, columns_root=settings.COLUMNS_ROOT, generator=generator, now=NOW
        )
        vote(battle)
        lefts += battle.left.model.slug == "a"

    # Six standard deviations of a fair coin.
    assert abs(lefts - 100) < 6 * np.sqrt(200 / 4)


def test_an_abandoned_item_goes_to_another_and_its_late_vote_is_refused():
    study = make_designed(names=("a", "b"), prompts=1, votes_per_item=1, lease_minutes=60)
    slow, quick = make_rater(), make_rater()
    held = show(study, slow)
    assert show(study, quick) is None

    given_on = show(study, quick, now=NOW + timedelta(minutes=60))
    assert name_pair(given_on) == name_pair(held)
    with pytest.raises(BattleExpired):
        vote(held, now=NOW + timedelta(minutes=61))
    # Even by a clock that is behind: the slot decides.
    with pytest.raises(BattleExpired):
        vote(held, now=NOW)
    assert vote(given_on, now=NOW + timedelta(minutes=61)).created
    assert Vote.objects.count() == 1
    # Who let it go does not get it again.
    assert show(study, slow, now=NOW + timedelta(minutes=200)) is None


def test_a_vote_keeps_its_slot_for_good_and_its_replay_gets_the_receipt():
    study = make_designed(names=("a", "b"), prompts=1, votes_per_item=1)
    battle = show(study, make_rater())
    receipt = vote(battle).vote.receipt

    assert return_slots(study=study, now=LATER) == 0
    assert show(study, make_rater(), now=LATER) is None
    assert vote(battle, now=LATER).vote.receipt == receipt


def test_an_undone_vote_keeps_its_slot_while_its_battle_lives():
    study = make_designed(names=("a", "b"), prompts=1, votes_per_item=1)
    battle = show(study, make_rater())
    vote(battle)
    undo_vote(vote=fetch_vote(battle=battle), now=NOW)

    assert return_slots(study=study, now=NOW + timedelta(minutes=119)) == 0
    assert vote(battle, revision=1, now=NOW + timedelta(minutes=119)).created


def test_an_undone_vote_that_was_not_cast_again_gives_its_slot_back():
    study = make_designed(names=("a", "b"), prompts=1, votes_per_item=1)
    battle = show(study, make_rater())
    vote(battle)
    undo_vote(vote=fetch_vote(battle=battle), now=NOW)

    assert return_slots(study=study, now=NOW + timedelta(minutes=120)) == 1
    assert show(study, make_rater(), now=NOW + timedelta(minutes=120)) is not None
    with pytest.raises(BattleExpired):
        vote(battle, revision=1, now=NOW + timedelta(minutes=120))


def test_a_vote_that_can_still_be_undone_does_not_fill_its_slot():
    study = make_designed(names=("a", "b"), prompts=1, votes_per_item=1, undo_seconds=3600)
    battle = show(study, make_rater())
    last = NOW + timedelta(minutes=119)
    vote(battle, now=last)
    return_slots(study=study, now=NOW + timedelta(minutes=121))
    undo_vote(vote=fetch_vote(battle=battle), now=NOW + timedelta(minutes=122))

    assert return_slots(study=study, now=NOW + timedelta(minutes=123)) == 1


def test_what_is_final_is_looked_at_once():
    study = make_designed(names=("a", "b"), prompts=1, votes_per_item=1)
    vote(show(study, make_rater()))
    seal_all(now=LATER)
    return_all_slots(now=LATER)

    assert Slot.objects.get().filled
    assert measure_coverage(study=study) == items.Coverage(items=1, items_done=1, slots=1, taken=1, voted=1)


def test_a_skipped_item_goes_to_another_at_once_and_not_to_the_same_rater():
    study = make_designed(names=("a", "b"), prompts=1, votes_per_item=1)
    rater = make_rater()
    battle = show(study, rater)
    skip_battle(battle=battle, now=NOW)

    assert show(study, rater) is None
    assert name_pair(show(study, make_rater())) == name_pair(battle)


def test_skipping_after_the_vote_gives_nothing_back():
    study = make_designed(names=("a", "b"), prompts=1, votes_per_item=1)
    battle = show(study, make_rater())
    vote(battle)
    skip_battle(battle=battle, now=NOW)

    assert show(study, make_rater()) is None


def test_a_second_tab_gets_the_same_battle_and_takes_no_second_slot():
    study = make_designed()
    rater = make_rater()
    values = {"study": study, "rater": rater, "number": 1, "swapped": False, "now": NOW}

    assert items.lease_slot(**values, token="one")
    assert items.lease_slot(**values, token="two")
    assert [battle.token for battle in Battle.objects.all()] == ["one"]
    assert Slot.objects.filter(battle__isnull=False).count() == 1


def test_a_pilot_of_a_designed_study_takes_no_slots():
    study = make_designed(opened=False)
    study.state = "pilot"
    study.piloted_at = NOW
    study.save()
    battle = show(study, make_rater())

    assert battle.pilot
    assert vote(battle).created
    assert not Slot.objects.exists()


def test_leasing_takes_one_statement(django_assert_num_queries):
    study = make_designed()
    rater = make_rater()
    with django_assert_num_queries(1):
        items.lease_slot(study=study, rater=rater, number=1, token="t", swapped=True, now=NOW)


class Crowd:
    """Threads of raters, each with its own connection: some vote, some skip, some let the lease run out."""

    def __init__(self, *, study, threads, raters_each):
        self.study, self.raters_each = study, raters_each
        self.failures = []
        self.threads = [threading.Thread(target=self.work, args=[seed]) for seed in range(threads)]

    def run(self):
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join()
        assert self.failures == []

    def work(self, seed):
        try:
            generator = np.random.default_rng(seed)
            for _ in range(self.raters_each):
                self.rate(make_rater(), generator)
        except BaseException as failure:
            self.failures.append(failure)
        finally:
            connection.close()

    def rate(self, rater, generator):
        """Later and later: each battle is shown half a lease after the one before."""
        for step in range(6):
            now = NOW + timedelta(minutes=30 * step)
            battle, _session = show_next(
                study=self.study,
                rater=rater,
                columns_root=settings.COLUMNS_ROOT,
                generator=generator,
                now=now,
            )
            if battle is None:
                return
            self.answer(battle, now, generator)

    def answer(self, battle, now, generator):
        match generator.integers(4):
            case 0:
                return
            case 1:
                skip_battle(battle=battle, now=now)
            case 2:
                # At the last moment, by the clock of this thread; others may have given the slot on.
                vote_or_be_late(battle, battle.expires_at - timedelta(microseconds=1))
            case _:
                vote_or_be_late(battle, now)


def vote_or_be_late(battle, now):
    with suppress(BattleExpired):
        vote(battle, now=now)


@pytest.mark.django_db(transaction=True)
def test_under_concurrency_exactly_the_votes_asked_for_and_no_rater_twice():
    study = make_designed(names=("a", "b", "c"), prompts=8, votes_per_item=3, lease_minutes=60)
    Crowd(study=study, threads=8, raters_each=6).run()
    # Whatever the crowd left lying goes to those who come after it.
    for number in range(60):
        if not rate_all(study, make_rater(), now=NOW + timedelta(days=1, hours=number)):
            break

    votes = Counter(name_pair(vote.battle) for vote in Vote.objects.select_related("battle"))
    assert len(votes) == 8 * 3
    assert set(votes.values()) == {3}
    shown = Counter((battle.rater_id, name_pair(battle)) for battle in Battle.objects.all())
    assert set(shown.values()) == {1}
    assert Battle.objects.count() > Vote.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_vote_and_the_return_of_its_slot_cannot_both_happen(second_connection):
    study = make_designed(names=("a", "b"), prompts=1, votes_per_item=1)
    battle = show(study, make_rater())
    other = second_connection
    other.set_autocommit(False)
    with other.cursor() as cursor:
        # The vote is in, and its transaction still open, when the lease ends.
        cursor.execute(INSERT_VOTE_IN_SLOT, [0, "left", "R", NOW, None, "", None, battle.pk])
        assert return_slots(study=study, now=LATER) == 0
        other.commit()

    assert return_slots(study=study, now=LATER) == 0
    assert Slot.objects.get().battle_id == battle.pk


def test_an_item_has_its_votes_as_soon_as_they_are_cast():
    """Long before its lease ends; one that is undone counts no more."""
    study = make_study(
        names=("alpha", "beta"), prompts=1, opened=False, sampling="designed", votes_per_item=1
    )
    study = open_study(study=study, now=NOW)
    battle = show(study, make_rater())
    assert measure_coverage(study=study).voted == 0
    vote = cast_vote(battle=battle, outcome="left", revision=0, now=NOW).vote
    coverage = measure_coverage(study=study)
    assert (coverage.items_done, coverage.voted) == (1, 1)
    undo_vote(vote=vote, now=NOW)
    assert measure_coverage(study=study).voted == 0


def test_a_design_says_how_many_votes_are_wanted():
    study = make_study(
        names=("alpha", "beta"), prompts=4, opened=False, sampling="designed", votes_per_item=3
    )
    study = open_study(study=study, now=NOW)

    assert study.target_votes == study.protocol["target_votes"] == 12
