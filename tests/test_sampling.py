from collections import Counter

import numpy as np
import pytest
from django.conf import settings

from evaluations.columns import refresh_columns
from evaluations.errors import NoEligiblePair
from evaluations.ledger import seal_all
from evaluations.sampling import Seen, add_counts, build_plan, draw_battle
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
