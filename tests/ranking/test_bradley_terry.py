from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.errors import NotConverged, NothingToRank, RankingError, UnsupportedParameter
from evaluations.ranking import Votes, rank
from evaluations.ranking.fits.bradley_terry import fit_strengths
from tests.ranking import reference

ELO = 400 / log(10)


def votes_of(*rows):
    """Votes from rows (model a, model b, outcome, how many)."""
    listed = [row[:3] for row in rows for _ in range(row[3])]
    a, b, outcome = zip(*listed, strict=True)
    return Votes.from_labels(model_a=a, model_b=b, outcome=outcome)


@pytest.mark.parametrize(("wins", "losses"), [(3, 1), (1, 1), (1, 7), (900, 100)])
def test_two_models_in_closed_form(wins, losses):
    ranking = rank(votes_of(("x", "y", "a", wins), ("y", "x", "a", losses)), cluster=None)
    strength = dict(zip(ranking.models, ranking.strength, strict=True))
    score = dict(zip(ranking.models, ranking.score, strict=True))
    assert strength["x"] - strength["y"] == pytest.approx(log(wins / losses), abs=2e-9)
    assert strength["x"] + strength["y"] == pytest.approx(0, abs=2e-9)
    assert score["x"] == pytest.approx(1000 + ELO * log(wins / losses) / 2, abs=1e-6)
    # Without ties the sandwich is the textbook variance 1/(n p q) of a difference, a quarter of it for each.
    error = sqrt((wins + losses) / (wins * losses)) / 2
    assert ranking.standard_error == pytest.approx([error, error], abs=1e-9)


def test_ties_are_half_wins_and_both_bad_is_a_tie_or_nothing():
    rows = [("x", "y", "a", 2), ("x", "y", "b", 1), ("x", "y", "tie", 1), ("x", "y", "both_bad", 4)]
    with_ties = rank(votes_of(*rows), cluster=None)
    without = rank(votes_of(*rows), cluster=None, both_bad="out")
    assert np.ptp(with_ties.strength) == pytest.approx(log(4.5 / 3.5), abs=2e-9)
    assert np.ptp(without.strength) == pytest.approx(log(2.5 / 1.5), abs=2e-9)
    for ranking in (with_ties, without):
        assert ranking.both_bad.tolist() == [4, 4]
        assert ranking.votes.tolist() == [8, 8]
    assert with_ties.win_rate.tolist() == [4.5 / 8, 3.5 / 8]
    assert without.win_rate.tolist() == [2.5 / 4, 1.5 / 4]


def test_variance_with_ties_by_hand():
    ranking = rank(votes_of(("x", "y", "a", 2), ("x", "y", "b", 1), ("x", "y", "tie", 1)), cluster=None)
    p = 2.5 / 4
    meat = 2 * (1 - p) ** 2 + p**2 + (0.5 - p) ** 2
    assert ranking.standard_error[0] == pytest.approx(sqrt(meat) / (4 * p * (1 - p)) / 2, abs=1e-9)


def test_three_models_whose_records_agree():
    ranking = rank(
        votes_of(
            *[("x", "y", "a", 2), ("x", "y", "b", 1), ("y", "z", "a", 2), ("y", "z", "b", 1)],
            *[("z", "x", "b", 4), ("z", "x", "a", 1)],
        ),
        cluster=None,
    )
    assert ranking.models == ("x", "y", "z")
    assert ranking.strength == pytest.approx([log(2), 0, -log(2)], abs=1e-9)


def test_everything_tied_is_everything_equal_and_still_uncertain():
    ranking = rank(votes_of(("y", "x", "tie", 10), ("z", "y", "tie", 10)), cluster=None)
    assert ranking.models == ("x", "y", "z")  # equals stand by name
    assert ranking.strength.tolist() == [0, 0, 0]
    assert not np.signbit(ranking.strength).any()
    assert (ranking.rank_low.tolist(), ranking.rank_high.tolist()) == ([1, 1, 1], [3, 3, 3])
    assert (ranking.lower < 1000 - 50).all()
    assert [model for model, _ in ranking.cautions] == ["x", "y", "z"]


@pytest.mark.parametrize(
    "wins",
    [
        [[0, 10**9], [1, 0]],
        [[0, 10**9, 3], [10**9 - 5, 0, 1], [2, 1, 0]],
        [[0, 10**9, 0, 0], [10**9, 0, 1, 0], [0, 1, 0, 10**9], [0, 0, 1, 0]],
        [[0, 10**9, 0, 0], [1, 0, 10**9, 0], [0, 1, 0, 10**9], [0, 0, 1, 0]],
    ],
)
def test_a_billion_votes_in_a_cell(wins):
    wins = np.array(wins, dtype=np.float64)
    fit = fit_strengths(wins=wins)
    assert fit.converged
    assert fit.strength == pytest.approx(reference.strengths(wins), abs=1e-12)


def test_a_start_far_away_ends_in_the_same_place():
    wins = np.array([[0.0, 3, 1], [2, 0, 2], [2, 4, 0]])
    far = fit_strengths(wins=wins, start=np.array([30.0, -20.0, 5.0]))
    assert far.strength == pytest.approx(reference.strengths(wins), abs=1e-12)


def test_equals_stand_by_name_however_many_they_are():
    names = [f"model {number:02d}" for number in range(60)]
    order = np.random.default_rng(0).permutation(60).tolist()
    rows = [(names[number], names[order[place - 1]], "tie", 1) for place, number in enumerate(order)]
    ranking = rank(votes_of(*rows, ("winner", names[3], "a", 2), (names[3], "winner", "a", 1)), cluster=None)
    assert ranking.models == ("winner", *names)


def test_a_prior_pulls_to_the_mean_and_places_everyone():
    votes = votes_of(("x", "y", "a", 5), ("z", "w", "a", 5))
    ranking = rank(votes, cluster=None, prior=1.0)
    x, y = ranking.strength[ranking.models.index("x")], ranking.strength[ranking.models.index("y")]
    assert ranking.unplaced == ()
    # The gradient is zero: five wins times the chance of a loss, less the pull of the prior.
    assert 5 / (1 + np.exp(x - y)) == pytest.approx(1.0 * x, abs=1e-8)
    assert ranking.standard_error.min() > 0.3


def test_anchor_moves_every_score_and_no_difference():
    votes = reference.draw_votes(seed=3, theta=[0.5, 0, -0.5], votes=300)
    free, fixed = rank(votes, cluster=None), rank(votes, cluster=None, anchor="model 01")
    place = fixed.models.index("model 01")
    assert (fixed.strength[place], fixed.score[place], fixed.standard_error[place]) == (0, 1000, 0)
    assert (fixed.lower[place], fixed.upper[place]) == (1000, 1000)
    assert fixed.strength - fixed.strength[0] == pytest.approx(free.strength - free.strength[0], abs=3e-9)
    assert (fixed.rank_low.tolist(), fixed.rank_high.tolist()) == (
        free.rank_low.tolist(),
        free.rank_high.tolist(),
    )
    wins = reference.count_wins(votes)
    covariance = reference.covariance(votes, theta=reference.strengths(wins), clustered=False)
    other = int(fixed.models[0][-2:])
    contrast = np.eye(3)[other] - np.eye(3)[1]
    assert fixed.standard_error[0] == pytest.approx(sqrt(contrast @ covariance @ contrast), abs=1e-8)


def test_a_fit_without_an_answer_is_an_error_and_not_a_number():
    with pytest.raises(NotConverged):
        fit_strengths(wins=np.array([[0.0, 5.0], [0.0, 0.0]]))
    with pytest.raises(NotConverged):
        fit_strengths(wins=np.array([[0.0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]))
    with pytest.raises(NotConverged):
        fit_strengths(wins=np.array([[0.0, np.nan], [1.0, 0.0]]))


@pytest.mark.parametrize(
    "votes",
    [
        Votes.from_labels(model_a=[], model_b=[], outcome=[], rater=[]),
        Votes.from_codes(
            models=["only"],
            a=np.array([], int),
            b=np.array([], int),
            outcome=np.array([], int),
            rater=np.array([], int),
        ),
        Votes.from_codes(
            models=["x", "y"], a=np.array([]), b=np.array([]), outcome=np.array([]), rater=np.array([])
        ),
    ],
)
def test_nothing_to_rank(votes):
    with pytest.raises(NothingToRank, match=r"there are 0 votes on \d models"):
        rank(votes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "glicko"}, "method is 'glicko'; it can be 'bradley-terry' or 'elo'"),
        ({"ties": "rao-kupper"}, "ties is 'rao-kupper'; it can be 'half' or 'davidson'"),
        ({"both_bad": "loss"}, "both_bad is 'loss'"),
        ({"interval": "profile"}, "interval is 'profile'"),
        ({"cluster": "country"}, "cluster is 'country'"),
        ({"cluster": "prompt"}, "which prompt each vote was on"),
        ({"cluster": "both"}, "who cast each vote"),
        ({"weights": "none"}, "weights is 'none'"),
        ({"weights": "inverse-probability"}, "needs the probability of each draw"),
        ({"position": True}, "shown on the left, and these votes do not say"),
        ({"position": 1}, "position is true or false"),
        ({"style": ["length"]}, "no covariate 'length'; they have none"),
        ({"style": ["length", "length"]}, "different names"),
        ({"style": "length"}, "different names"),
        ({"k": 8.0}, 'k is of method="elo" alone'),
        ({"k": 0.0}, "k is a number of points above 0"),
        ({"cluster": "rater"}, "Pass cluster=None"),
        ({"level": 1.0}, "level is a probability"),
        ({"level": float("nan")}, "level is a probability"),
        ({"level": "95"}, "level is a probability"),
        ({"prior": -1}, "prior is a precision"),
        ({"prior": float("inf")}, "prior is a precision"),
        ({"rounds": 3}, "rounds is a whole number"),
        ({"rounds": 1000.0}, "rounds is a whole number"),
        ({"seed": -1}, "seed is a whole number"),
        ({"seed": True}, "seed is a whole number"),
        ({"anchor": "w"}, "anchor 'w' is not one of the models"),
        ({"method": "elo"}, 'goes with interval="orderings"'),
        ({"interval": "orderings"}, "goes with interval"),
        ({"method": "elo", "interval": "orderings", "prior": 1.0}, "no prior"),
        ({"method": "elo", "interval": "orderings", "ties": "davidson"}, 'takes ties="half"'),
    ],
)
def test_a_parameter_is_honoured_or_refused(change, message):
    votes = votes_of(("x", "y", "a", 2), ("y", "x", "a", 1))
    with pytest.raises(UnsupportedParameter, match=message):
        rank(votes, **{"cluster": None, **change})


@st.composite
def connected_votes(draw):
    """Votes on 2 to 6 models with a ring of wins, so that all can be placed, and some raters."""
    models = draw(st.integers(2, 6))
    pairs = st.tuples(st.integers(0, models - 1), st.integers(1, models - 1), st.integers(0, 3))
    rows = draw(st.lists(pairs, max_size=40))
    ring = [(number, (number + 1) % models, 0) for number in range(models)]
    listed = ring + [(a, (a + gap) % models, outcome) for a, gap, outcome in rows]
    a, b, outcome = (np.array(column) for column in zip(*listed, strict=True))
    rater = np.array(draw(st.lists(st.integers(0, 5), min_size=len(a), max_size=len(a))))
    return Votes.from_codes(models=[f"m{n}" for n in range(models)], a=a, b=b, outcome=outcome, rater=rater)


def variant(votes, **change):
    columns = {name: getattr(votes, name) for name in ("models", "a", "b", "outcome", "rater")}
    return Votes.from_codes(**{**columns, **change})


def same(one, other, **tolerance):
    for name in ("strength", "score", "standard_error", "lower", "upper"):
        got, wanted = (reference.in_name_order(ranking, getattr(ranking, name)) for ranking in (one, other))
        assert got == pytest.approx(wanted, rel=1e-7, **tolerance)


@settings(deadline=None)
@given(connected_votes(), st.sampled_from(["tie", "out"]))
def test_strengths_are_those_of_the_reference(votes, both_bad):
    ranking = rank(votes, cluster=None, both_bad=both_bad)
    wins = reference.count_wins(votes, both_bad=both_bad)
    assert reference.in_name_order(ranking, ranking.strength) == pytest.approx(
        reference.strengths(wins), abs=1e-9
    )


@settings(deadline=None)
@given(connected_votes(), st.randoms(use_true_random=False), st.sampled_from(["rater", None]))
def test_new_names_change_nothing_but_names(votes, random, cluster):
    names = list(votes.models)
    random.shuffle(names)
    renamed = dict(zip(votes.models, names, strict=True))
    one, other = rank(votes, cluster=cluster), rank(variant(votes, models=names), cluster=cluster)
    by_new_name = {renamed[model]: strength for model, strength in zip(one.models, one.strength, strict=True)}
    for model, strength in zip(other.models, other.strength, strict=True):
        assert strength == pytest.approx(by_new_name[model], abs=1e-8)


@settings(deadline=None)
@given(connected_votes(), st.sampled_from(["rater", None]))
def test_swapping_the_sides_changes_nothing(votes, cluster):
    swapped = np.array([1, 0, 2, 3])[votes.outcome]
    same(
        rank(votes, cluster=cluster),
        rank(variant(votes, a=votes.b, b=votes.a, outcome=swapped), cluster=cluster),
        abs=1e-6,
    )


@settings(deadline=None)
@given(connected_votes(), st.randoms(use_true_random=False), st.sampled_from(["rater", None]))
def test_the_order_of_the_votes_changes_nothing(votes, random, cluster):
    order = list(range(len(votes)))
    random.shuffle(order)
    columns = {name: getattr(votes, name)[order] for name in ("a", "b", "outcome", "rater")}
    same(rank(votes, cluster=cluster), rank(variant(votes, **columns), cluster=cluster), abs=1e-6)


@settings(deadline=None)
@given(connected_votes())
def test_doubled_votes_halve_the_variance(votes):
    columns = {name: np.tile(getattr(votes, name), 2) for name in ("a", "b", "outcome", "rater")}
    one, two = rank(votes, cluster=None), rank(variant(votes, **columns), cluster=None)
    assert two.models == one.models
    assert two.strength == pytest.approx(one.strength, abs=1e-8)
    assert two.standard_error * sqrt(2) == pytest.approx(one.standard_error, rel=1e-6, abs=1e-8)


@settings(deadline=None)
@given(connected_votes())
def test_doubled_votes_of_the_same_raters_say_nothing_new(votes):
    columns = {name: np.tile(getattr(votes, name), 2) for name in ("a", "b", "outcome", "rater")}
    one, two = rank(votes), rank(variant(votes, **columns))
    if not one.cautions:  # where a model has one rater, its votes are taken as independent
        same(one, two, abs=1e-6)


def test_every_error_is_of_the_tree():
    with pytest.raises(RankingError):
        rank(votes_of(("x", "y", "a", 1)), cluster=None, anchor="x")
