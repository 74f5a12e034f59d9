"""A model that few of the raters judged, and raters who agree, are no certainty."""

import copy
import pickle

import numpy as np
import pytest

from evaluations.errors import BadVotes, NothingToRank, UnsupportedParameter
from evaluations.ranking import Votes, rank, turn_order, votes_needed, votes_to_separate
from tests.ranking import reference


def draw_newcomer(seed, *, judges, taste):
    """100 raters on five models, of whom the first few judged a sixth one, ten votes each."""
    generator = np.random.default_rng(seed)
    theta = np.append(np.linspace(0.5, -0.5, 5), 0.0)
    a = generator.integers(5, size=4000)
    b = (a + generator.integers(1, 5, size=4000)) % 5
    rater = np.repeat(np.arange(100), 40)
    a, b = np.append(a, np.full(10 * judges, 5)), np.append(b, generator.integers(5, size=10 * judges))
    rater = np.append(rater, np.repeat(np.arange(judges), 10))
    tastes = generator.normal(0, taste, (100, 6))
    eta = theta[a] - theta[b] + tastes[rater, a] - tastes[rater, b]
    outcome = (generator.random(len(a)) > 1 / (1 + np.exp(-eta))).astype(int)
    return Votes.from_codes(models=list("abcdef"), a=a, b=b, outcome=outcome, rater=rater)


@pytest.mark.parametrize("judges", [2, 5, 10])
def test_the_interval_of_a_newcomer_holds_its_score(judges):
    held, told = [], 0
    for seed in range(150):
        ranking = rank(draw_newcomer(seed, judges=judges, taste=0.5), rounds=20)
        place = ranking.models.index("f")
        held.append(ranking.lower[place] <= 1000 <= ranking.upper[place])  # by symmetry f stays at the mean
        told += ("f", "was judged by few of the raters") in [
            (name, why[:31]) for name, why in ranking.cautions
        ]
    assert np.mean(held) >= 0.92
    assert told == (150 if judges < 10 else 0)


def test_raters_who_agree_to_the_vote_are_no_certainty():
    one = [("x", "y", "a")] * 3 + [("y", "x", "a"), ("z", "y", "a"), ("z", "x", "a"), ("z", "x", "a")]
    one += [("y", "z", "a")] * 3 + [("x", "z", "a")] * 3
    a, b, outcome = zip(*(one * 12), strict=True)
    votes = Votes.from_labels(model_a=a, model_b=b, outcome=outcome, rater=np.repeat(np.arange(12), len(one)))
    ranking, alone = rank(votes), rank(votes, cluster=None)
    assert {why for _, why in ranking.cautions} == {
        "was judged alike throughout, so its interval adds the variation that the model expects"
    }
    assert ranking.standard_error == pytest.approx(alone.standard_error, rel=0.3)
    assert votes_needed(ranking, half_width=1.0).min() > 0
    with pytest.raises(NothingToRank, match="says the same"):
        rank(votes, interval="bootstrap", rounds=50)


def test_fewer_judges_make_a_difference_less_sure():
    ranking = rank(draw_newcomer(3, judges=12, taste=0.3))
    place = ranking.models.index("f")
    others = [number for number in range(6) if number != place]
    plain = rank(draw_newcomer(3, judges=12, taste=0.3), cluster=None)
    assert (
        ranking.difference_error[place, others].min() > ranking.difference_error[np.ix_(others, others)].max()
    )
    assert (np.diag(ranking.difference_error) == 0).all()
    assert (np.diag(plain.difference_error) == 0).all()


def test_what_is_not_offered_is_refused():
    votes = reference.draw_votes(seed=5, theta=[0.5, 0, -0.5], votes=60, raters=6)
    for unit in ("raters", "prompt", None):
        with pytest.raises(UnsupportedParameter, match="it can be 'vote' or 'rater'"):
            turn_order(votes, unit=unit)
    for change in ({"rounds": 10**9}, {"level": 1 - 1e-16}):
        with pytest.raises(UnsupportedParameter, match=r"rounds is a whole number|level is a probability"):
            rank(votes, **change)
    assert rank(votes, rounds=np.int64(50), level=np.float32(0.9)).parameters.rounds == 50
    with pytest.raises(BadVotes, match="cannot be called 'ties'"):
        Votes.from_codes(models=["x", "y"], a=[0], b=[1], outcome=[0], covariates={"ties": [1.0]})
    many = [f"model {number}" for number in range(2001)]
    wide = Votes.from_codes(models=many, a=np.arange(2000), b=np.arange(1, 2001), outcome=np.zeros(2000, int))
    with pytest.raises(UnsupportedParameter, match="2,000 models at the most"):
        rank(wide, cluster=None)


def test_what_a_mask_hides_is_no_vote():
    hidden = np.ma.array([0, 1, 0], mask=[0, 1, 0])
    shown = np.ma.array([0, 1, 0], mask=[0, 0, 0])
    columns = {"models": ["x", "y"], "b": [1, 0, 1], "outcome": [0, 0, 1]}
    assert Votes.from_codes(a=shown, **columns).a.tolist() == [0, 1, 0]
    with pytest.raises(BadVotes, match="Vote 2 has no a: it is masked"):
        Votes.from_codes(a=hidden, **columns)
    with pytest.raises(BadVotes, match="masked"):
        Votes.from_codes(a=shown, **columns).select(np.ma.array([True] * 3, mask=[0, 0, 1]))


def test_votes_can_be_copied_and_sent_to_another_process():
    votes = reference.draw_votes(seed=6, theta=[0.5, 0, -0.5], votes=60, raters=6, more=True)
    for other in (pickle.loads(pickle.dumps(votes)), copy.deepcopy(votes)):
        assert rank(other, style=["length"]).lower.tobytes() == rank(votes, style=["length"]).lower.tobytes()
    assert repr(votes) == "60 votes on 3 models"


def test_votes_beyond_any_number_are_none():
    votes = Votes.from_labels(model_a=["x"] * 3, model_b=["y"] * 3, outcome=["a", "b", "tie"])
    ranking = rank(votes, cluster=None)
    assert votes_to_separate(ranking, one="x", other="y") is None
    assert votes_needed(ranking, half_width=1e-9).max() == 10**12


def test_what_is_expected_where_cells_are_few_is_not_taken_away():
    """Few pairs of rater and prompt judged the third model, but enough raters, and every prompt. The same votes told
    twice tell nothing new, so intervals clustered both ways stay."""
    cells = [(rater, prompt) for rater in range(8) for prompt in range(3)]
    rows = [(0, 1, (rater + prompt) % 2, rater, prompt) for rater, prompt in cells]
    rows += [(2, rater % 2, rater % 3 % 2, rater, rater % 3) for rater in range(5)]
    a, b, outcome, raters, prompts = np.array(rows).T

    def fit(times):
        columns = {"a": a, "b": b, "outcome": outcome, "rater": raters, "prompt": prompts}
        told = {name: np.tile(column, times) for name, column in columns.items()}
        return rank(Votes.from_codes(models=("x", "y", "z"), **told), cluster="both")

    once, twice = fit(1), fit(2)
    assert not once.cautions
    assert twice.upper - twice.lower == pytest.approx(once.upper - once.lower)
