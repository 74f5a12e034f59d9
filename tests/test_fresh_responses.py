"""Where names are shown after each vote, no response comes twice: the rater may know by then who wrote it."""

from collections import Counter

import numpy as np
import pytest
from django.conf import settings

from evaluations.battles import show_next
from evaluations.models import Entry, KnownAnswer
from evaluations.sampling import Seen, draw_battle
from evaluations.studies import open_study
from evaluations.study_plans import build_plan
from evaluations.votes import cast_vote
from tests.factories import NOW, make_rater, make_study

pytestmark = pytest.mark.django_db
NAMES = ("alpha", "beta", "gamma", "delta", "epsilon")
PROMPTS = 6


def rate_all(study, *, seed=1, rater=None, most=1000):
    rater, generator, battles = rater or make_rater(), np.random.default_rng(seed), []
    while len(battles) < most:
        battle, _session = show_next(
            study=study, rater=rater, columns_root=settings.COLUMNS_ROOT, generator=generator, now=NOW
        )
        if battle is None:
            return battles
        cast_vote(battle=battle, outcome="left", revision=0, now=NOW)
        battles.append(battle)
    return battles


def make_open(**options):
    return open_study(study=make_pilot(**options), now=NOW)


def make_pilot(**options):
    study = make_study(
        names=NAMES,
        prompts=PROMPTS,
        session_length=1000,
        undo_seconds=0,
        opened=False,
        check_rate=0.3,
        repeat_rate=0.1,
        **options,
    )
    for prompt in study.prompt_set.prompts.order_by("pk")[:2]:
        better, worse = prompt.responses.order_by("pk")[:2]
        KnownAnswer.objects.create(study=study, prompt=prompt, better=better, worse=worse)
    study.piloted_at = NOW
    study.state = "pilot"
    study.save()
    return study


def count_responses(battles):
    fresh = [battle for battle in battles if battle.kind != "repeat"]
    return Counter(pk for battle in fresh for pk in (battle.left_id, battle.right_id))


@pytest.mark.parametrize(
    "options", [{}, {"sampling": "adaptive"}, {"sampling": "designed", "votes_per_item": 3}]
)
@pytest.mark.parametrize("seed", range(3))
def test_no_response_comes_twice_and_all_that_is_left_is_shown(options, seed):
    battles = rate_all(make_open(reveal="after_vote", **options), seed=seed)
    counts = count_responses(battles)

    assert set(counts.values()) == {1}
    # Two pairs of five responses to each prompt; the fifth has no other left.
    assert len(counts) == 4 * PROMPTS


@pytest.mark.parametrize(
    "options", [{}, {"sampling": "adaptive"}, {"sampling": "designed", "votes_per_item": 3}]
)
@pytest.mark.parametrize("seed", range(3))
def test_nor_one_that_the_pilot_showed(options, seed):
    pilot, rater = make_pilot(reveal="after_vote", **options), make_rater()
    tried = rate_all(pilot, seed=seed, rater=rater, most=5)
    battles = rate_all(open_study(study=pilot, now=NOW), seed=seed, rater=rater)

    assert battles
    assert set(count_responses(tried + battles).values()) == {1}


@pytest.mark.parametrize("options", [{}, {"sampling": "designed", "votes_per_item": 3}])
def test_where_names_wait_for_the_close_every_pair_comes(options):
    battles = rate_all(make_open(reveal="at_close", **options))
    assert set(count_responses(battles).values()) == {4}


def test_nor_one_whose_rival_has_retired_since():
    """The pair is no longer in the study; what the rater learned of the other response is."""
    study = make_study(names=NAMES, prompts=1, reveal="after_vote")
    generator = np.random.default_rng(1)
    first = draw_battle(plan=build_plan(study=study), seen=[], generator=generator, once=True)
    Entry.objects.filter(study=study, model__responses=first.left_id).update(retired_at=NOW)
    seen = [Seen(first.prompt_id, first.left_id, first.right_id)]
    for _ in range(20):
        drawn = draw_battle(plan=build_plan(study=study), seen=seen, generator=generator, once=True)
        assert first.right_id not in (drawn.left_id, drawn.right_id)
