from fractions import Fraction
from itertools import combinations, combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking import agreement, consistency
from evaluations.ranking.agreement import Figure, measure_agreement
from evaluations.ranking.consistency import compare_raters, measure_accuracy, measure_consistency

# Krippendorff (2011), section C: four observers, twelve units, some of them not judged.
KRIPPENDORFF = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]


def observers(*rows):
    """Columns of votes from a row of values for each rater, one character an item, a dot where there is none."""
    votes = [
        (item, rater, int(value))
        for rater, row in enumerate(rows)
        for item, value in enumerate(row)
        if value != "."
    ]
    return dict(zip(("item", "rater", "value"), np.array(votes).T, strict=True))


def joint(*tables):
    """Columns of votes of two raters for each table: table[v][w] items on which they said v and w."""
    columns = {"item": [], "rater": [], "value": []}
    for number, table in enumerate(tables):
        table = np.array(table)
        a, b = np.repeat(np.indices(table.shape).reshape(2, -1), table.ravel(), axis=1)
        columns["item"] += 2 * list(1000 * number + np.arange(len(a)))
        columns["rater"] += [2 * number] * len(a) + [2 * number + 1] * len(a)
        columns["value"] += [*a, *b]
    return {name: np.array(column) for name, column in columns.items()}


@st.composite
def columns(draw, repeats=False):
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    items, raters, values = draw(st.integers(1, 9)), draw(st.integers(1, 6)), draw(st.integers(1, 4))
    cells = generator.permutation(items * raters)[: draw(st.integers(1, items * raters))]
    if repeats:
        cells = generator.choice(cells, size=3 * len(cells))
    item, rater = np.divmod(cells, raters)
    return {"item": item, "rater": rater, "value": generator.integers(0, values, len(cells))}


def by_item(votes):
    """Lists of values on one item, of the first vote of each rater; items with two or more."""
    said = {}
    for item, rater, value in zip(*(column.tolist() for column in votes.values()), strict=True):
        said.setdefault(item, {}).setdefault(rater, value)
    return [list(values.values()) for values in said.values() if len(values) > 1]


def brute_agreement(votes):
    """(raw, alpha) by going through every two votes: on one item, and of all of them."""
    items = by_item(votes)
    pairs = [(v == w, len(values) - 1) for values in items for v, w in combinations(values, 2)]
    everyone = [value for values in items for value in values]
    differ = [v != w for v, w in combinations(everyone, 2)]
    raw = Fraction(sum(same for same, _ in pairs), len(pairs)) if pairs else None
    if not any(differ):
        return raw, None
    observed = sum(Fraction(2 * (not same), others) for same, others in pairs) / len(everyone)
    return raw, 1 - observed / Fraction(sum(differ), len(differ))


def numbers(result):
    return [(figure.value, figure.lower, figure.upper) for figure in (result.raw, result.alpha)]


def test_krippendorffs_four_observers():
    found = measure_agreement(**observers(*KRIPPENDORFF))
    assert round(found.alpha.value, 3) == 0.743
    assert found.alpha.lower < 0.743 < found.alpha.upper
    assert (found.items, found.raters, found.votes, found.repeats) == (11, 4, 40, 0)
    assert found.raw.value == pytest.approx(43 / 55)


@pytest.mark.parametrize(
    ("rows", "alpha"),
    [
        (["0100000010", "1110010000"], 0.095),  # Krippendorff (2011), section A: two values
        (["001132224330", "101112224333"], 0.692),  # section B: five values
    ],
)
def test_two_observers(rows, alpha):
    votes = observers(*rows)
    found = measure_agreement(**votes).alpha.value
    assert found == pytest.approx(float(brute_agreement(votes)[1]), abs=1e-12)
    assert round(found, 3) == alpha


def test_agreement_by_hand():
    # Items aab, ab, bb: pairs 1 + 0 + 1 equal of 5; n = 7, three a and four b; Σ n_c (n − n_c) = 24;
    # votes in equal pairs 2/2 + 0 + 2/1 = 3; alpha = 1 − 6 (7 − 3) / 24 = 0.
    found = measure_agreement(**observers("001", "011", "1.."))
    assert found.raw.value == pytest.approx(2 / 5, abs=1e-15)
    assert found.alpha.value == pytest.approx(0, abs=1e-15)


@settings(deadline=None)
@given(columns(repeats=True))
def test_agreement_is_that_of_a_loop_over_every_two_votes(votes):
    found = measure_agreement(**votes, rounds=20)
    raw, alpha = brute_agreement(votes)
    for figure, expected in ((found.raw, raw), (found.alpha, alpha)):
        if expected is None:
            assert (figure.value, figure.lower, figure.upper) == (None, None, None)
            assert figure.reason
        else:
            assert figure.value == pytest.approx(float(expected), abs=1e-12)
    items = by_item(votes)
    assert (found.items, found.votes) == (len(items), sum(map(len, items)))
    assert found.repeats == len(votes["item"]) - len(set(zip(votes["item"], votes["rater"], strict=True)))


@settings(deadline=None)
@given(columns(), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(votes, random):
    order = random.sample(range(len(votes["item"])), len(votes["item"]))
    names = {name: np.array(random.sample(range(1000), 10)) for name in votes}
    same = {name: (names[name][votes[name]] if name != "value" else votes[name])[order] for name in votes}
    found, again = measure_agreement(**votes, rounds=30), measure_agreement(**same, rounds=30)
    assert numbers(found) == numbers(again)  # to the last bit, the interval too
    same["value"] = names["value"][same["value"]]
    renamed = measure_agreement(**same, rounds=30)
    assert renamed.raw.value == pytest.approx(found.raw.value, abs=1e-12)
    assert renamed.alpha.value == pytest.approx(found.alpha.value, abs=1e-12)
    assert sorted(kappas(compare_raters(**votes))) == pytest.approx(
        sorted(kappas(compare_raters(**same))), abs=1e-9
    )


def kappas(pairs):
    return [-9.0 if pair.kappa.value is None else pair.kappa.value for pair in pairs]


@settings(deadline=None)
@given(columns(repeats=True))
def test_every_number_lies_in_its_interval_and_its_bounds(votes):
    found = measure_agreement(**votes, rounds=200)
    pairs, again = compare_raters(**votes), measure_consistency(**votes, rounds=200)
    shares = [found.raw, again.overall, *(pair.raw for pair in pairs), *(row.share for row in again.by_rater)]
    for figure, least in [
        *((share, 0) for share in shares),
        *((figure, -1) for figure in (found.alpha, *(pair.kappa for pair in pairs))),
    ]:
        if figure.value is None or figure.lower is None:
            assert figure.reason
            assert figure.lower is None
            assert figure.upper is None
        else:
            assert least <= figure.lower < figure.upper <= 1
        if figure.value is not None:
            assert least <= figure.value <= 1
        if figure.lower is not None and figure is not found.alpha:
            assert figure.lower <= figure.value <= figure.upper


def test_identical_votes_are_alpha_one_and_independent_ones_near_zero():
    generator = np.random.default_rng(5)
    item, rater = np.repeat(np.arange(300), 4), np.tile(np.arange(4), 300)
    same = measure_agreement(item=item, rater=rater, value=item % 3)
    assert (same.raw.value, same.alpha.value, same.alpha.upper) == (1, 1, 1)
    apart = [
        measure_agreement(
            item=item, rater=rater, value=generator.choice(3, 1200, p=[0.6, 0.3, 0.1]), rounds=200, seed=seed
        ).alpha
        for seed in range(200)
    ]
    # One alpha has a spread of 0.019, their mean one of 0.0013; 95 % of the intervals hold zero, within 3 %.
    assert np.abs([alpha.value for alpha in apart]).max() < 0.08
    assert abs(np.mean([alpha.value for alpha in apart])) < 0.005
    assert np.mean([alpha.lower <= 0 <= alpha.upper for alpha in apart]) > 0.9


def test_the_interval_is_that_of_items_drawn_again():
    generator = np.random.default_rng(6)
    truth = generator.integers(0, 3, 40)
    value = np.where(generator.random((3, 40)) < 0.7, truth, generator.integers(0, 3, (3, 40)))
    votes = {"item": np.tile(np.arange(40), 3), "rater": np.repeat(np.arange(3), 40), "value": value.ravel()}
    found, alphas = measure_agreement(**votes, rounds=4000), []
    for _ in range(1000):
        drawn = generator.integers(0, 40, 40)
        again = {**votes, "value": value[:, drawn].ravel()}
        alphas.append(measure_agreement(**again, rounds=20).alpha.value)
    # With 40 items Student's t asks for the quantiles 0.0204 and 0.9796 in the place of 0.025 and 0.975.
    expected = np.quantile(alphas, [0.0204, 0.9796])
    assert [found.alpha.lower, found.alpha.upper] == pytest.approx(expected, abs=0.03)


def test_intervals_hold_the_truth_as_often_as_they_say():
    generator, held = np.random.default_rng(7), []
    cells = np.array([0.4, 0.05, 0.05, 0.1, 0.15, 0.05, 0.03, 0.07, 0.1])
    table = cells.reshape(3, 3)
    chance = table.sum(0) @ table.sum(1)
    kappa, raw = (np.trace(table) - chance) / (1 - chance), np.trace(table)
    both = table.sum(0) + table.sum(1)
    alpha = 1 - (1 - raw) / (1 - (both**2).sum() / 4)
    for seed in range(300):
        a, b = np.divmod(generator.choice(9, 60, p=cells), 3)
        votes = {
            "item": np.tile(np.arange(60), 2),
            "rater": np.repeat([0, 1], 60),
            "value": np.append(a, b),
        }
        found, (pair,) = measure_agreement(**votes, rounds=200, seed=seed), compare_raters(**votes)
        figures = ((found.raw, raw), (found.alpha, alpha), (pair.kappa, kappa), (pair.raw, raw))
        held.append([figure.lower <= true <= figure.upper for figure, true in figures])
    assert np.all((np.mean(held, axis=0) > 0.91) & (np.mean(held, axis=0) < 0.98))


def test_a_higher_level_is_a_wider_interval_and_the_seed_alone_decides():
    votes = observers(*KRIPPENDORFF)
    narrow, wide = (measure_agreement(**votes, level=level).alpha for level in (0.5, 0.9))
    assert wide.lower < narrow.lower < narrow.upper < wide.upper
    assert measure_agreement(**votes, seed=1) == measure_agreement(**votes, seed=1)
    assert measure_agreement(**votes, seed=1) != measure_agreement(**votes, seed=2)


def test_of_several_votes_of_one_rater_the_first_counts():
    once = observers("0110", "0011")
    twice = {
        name: np.append(column, {"item": 0, "rater": 1, "value": 5}[name]) for name, column in once.items()
    }
    found = measure_agreement(**twice)
    assert numbers(found) == numbers(measure_agreement(**once))
    assert found.repeats == 1
    assert compare_raters(**twice) == compare_raters(**once)


@pytest.mark.parametrize("rows", [["0120", "...."], ["01..", "..10"]])
def test_no_item_judged_twice_is_no_figure(rows):
    found = measure_agreement(**observers(*rows))
    nothing = Figure(value=None, lower=None, upper=None, reason="no item was judged by two raters")
    assert (found.raw, found.alpha, found.items, found.raters, found.votes) == (nothing, nothing, 0, 0, 0)
    assert compare_raters(**observers(*rows)) == ()


def test_no_votes_are_no_figures():
    empty = np.array([], dtype=int)
    found = measure_agreement(item=empty, rater=empty, value=empty)
    assert (found.raw.value, found.alpha.value, found.repeats) == (None, None, 0)
    assert compare_raters(item=empty, rater=empty, value=empty) == ()
    repeats = measure_consistency(item=empty, rater=empty, value=empty)
    assert (repeats.overall.value, repeats.overall.reason) == (None, "no rater judged an item twice")
    checks = measure_accuracy(given=empty, known=empty, rater=empty)
    assert (checks.overall.value, checks.overall.reason) == (None, "no check was answered")
    assert (checks.trials, checks.by_rater) == (0, ())


def test_a_single_value_leaves_alpha_undefined_and_says_so():
    found = measure_agreement(**observers("1111", "1111"))
    assert found.alpha == Figure(
        value=None,
        lower=None,
        upper=None,
        reason="only one value was used, so agreement cannot be told from chance",
    )
    wilson = binomtest(4, 4).proportion_ci(method="wilson")
    assert (found.raw.value, found.raw.upper) == (1, 1)
    assert found.raw.lower == pytest.approx(wilson.low)


def test_full_agreement_is_not_called_certain():
    found = measure_agreement(**observers("01010", "01010"))
    low = binomtest(5, 5).proportion_ci(method="wilson").low
    assert found.raw.lower == pytest.approx(low)
    # Ten votes, four 1 and six 0: alpha would be 1 − 10 · 9 / (2 · 24) · (1 − low).
    assert found.alpha == Figure(
        value=1, lower=pytest.approx(1 - 90 / 48 * (1 - low)), upper=1, reason=agreement.EXTREME
    )


def test_no_agreement_is_not_called_certain():
    found = measure_agreement(**observers("01010", "10101"))
    high = binomtest(0, 5).proportion_ci(method="wilson").high
    assert (found.raw.value, found.raw.lower, found.raw.upper) == (0, 0, pytest.approx(high))
    assert found.alpha.value == found.alpha.lower == pytest.approx(1 - 90 / 50)
    assert found.alpha.upper == pytest.approx(1 - 90 / 50 * (1 - high))


def test_items_that_are_all_alike_have_no_interval_and_say_so():
    found = measure_agreement(**observers("000", "000", "111"))
    assert (found.raw.value, found.raw.lower, found.raw.upper) == (pytest.approx(1 / 3), None, None)
    assert found.raw.reason == found.alpha.reason == agreement.ALIKE
    assert found.alpha.lower is None


def test_a_resample_without_alpha_is_counted_at_both_ends_and_said():
    # One item of ten is not unanimous: (9/10)^10 = 35 % of the resamples miss it and hold a single value.
    rare = measure_agreement(**observers("1111111111", "1111111110"), rounds=2000).alpha
    assert (rare.lower, rare.upper) == (-1, 1)
    missed = int(rare.reason.removeprefix("only one value is used in ").split(" of 2000 resamples")[0])
    assert missed == pytest.approx(2000 * 0.9**10, abs=100)
    # Six items of forty: 0.15 % miss them, far less than a tail, so the ends are numbers, and it is still said.
    seldom = measure_agreement(
        **observers("1" * 40, "1" * 34 + "0" * 6, "1" * 34 + "0" * 6), rounds=4000
    ).alpha
    assert -1 < seldom.lower < seldom.value < seldom.upper
    assert "resamples; each counts as -1 and as 1" in seldom.reason


def test_blocks_of_resamples_add_up(monkeypatch):
    votes = observers(*KRIPPENDORFF)
    whole = measure_agreement(**votes)
    monkeypatch.setattr(agreement, "CELLS", 100)
    assert numbers(measure_agreement(**votes)) == numbers(whole)


def test_a_table_out_of_reach_is_refused(monkeypatch):
    monkeypatch.setattr(agreement, "CELLS", 50)
    with pytest.raises(UnsupportedParameter, match="11 items with 5 different values"):
        measure_agreement(**observers(*KRIPPENDORFF))


def test_cohens_example():
    """Cohen (1960), table 2: two judges, 200 patients."""
    (pair,) = compare_raters(**joint([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))
    assert (pair.rater_a, pair.rater_b, pair.items, pair.raw.value) == (0, 1, 200, 0.7)
    assert round(pair.kappa.value, 3) == 0.492
    wilson = binomtest(140, 200).proportion_ci(method="wilson")
    assert (pair.raw.lower, pair.raw.upper) == pytest.approx((wilson.low, wilson.high))


def brute_kappa(table):
    """Kappa and its standard error, term by term as Fleiss, Cohen & Everitt (1969) write them."""
    table = np.array(table)
    n = table.sum()
    p, size = table / n, len(table)
    row, column = p.sum(axis=1), p.sum(axis=0)
    expected = row @ column
    kappa = (np.trace(p) - expected) / (1 - expected)
    first = sum(p[i, i] * (1 - (row[i] + column[i]) * (1 - kappa)) ** 2 for i in range(size))
    second = (1 - kappa) ** 2 * sum(
        p[i, j] * (column[i] + row[j]) ** 2 for i in range(size) for j in range(size) if i != j
    )
    third = (kappa - expected * (1 - kappa)) ** 2
    return kappa, np.sqrt((first + second - third) / n) / (1 - expected)


def test_kappas_and_errors_are_those_of_the_paper():
    """The first table is that of Fleiss, Cohen & Everitt (1969), 200 subjects: kappa 0.429."""
    generator = np.random.default_rng(8)
    tables = [[[106, 10, 4], [22, 28, 10], [2, 12, 6]], *generator.integers(1, 30, (20, 4, 4))]
    found = compare_raters(**joint(*tables), level=0.6826894921370859)
    assert round(found[0].kappa.value, 3) == 0.429
    for pair, table in zip(found, tables, strict=True):
        kappa, error = brute_kappa(table)
        assert pair.kappa.value == pytest.approx(kappa, abs=1e-12)
        half = (pair.kappa.upper - pair.kappa.lower) / 2
        assert half == pytest.approx(error, rel=0.02)  # one error, but for Student's t with n − 1
        assert pair.items == np.sum(table)


@settings(deadline=None)
@given(columns(repeats=True), st.integers(1, 4))
def test_pairs_of_raters_are_those_of_a_loop(votes, fewest):
    said = {}
    for item, rater, value in zip(*(column.tolist() for column in votes.values()), strict=True):
        said.setdefault(rater, {}).setdefault(item, value)
    expected = []
    for a, b in combinations(sorted(said), 2):
        values = [(said[a][item], said[b][item]) for item in said[a] if item in said[b]]
        if len(values) >= fewest:
            expected.append((a, b, len(values), sum(v == w for v, w in values)))
    found = compare_raters(**votes, fewest=fewest)
    assert [
        (pair.rater_a, pair.rater_b, pair.items, round(pair.raw.value * pair.items)) for pair in found
    ] == expected


def test_no_small_table_gives_a_kappa_without_width_or_a_number_without_reason():
    tables = [
        np.bincount(cells, minlength=9).reshape(3, 3)
        for n in range(1, 6)
        for cells in combinations_with_replacement(range(9), n)
    ]
    for pair, table in zip(compare_raters(**joint(*tables)), tables, strict=True):
        kappa, lone = pair.kappa, [int((table.sum(axis=axis) > 0).sum()) == 1 for axis in (0, 1)]
        if all(lone) and np.trace(table):
            assert (kappa.value, kappa.lower, kappa.reason) == (None, None, consistency.SAME_VALUE)
        elif any(lone):
            assert (kappa.value, kappa.lower, kappa.reason) == (0, None, consistency.CONSTANT)
        else:
            assert kappa.value == pytest.approx(brute_kappa(table)[0], abs=1e-12)
            assert kappa.upper - kappa.lower > 1e-3
            assert (kappa.reason == consistency.ALL_OR_NONE) == (np.trace(table) in (0, table.sum()))


def test_full_agreement_of_two_takes_wilsons_interval():
    (pair,) = compare_raters(**joint([[3, 0], [0, 7]]))
    low, expected = binomtest(10, 10).proportion_ci(method="wilson").low, 0.58
    assert (pair.kappa.value, pair.kappa.upper, pair.kappa.reason) == (1, 1, consistency.ALL_OR_NONE)
    assert pair.kappa.lower == pytest.approx((low - expected) / (1 - expected))


def test_more_pairs_of_votes_than_can_be_held_are_refused(monkeypatch):
    monkeypatch.setattr(consistency, "LARGEST", 54)
    with pytest.raises(UnsupportedParameter, match="55 pairs"):
        compare_raters(**observers(*KRIPPENDORFF))
    monkeypatch.setattr(consistency, "LARGEST", 55)
    assert len(compare_raters(**observers(*KRIPPENDORFF))) == 6


def test_consistency_by_hand():
    # Rater 3: item 0 the same twice, item 1 not. Rater 7: item 0 three times, one pair of three the same.
    # Rater 9 repeats nothing, and the vote of another rater on the same item is no repeat.
    found = measure_consistency(
        item=np.array([0, 1, 0, 0, 0, 1, 0, 2, 1]),
        rater=np.array([3, 3, 7, 3, 7, 3, 7, 9, 9]),
        value=np.array([2, 0, 1, 2, 1, 1, 0, 5, 5]),
    )
    assert found.trials == 3
    assert found.overall.value == pytest.approx((1 + 0 + 1 / 3) / 3)
    assert [(row.rater, row.trials) for row in found.by_rater] == [(3, 2), (7, 1)]
    assert [row.share.value for row in found.by_rater] == pytest.approx([1 / 2, 1 / 3])
    wilson = binomtest(1, 2).proportion_ci(method="wilson")
    share = found.by_rater[0].share
    assert (share.lower, share.upper) == pytest.approx((wilson.low, wilson.high))


@settings(deadline=None)
@given(columns(repeats=True))
def test_consistency_is_that_of_a_loop(votes):
    said = {}
    for item, rater, value in zip(*(column.tolist() for column in votes.values()), strict=True):
        said.setdefault((rater, item), []).append(value)
    shares = {}
    for (rater, _), values in said.items():
        if len(values) > 1:
            same = [v == w for v, w in combinations(values, 2)]
            shares.setdefault(rater, []).append(sum(same) / len(same))
    found = measure_consistency(**votes, rounds=20)
    every = [share for rows in shares.values() for share in rows]
    assert found.trials == len(every)
    assert found.overall.value == (pytest.approx(np.mean(every)) if every else None)
    assert {row.rater: row.share.value for row in found.by_rater} == pytest.approx(
        {rater: np.mean(rows) for rater, rows in shares.items()}
    )


def test_accuracy_by_hand():
    found = measure_accuracy(
        given=np.array([1, 0, 2, 2, 3]), known=np.array([1, 1, 2, 2, 2]), rater=np.array([8, 8, 8, 4, 4])
    )
    assert (found.trials, found.overall.value) == (5, 0.6)
    assert [(row.rater, row.trials, row.share.value) for row in found.by_rater] == [
        (4, 2, 0.5),
        (8, 3, pytest.approx(2 / 3)),
    ]
    for row, right in zip(found.by_rater, (1, 2), strict=True):
        wilson = binomtest(right, row.trials).proportion_ci(method="wilson")
        assert (row.share.lower, row.share.upper) == pytest.approx((wilson.low, wilson.high))


def test_the_overall_interval_knows_that_raters_differ():
    """Half of the raters are always right, half are guessing: 400 answers say less than 400 raters would."""
    rater = np.repeat(np.arange(20), 20)
    given_ = np.where(rater % 2 == 0, 1, np.arange(400) // 2 % 2)
    overall = measure_accuracy(given=given_, known=np.ones(400, int), rater=rater, rounds=2000).overall
    wilson = binomtest(300, 400).proportion_ci(method="wilson")
    assert overall.value == 0.75
    # The share of the good ones among 20 raters drawn is binomial, and Student's t widens its quantiles.
    assert (overall.lower, overall.upper) == pytest.approx((0.625, 0.875), abs=0.026)
    assert overall.upper - overall.lower > 2 * (wilson.high - wilson.low)


def test_intervals_of_few_raters_hold_the_truth():
    generator, held = np.random.default_rng(9), []
    rater = np.repeat(np.arange(10), 20)
    for seed in range(300):
        right = generator.random(200) < generator.beta(8, 2, 10)[rater]
        overall = measure_accuracy(
            given=right.astype(int), known=np.ones(200, int), rater=rater, rounds=200, seed=seed
        ).overall
        held.append(overall.lower <= 0.8 <= overall.upper)
    assert 0.91 < np.mean(held) < 0.98


@pytest.mark.parametrize(("raters", "reason"), [(1, consistency.ONE_RATER), (4, consistency.SAME_SHARE)])
def test_raters_who_do_not_vary_get_wilsons_interval_and_a_word_about_it(raters, reason):
    rater = np.repeat(np.arange(raters), 4)
    given_ = np.tile([1, 1, 1, 0], raters)
    overall = measure_accuracy(given=given_, known=np.ones(4 * raters, int), rater=rater).overall
    wilson = binomtest(3 * raters, 4 * raters).proportion_ci(method="wilson")
    assert (overall.lower, overall.upper) == pytest.approx((wilson.low, wilson.high))
    assert (overall.value, overall.reason) == (0.75, reason)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"item": np.zeros((2, 2), int)}, "The column item has one dimension, not 2"),
        ({"rater": np.array([0.0, 1.0])}, "The column rater holds whole numbers, not float64"),
        ({"value": np.array([True, False])}, "The column value holds whole numbers, not bool"),
        ({"value": np.array([0, -1])}, "The column value holds whole numbers from 0"),
        ({"rater": np.array([0, 2**64 - 1], dtype=np.uint64)}, "The column rater holds whole numbers from 0"),
        ({"item": np.array([0, 1, 2])}, "differ in length: item 3, rater 2, value 2"),
    ],
)
@pytest.mark.parametrize("measure", [measure_agreement, compare_raters, measure_consistency])
def test_columns_that_are_not_votes(measure, change, said):
    votes = {"item": np.array([0, 0]), "rater": np.array([0, 1]), "value": np.array([1, 1]), **change}
    with pytest.raises(BadVotes, match=said):
        measure(**votes)


def test_checks_that_are_not_answers():
    with pytest.raises(BadVotes, match="differ in length: given 2, known 1, rater 2"):
        measure_accuracy(given=np.array([1, 1]), known=np.array([1]), rater=np.array([0, 1]))


@pytest.mark.parametrize("parameter", [{"level": 1.0}, {"level": 0}, {"rounds": 19}, {"seed": -1}])
def test_parameters_that_are_not_offered(parameter):
    votes = observers("01", "01")
    for measure in (measure_agreement, measure_consistency):
        with pytest.raises(UnsupportedParameter, match=next(iter(parameter))):
            measure(**votes, **parameter)
    with pytest.raises(UnsupportedParameter):
        measure_accuracy(given=votes["value"], known=votes["value"], rater=votes["rater"], **parameter)


@pytest.mark.parametrize("parameter", [{"level": 2}, {"fewest": 0}, {"fewest": True}, {"fewest": 1.5}])
def test_parameters_of_pairs_that_are_not_offered(parameter):
    with pytest.raises(UnsupportedParameter, match=next(iter(parameter))):
        compare_raters(**observers("01", "01"), **parameter)
