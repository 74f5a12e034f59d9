import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from evaluations.errors import BadVotes, NoEligiblePair
from evaluations.ranking import PairCounts, choose_pair, pair_probabilities
from evaluations.ranking.fits.bradley_terry import fit_strengths, win_probabilities
from evaluations.ranking.pairing import adaptive_probabilities, choose_pair_adaptively, find_settled_pairs


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


def outcomes(wins, ties=None, both_bad=None):
    wins = np.array(wins)
    none = np.zeros_like(wins)
    return PairCounts(
        models=tuple("abcdefgh"[: len(wins)]),
        wins=wins,
        ties=none if ties is None else np.array(ties),
        both_bad=none if both_bad is None else np.array(both_bad),
    )


@st.composite
def outcome_tables(draw):
    """Counts by outcome, eligible pairs and settled pairs of up to eight models."""
    counts, eligible = draw(tables())
    models = len(counts)
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    wins = generator.integers(0, counts, endpoint=True)
    ties, both_bad = (np.triu(generator.integers(0, counts, endpoint=True), 1) for _ in range(2))
    settled = np.triu(generator.random((models, models)) < draw(st.sampled_from([0.0, 0.5, 1.0])), 1)
    return outcomes(wins, ties + ties.T, both_bad + both_bad.T), eligible, settled | settled.T


def adaptive_by_loop(pairs, eligible, settled):
    """The rule as it is written in the paper, one pair at a time, on votes written out one by one."""
    models, weights = len(eligible), {}
    drawable = [(i, j) for i in range(models) for j in range(i + 1, models) if eligible[i, j]]
    for i, j in drawable:
        ties = pairs.ties[i, j] + pairs.both_bad[i, j]
        seen = np.array([1.0, 0.0, 0.5])
        often = np.array([pairs.wins[i, j] + 0.5, pairs.wins[j, i] + 0.5, ties])
        n = often.sum()
        variance = (often * (seen - (often * seen).sum() / n) ** 2).sum() / n
        weights[i, j] = np.sqrt(variance / n) - np.sqrt(variance / (n + 1))
    open_pairs = [pair for pair in drawable if not settled[pair]] or drawable
    total = sum(weights[pair] for pair in open_pairs)
    table = np.zeros((models, models))
    for pair in drawable:
        table[pair] = 0.1 / len(drawable) + (0.9 * weights[pair] / total if pair in open_pairs else 0)
    return table


def test_adaptive_weights_by_hand():
    # (a, b) has no votes: S = 1/4, m = 1. (a, c): one win each, so m = 3 and S = 1/4. (b, c): three wins to
    # none, a tie and a both bad: outcomes 1, 1, 1, ½, ½ and the prior's half 1 and half 0: mean 3/4,
    # S = (3.5 (1/4)² + 2 (1/4)² + 0.5 (3/4)²) / 6 = 5/48.
    pairs = outcomes(
        [[0, 0, 1], [0, 0, 3], [1, 0, 0]],
        ties=[[0, 0, 0], [0, 0, 1], [0, 1, 0]],
        both_bad=[[0, 0, 0], [0, 0, 1], [0, 1, 0]],
    )
    weights = np.array(
        [
            0.5 * (1 - np.sqrt(1 / 2)),
            0.5 * (np.sqrt(1 / 3) - np.sqrt(1 / 4)),
            np.sqrt(5 / 48) * (np.sqrt(1 / 6) - np.sqrt(1 / 7)),
        ]
    )
    got = adaptive_probabilities(pairs=pairs, eligible=everyone(3))[[0, 0, 1], [1, 2, 2]]
    assert got == pytest.approx(0.9 * weights / weights.sum() + 0.1 / 3, abs=1e-15)


def test_settled_pairs_keep_their_share_of_the_floor_by_hand():
    settled = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=bool)
    pairs = outcomes([[0, 0, 2], [0, 0, 2], [2, 2, 0]])
    got = adaptive_probabilities(pairs=pairs, eligible=everyone(3), settled=settled)[[0, 0, 1], [1, 2, 2]]
    assert got == pytest.approx([0.1 / 3, 0.45 + 0.1 / 3, 0.45 + 0.1 / 3], abs=1e-15)


def test_where_every_pair_is_settled_none_is():
    pairs = outcomes([[0, 5, 2], [1, 0, 2], [2, 9, 0]])
    eligible = everyone(3)
    eligible[1, 2] = eligible[2, 1] = False
    settled = eligible.copy()  # the open pair may not be drawn
    assert (
        adaptive_probabilities(pairs=pairs, eligible=eligible, settled=settled).tolist()
        == adaptive_probabilities(pairs=pairs, eligible=eligible).tolist()
    )


@settings(deadline=None)
@given(outcome_tables())
def test_adaptive_probabilities_are_those_of_a_loop_over_pairs(table):
    pairs, eligible, settled = table
    probabilities = adaptive_probabilities(pairs=pairs, eligible=eligible, settled=settled)
    assert probabilities == pytest.approx(adaptive_by_loop(pairs, eligible, settled), rel=1e-5, abs=1e-12)
    assert probabilities.sum() == pytest.approx(1, abs=1e-12)
    drawable = np.triu(eligible, 1)
    assert (probabilities[drawable] >= 0.1 / drawable.sum()).all()
    assert (probabilities[~drawable] == 0).all()


@settings(deadline=None)
@given(outcome_tables(), st.integers(0, 2**32))
def test_adaptive_probabilities_do_not_depend_on_the_order_of_models(table, seed):
    pairs, eligible, settled = table
    order = np.random.default_rng(seed).permutation(len(eligible))
    grid = np.ix_(order, order)
    plain = adaptive_probabilities(pairs=pairs, eligible=eligible, settled=settled)
    turned = adaptive_probabilities(
        pairs=pairs.select(order.tolist()), eligible=eligible[grid], settled=settled[grid]
    )
    assert turned + turned.T == pytest.approx((plain + plain.T)[grid], abs=1e-12)


@settings(deadline=None)
@given(outcome_tables(), st.integers(0, 100))
def test_an_adaptive_draw_is_eligible_deterministic_and_says_its_probability(table, seed):
    pairs, eligible, settled = table
    tables = {"pairs": pairs, "eligible": eligible, "settled": settled}
    i, j, probability = choose_pair_adaptively(**tables, generator=np.random.default_rng(seed))
    assert i < j
    assert eligible[i, j]
    assert probability == adaptive_probabilities(**tables)[i, j]
    assert (i, j, probability) == choose_pair_adaptively(**tables, generator=np.random.default_rng(seed))


def test_a_billion_votes_keep_their_digits():
    pairs = outcomes([[0, 10**9, 10**9], [10**9, 0, 0], [0, 0, 0]], ties=np.zeros((3, 3), int))
    eligible = everyone(3)
    eligible[1, 2] = eligible[2, 1] = False
    got = adaptive_probabilities(pairs=pairs, eligible=eligible)
    # Level: S = 1/4, m = 2e9. All won: S = 1/(2 m) nearly, m = 1e9. The weight is √S m^−1.5 / 2 nearly.
    level, won = 0.5 * 2e9**-1.5, np.sqrt(1 / 2e9) * 1e9**-1.5
    assert got[0, 1] == pytest.approx(0.05 + 0.9 * level / (level + won), rel=1e-7)
    assert got[0, 2] == pytest.approx(0.05 + 0.9 * won / (level + won), rel=1e-7)


def test_adaptive_draws_come_as_often_as_they_say():
    pairs = outcomes([[0, 4, 5, 0], [4, 0, 7, 1], [2, 0, 0, 30], [0, 1, 1, 0]])
    settled = np.zeros((4, 4), dtype=bool)
    settled[2, 3] = settled[3, 2] = True
    expected = adaptive_probabilities(pairs=pairs, eligible=everyone(4), settled=settled)
    generator, drawn = np.random.default_rng(10), np.zeros((4, 4))
    for _ in range(5_000):
        i, j, _ = choose_pair_adaptively(
            pairs=pairs, eligible=everyone(4), settled=settled, generator=generator
        )
        drawn[i, j] += 1
    upper = np.triu_indices(4, 1)
    assert drawn.sum() == drawn[upper].sum()
    assert chisquare(drawn[upper], 5_000 * expected[upper]).pvalue > 0.01


def difference_error(wins, i, j):
    """Standard error of the difference of two strengths, from the information of a loop over pairs."""
    p = win_probabilities(fit_strengths(wins=wins, prior=0.1).strength)
    information = -(wins + wins.T) * p * p.T
    np.fill_diagonal(information, 0)
    np.fill_diagonal(information, -information.sum(axis=1))
    covariance = np.linalg.pinv(information)
    return np.sqrt(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j])


def test_with_settled_pairs_the_adaptive_draw_separates_the_close_ones_sooner():
    theta = np.array([3.0, 2.9, 0.0, -2.9, -3.0])
    chances = win_probabilities(theta)
    close = [(0, 1), (3, 4)]
    settled = ~np.eye(5, dtype=bool)
    for i, j in close:
        settled[i, j] = settled[j, i] = False
    errors = {"balanced": [], "adaptive": []}
    for seed in range(3):
        for rule, found in errors.items():
            generator, wins = np.random.default_rng(seed), np.ones((5, 5), dtype=int)
            for _ in range(400):
                if rule == "balanced":
                    i, j, _ = choose_pair(counts=wins + wins.T, eligible=everyone(5), generator=generator)
                else:
                    i, j, _ = choose_pair_adaptively(
                        pairs=outcomes(wins), eligible=everyone(5), settled=settled, generator=generator
                    )
                winner, loser = (i, j) if generator.random() < chances[i, j] else (j, i)
                wins[winner, loser] += 1
            found.append([difference_error(wins.astype(float), i, j) for i, j in close])
    assert np.max(errors["adaptive"]) < 0.7 * np.min(errors["balanced"])


def test_without_settled_pairs_it_asks_more_where_outcomes_vary():
    chances = np.array([[0.5, 0.5, 0.98], [0.5, 0.5, 0.98], [0.02, 0.02, 0.5]])
    generator, wins = np.random.default_rng(4), np.zeros((3, 3), dtype=int)
    for _ in range(600):
        i, j, _ = choose_pair_adaptively(pairs=outcomes(wins), eligible=everyone(3), generator=generator)
        winner, loser = (i, j) if generator.random() < chances[i, j] else (j, i)
        wins[winner, loser] += 1
    votes = wins + wins.T
    assert votes[0, 1] > 1.2 * max(votes[0, 2], votes[1, 2])


def test_pairs_are_settled_where_rank_ranges_do_not_meet():
    low, high = np.array([1, 1, 3, 4]), np.array([2, 3, 4, 4])
    settled = find_settled_pairs(rank_low=low, rank_high=high)
    expected = [[0, 0, 1, 1], [0, 0, 0, 1], [1, 0, 0, 0], [1, 1, 0, 0]]
    assert settled.dtype == np.bool_
    assert settled.astype(int).tolist() == expected


@pytest.mark.parametrize(
    ("low", "high"),
    [([1, 2], [2]), ([1, 3], [2, 2]), ([[1, 2]], [[2, 2]])],
    ids=["lengths", "order", "table"],
)
def test_places_that_are_no_ranges(low, high):
    with pytest.raises(BadVotes):
        find_settled_pairs(rank_low=np.array(low), rank_high=np.array(high))


TWO = np.array([[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("pairs", "eligible", "settled", "error"),
    [
        (outcomes(TWO), np.zeros((2, 2), bool), None, NoEligiblePair),
        (outcomes(np.zeros((0, 0), int)), np.zeros((0, 0), bool), None, NoEligiblePair),
        (outcomes(TWO), everyone(3), None, BadVotes),
        (outcomes(TWO), np.array([[False, True], [False, False]]), None, BadVotes),
        (outcomes(TWO), everyone(2), everyone(3), BadVotes),
        (outcomes(TWO), everyone(2), everyone(2).astype(int), BadVotes),
        (outcomes(TWO), everyone(2), np.array([[False, True], [False, False]]), BadVotes),
        (outcomes(-TWO), everyone(2), None, BadVotes),
        (outcomes(TWO, ties=-TWO), everyone(2), None, BadVotes),
        (outcomes(TWO, ties=[[0, 1], [2, 0]]), everyone(2), None, BadVotes),
        (outcomes(TWO, ties=[[0, 1], [2, 0]], both_bad=[[0, 2], [1, 0]]), everyone(2), None, BadVotes),
        (outcomes(TWO, both_bad=[[0, 1], [2, 0]]), everyone(2), None, BadVotes),
        (outcomes(np.zeros((2, 3), int)), everyone(2), None, BadVotes),
        (outcomes(TWO, ties=np.zeros((3, 3), int)), everyone(2), None, BadVotes),
    ],
)
def test_outcomes_that_are_not_of_pairs(pairs, eligible, settled, error):
    with pytest.raises(error):
        choose_pair_adaptively(
            pairs=pairs, eligible=eligible, settled=settled, generator=np.random.default_rng(0)
        )
