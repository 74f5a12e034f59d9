from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba.core import caching
from scipy.stats import chi2

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking import Votes, compiling, elo, rank
from evaluations.ranking.scales import PER_LOGIT
from tests.ranking import reference

ELO = {"method": "elo", "interval": "orderings", "cluster": None}


def columns(votes):
    result = np.select([votes.outcome == 0, votes.outcome == 1], [1.0, 0.0], 0.5)
    return {"a": votes.a, "b": votes.b, "result": result, "models": len(votes.models)}


def strengths(*, a, b, result, models=3, orderings=100, seed=0, **options):
    return elo.elo_strengths(
        a=np.asarray(a, dtype=np.int32),
        b=np.asarray(b, dtype=np.int32),
        result=np.asarray(result, dtype=np.float64),
        models=models,
        orderings=orderings,
        generator=np.random.default_rng(seed),
        **options,
    )


def ratings(**columns):
    return 1000 + PER_LOGIT * strengths(**columns)


def one_ordering(a, b, result, order, *, models, points):
    """Ratings by the textbook: one vote after the other, 10 to the power of a 400th."""
    rating = [1000.0] * models
    for vote in order:
        i, j = a[vote], b[vote]
        expected = 1 / (1 + 10 ** ((rating[j] - rating[i]) / 400))
        change = points * (result[vote] - expected)
        rating[i] += change
        rating[j] -= change
    return rating


def words(state):
    """xoshiro256++ in whole numbers of Python, as Blackman & Vigna (2021) print it."""
    mask = 2**64 - 1
    s = [int(word) for word in state]
    while True:
        total = (s[0] + s[3]) & mask
        yield (((total << 23) | (total >> 41)) + s[0]) & mask
        moved = (s[1] << 17) & mask
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= moved
        s[3] = ((s[3] << 45) | (s[3] >> 19)) & mask


def shuffle_plainly(state, size):
    """(the order, how many words were drawn again), by Lemire's rule as words that have no favourite below n."""
    source, order, again = words(state), [], 0
    for i in range(size):
        favoured = 2**32 % (i + 1)
        while ((word := next(source) >> 32) * (i + 1)) % 2**32 < favoured:
            again += 1
        place = word * (i + 1) // 2**32
        order.append(i)
        order[i], order[place] = order[place], i
    return order, again


def test_one_vote_between_equals_moves_half_of_k():
    assert ratings(a=[0], b=[2], result=[1]) == pytest.approx(
        np.tile([1002.0, 1000, 998], (100, 1)), abs=1e-9
    )
    lost = ratings(a=[0], b=[2], result=[0], k=32)
    assert lost == pytest.approx(np.tile([984.0, 1000, 1016], (100, 1)), abs=1e-9)
    assert not strengths(a=[0], b=[2], result=[0.5]).any()


def test_two_wins_by_hand():
    # K 32. First: 1016 to 984. Then 10^(-32/400) = 0.831764, expected 1/1.831764 = 0.545922, and 32 × 0.454078
    # = 14.530500 more.
    found = ratings(a=[1, 1], b=[0, 0], result=[1, 1], models=2, k=32.0)
    assert found == pytest.approx(np.tile([969.4695, 1030.5305], (100, 1)), abs=1e-4)


def test_a_win_and_a_tie_by_hand_in_both_orders():
    # The tie first moves nothing. The win first makes 1002 and 998; 10^(2/400) = 1.0115795, so y expects
    # 1/2.0115795 = 0.4971218 of z, and the tie gives it 4 × 0.0028782 = 0.0115128.
    found = ratings(a=[0, 1], b=[1, 2], result=[1, 0.5])
    tie_first = np.isclose(found, [1002, 998, 1000], atol=1e-6, rtol=0).all(axis=1)
    win_first = np.isclose(found, [1002, 998.0115128, 999.9884872], atol=1e-6, rtol=0).all(axis=1)
    assert (tie_first ^ win_first).all()
    assert 30 < tie_first.sum() < 70


@pytest.mark.parametrize("points", [4.0, 32.0, 0.5])
def test_each_ordering_is_the_textbook_loop(points):
    votes = reference.draw_votes(seed=31, theta=[0.5, 0, -0.5, 2], votes=80)
    given = columns(votes)
    found = ratings(**given, k=points, seed=4)
    states = elo._draw_states(100, np.random.default_rng(4))
    for rating, state in zip(found, states, strict=True):
        order = elo._order(state, 80)
        assert sorted(order) == list(range(80))
        a, b, result = (given[name].tolist() for name in ("a", "b", "result"))
        assert rating == pytest.approx(one_ordering(a, b, result, order, models=4, points=points), abs=1e-9)


def test_the_random_words_are_those_of_xoshiro256():
    # From state 1, 2, 3, 4 by the C code of Blackman & Vigna (2021), at prng.di.unimi.it.
    source = words([1, 2, 3, 4])
    assert [next(source) for _ in range(6)] == [
        41943041,
        58720359,
        3588806011781223,
        3591011842654386,
        9228616714210784205,
        9973669472204895162,
    ]


def test_the_shuffle_is_fisher_and_yates_with_words_that_would_favour_some_drawn_again():
    state = elo._draw_states(1, np.random.default_rng(8))[0]
    order, again = shuffle_plainly(state, 300_000)
    assert again > 0
    assert elo._order(state, 300_000).tolist() == order


def test_every_order_is_as_likely_as_any_other():
    count = dict.fromkeys(permutations(range(4)), 0)
    for state in elo._draw_states(12_000, np.random.default_rng(9)):
        count[tuple(elo._order(state, 4).tolist())] += 1
    assert sum((seen - 500) ** 2 / 500 for seen in count.values()) < chi2.ppf(0.999, 23)


def test_every_vote_is_as_likely_in_any_place():
    size, rounds = 30, 6000
    table = np.zeros((size, size))
    for state in elo._draw_states(rounds, np.random.default_rng(10)):
        table[np.arange(size), elo._order(state, size)] += 1
    expected = rounds / size
    assert ((table - expected) ** 2 / expected).sum() < chi2.ppf(0.999, (size - 1) ** 2)


def test_threads_do_not_change_a_byte():
    given = columns(reference.draw_votes(seed=34, theta=np.linspace(1, -1, 9), votes=4000))
    alone = strengths(**given, threads=1).tobytes()
    for threads in (2, 3, 7):
        assert strengths(**given, threads=threads).tobytes() == alone
    assert strengths(**given, seed=1).tobytes() != alone


def test_more_orderings_begin_with_the_same_ones():
    given = columns(reference.draw_votes(seed=35, theta=[1, 0, -1], votes=200))
    assert strengths(**given, orderings=150)[:100].tobytes() == strengths(**given).tobytes()


@given(
    seed=st.integers(0, 2**32),
    size=st.integers(1, 40),
    models=st.integers(2, 6),
    points=st.floats(0.1, 400),
)
def test_names_and_sides_mean_nothing_and_points_are_only_passed_on(seed, size, models, points):
    generator = np.random.default_rng(seed)
    a = generator.integers(models, size=size)
    b = (a + generator.integers(1, models, size=size)) % models
    result = generator.integers(3, size=size) / 2
    options = {"models": models, "k": points}
    found = strengths(a=a, b=b, result=result, **options)
    assert np.isfinite(found).all()
    assert found.sum(axis=1) == pytest.approx(np.zeros(100), abs=1e-12 * points * size)
    names = generator.permutation(models)
    assert (strengths(a=names[a], b=names[b], result=result, **options)[:, names] == found).all()
    tolerance = {"rel": 1e-9, "abs": 1e-9}
    assert strengths(a=b, b=a, result=1 - result, **options) == pytest.approx(found, **tolerance)
    assert strengths(a=a, b=b, result=1 - result, **options) == pytest.approx(-found, **tolerance)


@pytest.mark.parametrize("orderings", [100, 400])
def test_the_error_of_the_mean_is_the_spread_by_the_root_of_the_orderings(orderings):
    given = columns(reference.draw_votes(seed=36, theta=[1, 0, -1], votes=60))
    means = [strengths(**given, orderings=orderings, seed=seed).mean(axis=0) for seed in range(60)]
    spread = strengths(**given, orderings=4000, seed=60).std(axis=0)
    assert np.std(means, axis=0) == pytest.approx(spread / np.sqrt(orderings), rel=0.35)


def test_no_votes_and_a_model_without_votes_stay_at_the_start():
    assert strengths(a=[], b=[], result=[]).tolist() == [[0.0] * 3] * 100
    found = strengths(a=[0, 2], b=[2, 0], result=[1, 1], models=4)
    assert not found[:, [1, 3]].any()
    assert found[:, [0, 2]].all()


def test_a_model_that_always_wins_stays_finite_at_the_largest_k():
    found = ratings(a=[0] * 20_000, b=[1] * 20_000, result=[1] * 20_000, models=2, k=400)
    assert np.isfinite(found).all()
    assert (found[:, 0] == found[0, 0]).all()
    assert found[0, 0] > 1600


def test_columns_are_taken_as_they_come_and_left_as_they_are():
    given = columns(reference.draw_votes(seed=37, theta=[1, 0, -1], votes=50))
    expected = strengths(**given)
    for kind in (np.int8, np.uint8, np.uint16, np.int64, np.uint64):
        a, b = given["a"].astype(kind), np.repeat(given["b"].astype(kind), 2)[::2]
        result = given["result"].copy()
        for column in (a, b, result):
            column.flags.writeable = False
        options = {"models": 3, "orderings": 100, "generator": np.random.default_rng(0)}
        assert (elo.elo_strengths(a=a, b=b, result=result, **options) == expected).all()


def test_warm_kernels_leave_nothing_to_compile():
    elo.warm_kernels()
    strengths(a=[0, 1], b=[1, 2], result=[1, 0.5])
    assert len(elo._shuffle.signatures) == len(elo._update.signatures) == 1


def test_without_a_directory_to_write_to_the_loops_compile_all_the_same(monkeypatch):
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    shuffled = np.empty(9, dtype=np.uint64)
    state = np.array([1, 2, 3, 4], dtype=np.uint64)
    compiling.compiled(elo._shuffle.py_func)(np.arange(9, dtype=np.uint64), state, shuffled)
    assert shuffled.tolist() == elo._order(state, 9).tolist()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"orderings": 99}, "Elo needs at least 100 orderings"),
        ({"orderings": 100_001}, "at most 100,000, and"),
        ({"k": 0.0}, "k is 0.0; give points above 0"),
        ({"k": 401}, "not above 400"),
        ({"k": float("nan")}, "k is nan"),
        ({"threads": 0}, "cannot run on 0 threads"),
    ],
)
def test_parameters_that_are_not_offered(wrong, message):
    with pytest.raises(UnsupportedParameter, match=message):
        strengths(a=[0], b=[1], result=[1], **wrong)


def test_more_votes_times_orderings_than_anyone_waits_for():
    many = np.broadcast_to(np.int32(0), 10**8 + 1)  # one number in memory
    options = {"models": 2, "orderings": 100, "generator": np.random.default_rng(0)}
    with pytest.raises(UnsupportedParameter, match="this is 100 orderings of 100,000,001 votes"):
        elo.elo_strengths(a=many, b=many, result=many, **options)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"a": [0, 1]}, "columns of one length"),
        ({"a": [0, 2], "result": [1, 1]}, "columns of one length"),
        ({"result": [[1.0]]}, "columns of one length"),
        ({"a": [3]}, "codes in a go from 3 to 3, and those of 3 models from 0 to 2"),
        ({"b": [-1]}, "codes in b go from -1"),
        ({"a": [1]}, "Vote 1 sets a model against itself"),
        ({"result": [0.25]}, "0.5 for a tie; nothing else"),
        ({"result": [np.nan]}, "0.5 for a tie; nothing else"),
    ],
)
def test_columns_that_are_not_votes(wrong, message):
    with pytest.raises(BadVotes, match=message):
        strengths(**{"a": [0], "b": [1], "result": [1]} | wrong)


def test_codes_that_are_not_whole_numbers():
    options = {"models": 2, "orderings": 100, "generator": np.random.default_rng(0)}
    with pytest.raises(BadVotes, match="column b holds whole numbers, not float64"):
        elo.elo_strengths(a=np.array([0]), b=np.array([1.0]), result=np.ones(1), **options)


def test_the_ranking_is_the_mean_over_orderings_with_their_spread():
    votes = reference.draw_votes(seed=32, theta=[1, 0, -1], votes=300, both_bad=0.3)
    ranking = rank(votes, **ELO, rounds=200)
    assert ranking.models == ("model 00", "model 01", "model 02")
    assert ranking.score.mean() == pytest.approx(1000, abs=1e-5)
    assert ((ranking.lower < ranking.score) & (ranking.score < ranking.upper)).all()
    draws = strengths(**columns(votes), orderings=200)
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
    for rounds, message in ((99, "Elo needs at least 100 orderings"), (10**9, "rounds is a whole number")):
        with pytest.raises(UnsupportedParameter, match=message):
            rank(votes, **ELO, rounds=rounds)
