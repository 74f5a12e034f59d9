"""Repeats and checks: at the study's rates, not to be told apart, and in no ranking."""

import json
from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
from django.conf import settings

from evaluations.battles import show_next, skip_battle
from evaluations.columns import refresh_columns
from evaluations.ledger import seal_all
from evaluations.models import Battle, KnownAnswer, LedgerEntry, Vote
from evaluations.repeats import APART
from evaluations.snapshots import read_document, refresh_leaderboard
from evaluations.studies import open_study
from evaluations.study_plans import add_counts, build_plan
from evaluations.votes import cast_vote, fetch_vote, reveal_models, undo_vote
from tests.factories import NOW, make_rater, make_study

pytestmark = pytest.mark.django_db


def make_measured(*, repeat_rate=0.0, check_rate=0.0, checks=0, **options):
    """A study with known answers on its first prompts."""
    values = {"session_length": 10_000, "undo_seconds": 0, "opened": False, **options}
    study = make_study(repeat_rate=repeat_rate, check_rate=check_rate, **values)
    for prompt in study.prompt_set.prompts.order_by("pk")[:checks]:
        better, worse = prompt.responses.order_by("pk")[:2]
        KnownAnswer.objects.create(study=study, prompt=prompt, better=better, worse=worse)
    study.state = "pilot"
    study.piloted_at = NOW
    study.save()
    return study


def rate(study, count, *, rater=None, seed=1, outcome="left", votes=True):
    rater, generator = rater or make_rater(), np.random.default_rng(seed)
    battles = []
    for _ in range(count):
        battle, _session = show_next(
            study=study, rater=rater, columns_root=settings.COLUMNS_ROOT, generator=generator, now=NOW
        )
        if battle is None:
            break
        if votes:
            cast_vote(battle=battle, outcome=outcome, revision=0, now=NOW)
        battles.append(battle)
    return battles


@pytest.mark.parametrize("rate_asked", [0.1, 0.3])
def test_the_share_of_repeats_tends_to_the_rate(rate_asked):
    study = make_measured(repeat_rate=rate_asked, prompts=120)
    shares = []
    for seed in range(5):
        battles = rate(study, 100, seed=seed)
        shares.append(Counter(battle.kind for battle in battles)["repeat"] / len(battles))

    assert abs(np.mean(shares) - rate_asked) < 0.03


def test_the_share_of_checks_tends_to_the_rate():
    study = make_measured(check_rate=0.2, prompts=120, checks=60)
    battles = rate(study, 150)

    assert abs(Counter(battle.kind for battle in battles)["check"] / 150 - 0.2) < 0.04


@pytest.mark.parametrize(("repeats", "checks"), [(0.1, 0.1), (0.2, 0.05), (0.3, 0.2)])
def test_over_a_long_session_both_shares_tend_to_their_rates(repeats, checks):
    """The longer the session the closer: what fell behind is caught up with, and never much overtaken."""
    study = make_measured(repeat_rate=repeats, check_rate=checks, prompts=200, checks=80)
    kinds = [battle.kind for battle in rate(study, 240, seed=7)]
    far = {}
    for count in (60, 120, 240):
        found = Counter(kinds[:count])
        far[count] = max(abs(found["repeat"] / count - repeats), abs(found["check"] / count - checks))

    assert len(kinds) == 240
    assert far[60] < 0.1
    assert far[120] < 0.05
    assert far[240] < 0.03


def test_without_rates_all_are_normal():
    assert {battle.kind for battle in rate(make_measured(checks=3), 9)} == {"normal"}


def test_a_repeat_is_an_earlier_battle_with_its_sides_swapped_once():
    study = make_measured(repeat_rate=0.4, prompts=30)
    battles = rate(study, 60)
    repeats = [battle for battle in battles if battle.kind == "repeat"]

    assert repeats
    assert len({battle.repeats_id for battle in repeats}) == len(repeats)
    for battle in repeats:
        first = Battle.objects.get(pk=battle.repeats_id)
        assert (first.left_id, first.right_id) == (battle.right_id, battle.left_id)
        assert first.kind == "normal"
        assert battle.number - first.number > APART
        assert battle.probability is None


def test_what_was_not_voted_on_or_was_named_is_not_repeated():
    study = make_measured(repeat_rate=0.5, prompts=30, reveal="after_vote", undo_seconds=10)
    rater = make_rater()
    battles = rate(study, APART + 1, rater=rater)
    for battle in battles[:-1]:
        reveal_models(vote=fetch_vote(battle=battle), now=NOW)
    undo_vote(vote=fetch_vote(battle=battles[-1]), now=NOW)
    skip_battle(battle=battles[-1], now=NOW)
    repeated = {battle.repeats_id for battle in rate(study, 20, rater=rater, seed=3)} - {None}

    assert repeated
    assert not repeated & {battle.pk for battle in battles}


def test_a_check_knows_its_better_side_and_comes_once_to_a_rater():
    study = make_measured(check_rate=0.5, prompts=40, checks=20)
    checks = [battle for battle in rate(study, 60) if battle.kind == "check"]
    better = set(KnownAnswer.objects.values_list("better_id", flat=True))

    assert len(checks) > 10
    for battle in checks:
        assert (battle.left_id in better) == (battle.expected == "left")
        assert {battle.left_id, battle.right_id} & better
    assert {battle.expected for battle in checks} == {"left", "right"}
    pairs = Counter((battle.prompt_id, frozenset((battle.left_id, battle.right_id))) for battle in checks)
    assert set(pairs.values()) == {1}


def test_a_pair_that_was_a_check_is_not_drawn_again():
    study = make_measured(names=("alpha", "beta"), check_rate=0.5, prompts=4, checks=4)
    battles = rate(study, 50)

    assert len(battles) == 4


def test_in_a_designed_study_repeats_and_checks_take_no_slot():
    study = open_study(
        study=make_measured(
            sampling="designed", votes_per_item=1, repeat_rate=0.25, check_rate=0.25, prompts=10, checks=3
        ),
        now=NOW,
    )
    battles = rate(study, 200)
    kinds = Counter(battle.kind for battle in battles)

    assert kinds["repeat"]
    assert kinds["check"]
    assert Battle.objects.filter(slot__isnull=False).exclude(kind="normal").count() == 0
    assert Vote.objects.count() == len(battles)


def test_they_reach_the_ledger_by_their_kind_and_no_ranking():
    study = open_study(study=make_measured(repeat_rate=0.3, check_rate=0.2, prompts=30, checks=10), now=NOW)
    for seed in range(4):
        rate(study, 40, seed=seed, outcome="left" if seed % 2 else "right")
    seal_all(now=NOW + timedelta(minutes=1))
    kinds = Counter(battle.kind for battle in Battle.objects.all())
    snapshot = refresh_leaderboard(
        leaderboard=study.leaderboards.get(), columns_root=settings.COLUMNS_ROOT, now=NOW
    )

    told = Counter(
        json.loads(record)["battle_kind"]
        for record in LedgerEntry.objects.filter(kind="vote").values_list("record", flat=True)
    )
    assert told == kinds
    assert kinds["repeat"]
    assert kinds["check"]
    assert read_document(snapshot=snapshot)["votes"]["counted"] == kinds["normal"]
    plan = build_plan(study=study)
    add_counts(plan=plan, columns=refresh_columns(root=settings.COLUMNS_ROOT))
    assert plan.pair_counts.sum() == 2 * kinds["normal"]
