"""Real votes: 59 models, 124 raters, 8,931 comparisons (LLMFAO, CC BY 4.0)."""

import os
from pathlib import Path

import numpy as np
import pytest

from evaluations.ranking import rank
from evaluations.ranking.files.reading import read_votes
from evaluations.ranking.votes import Votes
from tests.ranking import reference

DATA = Path(os.environ.get("ARENA_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
FILE = DATA / "llmfao" / "crowd-comparisons.csv"

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"{FILE} is not there: set ARENA_DATA to the folder that holds llmfao/"
)


@pytest.fixture(scope="module")
def votes():
    return Votes.from_labels(**read_votes(FILE).columns())


def test_the_board(votes):
    ranking = rank(votes)
    assert (len(ranking.models), ranking.total, ranking.raters) == (59, 8931, 124)
    assert (ranking.unplaced, ranking.cautions) == ((), ())
    assert ranking.models[0] == "GPT 4"
    assert ranking.rank_low[0] == 1
    assert int(ranking.votes.sum()) == 2 * 8931
    assert ranking.converged
    assert ranking.iterations <= 10


def test_strengths_are_those_of_the_reference(votes):
    ranking = rank(votes, cluster=None)
    expected = reference.strengths(reference.count_wins(votes))
    assert np.abs(reference.in_name_order(ranking, ranking.strength) - expected).max() <= 1e-9


@pytest.mark.parametrize("clustered", [True, False])
def test_standard_errors_are_those_of_the_reference(votes, clustered):
    ranking = rank(votes, cluster="rater" if clustered else None)
    theta = reference.strengths(reference.count_wins(votes))
    covariance = reference.covariance(votes, theta=theta, clustered=clustered)
    errors = reference.in_name_order(ranking, ranking.standard_error)
    assert np.abs(errors - np.sqrt(np.diag(covariance))).max() <= 1e-8


def test_raters_make_the_board_less_sure(votes):
    clustered, independent = rank(votes), rank(votes, cluster=None)
    assert clustered.standard_error.mean() > independent.standard_error.mean()
    assert (clustered.rank_high - clustered.rank_low).sum() > (
        independent.rank_high - independent.rank_low
    ).sum()


def test_the_bootstrap_agrees(votes):
    sandwich, bootstrap = rank(votes), rank(votes, interval="bootstrap", rounds=200)
    assert np.median(bootstrap.standard_error / sandwich.standard_error) == pytest.approx(1, abs=0.1)
