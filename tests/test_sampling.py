from collections import Counter

import numpy as np
import pytest
from django.conf import settings

from evaluations import study_plans
from evaluations.columns import refresh_columns
from evaluations.errors import NoEligiblePair
from evaluations.ledger import seal_all
from evaluations.ranking import adaptive_probabilities
from evaluations.ranking.pairs import PairCounts
from evaluations.sampling import draw_battle
from evaluations.study_plans import Seen, add_counts, build_plan
from tests.factories import NOW, make_battle, make_study, make_vote

pytestmark = pytest.mark.django_db


def draw_many(plan, count, *, seed=1):
    generator = np.random.default_rng(seed)
    return [draw_battle(plan=plan, seen=[], generator=generator) for _ in range(count)]


def test_sides_are_drawn_at_random():
    study = make_study(names=("alpha", "beta"), prompts=1)
    plan = build_plan(study=study)
    lefts = Counter(draw.left_id for draw in draw_many(plan, 2000))

    assert len(lefts) == 2
    # Six standard deviations of a fair coin.
    assert abs(min(lefts.values()) - 1000) < 6 * np.sqrt(2000 / 4)


def test_a_rater_sees_every_prompt_before_any_twice_and_no_pair_twice():
    study = make_study(prompts=4)
    plan = build_plan(study=study)
    generator = np.random.default_rng(2)
    seen = []
    for _ in range(4 * 3):
        draw = draw_battle(plan=plan, seen=seen, generator=generator)
        seen.append(Seen(prompt_id=draw.prompt_id, left_id=draw.left_id, right_id=draw.right_id))

    assert len({battle.prompt_id for battle in seen[:4]}) == 4
    assert len({(b.prompt_id, frozenset([b.left_id, b.right_id])) for b in seen}) == 12
    with pytest.raises(NoEligiblePair):
        draw_battle(plan=plan, seen=seen, generator=generator)


def test_counts_are_replaced_whole_so_that_no_thread_draws_from_half_of_a_vote():
    study = make_study()
    prompt = study.prompt_set.prompts.first()
    alpha, beta, _ = prompt.responses.order_by("model__slug")
    make_vote(battle=make_battle(study=study, prompt=prompt, left=alpha, right=beta))
    seal_all(now=NOW.replace(hour=13))
    plan = build_plan(study=study)
    before = plan.pair_counts

    add_counts(plan=plan, columns=refresh_columns(root=settings.COLUMNS_ROOT))

    assert before.sum() == 0
    assert plan.pair_counts.sum() == 2


def test_pairs_with_few_votes_come_first():
    study = make_study()
    prompt = study.prompt_set.prompts.first()
    alpha, beta, gamma = prompt.responses.order_by("model__slug")
    for _ in range(30):
        make_vote(battle=make_battle(study=study, prompt=prompt, left=alpha, right=beta))
        make_vote(battle=make_battle(study=study, prompt=prompt, left=alpha, right=gamma))
    seal_all(now=NOW.replace(hour=13))
    plan = build_plan(study=study)

    add_counts(plan=plan, columns=refresh_columns(root=settings.COLUMNS_ROOT))
    names = dict(study.prompt_set.prompts.values_list("responses", "responses__model__slug"))
    pairs = Counter(frozenset([names[d.left_id], names[d.right_id]]) for d in draw_many(plan, 400))

    assert pairs[frozenset(["beta", "gamma"])] > 300
    assert len(pairs) == 3


def test_counting_is_incremental_and_exact():
    study, other = make_study(), make_study()
    plan = build_plan(study=study)

    for votes in (3, 5):
        for _ in range(votes):
            make_vote(battle=make_battle(study=study))
            make_vote(battle=make_battle(study=other))
        seal_all(now=NOW.replace(hour=13))
        add_counts(plan=plan, columns=refresh_columns(root=settings.COLUMNS_ROOT))

    assert plan.pair_counts.sum() == 2 * 8
    assert sum(plan.prompt_counts.values()) == 8


def test_probability_kept_is_the_frequency_of_the_pair():
    plan = build_plan(study=make_study())
    plan.pair_counts = np.array([[0, 4, 0], [4, 0, 1], [0, 1, 0]])
    draws = draw_many(plan, 4000)
    models = {pk: column for row in plan.responses for column, pk in enumerate(row.tolist())}
    for pair in [(0, 1), (0, 2), (1, 2)]:
        mine = [d for d in draws if tuple(sorted([models[d.left_id], models[d.right_id]])) == pair]
        kept = {round(d.probability, 12) for d in mine}
        assert len(kept) == 1
        p = kept.pop()
        assert abs(len(mine) / 4000 - p) < 6 * np.sqrt(p * (1 - p) / 4000)


def test_battles_of_a_model_that_retired_do_not_stop_the_next():
    study = make_study(prompts=2)
    shown = draw_many(build_plan(study=study), 6)
    seen = [Seen(prompt_id=d.prompt_id, left_id=d.left_id, right_id=d.right_id) for d in shown]
    study.entries.filter(model__slug="gamma").update(retired_at=NOW)
    plan = build_plan(study=study)
    draw = draw_battle(plan=plan, seen=seen[:1], generator=np.random.default_rng(3))

    assert len(plan.models) == 2
    assert draw.prompt_id in plan.prompts


def test_a_pair_without_a_common_prompt_is_never_drawn():
    study = make_study(prompts=2, opened=False)
    first, second = study.prompt_set.prompts.all()
    # Leaves alpha and beta on the first prompt, beta and gamma on the second.
    first.responses.get(model__slug="gamma").delete()
    second.responses.get(model__slug="alpha").delete()
    plan = build_plan(study=study)
    pairs = {frozenset([d.left_id, d.right_id]) for d in draw_many(plan, 200)}

    assert len(pairs) == 2


def list_unseen_pairs(plan, seen):
    """What the draw counts, listed: every pair on every prompt that this rater may be shown for the first time."""
    shown = {(s.prompt_id, frozenset((s.left_id, s.right_id))) for s in seen}
    return {
        (prompt, frozenset((a, b)))
        for prompt, row in zip(plan.prompts.tolist(), plan.responses.tolist(), strict=True)
        for a in row
        for b in row
        if a and b and a != b and (prompt, frozenset((a, b))) not in shown
    }


def test_counting_what_is_left_is_the_same_as_listing_it():
    study = make_study(names=("alpha", "beta", "gamma", "delta"), prompts=5, opened=False)
    for number, prompt in enumerate(study.prompt_set.prompts.order_by("pk")[:4]):
        prompt.responses.order_by("pk")[number : number + 1].get().delete()
    plan = build_plan(study=study)
    generator = np.random.default_rng(7)
    seen = []
    left = list_unseen_pairs(plan, seen)
    while left:
        draw = draw_battle(plan=plan, seen=seen, generator=generator)
        seen.append(Seen(prompt_id=draw.prompt_id, left_id=draw.left_id, right_id=draw.right_id))
        times = Counter(battle.prompt_id for battle in seen[:-1])
        fewest = min(times[prompt] for prompt, _pair in left)
        assert times[draw.prompt_id] == fewest
        assert (draw.prompt_id, frozenset((draw.left_id, draw.right_id))) in left
        # Twice the same battle, as after a repeat, takes nothing more away.
        left = list_unseen_pairs(plan, [*seen, seen[-1]])
    with pytest.raises(NoEligiblePair):
        draw_battle(plan=plan, seen=seen, generator=generator)


def test_adaptive_sampling_goes_where_a_vote_narrows_most_and_keeps_its_probability():
    study = make_study(sampling="adaptive")
    prompt = study.prompt_set.prompts.first()
    alpha, beta, gamma = prompt.responses.order_by("model__slug")
    for number in range(40):
        outcome = ["left", "right", "tie", "both_bad"][number % 4]
        make_vote(battle=make_battle(study=study, prompt=prompt, left=alpha, right=beta), outcome=outcome)
        make_vote(battle=make_battle(study=study, prompt=prompt, left=gamma, right=alpha), outcome="left")
    seal_all(now=NOW.replace(hour=13))
    plan = build_plan(study=study)
    add_counts(plan=plan, columns=refresh_columns(root=settings.COLUMNS_ROOT))
    draws = draw_many(plan, 2000)

    names = dict(study.prompt_set.prompts.values_list("responses", "responses__model__slug"))
    ids = dict(study.entries.values_list("model__slug", "model_id"))
    order = sorted(ids, key=ids.__getitem__)
    wins = np.zeros((3, 3), dtype=np.int64)
    ties, both_bad = wins.copy(), wins.copy()
    a, b, g = (order.index(name) for name in ("alpha", "beta", "gamma"))
    wins[a, b] = wins[b, a] = ties[a, b] = ties[b, a] = both_bad[a, b] = both_bad[b, a] = 10
    wins[g, a] = 40
    pairs = PairCounts(models=tuple(order), wins=wins, ties=ties, both_bad=both_bad)
    expected = adaptive_probabilities(pairs=pairs, eligible=~np.eye(3, dtype=bool))
    drawn = Counter()
    for draw in draws:
        i, j = sorted(order.index(names[pk]) for pk in (draw.left_id, draw.right_id))
        assert draw.probability == expected[i, j]
        drawn[i, j] += 1
    assert drawn.most_common(1)[0][0] == tuple(sorted((b, g)))
    for (i, j), count in drawn.items():
        share = expected[i, j]
        assert abs(count / 2000 - share) < 6 * np.sqrt(share * (1 - share) / 2000)


def test_the_plan_of_a_pilot_follows_what_is_edited(monkeypatch):
    study = make_study(opened=False)
    assert len(study_plans.fetch_plan(study=study).models) == 3
    study.entries.filter(model__slug="gamma").update(retired_at=NOW)
    assert len(study_plans.fetch_plan(study=study).models) == 3
    monkeypatch.setattr(study_plans, "PILOT_PLAN_LIVES_SECONDS", -1.0)

    assert len(study_plans.fetch_plan(study=study).models) == 2
