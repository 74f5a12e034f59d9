import json
from dataclasses import fields
from math import log10

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking.claims import claim_edges, judge_claim, plan_claim
from evaluations.ranking.confidence_sequences import confidence_sequence

KINDS = ("superior", "non-inferior", "equivalent")


def draw(generator, *, score, ties, size):
    return generator.choice([0, 0.5, 1], p=[1 - score - ties / 2, ties, score - ties / 2], size=size)


def expected(points):
    return 1 / (1 + 10 ** (-points / 400))


@pytest.mark.parametrize("margin", [0, 17.5, 400])
def test_margins_are_points_on_the_elo_scale(margin):
    score = expected(margin)
    assert claim_edges(kind="superior", margin=margin) == (pytest.approx(score), 1)
    assert claim_edges(kind="non-inferior", margin=margin) == (pytest.approx(1 - score), 1)
    if margin:
        assert claim_edges(kind="equivalent", margin=margin) == (
            pytest.approx(1 - score),
            pytest.approx(score),
        )
    assert expected(400) == pytest.approx(10 / 11)  # ten wins to one loss: Elo (1978)


@pytest.mark.parametrize(
    ("kind", "margin", "score", "verdict"),
    [
        ("superior", 50, 0.8, "supported"),
        ("superior", 50, 0.5, "refuted"),
        ("superior", 50, expected(50), "undecided"),
        ("non-inferior", 50, 0.5, "supported"),
        ("non-inferior", 50, 0.3, "refuted"),
        ("non-inferior", 50, expected(-50), "undecided"),
        ("equivalent", 50, 0.5, "supported"),
        ("equivalent", 50, 0.7, "refuted"),
        ("equivalent", 50, 0.3, "refuted"),
        ("equivalent", 50, expected(50), "undecided"),
    ],
)
def test_each_kind_of_claim_comes_to_the_verdict_that_is_true(kind, margin, score, verdict):
    votes = draw(np.random.default_rng(1), score=score, ties=0.2, size=4000)
    assert judge_claim(kind=kind, margin=margin, score=votes).verdict == verdict


def test_a_judgement_says_what_the_path_says():
    votes = draw(np.random.default_rng(2), score=0.62, ties=0.2, size=500)
    judgement = judge_claim(kind="superior", margin=20, score=votes)
    path = confidence_sequence(observations=votes)
    threshold = expected(20)
    assert judgement.path.lower.tolist() == path.lower.tolist()
    assert (judgement.lower, judgement.upper) == (path.lower[-1], path.upper[-1])
    assert judgement.lower_points == pytest.approx(400 * log10(judgement.lower / (1 - judgement.lower)))
    assert judgement.upper_points == pytest.approx(400 * log10(judgement.upper / (1 - judgement.upper)))
    assert judgement.mean == pytest.approx(votes.mean())
    assert (judgement.votes, judgement.observations) == (500, 500)
    assert judgement.thresholds == (pytest.approx(threshold),)
    assert judgement.verdict == "supported"
    assert path.lower[judgement.decided_at] >= threshold > path.lower[judgement.decided_at - 1]
    assert judgement.decided_by_vote == judgement.decided_at
    assert judgement.still_needed == 0
    assert judgement.reason is None


def test_the_vote_that_brought_the_verdict_is_named_among_all_votes():
    generator = np.random.default_rng(3)
    rater = generator.permutation(np.repeat(np.arange(100), 5))
    judgement = judge_claim(kind="superior", margin=0, score=np.ones(500), rater=rater, block=2)
    assert judgement.observations == 100
    assert judgement.votes == 500
    completing = sorted(np.flatnonzero(rater == one)[1] for one in range(100))
    assert judgement.decided_by_vote == completing[judgement.decided_at]


def test_a_hundred_votes_of_one_person_are_one():
    alone = judge_claim(kind="superior", margin=0, score=np.ones(100), rater=np.zeros(100, int))
    assert (alone.verdict, alone.observations, alone.votes) == ("undecided", 1, 100)
    assert alone.lower < 0.01
    crowd = judge_claim(kind="superior", margin=0, score=np.ones(100), rater=np.arange(100))
    assert crowd.verdict == "supported"


sequences = st.lists(
    st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(1, 25)), min_size=1, max_size=8
).map(lambda runs: np.concatenate([np.full(size, score) for score, size in runs]))


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.sampled_from(KINDS), st.sampled_from([30, 200, 400]), sequences, st.sampled_from([0.5, 0.95]))
def test_a_verdict_once_fallen_never_changes(kind, margin, score, level):
    whole = judge_claim(kind=kind, margin=margin, score=score, level=level)
    for size in range(0, len(score), 20):
        early = judge_claim(kind=kind, margin=margin, score=score[:size], level=level)
        if whole.decided_at is not None and whole.decided_at < size:
            assert (early.verdict, early.decided_at) == (whole.verdict, whole.decided_at)
        else:
            assert early.verdict == "undecided"


def test_a_verdict_stays_when_the_votes_turn_and_the_turn_is_told():
    score = np.append(np.ones(300), np.zeros(3000))
    judgement = judge_claim(kind="superior", margin=0, score=score)
    assert judgement.verdict == "supported"
    assert judgement.path.contradicted
    assert "rule out every expected score" in judgement.reason


def test_votes_that_contradict_themselves_before_a_verdict_give_none():
    score = np.append(np.tile([1.0, 1.0, 1.0, 0.0], 100), np.ones(2000))
    path = confidence_sequence(observations=score)
    last = path.contradicted_at - 1
    inside = (path.lower[last] + path.upper[last]) / 2  # an edge that both ends pass in one step
    judgement = judge_claim(kind="superior", margin=400 * log10(inside / (1 - inside)), score=score)
    assert path.lower[-1] > inside
    assert judgement.verdict == "undecided"
    assert judgement.decided_at is judgement.still_needed is None
    assert "rule out every expected score" in judgement.reason


@settings(deadline=None, derandomize=True, max_examples=30)
@given(sequences, st.sampled_from([0, 100]))
def test_swapping_the_models_turns_superior_into_not_non_inferior(score, margin):
    ahead = judge_claim(kind="superior", margin=margin, score=score)
    behind = judge_claim(kind="non-inferior", margin=margin, score=1 - score)
    turned = {"supported": "refuted", "refuted": "supported", "undecided": "undecided"}
    assert behind.verdict == turned[ahead.verdict]
    assert behind.decided_at == ahead.decided_at
    assert behind.still_needed == ahead.still_needed
    if ahead.path.contradicted:
        assert (ahead.lower, ahead.upper, ahead.lower_points) == (None, None, None)
        assert (behind.lower, behind.upper) == (None, None)
    else:
        assert (behind.lower, behind.upper) == (1 - ahead.upper, 1 - ahead.lower)


@settings(deadline=None, derandomize=True, max_examples=30)
@given(sequences)
def test_equivalence_does_not_depend_on_which_model_is_named_first(score):
    one = judge_claim(kind="equivalent", margin=150, score=score)
    other = judge_claim(kind="equivalent", margin=150, score=1 - score)
    assert (one.verdict, one.decided_at) == (other.verdict, other.decided_at)
    assert one.still_needed == pytest.approx(other.still_needed, abs=1)  # the split is found from one side


@pytest.mark.parametrize("score", [[], [1.0], [0.5] * 40, [1.0, 0.0] * 300, [1.0] * 300])
@pytest.mark.parametrize("kind", KINDS)
def test_every_field_but_the_path_goes_into_json(kind, score):
    judgement = judge_claim(kind=kind, margin=25, score=score)
    values = {
        field.name: getattr(judgement, field.name) for field in fields(judgement) if field.name != "path"
    }
    assert json.loads(json.dumps(values, allow_nan=False))["verdict"] == judgement.verdict


def test_no_votes_yet_are_no_error_and_no_bound():
    judgement = judge_claim(kind="superior", margin=0, score=[], rater=[])
    assert (judgement.verdict, judgement.lower, judgement.upper) == ("undecided", 0, 1)
    assert judgement.lower_points is judgement.upper_points is judgement.mean is None
    assert judgement.still_needed is None
    assert "no observation yet" in judgement.reason
    unfinished = judge_claim(kind="superior", margin=0, score=[1, 1], rater=[0, 1], block=2)
    assert (unfinished.votes, unfinished.observations, unfinished.reason) == (2, 0, judgement.reason)


def test_scores_on_the_edge_have_no_forecast_and_say_why():
    judgement = judge_claim(kind="superior", margin=0, score=[1.0, 0.0] * 50)
    assert judgement.still_needed is None
    assert "10,000,000 more observations" in judgement.reason
    plan = plan_claim(kind="superior", margin=0, points=0, ties=0.2)
    assert (plan.verdict, plan.observations) == ("undecided", None)
    assert "10,000,000 more observations" in plan.reason


@pytest.mark.parametrize(
    ("kind", "margin", "wins"), [("superior", 0, 50), ("equivalent", 80, 40), ("equivalent", 100, 44)]
)
def test_what_is_still_needed_is_of_the_right_size(kind, margin, wins):
    generator = np.random.default_rng(8)
    score = generator.permutation(np.repeat([1.0, 0.5, 0.0], [wins, 20, 80 - wins]))
    judgement = judge_claim(kind=kind, margin=margin, score=score)
    assert judgement.verdict == "undecided"
    waits = []
    for _ in range(80):
        more = generator.choice(score, size=3 * judgement.still_needed)
        later = judge_claim(kind=kind, margin=margin, score=np.append(score, more))
        waits.append(np.inf if later.decided_at is None else later.decided_at + 1 - len(score))
    assert 1 / 1.5 < np.median(waits) / judgement.still_needed < 1.5


@pytest.mark.parametrize(
    ("kind", "margin", "points", "verdict"),
    [
        ("superior", 0, 70, "supported"),
        ("non-inferior", 50, 20, "supported"),
        ("superior", 80, 0, "refuted"),
        ("equivalent", 90, 0, "supported"),
        ("equivalent", 90, 20, "supported"),
        ("equivalent", 40, 120, "refuted"),
    ],
)
def test_a_plan_is_kept_by_simulated_votes(kind, margin, points, verdict):
    generator = np.random.default_rng(9)
    plan = {"kind": kind, "margin": margin, "points": points, "ties": 0.25}
    typical, likely = (plan_claim(**plan, power=power) for power in (0.5, 0.8))
    assert typical.verdict == likely.verdict == verdict
    assert typical.score == pytest.approx(expected(points))
    waits = []
    for _ in range(80):
        score = draw(generator, score=typical.score, ties=0.25, size=likely.observations)
        judged = judge_claim(kind=kind, margin=margin, score=score)
        waits.append(np.inf if judged.verdict != verdict else judged.decided_at + 1)
    assert 1 / 1.5 < np.median(waits) / typical.observations < 1.5
    assert np.mean(np.array(waits) <= likely.observations) > 0.72


def test_what_may_fail_at_two_edges_is_split_between_them():
    """Equal models lie as far from either edge, so each edge gets half: 0.1 of the 0.2 that may fail."""
    plan = {"margin": 60, "points": 0, "ties": 0.2}
    both = plan_claim(kind="equivalent", power=0.8, **plan).observations
    assert both == pytest.approx(plan_claim(kind="non-inferior", power=0.9, **plan).observations, abs=1)
    # Far from one edge, the other gets all of it.
    near = {"margin": 60, "points": 45, "ties": 0.2, "power": 0.8}
    one_edge = plan_claim(kind="superior", **near)
    assert one_edge.verdict == "refuted"
    assert plan_claim(kind="equivalent", **near).observations == pytest.approx(one_edge.observations, abs=2)


def test_plans_grow_as_they_must():
    def needed(**changes):
        plan = {"kind": "superior", "margin": 0, "points": 40, "ties": 0.2} | changes
        return plan_claim(**plan).observations

    assert needed(points=20) > needed() > needed(points=60)
    assert needed(level=0.99) > needed() > needed(level=0.9)
    assert needed(power=0.9) > needed() > needed(power=0.5)
    assert needed(ties=0) > needed() > needed(ties=0.6)
    assert needed(points=-40) == needed()
    assert needed(kind="non-inferior", margin=20, points=20) < needed()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "better"}, "kind is one of"),
        ({"margin": -1}, "margin"),
        ({"margin": np.nan}, "margin"),
        ({"margin": np.inf}, "margin"),
        ({"margin": 2001}, "margin"),
        ({"margin": True}, "margin"),
        ({"margin": "40"}, "margin"),
        ({"kind": "equivalent", "margin": 0}, "margin above 0"),
        ({"level": 1}, "level"),
        ({"block": 2}, "give the raters"),
        ({"block": 0, "rater": [0]}, "block"),
    ],
)
def test_a_claim_that_cannot_be_judged(changes, message):
    with pytest.raises(UnsupportedParameter, match=message):
        judge_claim(**({"kind": "superior", "margin": 0, "score": [1.0]} | changes))


@pytest.mark.parametrize("columns", [{"score": [0.3]}, {"score": [1.0], "rater": [0, 1]}])
def test_columns_that_are_not_votes(columns):
    with pytest.raises(BadVotes):
        judge_claim(kind="superior", margin=0, **columns)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "better"}, "kind is one of"),
        ({"margin": -1}, "margin"),
        ({"level": 0}, "level"),
        ({"points": np.nan}, "points"),
        ({"points": 3000}, "points"),
        ({"power": 0.4}, "power"),
        ({"power": 1}, "power"),
        ({"ties": -0.1}, "ties"),
        ({"ties": np.nan}, "ties"),
        ({"points": 200, "ties": 0.6}, "ties are a share from 0 to 0.481"),
    ],
)
def test_a_plan_that_cannot_be_made(changes, message):
    with pytest.raises(UnsupportedParameter, match=message):
        plan_claim(**({"kind": "superior", "margin": 0, "points": 30, "ties": 0.2} | changes))
