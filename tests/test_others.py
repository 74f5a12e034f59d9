"""Others' votes: to whom they are shown, from how many on, and which ones they are."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.columns import refresh_columns
from evaluations.ledger import seal_all
from evaluations.models import Battle
from evaluations.others import LEAST, count_others
from evaluations.personal.withdrawals import withdraw_rater
from evaluations.quality.decisions import decide_rater
from evaluations.studies import create_study, open_study
from evaluations.votes import fetch_vote, reveal_models, undo_vote
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=3)


@pytest.fixture
def study():
    return make_study(reveal="after_vote", shows_others=True)


def make_others(study, *, count, outcome="left", swapped=False, **options):
    """Votes of `count` raters on the first two responses to the first prompt."""
    prompt = study.prompt_set.prompts.first()
    left, right = prompt.responses.order_by("model__slug")[:2]
    sides = {"left": right, "right": left} if swapped else {"left": left, "right": right}
    for _ in range(count):
        make_vote(battle=make_battle(study=study, **{**sides, **options}), outcome=outcome)


def vote_myself(study, *, outcome="tie", revealed=True, swapped=False, **options):
    prompt = study.prompt_set.prompts.first()
    left, right = prompt.responses.order_by("model__slug")[:2]
    sides = {"left": right, "right": left} if swapped else {"left": left, "right": right}
    battle = make_battle(study=study, **{**sides, **options})
    make_vote(battle=battle, outcome=outcome)
    if revealed:
        reveal_models(vote=fetch_vote(battle=battle), now=NOW)
    return battle


def count(battle):
    seal_all(now=LATER)
    refresh_columns(root=settings.COLUMNS_ROOT)
    models = (battle.left.model_id, battle.right.model_id)
    return count_others(vote=fetch_vote(battle=battle), models=models, root=settings.COLUMNS_ROOT)


def test_they_are_shown_from_twenty_on(study):
    battle = vote_myself(study)
    make_others(study, count=LEAST - 1)
    few = count(battle)
    assert (few.total, few.counts) == (0, {})
    make_others(study, count=1)

    assert count(battle).counts == {"left": LEAST, "right": 0, "tie": 0, "both_bad": 0}


def test_they_are_counted_by_the_sides_that_this_rater_saw(study):
    make_others(study, count=11, outcome="left")
    make_others(study, count=7, outcome="left", swapped=True)
    make_others(study, count=5, outcome="right", swapped=True)
    make_others(study, count=3, outcome="tie", swapped=True)
    make_others(study, count=2, outcome="both_bad")

    assert count(vote_myself(study)).counts == {"left": 16, "right": 7, "tie": 3, "both_bad": 2}
    turned = count(vote_myself(study, swapped=True))
    # The first rater is one of the others by now.
    assert turned.counts == {"left": 7, "right": 16, "tie": 4, "both_bad": 2}
    assert turned.total == 29


def test_ones_own_vote_is_none_of_them(study):
    make_others(study, count=LEAST)
    battle = vote_myself(study, outcome="tie")

    assert count(battle).counts["tie"] == 0
    assert count(battle).total == LEAST


def test_only_votes_on_the_same_two_responses_of_the_study(study):
    make_others(study, count=LEAST)
    other_prompt = study.prompt_set.prompts.last()
    a, b = other_prompt.responses.order_by("model__slug")[:2]
    make_others(study, count=3, prompt=other_prompt, left=a, right=b)
    prompt = study.prompt_set.prompts.first()
    alpha, _, gamma = prompt.responses.order_by("model__slug")
    make_others(study, count=3, left=alpha, right=gamma)
    make_others(make_study(), count=3)

    assert count(vote_myself(study)).total == LEAST


def test_no_repeats_no_checks_and_nothing_that_was_taken_back(study):
    make_others(study, count=LEAST)
    first = Battle.objects.first()
    make_others(study, count=2, kind="check", expected="left")
    make_others(study, count=2, kind="repeat", repeats=first)
    undone = make_battle(study=study)
    make_vote(battle=undone)
    undo_vote(vote=fetch_vote(battle=undone), now=NOW)

    assert count(vote_myself(study)).total == LEAST


def test_whoever_is_left_out_is_left_out_here_and_may_come_back(study):
    make_others(study, count=LEAST)
    battle = vote_myself(study)
    assert count(battle).total == LEAST
    given = {
        "study": study,
        "rater": Battle.objects.exclude(pk=battle.pk).first().rater,
        "number": 1,
        "reason": "Votes too fast.",
        "flags": [],
        "user": None,
        "now": LATER,
    }
    decided = decide_rater(**given, decision="exclude", after=0)
    assert count(battle).total == 0
    decide_rater(**given, decision="restore", after=decided.pk)

    assert count(battle).total == LEAST


def test_the_votes_of_whoever_withdrew_with_them_are_gone():
    study = make_study(reveal="after_vote", shows_others=True, withdrawal="remove")
    make_others(study, count=LEAST)
    gone = Battle.objects.first().rater
    battle = vote_myself(study)
    assert count(battle).total == LEAST
    withdraw_rater(rater=gone, now=LATER)

    assert count(battle).total == 0


def test_never_before_the_names_are_known(study):
    make_others(study, count=LEAST)
    battle = vote_myself(study, revealed=False)

    assert count(battle) is None
    # The ledger has the vote by now: asking still shows them.
    reveal_models(vote=fetch_vote(battle=battle), now=LATER)
    assert count(battle).total == LEAST


@pytest.mark.parametrize("options", [{"reveal": "after_vote"}, {"reveal": "at_close"}])
def test_never_where_the_study_does_not_say_so(options):
    study = make_study(**options)
    make_others(study, count=LEAST)

    assert count(vote_myself(study, revealed=options["reveal"] == "after_vote")) is None


def test_they_cost_no_query_however_many_they_are(study):
    make_others(study, count=LEAST)
    battle = vote_myself(study)
    count(battle)
    vote = fetch_vote(battle=battle)
    models = (battle.left.model_id, battle.right.model_id)

    with CaptureQueriesContext(connection) as queries:
        assert count_others(vote=vote, models=models, root=settings.COLUMNS_ROOT).total == LEAST
    assert len(queries) == 0


def test_votes_of_another_study_on_the_same_responses_are_none_of_them(study):
    models = [entry.model for entry in study.entries.select_related("model")]
    options = {"title": "Elsewhere", "models": models, "reveal": "after_vote", "shows_others": True}
    elsewhere = create_study(slug="elsewhere", prompt_set=study.prompt_set, now=NOW, **options)
    make_others(open_study(study=elsewhere, now=NOW), count=LEAST)
    rater = make_rater()
    battle = vote_myself(study, rater=rater)

    assert count(battle).total == 0
    assert count(vote_myself(elsewhere, rater=rater)).total == LEAST
