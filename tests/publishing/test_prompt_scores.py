"""Strongest and weakest prompts: what is more than chance, drawn towards the mean, and nothing else."""

import numpy as np
import pytest

from evaluations.publishing.prompt_scores import FEWEST_VOTES, score_prompts
from tests.publishing.counted import make_counted


def draw_votes(chances, *, each=40, seed=3):
    """The model wins on each prompt with its chance; the sides alternate."""
    generator = np.random.default_rng(seed)
    rows = []
    for prompt, chance in enumerate(chances):
        for turn in range(each):
            won, on_left = generator.random() < chance, turn % 2 == 0
            sides = ("ada", "bea") if on_left else ("bea", "ada")
            rows.append((*sides, "left" if won == on_left else "right", turn, prompt))
    return make_counted(rows, models=("ada", "bea"))


def find(votes, **options):
    return score_prompts(votes, model="ada", level=0.95, **options)


def test_the_prompts_that_differ_are_named():
    found = find(draw_votes([0.95, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.05]))
    assert found.differ
    assert [row.prompt for row in found.strongest] == [0]
    assert [row.prompt for row in found.weakest] == [7]
    assert found.strongest[0].estimate.lower > found.mean > found.weakest[0].estimate.upper


def test_what_chance_allows_names_no_prompt():
    """Of sixty prompts that are all alike the luckiest is not the strongest: hardly ever is one named."""
    named = differing = 0
    for seed in range(60):
        found = find(draw_votes([0.5] * 60, each=8, seed=seed))
        assert found.examined == 60
        differing += found.differ
        named += bool(found.strongest or found.weakest)
    assert named <= 6
    assert differing <= 8


def test_estimates_are_drawn_towards_the_mean_as_far_as_chance_goes():
    """With as many votes on each prompt the formula is short: 1 − (s²/n) / (variance between prompts)."""
    votes = draw_votes(np.linspace(0.1, 0.9, 9), each=20)
    won = [
        np.mean(
            [outcome == side for side, outcome in zip(votes.left, votes.outcome, strict=True)][at : at + 20]
        )
        for at in range(0, 180, 20)
    ]
    share = np.array(won)
    chance = sum(20 * p * (1 - p) for p in share) / (180 - 9)
    trust = 1 - chance / 20 / share.var(ddof=1)
    found = find(votes, most=9)
    assert found.mean == pytest.approx(share.mean())
    for row in (*found.strongest, *found.weakest):
        assert row.won == pytest.approx(share[row.prompt])
        assert row.estimate.score == pytest.approx(found.mean + trust * (row.won - found.mean))
        assert abs(row.estimate.score - found.mean) < abs(row.won - found.mean)


def test_few_votes_say_nothing():
    assert find(draw_votes([1.0] * 8, each=FEWEST_VOTES - 1)) is None
    assert find(draw_votes([1.0], each=100)) is None
    assert find(draw_votes([0.9, 0.1], each=FEWEST_VOTES)).examined == 2


def test_ties_are_half_a_win_and_both_bad_as_the_protocol_has_it():
    rows = [
        ("ada", "bea", said, rater, prompt)
        for prompt, words in enumerate(
            [
                ["left", "tie", "left", "tie", "left", "both_bad"],
                ["right", "right", "tie", "right", "right", "both_bad"],
            ]
        )
        for rater, said in enumerate(words)
    ]
    votes = make_counted(rows, models=("ada", "bea"))
    assert find(votes).mean == pytest.approx((4.5 / 6 + 1 / 6) / 2)
    assert find(votes, both_bad="out").mean == pytest.approx((4 / 5 + 0.5 / 5) / 2)


def test_at_most_as_many_as_asked_for():
    found = find(draw_votes([0.98] * 6 + [0.02] * 6), most=2)
    assert len(found.strongest) == len(found.weakest) == 2
