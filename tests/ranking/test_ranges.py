import numpy as np
import pytest
from scipy.stats import norm, studentized_range, t

from evaluations.ranking import rank
from evaluations.ranking.fits.ranges import (
    critical_value,
    difference_errors,
    rank_ranges,
    simulate_deviations,
)
from tests.ranking import reference


def test_two_models_need_no_more_than_one_comparison():
    votes = reference.draw_votes(seed=1, theta=[0.1, -0.1], votes=300, raters=30)
    assert rank(votes, cluster=None, rounds=40_000).critical == pytest.approx(norm.ppf(0.975), abs=0.03)
    assert rank(votes, rounds=40_000).critical == pytest.approx(t.ppf(0.975, votes.raters - 1), abs=0.03)


@pytest.mark.parametrize(("models", "freedom", "level"), [(3, None, 0.95), (10, None, 0.9), (5, 400, 0.95)])
def test_equal_independent_errors_are_tukeys_range(models, freedom, level):
    covariance = np.eye(models)
    deviations = simulate_deviations(covariance=covariance, rounds=40_000, generator=np.random.default_rng(5))
    errors = difference_errors(covariance)
    critical = critical_value(deviations=deviations, errors=errors, freedom=freedom, level=level)
    exact = studentized_range.ppf(level, models, np.inf if freedom is None else freedom) / np.sqrt(2)
    assert critical == pytest.approx(exact, abs=0.04)


@pytest.mark.parametrize("freedom", [1, 5, 29, 99])
def test_of_few_clusters_the_value_is_that_of_independent_ts(freedom):
    """Šidák: with 6 pairs each |t| stays below it with probability 0.95^(1/6)."""
    errors = difference_errors(np.eye(4))
    critical = critical_value(deviations=np.zeros((1, 4)), errors=errors, freedom=freedom, level=0.95)
    assert critical == pytest.approx(t.ppf((1 + 0.95 ** (1 / 6)) / 2, freedom), rel=1e-9)


def test_simulated_deviations_have_the_covariance_asked_for():
    factor = np.random.default_rng(2).standard_normal((4, 2))
    covariance = factor @ factor.T  # singular, as it is with few raters
    deviations = simulate_deviations(
        covariance=covariance, rounds=200_000, generator=np.random.default_rng(3)
    )
    assert np.cov(deviations, rowvar=False) == pytest.approx(covariance, abs=0.05)


def test_places_by_hand():
    strength = np.array([2.0, 1.0, 0.9, -3.0])
    errors = np.full((4, 4), 0.5)
    low, high = rank_ranges(strength=strength, errors=errors, critical=2.1)
    assert (low.tolist(), high.tolist()) == ([1, 1, 2, 4], [2, 3, 3, 4])


def test_a_difference_without_any_variance_proves_nothing():
    errors = difference_errors(np.zeros((2, 2)))
    critical = critical_value(deviations=np.zeros((50, 2)), errors=errors, freedom=None, level=0.95)
    low, high = rank_ranges(strength=np.array([1.0, 0.0]), errors=errors, critical=critical)
    assert (low.tolist(), high.tolist()) == ([1, 1], [2, 2])


def test_clear_and_unclear_places():
    clear = rank(reference.draw_votes(seed=4, theta=[3, 0, -3], votes=3000), cluster=None)
    assert (clear.rank_low.tolist(), clear.rank_high.tolist()) == ([1, 2, 3], [1, 2, 3])
    unclear = rank(reference.draw_votes(seed=5, theta=[0, 0, 0], votes=60), cluster=None)
    assert (unclear.rank_low.tolist(), unclear.rank_high.tolist()) == ([1, 1, 1], [3, 3, 3])


def test_a_higher_level_gives_wider_ranges():
    votes = reference.draw_votes(seed=6, theta=np.linspace(1, -1, 12), votes=2500)
    narrow, wide = rank(votes, cluster=None, level=0.5), rank(votes, cluster=None, level=0.999)
    assert (wide.rank_low <= narrow.rank_low).all()
    assert (wide.rank_high >= narrow.rank_high).all()
    assert (wide.rank_high - wide.rank_low).sum() > (narrow.rank_high - narrow.rank_low).sum()
    assert (wide.lower < narrow.lower).all()


def test_all_ranges_hold_together():
    """Simultaneous intervals of all differences must hold the true differences in 90 % of the samples."""
    theta = np.linspace(0.6, -0.6, 6)
    differences = theta[:, None] - theta[None, :]
    held, ranges = [], []
    for seed in range(400):
        votes = reference.draw_votes(seed=seed, theta=theta, votes=600, tie=0, both_bad=0)
        ranking = rank(votes, cluster=None, level=0.9)
        strength = reference.in_name_order(ranking, ranking.strength)
        covariance = reference.covariance(votes, theta=strength, clustered=False) if seed < 100 else None
        if covariance is not None:
            errors = difference_errors(covariance)
            held.append(
                (np.abs(strength[:, None] - strength - differences) <= ranking.critical * errors).all()
            )
        truth = np.arange(1, 7)
        low, high = (
            reference.in_name_order(ranking, places) for places in (ranking.rank_low, ranking.rank_high)
        )
        ranges.append(((low <= truth) & (truth <= high)).all())
    assert 0.83 <= np.mean(held) <= 0.97
    assert np.mean(ranges) >= 0.9
