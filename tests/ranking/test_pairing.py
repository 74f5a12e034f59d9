import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.errors import BadVotes, NoEligiblePair
from evaluations.ranking import choose_pair, pair_probabilities


def everyone(models):
    return ~np.eye(models, dtype=bool)


@st.composite
def tables(draw):
    models = draw(st.integers(2, 8))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    counts = generator.integers(
        0, draw(st.sampled_from([1, 10, 10**9])), size=(models, models), endpoint=True
    )
    eligible = generator.random((models, models)) < draw(st.sampled_from([0.2, 0.7, 1.0]))
    eligible = np.triu(eligible, 1)
    eligible[0, 1] = True
    return counts + counts.T, eligible | eligible.T


@settings(deadline=None)
@given(tables())
def test_probabilities_sum_to_one_and_leave_no_eligible_pair_out(table):
    counts, eligible = table
    probabilities = pair_probabilities(counts=counts, eligible=eligible)
    assert probabilities.sum() == pytest.approx(1, abs=1e-12)
    pairs = np.triu(eligible, 1)
    assert (probabilities[pairs] >= 0.1 / pairs.sum()).all()
    assert (probabilities[~pairs] == 0).all()
    least = counts[pairs].min()
    assert (probabilities[pairs & (counts == least)] == probabilities.max()).all()


@settings(deadline=None)
@given(tables(), st.integers(0, 100))
def test_a_draw_is_eligible_deterministic_and_says_its_probability(table, seed):
    counts, eligible = table
    i, j, probability = choose_pair(counts=counts, eligible=eligible, generator=np.random.default_rng(seed))
    assert i < j
    assert eligible[i, j]
    assert probability == pair_probabilities(counts=counts, eligible=eligible)[i, j]
    again = choose_pair(counts=counts, eligible=eligible, generator=np.random.default_rng(seed))
    assert again == (i, j, probability)


def test_two_models_by_hand():
    assert choose_pair(
        counts=np.array([[0, 5], [5, 0]]), eligible=everyone(2), generator=np.random.default_rng(0)
    ) == (0, 1, 1.0)


def test_three_pairs_by_hand():
    counts = np.array([[0, 4, 5], [4, 0, 7], [5, 7, 0]])
    weights = np.array([1, 1 / 4, 1 / 16])
    expected = 0.9 * weights / weights.sum() + 0.1 / 3
    got = pair_probabilities(counts=counts, eligible=everyone(3))[[0, 0, 1], [1, 2, 2]]
    assert got == pytest.approx(expected, abs=1e-15)


def test_draws_come_as_often_as_they_say():
    counts = np.array([[0, 4, 5], [4, 0, 7], [5, 7, 0]])
    generator = np.random.default_rng(9)
    drawn = np.zeros((3, 3))
    for _ in range(20_000):
        i, j, _ = choose_pair(counts=counts, eligible=everyone(3), generator=generator)
        drawn[i, j] += 1
    assert drawn / 20_000 == pytest.approx(pair_probabilities(counts=counts, eligible=everyone(3)), abs=0.015)


def test_every_draw_of_the_generator_stays_within_the_pairs():
    class Highest:
        def random(self):
            return np.nextafter(1.0, 0.0)

    for models in range(2, 40):  # for some of them the probabilities sum to a little less than 1
        i, j, _ = choose_pair(
            counts=np.zeros((models, models), int), eligible=everyone(models), generator=Highest()
        )
        assert (i, j) == (models - 2, models - 1)


def test_pairs_stay_level_and_a_newcomer_catches_up():
    generator = np.random.default_rng(2)
    counts = np.full((6, 6), 40)
    counts[5, :] = counts[:, 5] = 0
    for _ in range(400):
        i, j, _ = choose_pair(counts=counts, eligible=everyone(6), generator=generator)
        counts[[i, j], [j, i]] += 1
    newcomer, others = counts[5, :5], counts[:5, :5][np.triu_indices(5, 1)]
    assert newcomer.min() >= 35
    assert others.max() <= 60


@pytest.mark.parametrize(
    ("counts", "eligible", "error"),
    [
        (np.zeros((3, 3), int), np.zeros((3, 3), bool), NoEligiblePair),
        (np.zeros((3, 3), int), np.eye(3, dtype=bool), NoEligiblePair),
        (np.zeros((0, 0), int), np.zeros((0, 0), bool), NoEligiblePair),
        (np.zeros((3, 2), int), np.zeros((3, 2), bool), BadVotes),
        (np.zeros((3, 3), int), everyone(2), BadVotes),
        (np.zeros((2, 2), int), np.ones((2, 2), int), BadVotes),
        (np.array([[0, 1], [2, 0]]), everyone(2), BadVotes),
        (np.array([[0, -1], [-1, 0]]), everyone(2), BadVotes),
        (np.zeros((2, 2), int), np.array([[False, True], [False, False]]), BadVotes),
    ],
)
def test_tables_that_are_not_pairs(counts, eligible, error):
    with pytest.raises(error):
        choose_pair(counts=counts, eligible=eligible, generator=np.random.default_rng(0))
