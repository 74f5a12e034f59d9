from math import sqrt

import numpy as np
import pytest
from scipy.stats import norm, t

from evaluations.ranking import Votes, rank
from evaluations.ranking.fits import clusters
from evaluations.ranking.fits.bradley_terry import information, win_probabilities
from evaluations.ranking.fits.sandwich import Bread, close_sandwich, square_votes, take_meat
from evaluations.ranking.pairs import PairWeights
from tests.ranking import reference

THETA = [0.8, 0.3, 0.0, -0.4, -0.7]


@pytest.mark.parametrize("both_bad", ["tie", "out"])
@pytest.mark.parametrize("clustered", [True, False])
def test_standard_errors_are_those_of_a_loop_over_votes(clustered, both_bad):
    votes = reference.draw_votes(seed=11, theta=THETA, votes=400, raters=25, spread=0.5)
    ranking = rank(votes, cluster="rater" if clustered else None, both_bad=both_bad)
    assert ranking.cautions == ()
    theta = reference.strengths(reference.count_wins(votes, both_bad=both_bad))
    covariance = reference.covariance(votes, theta=theta, clustered=clustered, both_bad=both_bad)
    errors = reference.in_name_order(ranking, ranking.standard_error)
    assert errors == pytest.approx(np.sqrt(np.diag(covariance)), abs=2e-9)
    reach = t.ppf(0.975, 24) if clustered else norm.ppf(0.975)
    expected = 1000 + 400 / np.log(10) * (theta + reach * np.sqrt(np.diag(covariance)))
    assert reference.in_name_order(ranking, ranking.upper) == pytest.approx(expected, abs=1e-5)


def test_votes_on_models_that_cannot_be_placed_are_not_in_the_interval():
    votes = reference.draw_votes(seed=12, theta=THETA, votes=300, raters=20)
    extra = {
        "models": [*votes.models, "a champion"],
        "a": np.append(votes.a, [5, 5, 0]),
        "b": np.append(votes.b, [0, 1, 5]),
        "outcome": np.append(votes.outcome, [0, 0, 1]),
        "rater": np.append(votes.rater, [20, 20, 21]),  # raters with no other vote are no clusters of the fit
    }
    plain, with_champion = rank(votes), rank(Votes.from_codes(**extra))
    assert with_champion.unplaced == (("a champion", "has won every battle"),)
    assert with_champion.models == plain.models
    assert with_champion.standard_error.tolist() == plain.standard_error.tolist()
    assert with_champion.lower.tolist() == plain.lower.tolist()


def test_blocks_of_raters_add_up(monkeypatch):
    votes = reference.draw_votes(seed=13, theta=THETA, votes=500, raters=40)
    whole = rank(votes)
    monkeypatch.setattr(clusters, "GROUPS", 3)  # three raters at a time, on every core
    parts = rank(votes)
    assert parts.standard_error == pytest.approx(whole.standard_error, abs=2e-9)
    assert parts.cautions == whole.cautions


def test_one_vote_a_rater_is_independent_votes_but_for_the_small_sample():
    votes = reference.draw_votes(seed=14, theta=THETA, votes=200, raters=200)
    own = Votes.from_codes(
        models=votes.models, a=votes.a, b=votes.b, outcome=votes.outcome, rater=np.arange(200)
    )
    plain = rank(own, cluster=None).standard_error
    assert rank(own).standard_error == pytest.approx(plain * sqrt(200 / 199), abs=2e-9)


def test_a_model_with_one_rater_is_not_called_certain():
    base = reference.draw_votes(seed=15, theta=[0.3, -0.3], votes=400, raters=20, tie=0)
    columns = {
        "models": [*base.models, "newcomer"],
        "a": np.append(base.a, [2, 2, 2, 2]),
        "b": np.append(base.b, [0, 0, 1, 1]),
        "outcome": np.append(base.outcome, [0, 1, 0, 1]),
        "rater": np.append(base.rater, [3, 3, 3, 3]),
    }
    votes = Votes.from_codes(**columns)
    ranking = rank(votes)
    place = ranking.models.index("newcomer")
    assert ranking.cautions == (
        ("newcomer", "was judged by one rater, so its interval takes that rater's votes as independent"),
    )
    theta = reference.strengths(reference.count_wins(votes))
    bare = reference.covariance(votes, theta=theta, clustered=True)[2, 2]
    assert abs(bare) < 0.01  # the plain sandwich would call four votes of one rater a certainty
    independent = rank(votes, cluster=None)
    assert ranking.standard_error[place] == pytest.approx(
        independent.standard_error[independent.models.index("newcomer")], rel=0.1
    )


def test_one_rater_alone_gives_independent_votes_and_says_so():
    votes = reference.draw_votes(seed=16, theta=[0.5, 0, -0.5], votes=200, raters=1, tie=0, both_bad=0)
    ranking = rank(votes)
    assert [model for model, _ in ranking.cautions] == list(ranking.models)
    theta = reference.strengths(reference.count_wins(votes))
    p = win_probabilities(theta)
    wins = reference.count_wins(votes)
    weight = (wins + wins.T) * p * p.T
    expected = np.linalg.pinv(np.diag(weight.sum(axis=1)) - weight)
    assert reference.in_name_order(ranking, ranking.standard_error) == pytest.approx(
        np.sqrt(np.diag(expected)), abs=2e-9
    )
    assert ranking.upper[0] - ranking.score[0] == pytest.approx(
        norm.ppf(0.975) * ranking.standard_error[0] * 400 / np.log(10), abs=1e-5
    )


def test_four_votes_beside_a_billion_keep_their_digits():
    wins = np.array([[0, 1e9, 0], [1e9, 0, 2], [0, 2, 0]])
    half = np.full((3, 3), 0.5)
    bread = Bread(
        information=information(wins, half, prior=0.0),
        models=3,
        prior=0.0,
        expect=lambda bare: np.zeros((3, 3)),
        silent=np.zeros(3, dtype=bool),
    )
    squares = square_votes(squares=PairWeights(wins=wins, ties=wins * 0), probabilities=half)
    matrix = close_sandwich([(1.0, take_meat(squares, bread=bread))], bread=bread).matrix
    # In a chain the variances of the differences are 1/(n p q) each, and add up.
    assert matrix[1, 1] + matrix[2, 2] - 2 * matrix[1, 2] == pytest.approx(1, rel=1e-7)
    assert matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1] == pytest.approx(2e-9, rel=1e-5)


def test_intervals_hold_with_raters_who_differ_and_independent_ones_do_not():
    """Raters of different tastes, all models equal on average: 95 % intervals must hold the truth in 95 %."""
    clustered, independent = [], []
    for seed in range(250):
        votes = reference.draw_votes(seed=seed, theta=np.zeros(4), votes=900, raters=30, spread=0.8)
        for held, cluster in ((clustered, "rater"), (independent, None)):
            ranking = rank(votes, cluster=cluster, rounds=20)
            held.append((ranking.lower <= 1000) & (ranking.upper >= 1000))
    assert 0.93 <= np.mean(clustered) <= 0.97
    assert np.mean(independent) < 0.85
