import numpy as np
import pytest

from evaluations.errors import NothingToRank, UnsupportedParameter
from evaluations.ranking import Votes, count_pairs, rank
from evaluations.ranking.bootstrap import resample_raters, resample_votes
from tests.ranking import reference

THETA = [0.6, 0.2, 0.0, -0.3, -0.5]


@pytest.mark.parametrize("cluster", ["rater", None])
def test_the_bootstrap_agrees_with_the_sandwich(cluster):
    votes = reference.draw_votes(seed=21, theta=THETA, votes=4000, raters=80, spread=0.4)
    sandwich = rank(votes, cluster=cluster)
    bootstrap = rank(votes, cluster=cluster, interval="bootstrap", rounds=600)
    assert bootstrap.strength.tolist() == sandwich.strength.tolist()
    assert bootstrap.standard_error == pytest.approx(sandwich.standard_error, rel=0.12)
    assert bootstrap.critical == pytest.approx(sandwich.critical, rel=0.12)
    assert np.abs(bootstrap.lower - sandwich.lower).max() < 4
    assert ((bootstrap.lower < bootstrap.score) & (bootstrap.score < bootstrap.upper)).all()


@pytest.mark.parametrize("cluster", ["rater", None])
def test_the_seed_alone_decides(cluster):
    votes = reference.draw_votes(seed=22, theta=THETA, votes=1000, raters=30)
    one, two, other = (
        rank(votes, cluster=cluster, interval="bootstrap", rounds=50, seed=seed) for seed in (7, 7, 8)
    )
    assert one.lower.tobytes() == two.lower.tobytes()
    assert one.lower.tobytes() != other.lower.tobytes()


@pytest.mark.parametrize("both_bad", ["tie", "out"])
def test_resampled_votes_are_as_many_and_alike(both_bad):
    votes = reference.draw_votes(seed=23, theta=THETA, votes=500)
    wins = reference.count_wins(votes, both_bad=both_bad)
    samples = np.array(
        list(
            resample_votes(
                pairs=count_pairs(votes), both_bad=both_bad, rounds=2000, generator=np.random.default_rng(0)
            )
        )
    )
    assert (samples.sum(axis=(1, 2)) == wins.sum()).all()
    assert samples.mean(axis=0) == pytest.approx(wins, abs=0.6)


@pytest.mark.parametrize("both_bad", ["tie", "out"])
def test_resampled_raters_bring_all_of_their_votes(both_bad):
    votes = reference.draw_votes(seed=24, theta=[0.4, 0, -0.4, 0], votes=60, raters=2)
    placed = (3, 0, 1)  # in an order of their own, and without one of the models
    by_rater = []
    for rater in range(2):
        chosen = votes.rater == rater
        part = Votes.from_codes(
            models=votes.models, a=votes.a[chosen], b=votes.b[chosen], outcome=votes.outcome[chosen]
        )
        by_rater.append(reference.count_wins(part, both_bad=both_bad)[np.ix_(placed, placed)])
    expected = {(copies * by_rater[0] + (2 - copies) * by_rater[1]).tobytes() for copies in range(3)}
    samples = resample_raters(
        votes=votes, placed=placed, both_bad=both_bad, rounds=100, generator=np.random.default_rng(0)
    )
    assert {sample.tobytes() for sample in samples} == expected


def test_samples_that_cannot_be_fitted_are_told_and_not_left_out():
    votes = Votes.from_labels(
        model_a=["x"] * 5,
        model_b=["y"] * 5,
        outcome=["a", "a", "a", "a", "b"],
        rater=["p", "q", "r", "s", "t"],
    )
    for cluster in ("rater", None):
        with pytest.raises(NothingToRank, match=r"In \d+ of 100 bootstrap samples"):
            rank(votes, cluster=cluster, interval="bootstrap", rounds=100)
    assert rank(votes, interval="bootstrap", rounds=100, prior=0.5).models == ("x", "y")


def test_one_rater_cannot_be_resampled():
    votes = reference.draw_votes(seed=25, theta=THETA, votes=300, raters=1)
    with pytest.raises(UnsupportedParameter, match="at least two raters"):
        rank(votes, interval="bootstrap")


def test_the_anchor_has_no_interval():
    votes = reference.draw_votes(seed=26, theta=THETA, votes=1000, raters=30)
    ranking = rank(votes, interval="bootstrap", rounds=50, anchor="model 02")
    place = ranking.models.index("model 02")
    assert (ranking.lower[place], ranking.score[place], ranking.upper[place]) == (1000, 1000, 1000)
