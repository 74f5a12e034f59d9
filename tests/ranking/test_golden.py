"""Figures worked by hand, or published, beside what the ranking makes of the same votes."""

from math import log, sqrt

import numpy as np
import pytest
from scipy.stats import norm, studentized_range, t

from evaluations.ranking import Votes, rank
from tests.ranking import reference

# Agresti (2002), Categorical Data Analysis, table 10.10: games of 1987 in the East of baseball's American League,
# as won : lost by the team at home. Rows: at home; columns: away. Both in the order of TEAMS.
TEAMS = ["Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore"]
GAMES = """
    -    4:3  4:2  4:3  6:1  4:2  6:0
    3:3  -    4:2  4:3  6:0  6:1  4:3
    2:5  4:3  -    2:4  4:3  4:2  6:0
    3:3  5:1  2:5  -    4:3  4:2  6:1
    5:1  2:5  3:3  4:2  -    5:2  6:0
    2:5  3:3  3:4  4:3  4:2  -    2:4
    2:5  1:5  1:6  2:4  1:6  3:4  -
"""

# Stigler (1994), Statistical Science 9, as in Agresti (2002) page 448: how often the first journal was cited by the
# second, and the second by the first.
CITATIONS = [
    ("Biometrika", "Comm. Statist.", 730, 33),
    ("Biometrika", "JASA", 498, 320),
    ("Biometrika", "JRSS-B", 221, 284),
    ("Comm. Statist.", "JASA", 68, 813),
    ("Comm. Statist.", "JRSS-B", 17, 276),
    ("JASA", "JRSS-B", 142, 325),
]

# Davidson (1970), JASA 65, example 2: brands i and j of chocolate pudding; preferred i, preferred j, neither.
PUDDINGS = """
    1 2 19 22 16   1 3 16 19 12   2 3 19 19 10   1 4 18 23 13   2 4 23 19  9
    3 4 19 20 15   1 5 13 19 18   2 5 16 20 12   3 5 16 15 17   4 5 17 14 16
    1 6 18 21 12   2 6 22 20 12   3 6 13 18 10   4 6 14 19 18   5 6 11 21 12
"""


def votes_of(rows, **columns):
    """Votes from rows (model a, model b, wins of a, wins of b, ties)."""
    listed = [
        (a, b, outcome)
        for a, b, *counts in rows
        for outcome, count in zip(("a", "b", "tie"), counts, strict=False)
        for _ in range(count)
    ]
    a, b, outcome = zip(*listed, strict=True)
    return Votes.from_labels(model_a=a, model_b=b, outcome=outcome, **columns)


def list_games():
    for home, line in zip(TEAMS, GAMES.strip().splitlines(), strict=True):
        for away, cell in zip(TEAMS, line.split(), strict=True):
            if cell != "-":
                yield home, away, *map(int, cell.split(":"))


def list_puddings():
    numbers = np.array(PUDDINGS.split(), dtype=int).reshape(-1, 5)
    return [(f"brand {i}", f"brand {j}", *counts) for i, j, *counts in numbers.tolist()]


def by_name(ranking, figure):
    return dict(zip(ranking.models, getattr(ranking, figure).tolist(), strict=True))


def expect(names, values):
    return pytest.approx(dict(zip(names, values, strict=True)), abs=6e-5)


def rank_as_the_model_expects(rows, **parameters):
    """One rater cast every vote: then B is what the model expects, and errors are those of maximum likelihood.

    Published errors are of that kind; the sandwich of independent votes is another figure.
    """
    return rank(votes_of(rows, rater=["one"] * sum(sum(row[2:]) for row in rows)), **parameters)


def test_baseball_without_the_home_advantage():
    """Agresti (2002) table 10.11 to two decimals; to four, with errors, by R's BradleyTerry2 (its example)."""
    ranking = rank_as_the_model_expects(list(list_games()), anchor="Baltimore")
    assert by_name(ranking, "strength") == expect(TEAMS, [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0])
    errors = [0.3433, 0.3396, 0.3367, 0.3359, 0.3339, 0.3319, 0]
    assert by_name(ranking, "standard_error") == expect(TEAMS, errors)


def test_baseball_with_the_home_advantage():
    """The same tables: the advantage is 0.302, and the shares of e^θ are 0.220 … 0.044."""
    ranking = rank(votes_of(list_games(), side=1), cluster=None, position=True, anchor="Baltimore")
    assert by_name(ranking, "strength") == expect(TEAMS, [1.6196, 1.4754, 1.3271, 1.2813, 1.1438, 0.7047, 0])
    assert ranking.effects[0].value == pytest.approx(0.3023, abs=6e-5)
    shares = np.exp(ranking.strength) / np.exp(ranking.strength).sum()
    assert shares == pytest.approx([0.220, 0.190, 0.164, 0.157, 0.137, 0.088, 0.044], abs=6e-4)


def test_baseball_errors_with_the_home_advantage():
    ranking = rank(votes_of(list_games(), side=1, rater=["one"] * 273), position=True, anchor="Baltimore")
    errors = [0.3474, 0.3446, 0.3403, 0.3404, 0.3378, 0.3350, 0]
    assert ranking.effects[0].standard_error == pytest.approx(0.1309, abs=6e-5)
    assert by_name(ranking, "standard_error") == expect(TEAMS, errors)


def test_citations_between_journals():
    """Published with Biometrika at nought: Turner & Firth (2012), Journal of Statistical Software 48(9)."""
    ranking = rank_as_the_model_expects(CITATIONS, anchor="Biometrika")
    names = ["Biometrika", "Comm. Statist.", "JASA", "JRSS-B"]
    assert ranking.models == ("JRSS-B", "Biometrika", "JASA", "Comm. Statist.")
    assert by_name(ranking, "strength") == expect(names, [0, -2.94907, -0.47957, 0.26895])
    assert by_name(ranking, "standard_error") == expect(names, [0, 0.10255, 0.06059, 0.07083])


def test_puddings_with_ties():
    """Davidson (1970) gives shares of π = e^θ and ν to four decimals."""
    ranking = rank(votes_of(list_puddings()), cluster=None, ties="davidson")
    strength = np.exp(reference.in_name_order(ranking, ranking.strength))
    published = [0.1388, 0.1730, 0.1617, 0.1654, 0.1587, 0.2024]
    assert strength / strength.sum() == pytest.approx(published, abs=6e-5)
    assert np.exp(ranking.effects[0].value) == pytest.approx(0.7468, abs=6e-5)


def test_pudding_errors_with_ties():
    ranking = rank_as_the_model_expects(list_puddings(), ties="davidson", anchor="brand 1")
    errors = reference.in_name_order(ranking, ranking.standard_error)
    assert ranking.effects[0].standard_error == pytest.approx(0.0825, abs=6e-5)
    assert errors == pytest.approx([0, 0.1872, 0.1935, 0.1882, 0.1927, 0.1924], abs=6e-5)


def test_position_of_two_models_by_hand():
    """Left, x wins 8 of 10; right, 4 of 10: θ ± γ are the two log-odds, each of variance 1/(n p q)."""
    votes = votes_of([("x", "y", 8, 2), ("y", "x", 6, 4)], side=1)
    ranking = rank(votes, cluster=None, position=True)
    left, right = log(8 / 2), log(4 / 6)
    assert np.ptp(ranking.strength) == pytest.approx((left + right) / 2, abs=1e-9)
    error = sqrt(1 / (10 * 0.8 * 0.2) + 1 / (10 * 0.4 * 0.6)) / 2
    assert ranking.difference_error[0, 1] == pytest.approx(error, abs=1e-9)
    effect = ranking.effects[0]
    assert effect.value == pytest.approx((left - right) / 2, abs=1e-9)
    assert effect.standard_error == pytest.approx(error, abs=1e-9)
    assert effect.upper == pytest.approx(effect.value + norm.ppf(0.975) * error, abs=1e-9)


def test_style_of_two_models_by_hand():
    """At equal length x wins 6 of 10; three units longer, 9 of 10: β is a third of the difference in log-odds."""
    votes = votes_of(
        [("x", "y", 6, 4), ("x", "y", 9, 1)], covariates={"length": np.repeat([0.0, 3.0], [10, 10])}
    )
    ranking = rank(votes, cluster=None, style=["length"])
    assert ranking.strength[0] - ranking.strength[1] == pytest.approx(log(6 / 4), abs=1e-9)
    assert ranking.effects[0].value == pytest.approx((log(9) - log(6 / 4)) / 3, abs=1e-9)
    variance = (1 / (10 * 0.6 * 0.4) + 1 / (10 * 0.9 * 0.1)) / 9
    assert ranking.effects[0].standard_error == pytest.approx(sqrt(variance), abs=1e-9)


def test_errors_with_ties_of_two_models_by_hand():
    """4 : 1 : 4 is a multinomial with as many parameters: var log(p_a/p_b) = 1/4 + 1, and of log ν 1/4 + 5/16."""
    ranking = rank(votes_of([("x", "y", 4, 1, 4)]), cluster=None, ties="davidson")
    assert ranking.difference_error[0, 1] == pytest.approx(sqrt(5 / 4), abs=1e-9)
    assert ranking.effects[0].standard_error == pytest.approx(3 / 4, abs=1e-9)


def test_raters_of_two_models_by_hand():
    """x wins 3 of 4, 2 of 2, 1 of 4 by rater: p = 0.6, residuals 0.6, 0.8, −1.4; B = 3/2 Σ r², H = 10 p q."""
    rater = ["r"] * 4 + ["s"] * 2 + ["t"] * 4
    ranking = rank(votes_of([("x", "y", 3, 1), ("x", "y", 2, 0), ("x", "y", 1, 3)], rater=rater))
    error = sqrt(1.5 * (0.6**2 + 0.8**2 + 1.4**2)) / (10 * 0.6 * 0.4)
    assert ranking.difference_error[0, 1] == pytest.approx(error, abs=1e-9)
    assert ranking.strength == pytest.approx([log(1.5) / 2, -log(1.5) / 2], abs=1e-9)
    reach = t.ppf(0.975, 2) * error / 2 * 400 / log(10)
    assert ranking.upper - ranking.score == pytest.approx([reach, reach], rel=1e-9)


def test_weights_of_two_models_by_hand():
    """Two wins of weight 1 and two losses of weight 3: p = 1/4, and B = 2 · 1 · (3/4)² + 2 · 9 · (1/4)²."""
    votes = votes_of([("x", "y", 2, 2)], probability=[0.9, 0.9, 0.3, 0.3])
    ranking = rank(votes, cluster=None, weights="inverse-probability")
    assert np.ptp(ranking.strength) == pytest.approx(log(3), abs=1e-9)
    error = sqrt(2 * 0.75**2 + 18 * 0.25**2) / (8 * 0.25 * 0.75)  # a common factor of the weights cancels
    assert ranking.difference_error[0, 1] == pytest.approx(error, abs=1e-9)


def test_the_bootstrap_of_two_raters_by_hand():
    """x wins 3 of 4 with r, 1 of 2 with s: of their samples a quarter are r, r (3 : 1), a quarter s, s (1 : 1)."""
    votes = votes_of([("x", "y", 3, 1), ("x", "y", 1, 1)], rater=["r"] * 4 + ["s"] * 2)
    wide, narrow = (rank(votes, interval="bootstrap", level=level, rounds=400) for level in (0.8, 0.2))
    points = 200 / log(10)  # of either model, half of the difference
    assert [wide.lower[0], wide.upper[0]] == pytest.approx([1000, 1000 + points * log(3)], abs=1e-6)
    assert [narrow.lower[0], narrow.upper[0]] == pytest.approx([1000 + points * log(2)] * 2, abs=1e-6)


@pytest.mark.parametrize(("models", "level"), [(11, 0.9), (15, 0.95), (25, 0.99)])
@pytest.mark.parametrize("clustered", [True, False])
def test_the_critical_value_of_equal_models_is_tukeys(models, level, clustered):
    """Every pair 1 : 1: all differences are alike, and the largest |t| is the studentised range over √2."""
    rows = [(f"m{i:02d}", f"m{j:02d}", 1, 1) for i in range(models) for j in range(i)]
    votes = votes_of(rows, rater=range(models * (models - 1)) if clustered else None)  # a vote a rater
    freedom = votes.raters - 1 if clustered else np.inf
    ranking = rank(votes, cluster="rater" if clustered else None, level=level, rounds=40_000)
    exact = studentized_range.ppf(level, models, freedom) / sqrt(2)
    assert ranking.critical == pytest.approx(exact, rel=0.015)
