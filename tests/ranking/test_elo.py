import numpy as np
import pytest

from evaluations.errors import UnsupportedParameter
from evaluations.ranking import Votes, elo, rank
from tests.ranking import reference

ELO = {"method": "elo", "interval": "orderings", "cluster": None}


def one_ordering(votes, order, *, points=4.0):
    """Ratings by the textbook: one vote after the other, 10 to the power of a 400th."""
    rating = np.full(len(votes.models), 1000.0)
    rows = list(reference.each(votes))
    for number in order:
        a, b, outcome, _ = rows[number]
        expected = 1 / (1 + 10 ** ((rating[b] - rating[a]) / 400))
        change = points * (reference.RESULT[outcome] - expected)
        rating[a] += change
        rating[b] -= change
    return rating


def test_each_ordering_is_the_textbook_loop():
    votes = reference.draw_votes(seed=31, theta=[0.5, 0, -0.5], votes=80)
    strengths = elo.elo_strengths(
        votes=votes, both_bad="tie", orderings=100, generator=np.random.default_rng(4)
    )
    orders = elo._orders(80, 100, np.random.default_rng(4)).T
    for strength, order in zip(strengths, orders, strict=True):
        assert sorted(order) == list(range(80))
        assert 1000 + elo.PER_LOGIT * strength == pytest.approx(one_ordering(votes, order), abs=1e-9)


def test_the_ranking_is_the_mean_over_orderings_with_their_spread():
    votes = reference.draw_votes(seed=32, theta=[1, 0, -1], votes=300, both_bad=0.3)
    ranking = rank(votes, **ELO, rounds=200)
    assert ranking.models == ("model 00", "model 01", "model 02")
    assert ranking.score.mean() == pytest.approx(1000, abs=1e-5)
    assert ((ranking.lower < ranking.score) & (ranking.score < ranking.upper)).all()
    draws = elo.elo_strengths(votes=votes, both_bad="tie", orderings=200, generator=np.random.default_rng(0))
    assert ranking.strength == pytest.approx(draws.mean(axis=0), abs=1e-9)
    assert ranking.standard_error == pytest.approx(draws.std(axis=0, ddof=1), abs=1e-9)
    assert rank(votes, **ELO, both_bad="out").strength.tolist() != ranking.strength.tolist()


def test_elo_gives_a_number_to_a_model_that_won_everything():
    votes = Votes.from_labels(model_a=["x"] * 5, model_b=["y"] * 5, outcome=["a"] * 5)
    ranking = rank(votes, **ELO)
    assert (ranking.models, ranking.unplaced) == (("x", "y"), ())
    assert ranking.lower[0] == ranking.upper[0] > 1000  # the same in every order
    assert ranking.rank_low.tolist() == [1, 1]


def test_too_few_orderings_and_too_many_votes():
    votes = reference.draw_votes(seed=33, theta=[0, 0], votes=50)
    for rounds in (99, 10**7):
        with pytest.raises(UnsupportedParameter, match="Elo needs at least 100 orderings"):
            rank(votes, **ELO, rounds=rounds)
