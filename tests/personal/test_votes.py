"""A rater's own votes, ranking and agreement: what is told, and when."""

from datetime import timedelta

import numpy as np
import pytest

from evaluations.ledger import seal_all
from evaluations.models import VoteEnding
from evaluations.personal.agreements import measure_own_agreement
from evaluations.personal.parts import list_parts
from evaluations.personal.rankings import rank_own_votes
from evaluations.personal.votes import describe_vote, list_votes
from evaluations.personal.withdrawals import withdraw_rater
from evaluations.quality.raters import measure_quality
from evaluations.studies import close_study
from evaluations.votes import reveal_models, undo_vote
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.raters import LATER, seal, vote_often

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(seconds=5)


def describe(study, rater, now=SOON):
    return [describe_vote(vote=vote, now=now) for vote in list_votes(study=study, rater=rater)]


def end(vote, ending):
    return VoteEnding.objects.create(vote=vote, ending=ending, made_at=SOON)


def close(study):
    close_study(study=study, now=LATER)
    study.refresh_from_db()


def vote_on(study, rater, outcome="left", **battle):
    return make_vote(battle=make_battle(study=study, rater=rater, **battle), outcome=outcome)


def test_every_place_where_a_vote_may_stand():
    study, rater = make_study(), make_rater()
    sealed = vote_on(study, rater)
    seal_all(now=LATER)
    undone = vote_on(study, rater)
    end(undone, "undone")
    piloted = vote_on(study, rater, pilot=True)
    waiting = vote_on(study, rater)
    end(waiting, "revealed")
    still_open = vote_on(study, rater)
    vote_on(study, rater, kind="practice", expected="left")

    places = {own.vote.pk: (own.place, own.position) for own in describe(study, rater)}
    assert places == {
        sealed.pk: ("sealed", 1),
        undone.pk: ("undone", None),
        piloted.pk: ("pilot", None),
        waiting.pk: ("waiting", None),
        still_open.pk: ("open", None),
    }
    assert {own.place for own in describe(study, rater, now=LATER) if own.vote == still_open} == {"waiting"}


def test_names_only_of_votes_whose_rater_asked_until_the_close():
    study, rater = make_study(reveal="after_vote"), make_rater()
    seen, hidden = vote_on(study, rater), vote_on(study, rater)
    reveal_models(vote=seen, now=SOON)

    assert {own.vote: own.names for own in describe(study, rater)} == {
        seen: ("Alpha", "Beta"),
        hidden: None,
    }
    close(study)
    assert {own.names for own in describe(study, rater)} == {("Alpha", "Beta")}


def test_names_that_were_asked_for_when_the_ledger_had_the_vote():
    study, rater = make_study(reveal="after_vote"), make_rater()
    vote = vote_on(study, rater)
    seal_all(now=LATER)
    assert rank_own_votes(study=study, rater=rater) is None
    reveal_models(vote=vote, now=LATER)

    assert [own.names for own in describe(study, rater)] == [("Alpha", "Beta")]
    assert rank_own_votes(study=study, rater=rater).votes == 1


def test_nothing_tells_repeats_and_checks_apart_until_the_close():
    study, rater = make_study(), make_rater()
    first = vote_on(study, rater)
    vote_on(study, rater, kind="repeat", repeats=first.battle, probability=None)
    vote_on(study, rater, kind="check", expected="left", probability=None)
    seal_all(now=LATER)

    assert {(own.kind, own.names, own.place) for own in describe(study, rater)} == {("", None, "sealed")}
    close(study)
    assert [own.kind for own in reversed(describe(study, rater))] == ["normal", "repeat", "check"]


def test_only_ones_own():
    study, rater, other = make_study(), make_rater(), make_rater()
    mine = vote_on(study, rater)
    vote_on(study, other)
    vote_on(make_study(), rater)

    assert [own.vote for own in describe(study, rater)] == [mine]


def test_the_studies_of_a_rater_with_the_votes_that_stand():
    study, other, unseen, rater = make_study(), make_study(), make_study(), make_rater()
    vote_on(study, rater)
    undo_vote(vote=vote_on(study, rater), now=SOON)
    vote_on(study, rater, kind="practice", expected="left")
    make_battle(study=other, rater=rater)
    vote_on(unseen, make_rater())

    assert {part.study: part.votes for part in list_parts(rater=rater)} == {study: 1, other: 0}


# One's own ranking

CYCLE = ["left", "right", "left", "left", "tie", "left", "right", "left", "left"]


def vote_three(study, rater, outcomes=CYCLE, **battle):
    """On the three pairs of three models in turn."""
    prompt = study.prompt_set.prompts.first()
    answers = list(prompt.responses.order_by("model__slug"))
    made = []
    for place, outcome in enumerate(outcomes):
        left, right = [(0, 1), (1, 2), (0, 2)][place % 3]
        pair = {"left": answers[left], "right": answers[right]}
        made.append(vote_on(study, rater, outcome, prompt=prompt, **pair, **battle))
    return made


def test_there_is_no_ranking_before_the_close_where_names_wait_for_it():
    study, rater = make_study(reveal="at_close"), make_rater()
    vote_three(study, rater)
    seal_all(now=LATER)

    assert rank_own_votes(study=study, rater=rater) is None
    close(study)
    ranking = rank_own_votes(study=study, rater=rater)
    assert ranking.votes == 9
    assert {row.model.name for row in ranking.rows} == {"Alpha", "Beta", "Gamma"}
    for row in ranking.rows:
        assert row.lower < row.score < row.upper
        assert row.rank_low <= row.rank_high


def test_before_the_close_it_is_of_the_votes_whose_names_were_asked_for():
    """Of whatever kind: a count without the check would say that one of the two was one."""
    study, rater = make_study(reveal="after_vote"), make_rater()
    votes = [
        vote_on(study, rater, "left"),
        vote_on(study, rater, "right", kind="check", expected="left"),
        vote_on(study, rater, "tie"),
    ]
    assert rank_own_votes(study=study, rater=rater) is None
    for vote in votes[:2]:
        reveal_models(vote=vote, now=SOON)

    before = rank_own_votes(study=study, rater=rater)
    seal_all(now=LATER)
    close(study)
    after = rank_own_votes(study=study, rater=rater)

    assert (before.votes, [row.ties for row in before.rows]) == (2, [0, 0])
    assert (after.votes, [row.ties for row in after.rows]) == (2, [1, 1])


def test_of_a_closed_study_repeats_checks_pilots_and_what_was_taken_back_are_left_out():
    study, rater = make_study(), make_rater()
    normal = vote_three(study, rater)
    vote_on(study, rater, kind="repeat", repeats=normal[0].battle)
    vote_on(study, rater, kind="check", expected="left")
    vote_on(study, rater, pilot=True)
    end(vote_on(study, rater), "undone")
    vote_three(study, make_rater())
    seal_all(now=LATER)
    close(study)

    assert rank_own_votes(study=study, rater=rater).votes == 9


def test_where_one_wins_always_no_number_is_made_up():
    study, rater = make_study(), make_rater()
    vote_on(study, rater, "left")
    vote_on(study, rater, "left")
    seal_all(now=LATER)
    close(study)
    ranking = rank_own_votes(study=study, rater=rater)

    assert ranking.rows == ()
    assert {(item.model.name, item.reason, item.votes) for item in ranking.unplaced} == {
        ("Alpha", "has won every battle", 2),
        ("Beta", "has lost every battle", 2),
    }


@pytest.mark.parametrize("outcomes", [["left", "right"], ["tie"], ["both_bad"], ["left", "right", "tie"]])
def test_few_votes_give_finite_figures_or_none(outcomes):
    study, rater = make_study(names=("alpha", "beta")), make_rater()
    for outcome in outcomes:
        vote_on(study, rater, outcome)
    seal_all(now=LATER)
    close(study)

    for row in rank_own_votes(study=study, rater=rater).rows:
        assert np.isfinite([row.score, row.lower, row.upper]).all()


# Agreement


def test_agreement_is_what_staff_see_of_the_rater(settings):
    """Neither counts the votes of who is left out among the others'."""
    study = make_study(names=("alpha", "beta"), prompts=4, withdrawal="remove")
    rater = vote_often(study=study, outcomes=["left", "right", "left", "tie"])
    gone = vote_often(study=study, outcomes=["both_bad"] * 4)
    for outcomes in (["left", "left", "left", "tie"], ["right", "right", "both_bad", "tie"]):
        vote_often(study=study, outcomes=outcomes)
    vote_often(study=make_study(names=("alpha", "beta")), outcomes=["left"])
    columns = seal(settings)
    assert measure_own_agreement(study=study, rater=rater, columns=columns) is None

    withdraw_rater(rater=gone, now=LATER)
    close(study)
    columns = seal(settings)
    staff = next(
        each.agreement
        for each in measure_quality(study=study, columns=columns).raters
        if each.rater_id == rater.pk
    )
    mine = measure_own_agreement(study=study, rater=rater, columns=columns)
    assert (mine.trials, mine.share) == (staff.trials, staff.share)
    assert mine.trials == 4
    assert mine.share.lower < mine.share.value < mine.share.upper


def test_where_nobody_judged_the_same_there_is_no_agreement(settings):
    study = make_study(names=("alpha", "beta"), prompts=4)
    rater = vote_often(study=study, outcomes=["left"])
    seal(settings)
    close(study)

    assert measure_own_agreement(study=study, rater=rater, columns=seal(settings)) is None
    assert measure_own_agreement(study=study, rater=make_rater(), columns=seal(settings)) is None
