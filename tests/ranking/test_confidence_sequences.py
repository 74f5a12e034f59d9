from fractions import Fraction
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking import confidence_sequences
from evaluations.ranking.confidence_sequences import (
    CAP,
    GRID,
    Outlook,
    confidence_sequence,
    form_observations,
)

SHARES = [0.75 / 2**j for j in range(9)]
scores = st.lists(st.sampled_from([0.0, 0.5, 1.0]), max_size=60)
thirds = st.lists(st.integers(0, 6).map(lambda k: k / 6), max_size=60)


def log_wealth(observations, mean):
    """The capital process of the paper, observation by observation: log of the mean over bets of Π (1 + λ(x − m))."""
    bets = []
    for share in SHARES:
        wealth, bet = 0.0, share / mean
        for x in observations:
            wealth += log(1 + bet * (x - mean))
        bets.append(wealth)
    return max(bets) + log(sum(np.exp(w - max(bets)) for w in bets) / len(bets))


def plain_lower(observations, level):
    """The largest mean ever ruled out by K⁺, by bisection on the mean at each time, kept as a running maximum."""
    path, best = [], 0.0
    for t in range(1, len(observations) + 1):
        low, high = 0.0, 1.0
        for _ in range(45):
            middle = (low + high) / 2
            if log_wealth(observations[:t], middle) >= log(2 / (1 - level)):
                low = middle
            else:
                high = middle
        best = max(best, low)
        path.append(best)
    return np.array(path)


def draw(generator, *, score, ties, size):
    return generator.choice([0, 0.5, 1], p=[1 - score - ties / 2, ties, score - ties / 2], size=size)


def missed(observations, truth, level=0.95):
    """Whether the interval ever, at any look, left the truth out."""
    path = confidence_sequence(observations=observations, level=level)
    return bool(path.lower[-1] >= truth or path.upper[-1] <= truth)


def test_one_win_by_hand():
    # K⁺(m) = 1 + F (1/m − 1), F the mean of the shares, is 2/α = 40 at m = F / (F + 39); K⁻ never gains.
    share = sum(SHARES) / 9
    path = confidence_sequence(observations=[1.0])
    assert path.lower[0] == pytest.approx(share / (share + 39), abs=1 / GRID)
    assert path.upper[0] == 1
    assert path.mean[0] == 1


@pytest.mark.parametrize("level", [0.5, 0.95])
@pytest.mark.parametrize("seed", [0, 1])
def test_both_ends_are_those_of_a_loop_over_observations_rounded_outward(seed, level):
    generator = np.random.default_rng(seed)
    observations = [draw(generator, score=0.7, ties=0.2, size=40), generator.integers(0, 7, 40) / 6][seed]
    path = confidence_sequence(observations=observations, level=level)
    lower, upper = plain_lower(observations, level), 1 - plain_lower(1 - observations, level)
    assert (path.lower <= lower).all()
    assert (path.upper >= upper).all()
    assert path.lower == pytest.approx(lower, abs=1.01 / GRID)
    assert path.upper == pytest.approx(upper, abs=1.01 / GRID)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(scores | thirds, st.integers(0, 60), st.sampled_from([0.3, 0.95]))
def test_a_path_knows_nothing_of_what_comes_later(observations, size, level):
    whole = confidence_sequence(observations=observations, level=level)
    prefix = confidence_sequence(observations=observations[:size], level=level)
    for name in ("lower", "upper", "mean"):
        assert getattr(prefix, name).tolist() == getattr(whole, name)[:size].tolist()


@settings(deadline=None, derandomize=True, max_examples=60)
@given(scores, st.sampled_from([0.3, 0.95]))
def test_swapping_the_models_mirrors_the_interval_to_the_bit(observations, level):
    path = confidence_sequence(observations=observations, level=level)
    swapped = confidence_sequence(observations=1 - np.array(observations), level=level)
    assert swapped.lower.tolist() == (1 - path.upper).tolist()
    assert swapped.upper.tolist() == (1 - path.lower).tolist()


@settings(deadline=None, derandomize=True, max_examples=60)
@given(thirds)
def test_the_interval_only_shrinks_and_lies_around_a_steady_mean(observations):
    path = confidence_sequence(observations=observations)
    assert (np.diff(path.lower) >= 0).all()
    assert (np.diff(path.upper) <= 0).all()
    assert path.observations == len(path.lower) == len(path.upper) == len(path.mean) == len(observations)
    steady = confidence_sequence(observations=[0.25] * 50)
    assert (steady.lower < 0.25).all()
    assert (steady.upper > 0.25).all()


def test_chunks_of_observations_add_up(monkeypatch):
    observations = draw(np.random.default_rng(4), score=0.6, ties=0.1, size=300)
    whole = confidence_sequence(observations=observations)
    monkeypatch.setattr(confidence_sequences, "CHUNK", 7)
    parts = confidence_sequence(observations=observations)
    assert parts.lower.tolist() == whole.lower.tolist()
    assert parts.upper.tolist() == whole.upper.tolist()


def test_a_hundred_thousand_observations_leave_a_narrow_interval():
    path = confidence_sequence(
        observations=draw(np.random.default_rng(5), score=0.55, ties=0.2, size=100_000)
    )
    assert path.lower[-1] < 0.55 < path.upper[-1]
    assert path.upper[-1] - path.lower[-1] < 0.012


def test_means_at_the_ends_of_the_scale():
    wins, losses = (confidence_sequence(observations=np.full(400, x)) for x in (1.0, 0.0))
    assert (wins.upper == 1).all()
    assert (losses.lower == 0).all()
    assert wins.lower[-1] > 0.98
    assert losses.upper[-1] < 0.02
    with pytest.raises(ValueError, match="read-only"):
        wins.lower[0] = 0


def test_no_observations_are_no_error():
    path = confidence_sequence(observations=[])
    assert (path.observations, path.lower.shape, path.contradicted) == (0, (0,), False)


def test_observations_without_a_common_mean_contradict_themselves_and_say_so():
    path = confidence_sequence(observations=[1.0] * 200 + [0.0] * 1000)
    assert path.contradicted
    assert 200 < path.contradicted_at < 1200
    assert path.lower[path.contradicted_at] >= path.upper[path.contradicted_at]
    assert path.lower[path.contradicted_at - 1] < path.upper[path.contradicted_at - 1]
    assert np.isfinite(path.upper).all()


@pytest.mark.parametrize(("truth", "ties"), [(0.5, 0.3), (0.85, 0.1)])
def test_looking_after_each_observation_leaves_the_truth_out_no_more_often_than_it_says(truth, ties):
    generator = np.random.default_rng(6)
    runs = [draw(generator, score=truth, ties=ties, size=300) for _ in range(400)]
    assert np.mean([missed(run, truth) for run in runs]) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)
    # With a level of ½ there is something to count: the bound is kept, and not by doing nothing.
    loose = np.mean([missed(run, truth, level=0.5) for run in runs[:200]])
    assert 0.1 < loose <= 0.5 + 3 * np.sqrt(0.25 / 200)


@pytest.mark.parametrize("block", [1, 4])
def test_raters_with_tastes_count_once_and_their_votes_taken_as_independent_would_deceive(block):
    generator = np.random.default_rng(7)
    clustered, independent = [], []
    for _ in range(300):
        tastes = generator.beta(0.2, 0.2, size=40)  # nobody is neutral, and on average neither model is ahead
        rater = generator.permutation(np.repeat(np.arange(40), 10))
        score = (generator.random(400) < tastes[rater]).astype(float)
        taken = form_observations(score=score, rater=rater, block=block)
        assert len(taken.score) == 40
        clustered.append(missed(taken.score, 0.5))
        independent.append(missed(score, 0.5))
    assert np.mean(clustered) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)
    assert np.mean(independent) > 0.2


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 5)), max_size=50), st.integers(1, 4)
)
def test_observations_are_those_of_a_loop_over_votes(votes, block):
    expected, cast = [], {}
    for place, (score, rater) in enumerate(votes):
        own = cast.setdefault(rater, [])
        own.append(Fraction(score))
        if len(own) == block:
            expected.append((float(sum(own) / block), place))
    score, rater = np.array(votes, dtype=float).reshape(-1, 2).T
    taken = form_observations(score=score, rater=rater.astype(int), block=block)
    assert taken.completed.tolist() == [place for _, place in expected]
    assert taken.score == pytest.approx([mean for mean, _ in expected], abs=1e-15)


def test_without_raters_every_vote_is_an_observation():
    taken = form_observations(score=[1, 0, 0.5])
    assert taken.score.tolist() == [1, 0, 0.5]
    assert taken.completed.tolist() == [0, 1, 2]


def test_a_forecast_of_wins_only_is_the_count_of_wins_that_it_takes():
    # Every observation is a win, so there is no chance in it: the forecast is exact.
    outlook = Outlook(
        values=np.array([0.0, 1.0]), seen=np.array([0, 0]), chances=np.array([0.0, 1.0]), level=0.95
    )
    path = confidence_sequence(observations=np.ones(100))
    needed = outlook.until_above(0.5, power=0.9)
    assert needed == 1 + np.argmax(path.lower >= 0.5)
    mirrored = Outlook(values=outlook.values, seen=outlook.seen, chances=outlook.chances[::-1], level=0.95)
    assert mirrored.until_below(0.5, power=0.9) == needed


def test_a_forecast_goes_on_from_where_the_observations_stand():
    outlook = Outlook(
        values=np.array([0.0, 1.0]), seen=np.array([20, 20]), chances=np.array([0.0, 1.0]), level=0.95
    )
    path = confidence_sequence(observations=np.append(np.tile([0.0, 1.0], 20), np.ones(100)))
    assert outlook.until_above(0.5, power=0.5) == np.argmax(path.lower >= 0.5) + 1 - 40


def test_a_forecast_without_end_is_none_and_one_that_is_over_is_zero():
    even = {"values": np.array([0.0, 1.0]), "seen": np.array([5, 5]), "chances": np.array([0.5, 0.5])}
    assert Outlook(**even, level=0.95).until_above(0.5, power=0.5) is None
    assert Outlook(**even, level=0.95).until_above(1.0, power=0.5) is None
    assert Outlook(**even, level=0.95, lower=0.5).until_above(0.5, power=0.5) == 0
    assert Outlook(**even, level=0.95, upper=0.5).until_below(0.5, power=0.5) == 0
    assert Outlook(**even, level=0.95).until_above(0.49, power=0.5) < CAP


@pytest.mark.parametrize(
    ("observations", "message"),
    [
        ([[0.5]], "observations"),
        ([0.5, np.nan], "finite"),
        ([0.5, 1.5], "between 0 and 1"),
        ([-0.1], "between 0 and 1"),
        (["a win"], "numbers"),
        (np.linspace(0, 1, 202), "202 different values"),
    ],
)
def test_observations_that_are_none(observations, message):
    with pytest.raises(BadVotes, match=message):
        confidence_sequence(observations=observations)


@pytest.mark.parametrize("level", [0, 1, 1.5, -0.1, np.nan, True, "0.95", None])
def test_a_level_is_a_probability(level):
    with pytest.raises(UnsupportedParameter, match="level"):
        confidence_sequence(observations=[0.5], level=level)


@pytest.mark.parametrize(
    "columns",
    [
        {"score": [0.25]},
        {"score": [2]},
        {"score": [np.nan]},
        {"score": [[1.0]]},
        {"score": [1.0], "rater": [1.5]},
        {"score": [1.0], "rater": [-1]},
        {"score": [1.0], "rater": [0, 1]},
    ],
)
def test_columns_that_are_not_votes(columns):
    with pytest.raises(BadVotes):
        form_observations(**columns)


@pytest.mark.parametrize("block", [0, -1, 101, 1.0, True, None])
def test_a_block_is_a_number_of_votes(block):
    with pytest.raises(UnsupportedParameter, match="block"):
        form_observations(score=[1.0], rater=[0], block=block)


def test_a_block_without_raters_is_never_ignored():
    with pytest.raises(UnsupportedParameter, match="give the raters"):
        form_observations(score=[1.0, 1.0], block=2)
