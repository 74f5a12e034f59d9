"""Undo, the names, and the ledger: whichever comes first decides, and whoever asks for the names gets them."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from evaluations.battles import skip_battle
from evaluations.errors import RevisionStale, StudyError, UndoRefused, VotingError
from evaluations.ledger import seal_all
from evaluations.models import NamesShown, VoteEnding
from evaluations.sessions import fetch_session
from evaluations.studies import close_study
from evaluations.votes import cast_vote, fetch_vote, is_revealed, is_undone, reveal_models, undo_vote
from tests.factories import NOW, make_battle, make_study, make_vote

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def battle(db):
    battle = make_battle(study=make_study(reveal="after_vote"))
    make_vote(battle=battle)
    return battle


def knows_names(battle):
    [row] = fetch_session(study=battle.study, rater=battle.rater).battles
    return row.revealed


def test_names_can_still_be_asked_for_when_the_ledger_has_the_vote(battle):
    seal_all(now=LATER)
    assert not is_revealed(vote=fetch_vote(battle=battle))
    assert not knows_names(battle)
    for _ in range(2):
        reveal_models(vote=fetch_vote(battle=battle), now=LATER)

    assert is_revealed(vote=fetch_vote(battle=battle))
    # So that it is never repeated to someone who no longer judges blind.
    assert knows_names(battle)
    assert VoteEnding.objects.get().ending == "sealed"
    assert NamesShown.objects.count() == 1


def test_names_wait_while_they_would_give_another_comparison_away(battle):
    """A repeat shows the same two responses with their sides exchanged."""
    repeat = make_battle(
        study=battle.study,
        rater=battle.rater,
        kind="repeat",
        repeats=battle,
        left=battle.right,
        right=battle.left,
    )
    with pytest.raises(VotingError, match="waits for you first"):
        reveal_models(vote=fetch_vote(battle=battle), now=NOW)
    assert not VoteEnding.objects.exists()
    make_vote(battle=repeat)
    reveal_models(vote=fetch_vote(battle=battle), now=NOW)
    assert is_revealed(vote=fetch_vote(battle=battle))


@pytest.mark.parametrize("how", ["skipped", "expired", "other responses", "somebody else's"])
def test_what_gives_nothing_away_keeps_no_names_back(battle, how):
    place = {"study": battle.study, "rater": battle.rater}
    if how == "somebody else's":
        del place["rater"]
    if how == "other responses":
        place["prompt"] = battle.study.prompt_set.prompts.last()
    other = make_battle(**place)
    if how == "skipped":
        skip_battle(battle=other, now=NOW)
    reveal_models(vote=fetch_vote(battle=battle), now=LATER + timedelta(days=1) if how == "expired" else NOW)
    assert is_revealed(vote=fetch_vote(battle=battle))


def test_names_asked_for_in_time_need_no_second_record(battle):
    reveal_models(vote=fetch_vote(battle=battle), now=NOW)
    seal_all(now=LATER)
    reveal_models(vote=fetch_vote(battle=battle), now=LATER)

    assert is_revealed(vote=fetch_vote(battle=battle))
    assert knows_names(battle)
    assert not NamesShown.objects.exists()


@pytest.mark.parametrize("sealed", [False, True])
def test_a_vote_whose_names_were_shown_is_neither_undone_nor_revised(battle, sealed):
    if sealed:
        seal_all(now=LATER)
    reveal_models(vote=fetch_vote(battle=battle), now=NOW)

    with pytest.raises(UndoRefused):
        undo_vote(vote=fetch_vote(battle=battle), now=NOW)
    for revision in (1, 2):
        with pytest.raises(RevisionStale):
            cast_vote(battle=battle, outcome="right", revision=revision, now=NOW)
    assert fetch_vote(battle=battle).outcome == "left"


def test_names_of_an_undone_vote_stay_hidden(battle):
    undo_vote(vote=fetch_vote(battle=battle), now=NOW)

    with pytest.raises(UndoRefused):
        reveal_models(vote=fetch_vote(battle=battle), now=NOW)
    assert not is_revealed(vote=fetch_vote(battle=battle))
    assert not knows_names(battle)


@pytest.mark.django_db
def test_a_study_that_hides_names_shows_them_from_its_close_on():
    battle = make_battle(study=make_study(reveal="at_close"))
    make_vote(battle=battle)
    seal_all(now=LATER)
    with pytest.raises(StudyError):
        reveal_models(vote=fetch_vote(battle=battle), now=LATER)
    assert not is_revealed(vote=fetch_vote(battle=battle))
    battle.study = close_study(study=battle.study, now=LATER)
    reveal_models(vote=fetch_vote(battle=battle), now=LATER)

    assert is_revealed(vote=fetch_vote(battle=battle))


@pytest.mark.django_db(transaction=True)
def test_of_undo_and_names_at_once_exactly_one_happens():
    study = make_study(reveal="after_vote")
    won = {"undone": 0, "revealed": 0}
    for _ in range(12):
        battle = make_battle(study=study)
        make_vote(battle=battle)
        done, refused = race(fetch_vote(battle=battle))
        vote = fetch_vote(battle=battle)
        assert (len(done), len(refused)) == (1, 1)
        assert (is_undone(vote=vote), is_revealed(vote=vote)) == (done == ["undone"], done == ["revealed"])
        won[done[0]] += 1

    assert sum(won.values()) == VoteEnding.objects.count() == 12


def race(vote):
    """Both in threads that start together: who succeeded, who was refused."""
    done, refused, start = [], [], threading.Barrier(2)

    def run(name, act):
        start.wait()
        try:
            act(vote=vote, now=NOW)
            done.append(name)
        except UndoRefused:
            refused.append(name)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=arguments)
        for arguments in (("undone", undo_vote), ("revealed", reveal_models))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, refused
