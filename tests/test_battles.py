"""The battle that comes next, and the one that is held ready after it: never two ahead, never beyond the session."""

import threading
from datetime import timedelta

import numpy as np
import pytest
from django.conf import settings
from django.db import connection

from evaluations.battles import show_next, skip_battle
from evaluations.items import measure_coverage, return_slots
from evaluations.models import Battle, Skip, Slot, Vote
from evaluations.votes import cast_vote, fetch_vote, undo_vote
from tests.factories import NOW, make_rater, make_study

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)


def show(study, rater, *, after="", now=NOW):
    generator = np.random.default_rng()
    return show_next(
        study=study,
        rater=rater,
        columns_root=settings.COLUMNS_ROOT,
        generator=generator,
        now=now,
        after=after and after.token,
    )[0]


def vote(battle, *, revision=0, now=NOW):
    return cast_vote(battle=battle, outcome="left", revision=revision, now=now).vote


def test_the_next_battle_follows_the_one_on_screen_and_stays_the_same():
    study, rater = make_study(), make_rater()
    first = show(study, rater)
    second = show(study, rater, after=first)

    assert (first.number, second.number) == (1, 2)
    assert show(study, rater, after=first) == second
    assert show(study, rater) == first


def test_it_is_what_is_shown_once_the_first_is_done():
    study, rater = make_study(), make_rater()
    first = show(study, rater)
    second = show(study, rater, after=first)
    vote(first)

    assert show(study, rater) == second
    assert show(study, rater, after=second).number == 3


def test_never_more_than_one_ahead():
    study, rater = make_study(), make_rater()
    second = show(study, rater, after=show(study, rater))

    assert show(study, rater, after=second) is None
    assert Battle.objects.count() == 2


@pytest.mark.parametrize("length", [1, 2, 3])
def test_what_waits_has_its_place_in_the_session(length):
    study, rater = make_study(session_length=length, prompts=8), make_rater()
    on_screen = show(study, rater)
    for _ in range(length - 1):
        ahead = show(study, rater, after=on_screen)
        vote(on_screen)
        on_screen = ahead

    assert show(study, rater, after=on_screen) is None
    vote(on_screen)
    assert show(study, rater) is None
    assert Battle.objects.count() == Vote.objects.count() == length


def test_after_undo_the_order_is_that_of_the_numbers():
    study, rater = make_study(), make_rater()
    first = show(study, rater)
    second = show(study, rater, after=first)
    cast = vote(first)
    third = show(study, rater, after=second)
    undo_vote(vote=cast, now=NOW)

    assert show(study, rater) == first
    assert show(study, rater, after=first) == second
    vote(first, revision=1)
    assert show(study, rater, after=second) == third
    assert Battle.objects.count() == 3


def test_undo_makes_no_room_that_was_not_there():
    study, rater = make_study(session_length=2), make_rater()
    first = show(study, rater)
    second = show(study, rater, after=first)
    undo_vote(vote=vote(first), now=NOW)
    vote(second)

    assert show(study, rater, after=first) is None
    vote(first, revision=1)
    assert show(study, rater) is None
    assert fetch_vote(battle=first).revision == 1


def test_a_skipped_battle_leaves_its_place():
    study, rater = make_study(session_length=2, prompts=8), make_rater()
    first = show(study, rater)
    second = show(study, rater, after=first)
    skip_battle(battle=first, now=NOW)

    assert show(study, rater) == second
    assert show(study, rater, after=second).number == 3


@pytest.mark.parametrize(("undone", "skips"), [(False, 0), (True, 1)])
def test_only_a_battle_without_a_standing_vote_is_passed_over(undone, skips):
    """Another tab may still show its form."""
    battle = show(make_study(), make_rater())
    vote(battle)
    if undone:
        undo_vote(vote=fetch_vote(battle=battle), now=NOW)
    skip_battle(battle=battle, now=NOW)
    assert Skip.objects.count() == skips


def test_a_closed_tab_gives_back_both_when_the_lease_ends():
    study, rater = make_study(session_length=2), make_rater()
    lost = [show(study, rater), show(study, rater, after=show(study, rater))]
    first = show(study, rater, now=LATER)
    second = show(study, rater, after=first, now=LATER)

    assert {first.pk, second.pk}.isdisjoint(battle.pk for battle in lost)
    assert show(study, rater, after=second, now=LATER) is None


def test_nothing_follows_a_battle_of_another_rater_or_study():
    study, rater = make_study(), make_rater()
    elsewhere = show(make_study(), rater)
    foreign = show(study, make_rater())
    show(study, rater)

    assert show(study, rater, after=elsewhere) is None
    assert show(study, rater, after=foreign) is None
    assert Battle.objects.filter(study=study, rater=rater).count() == 1


def in_threads(count, work):
    """All at once; what each returned. A failure in one fails the test."""
    results, failures, start = [], [], threading.Barrier(count)

    def run():
        try:
            start.wait(timeout=10)
            results.append(work())
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return results


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sampling", ["balanced", "adaptive", "designed"])
def test_asked_for_by_eight_at_once_the_next_battle_is_one(sampling):
    study = make_study(sampling=sampling, votes_per_item=8, prompts=8)
    rater = make_rater()
    first = show(study, rater)
    found = in_threads(8, lambda: show(study, rater, after=first))

    assert len(found) == 8
    assert {battle.number for battle in found} == {2}
    assert Battle.objects.count() == 2
    assert Slot.objects.filter(battle__isnull=False).count() == (2 if sampling == "designed" else 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sampling", ["balanced", "designed"])
def test_a_crowd_of_tabs_never_makes_a_session_longer(sampling):
    """Each tab shows, holds, votes or skips as it likes, all as one rater."""
    study = make_study(sampling=sampling, votes_per_item=8, prompts=12, session_length=6)
    rater = make_rater()

    def rate():
        generator = np.random.default_rng()
        for _ in range(25):
            battle = show(study, rater)
            if battle is None:
                return
            show(study, rater, after=battle)
            if generator.random() < 0.8:
                vote(battle)

    in_threads(8, rate)
    while battle := show(study, rater):
        vote(battle)

    assert Vote.objects.count() == 6
    assert Battle.objects.count() == 6
    numbers = Battle.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5, 6]


def test_in_a_designed_study_what_was_held_and_never_seen_comes_back():
    study = make_study(names=("a", "b"), prompts=2, sampling="designed", votes_per_item=1)
    rater, other = make_rater(), make_rater()
    first = show(study, rater)
    second = show(study, rater, after=first)
    assert second is not None
    assert show(study, other) is None
    vote(first)

    assert return_slots(study=study, now=LATER) == 1
    assert show(study, other, now=LATER).prompt_id == second.prompt_id
    assert measure_coverage(study=study).slots == 2
