import numpy as np
import pytest

from evaluations.errors import UnsupportedParameter
from evaluations.ranking import Votes, rank
from evaluations.ranking.planning import votes_needed, votes_to_separate
from tests.ranking import reference


def test_half_the_width_takes_four_times_the_votes():
    ranking = rank(reference.draw_votes(seed=91, theta=[0.3, 0, -0.3], votes=500), cluster=None)
    width = (ranking.upper - ranking.lower) / 2
    assert votes_needed(ranking, half_width=float(width[0]) / 2)[0] == pytest.approx(1500, abs=1)
    assert votes_needed(ranking, half_width=float(width.max()) + 1).tolist() == [0, 0, 0]


def test_the_votes_that_are_said_to_be_needed_do():
    """The same votes n times over have the interval that was asked for, and one n less has not."""
    votes = reference.draw_votes(seed=92, theta=[0.3, 0, -0.3], votes=500)
    needed = int(votes_needed(rank(votes, cluster=None), half_width=12.0)[0])

    def half_width(times):
        again = [np.tile(column, times) for column in (votes.a, votes.b, votes.outcome)]
        ranking = rank(
            Votes.from_codes(models=votes.models, a=again[0], b=again[1], outcome=again[2]), cluster=None
        )
        return float(ranking.upper[0] - ranking.lower[0]) / 2

    times = 1 + needed / 500
    assert half_width(int(np.ceil(times))) <= 12.0 < half_width(int(np.floor(times)))


def test_models_told_apart_need_no_votes_and_equal_ones_no_number():
    apart = rank(reference.draw_votes(seed=93, theta=[2.0, -2.0], votes=500), cluster=None)
    assert votes_to_separate(apart, one="model 00", other="model 01") == 0
    even = Votes.from_labels(model_a=["x", "x"], model_b=["y", "y"], outcome=["a", "b"])
    assert votes_to_separate(rank(even, cluster=None), one="x", other="y") is None


def test_the_nearer_two_models_are_the_more_votes_it_takes():
    ranking = rank(reference.draw_votes(seed=94, theta=[0.3, 0.2, 0.0], votes=300), cluster=None)
    first, second, third = ranking.models
    near = votes_to_separate(ranking, one=first, other=second)
    far = votes_to_separate(ranking, one=third, other=first)
    gaps = ranking.strength[0] - ranking.strength[[1, 2]]
    assert gaps[0] < gaps[1]
    assert near > far


@pytest.mark.parametrize("width", [0, -1, float("nan"), float("inf")])
def test_a_width_is_above_nought(width):
    ranking = rank(reference.draw_votes(seed=95, theta=[0.3, -0.3], votes=50), cluster=None)
    with pytest.raises(UnsupportedParameter, match="half-width"):
        votes_needed(ranking, half_width=width)
    with pytest.raises(UnsupportedParameter, match="'w' is not ranked"):
        votes_to_separate(ranking, one="w", other="model 00")


def test_the_spread_of_elo_is_no_error_that_votes_make_smaller():
    votes = reference.draw_votes(seed=96, theta=[0.3, -0.3], votes=50)
    ranking = rank(votes, method="elo", interval="orderings", cluster=None)
    with pytest.raises(UnsupportedParameter, match="spread of Elo"):
        votes_needed(ranking, half_width=1.0)
