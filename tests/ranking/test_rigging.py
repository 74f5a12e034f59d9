import itertools
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.errors import BadVotes, NothingToRank, UnknownOutcome, UnsupportedParameter
from evaluations.ranking import evidence
from evaluations.ranking.rigging import Suspect, flag_discoveries, suspect_raters

MODELS = ("ant", "bee", "cat", "dog", "elk")
MAKERS = ("x", "x", "y", "z", "z")
THETA = np.array([1.2, 0.5, 0.0, -0.4, -1.3])
TILTS = (1, 2, 4)


def sigma(odds):
    return 1 / (1 + np.exp(-odds))


def draw_columns(*, seed, groups, size, odds=None, decide=0.8):
    """Random votes, `size` of each group; odds: (N,) log-odds for a, from a function of the columns."""
    generator = np.random.default_rng(seed)
    count = groups * size
    a = generator.integers(len(THETA), size=count)
    b = (a + generator.integers(1, len(THETA), size=count)) % len(THETA)
    columns = {
        "a": a,
        "b": b,
        "group": np.repeat(np.arange(groups), size),
        "side": generator.choice([-1, 1], size=count),
    }
    truth = THETA[a] - THETA[b] if odds is None else odds(**columns)
    won = generator.random(count) < sigma(truth)
    undecided = generator.random(count) >= decide
    return columns | {
        "outcome": np.where(undecided, generator.integers(2, 4, size=count), np.where(won, 0, 1))
    }


def suspect(columns, **parameters):
    return suspect_raters(**{"models": MODELS, "strength": THETA, **columns, **parameters})


def plain_ratios(columns, group, *, taste, strength=THETA, offset=None, makers=None):
    """The likelihood ratios of one group, one vote and one alternative at a time, by family."""
    ratios = {
        "models": {},
        "sides": {},
        "random": {"at random": [1.0]},
        "order": {"against the order": [1.0]},
    }
    named = [("models", verb, name) for verb in ("favours", "against") for name in MODELS]
    if makers is not None:
        ratios["makers"] = {}
        named += [
            ("makers", verb, f"the models of {name}")
            for verb in ("favours", "against")
            for name in sorted(set(makers))
        ]
    for family, verb, name in named:
        ratios[family][f"{verb} {name}"] = [1.0] * 3
    for side in ("left", "right"):
        ratios["sides"][f"always the {side} side"] = [1.0] * 3
    for t in np.flatnonzero(columns["group"] == group):
        a, b, outcome = columns["a"][t], columns["b"][t], columns["outcome"][t]
        x = strength[a] - strength[b] + (0 if offset is None else offset[t])
        if outcome > 1 or np.isnan(x):
            continue

        def weigh(z, x=x, outcome=outcome):
            null = min(max(z, x - taste), x + taste)
            q, p = sigma(z), sigma(null)
            return q / p if outcome == 0 else (1 - q) / (1 - p)

        for number, tilt in enumerate(TILTS):
            more, less = weigh(x + taste + tilt), weigh(x - taste - tilt)
            pushes = [("models", MODELS[a], MODELS[b])]
            if makers is not None and makers[a] != makers[b]:
                pushes.append(("makers", f"the models of {makers[a]}", f"the models of {makers[b]}"))
            for family, first, second in pushes:
                ratios[family][f"favours {first}"][number] *= more
                ratios[family][f"favours {second}"][number] *= less
                ratios[family][f"against {first}"][number] *= less
                ratios[family][f"against {second}"][number] *= more
            if columns["side"][t]:
                left, right = (more, less) if columns["side"][t] == 1 else (less, more)
                ratios["sides"]["always the left side"][number] *= left
                ratios["sides"]["always the right side"][number] *= right
        ratios["random"]["at random"][0] *= weigh(0.0)
        ratios["order"]["against the order"][0] *= weigh(-x)
    return ratios


@pytest.mark.parametrize("taste", [0.0, 0.5])
@pytest.mark.parametrize("makers", [None, MAKERS])
def test_e_values_are_those_of_a_loop_over_the_votes(taste, makers):
    columns = draw_columns(seed=1, groups=6, size=40)
    columns["side"][::7] = 0
    offset = np.random.default_rng(2).normal(size=240) / 2
    strength = np.where(np.arange(5) == 3, np.nan, THETA)
    suspicion = suspect(columns, strength=strength, offset=offset, makers=makers, taste=taste)
    for group in range(6):
        ratios = plain_ratios(columns, group, taste=taste, strength=strength, offset=offset, makers=makers)
        family_means = [np.mean(list(family.values())) for family in ratios.values()]
        found = suspicion.suspect(group)
        assert found.log_e == pytest.approx(log(np.mean(family_means)), abs=1e-10)
        best = {name: max(values) for family in ratios.values() for name, values in family.items()}
        strongest = max(best, key=best.get)
        assert found.alternative == (strongest if best[strongest] > 1 else "as the model expects")


def test_two_votes_by_hand():
    """Equal models, both votes for the first: (2σ(d))² where it is favoured, (2σ(−d))² where the other is.

    σ(1), σ(2), σ(4) are 0.731059, 0.880797, 0.982014: on average 1.213552, 1.580026, 1.929349 by tilt, 1.574309
    together; at random and against the order say nothing, 1 each; (1.574309 + 1 + 1) / 3 = 1.191436.
    """
    suspicion = suspect_raters(
        models=("one", "two"),
        a=np.array([0, 1]),
        b=np.array([1, 0]),
        outcome=np.array([0, 1]),
        group=np.array([0, 0]),
        strength=np.zeros(2),
        taste=0.0,
    )
    assert exp(suspicion.log_e[0]) == pytest.approx(1.191436, abs=2e-6)
    assert suspicion.suspect(0) == Suspect(
        group=0,
        votes=2,
        decided=2,
        log_e=float(suspicion.log_e[0]),
        alternative="favours one",
        flagged=False,
    )


def every_course(*, seed, length, taste):
    """Every course that a rater's votes can take, a group each, and its probability under one null.

    What is shown and how the rater leans, within `taste`, are drawn anew for every past.
    """
    generator = np.random.default_rng(seed)
    past = [generator.integers(2**31, size=2**t) for t in range(length)]
    columns = {name: [] for name in ("a", "b", "side", "outcome", "group")}
    probability = []
    for group, course in enumerate(itertools.product((0, 1), repeat=length)):
        chance = 1.0
        for t, outcome in enumerate(course):
            number = int("0" + "".join(map(str, course[:t])), 2)
            moment = np.random.default_rng(past[t][number])
            a, b = moment.choice(len(THETA), size=2, replace=False)
            lean = taste * moment.choice([-1, moment.uniform(-1, 1), 1])
            p = sigma(THETA[a] - THETA[b] + lean)
            chance *= p if outcome == 0 else 1 - p
            for name, value in zip(columns, (a, b, moment.choice([-1, 1]), outcome, group), strict=True):
                columns[name].append(value)
        probability.append(chance)
    return {name: np.array(values) for name, values in columns.items()}, np.array(probability)


@settings(deadline=None, max_examples=25, derandomize=True)
@given(st.integers(0, 2**32), st.integers(1, 6), st.sampled_from([0.0, 0.3, 1.0]))
def test_the_mean_over_every_course_is_one_and_less_for_any_taste_within_the_band(seed, length, taste):
    columns, probability = every_course(seed=seed, length=length, taste=taste)
    assert probability.sum() == pytest.approx(1)
    mean = probability @ np.exp(suspect(columns, makers=MAKERS, taste=taste).log_e)
    assert mean <= 1 + 1e-9
    if taste == 0:
        assert mean == pytest.approx(1, abs=1e-9)


def test_a_taste_at_the_edge_of_the_band_uses_up_the_guarantee_and_no_more():
    votes = 6
    courses = np.array(list(itertools.product((0, 1), repeat=votes)))
    pushed = THETA[0] - THETA[1] - 0.5
    columns = {
        "a": np.zeros(courses.size, dtype=int),
        "b": np.ones(courses.size, dtype=int),
        "outcome": courses.ravel(),
        "group": np.repeat(np.arange(len(courses)), votes),
    }
    wins = votes - courses.sum(axis=1)
    p = sigma(pushed)
    probability = p**wins * (1 - p) ** (votes - wins)
    assert probability @ np.exp(suspect(columns, taste=0.5).log_e) <= 1
    assert probability @ np.exp(suspect(columns, taste=0.2).log_e) > 1


@pytest.mark.parametrize("taste", [0.0, 0.5])
def test_the_mean_over_simulated_honest_raters_is_at_most_one(taste):
    values = np.exp(suspect(draw_columns(seed=3, groups=50_000, size=3), taste=taste).log_e)
    error = values.std() / np.sqrt(len(values))
    assert values.mean() <= 1 + 3 * error
    if taste == 0:
        assert values.mean() >= 1 - 3 * error


def honest_odds(a, b, group, side):
    """Every rater has a taste for each model, of up to 0.25: up to 0.5 on a pair, the whole of the band."""
    taste = np.random.default_rng(5).uniform(-0.25, 0.25, size=(int(group.max()) + 1, len(THETA)))
    return THETA[a] - THETA[b] + taste[group, a] - taste[group, b]


def rigged_odds(a, b, group, side):
    """Groups 0 to 4 rig, each in a way of its own; the others are honest."""
    odds = honest_odds(a, b, group, side)
    ways = [
        np.where(a == 3, 6, np.where(b == 3, -6, odds)),  # favours dog
        np.where(a == 0, -6, np.where(b == 0, 6, odds)),  # against ant
        5.0 * side,
        0 * odds,
        -2 * odds,
    ]
    return np.select([group == number for number in range(5)], ways, odds)


def test_planted_riggers_are_found_and_honest_raters_are_not():
    columns = draw_columns(seed=6, groups=300, size=250, odds=rigged_odds)
    suspicion = suspect(columns)
    assert np.flatnonzero(suspicion.flagged).tolist() == [0, 1, 2, 3, 4]
    assert [suspicion.suspect(group).alternative for group in range(5)] == [
        "favours dog",
        "against ant",
        "always the left side",
        "at random",
        "against the order",
    ]
    flags = suspicion.flags()
    assert sorted(flag.group for flag in flags) == [0, 1, 2, 3, 4]
    assert [flag.log_e for flag in flags] == sorted((flag.log_e for flag in flags), reverse=True)


def test_honest_raters_of_every_taste_within_the_band_are_hardly_ever_flagged():
    flagged = [
        suspect(draw_columns(seed=seed, groups=200, size=200, odds=honest_odds)).flagged.sum()
        for seed in range(10, 20)
    ]
    assert sum(flagged) == 0


def test_riggers_are_found_from_a_few_dozen_votes():
    def odds(a, b, group, side):
        return np.where(a == 2, 8.0, np.where(b == 2, -8.0, THETA[a] - THETA[b]))

    suspicion = suspect(draw_columns(seed=7, groups=100, size=100, odds=odds))
    assert suspicion.flagged.mean() >= 0.95


def test_a_maker_is_found_whose_models_share_the_favour():
    def odds(a, b, group, side):
        own = np.isin(a, (3, 4)).astype(int) - np.isin(b, (3, 4))
        return THETA[a] - THETA[b] + 3 * own

    columns = draw_columns(seed=8, groups=1, size=300, odds=odds)
    with_makers = suspect(columns, makers=MAKERS)
    assert with_makers.suspect(0).alternative == "favours the models of z"
    assert with_makers.log_e[0] > suspect(columns).log_e[0] + 5


def test_swapped_sides_renamed_groups_and_a_shift_change_nothing():
    columns = draw_columns(seed=9, groups=30, size=40, odds=rigged_odds)
    offset = np.random.default_rng(9).normal(size=1200)
    plain = suspect(columns, offset=offset, makers=MAKERS)
    order = np.random.default_rng(10).permutation(1200)
    renamed = np.random.default_rng(11).permutation(30)
    renumbered = np.array([3, 1, 4, 0, 2])  # the new code of each old model
    swapped = {
        "a": renumbered[columns["b"]][order],
        "b": renumbered[columns["a"]][order],
        "outcome": np.array([1, 0, 2, 3])[columns["outcome"]][order],
        "side": -columns["side"][order],
        "group": renamed[columns["group"]][order],
        "offset": -offset[order],
    }
    back = np.argsort(renumbered)
    changed = suspect(
        swapped,
        models=[MODELS[old] for old in back],
        makers=[MAKERS[old] for old in back],
        strength=THETA[back] + 7,
    )
    assert changed.log_e[renamed] == pytest.approx(plain.log_e, abs=1e-9)
    assert changed.flagged[renamed].tolist() == plain.flagged.tolist()
    words = [changed.suspect(int(group)).alternative for group in renamed]
    assert words == [plain.suspect(group).alternative for group in range(30)]


def test_ties_groups_without_votes_and_models_without_a_place_say_nothing():
    columns = draw_columns(seed=12, groups=2, size=50, decide=1.0)
    added = {name: np.append(column, [0, 0]) for name, column in columns.items()}
    added |= {"b": np.append(columns["b"], [4, 4]), "outcome": np.append(columns["outcome"], [2, 3])}
    added["group"] = np.append(columns["group"], [0, 3])
    plain, more = suspect(columns), suspect(added)
    assert more.log_e == pytest.approx([*plain.log_e, 0, 0], abs=1e-12)
    assert more.votes.tolist() == [51, 50, 0, 1]
    assert more.decided.tolist() == [50, 50, 0, 0]
    assert more.suspect(3).alternative == "as the model expects"
    unplaced = suspect(columns, strength=np.array([1.2, np.nan, np.nan, np.nan, np.nan]))
    assert unplaced.decided.tolist() == [0, 0]
    assert unplaced.log_e.tolist() == [0, 0]


def test_only_groups_with_votes_are_counted_as_hypotheses():
    columns = draw_columns(seed=13, groups=1, size=40, odds=rigged_odds)
    log_e = float(suspect(columns).log_e[0])
    level = 1.5 / exp(log_e)  # one hypothesis passes at this level, and one of two would not
    assert suspect(columns | {"group": columns["group"] + 7}, level=level).flagged.tolist() == [False] * 7 + [
        True
    ]
    two = {name: np.append(column, column[:1]) for name, column in columns.items()}
    two |= {"group": np.append(columns["group"], 1), "outcome": np.append(columns["outcome"], 2)}
    assert suspect(two, level=level).flagged.tolist() == [False, False]


def test_each_group_may_be_judged_by_strengths_fitted_without_it():
    columns = draw_columns(seed=14, groups=3, size=60)
    plain = suspect(columns)
    rows = np.tile(THETA, (3, 1))
    assert suspect(columns, strength=rows).log_e == pytest.approx(plain.log_e, abs=1e-12)
    rows[1] = -THETA
    mirrored = suspect(columns, strength=rows)
    assert mirrored.log_e[[0, 2]] == pytest.approx(plain.log_e[[0, 2]], abs=1e-12)
    assert mirrored.log_e[1] == pytest.approx(suspect(columns, strength=-THETA).log_e[1], abs=1e-12)
    assert mirrored.log_e[1] > plain.log_e[1] + 5


def test_blocks_of_groups_add_up(monkeypatch):
    columns = draw_columns(seed=15, groups=23, size=30, odds=rigged_odds)
    whole = suspect(columns, makers=MAKERS)
    monkeypatch.setattr(evidence, "CELLS", 15)  # three groups at a time
    parts = suspect(columns, makers=MAKERS)
    assert parts.log_e == pytest.approx(whole.log_e, abs=1e-12)
    for name in ("votes", "decided", "alternative", "flagged"):
        assert getattr(parts, name).tolist() == getattr(whole, name).tolist()


def test_evidence_beyond_the_range_of_doubles_keeps_its_logarithm():
    columns = draw_columns(seed=16, groups=1, size=20_000, odds=lambda side, **_: 9.0 * side, decide=1.0)
    log_e = suspect(columns).log_e[0]
    assert 800 < log_e < 20_000
    assert np.isfinite(log_e)


def test_small_unsigned_columns_are_read_as_large_ones_are():
    columns = draw_columns(seed=17, groups=4, size=50)
    columns["side"] = np.abs(columns["side"])
    small = {name: column.astype(np.uint8) for name, column in columns.items()}
    assert suspect(small).log_e == pytest.approx(suspect(columns).log_e, abs=1e-12)


def test_e_bh_by_hand():
    """Of 5 at level 0.1 the bars are 50, 25, 16.7, 12.5, 10 (Wang & Ramdas 2022, definition of e-BH)."""

    def flags(*values):
        return flag_discoveries(log_e=np.log(values), level=0.1).tolist()

    assert flags(1, 30, 100, 0.5, 45) == [False, True, True, False, True]
    assert flags(30, 26, 1, 1, 1) == [True, True, False, False, False]  # the first would not pass alone
    assert flags(49, 24, 16, 12, 9) == [False] * 5
    assert flags(11, 11, 11, 11, 11) == [True] * 5
    assert flag_discoveries(log_e=np.array([]), level=0.1).tolist() == []
    assert flag_discoveries(log_e=np.array([-np.inf, np.inf]), level=0.1).tolist() == [False, True]


@settings(deadline=None)
@given(
    st.lists(st.floats(-5, 12), min_size=1, max_size=12),
    st.sampled_from([0.01, 0.05, 0.2, 0.9]),
)
def test_e_bh_is_its_definition(log_e, level):
    ordered = sorted(log_e, reverse=True)
    count = max(
        [k for k in range(1, len(log_e) + 1) if ordered[k - 1] >= np.log(len(log_e) / (level * k))], default=0
    )
    flagged = flag_discoveries(log_e=np.array(log_e), level=level)
    assert flagged.sum() == count
    assert sorted(np.array(log_e)[flagged], reverse=True) == ordered[:count]


GOOD = draw_columns(seed=18, groups=2, size=5)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"level": 0.0}, UnsupportedParameter, "level is a share between 0 and 1, not 0.0"),
        ({"level": 1.0}, UnsupportedParameter, "level is a share"),
        ({"level": float("nan")}, UnsupportedParameter, "level is a share"),
        ({"taste": -0.1}, UnsupportedParameter, "taste is a number of log-odds from 0"),
        ({"taste": float("inf")}, UnsupportedParameter, "taste is a number"),
        ({"makers": ("x", "y")}, UnsupportedParameter, "makers names one for each of 5 models; here 2"),
        ({"strength": THETA[:4]}, BadVotes, r"one for each of 5 models.*here they are \(4,\)"),
        ({"strength": np.zeros((3, 5))}, BadVotes, "a row of them for each of 2 groups"),
        ({"strength": np.append(THETA[:4], np.inf)}, BadVotes, "finite"),
        ({"a": GOOD["b"]}, BadVotes, "compares a model with itself"),
        ({"a": GOOD["a"] + 5}, BadVotes, "there are 5 models"),
        ({"a": GOOD["a"] + 0.5}, BadVotes, "column a holds whole numbers"),
        ({"b": GOOD["b"][:-1]}, BadVotes, "differ in length"),
        ({"outcome": GOOD["outcome"] + 4}, UnknownOutcome, "has the outcome"),
        ({"group": GOOD["group"] - 1}, BadVotes, "Groups are numbered from 0"),
        ({"group": GOOD["group"] + (1 << 24)}, BadVotes, "renumber them without gaps"),
        ({"group": GOOD["group"][:-1]}, BadVotes, "differ in length"),
        ({"side": GOOD["side"] * 2}, BadVotes, "has the side"),
        ({"side": GOOD["side"][:-1]}, BadVotes, "differ in length"),
        ({"offset": np.full(10, np.nan)}, BadVotes, "offset"),
        ({"offset": np.zeros(9)}, BadVotes, "differ in length"),
        ({name: column[:0] for name, column in GOOD.items()}, NothingToRank, "no votes"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_words(change, error, said):
    with pytest.raises(error, match=said):
        suspect(GOOD | change)


def test_e_bh_refuses_what_is_not_an_e_value_or_a_level():
    with pytest.raises(BadVotes, match="not a number"):
        flag_discoveries(log_e=np.array([1.0, np.nan]), level=0.05)
    with pytest.raises(UnsupportedParameter, match="level"):
        flag_discoveries(log_e=np.array([1.0]), level=2)
