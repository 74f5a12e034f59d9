from math import log

import numpy as np
import pytest

from evaluations.errors import NotConverged, UnsupportedParameter
from evaluations.ranking import Votes, rank
from evaluations.ranking.fits.problems import pose_problem
from evaluations.ranking.fits.regression import differentiate_rows, fit_regression
from evaluations.ranking.pairs import count_pairs
from evaluations.ranking.parameters import Parameters
from tests.ranking import reference, regressions

THETA = [0.7, 0.2, -0.2, -0.7]


def draw(seed, **changes):
    return reference.draw_votes(
        **{"seed": seed, "theta": THETA, "votes": 400, "raters": 25, "spread": 0.4, "more": True, **changes}
    )


FITS = [
    {"ties": "davidson"},
    {"position": True},
    {"style": ("length", "bold")},
    {"style": ("length",), "position": True, "ties": "davidson"},
    {"weights": "inverse-probability"},
    {"style": ("length",), "weights": "inverse-probability", "both_bad": "out"},
]


@pytest.mark.parametrize("clustered", [True, False])
@pytest.mark.parametrize("parameters", FITS, ids=str)
def test_estimates_and_errors_are_those_of_a_loop_over_votes(parameters, clustered):
    votes = draw(51)
    ranking = rank(votes, cluster="rater" if clustered else None, **parameters)
    davidson = parameters.get("ties") == "davidson"
    rows = regressions.list_rows(
        votes,
        style=parameters.get("style", ()),
        position=parameters.get("position", False),
        both_bad=parameters.get("both_bad", "tie"),
        weighted="weights" in parameters,
    )
    strength, effects, covariance = regressions.describe(
        rows, models=4, davidson=davidson, clusters=votes.rater if clustered else None
    )
    errors = np.sqrt(np.diag(covariance))
    assert reference.in_name_order(ranking, ranking.strength) == pytest.approx(strength, abs=1e-9)
    assert reference.in_name_order(ranking, ranking.standard_error) == pytest.approx(errors[:4], abs=1e-9)
    assert [effect.value for effect in ranking.effects] == pytest.approx(effects, abs=1e-9)
    assert [effect.standard_error for effect in ranking.effects] == pytest.approx(errors[4:], abs=1e-9)
    assert ranking.converged


def test_effects_are_named_in_order_and_lie_in_their_intervals():
    ranking = rank(draw(52), style=["length", "bold"], position=True, ties="davidson")
    assert [effect.name for effect in ranking.effects] == ["position", "length", "bold", "ties"]
    assert all(effect.lower < effect.value < effect.upper for effect in ranking.effects)


def test_two_ways_of_clustering_add_and_take_away():
    votes = draw(53, prompts=12)
    ranking = rank(votes, cluster="both")
    rows = regressions.list_rows(votes)
    shared = votes.rater * 12 + votes.prompt
    parts = [
        regressions.describe(rows, models=4, clusters=groups)[2]
        for groups in (votes.rater, votes.prompt, shared)
    ]
    expected = np.sqrt(np.diag(parts[0] + parts[1] - parts[2]))
    assert reference.in_name_order(ranking, ranking.standard_error) == pytest.approx(expected, abs=1e-9)
    single = rank(votes, cluster="prompt")
    alone = np.sqrt(np.diag(parts[1]))
    assert reference.in_name_order(single, single.standard_error) == pytest.approx(alone, abs=1e-9)
    with_effect = rank(votes, cluster="both", style=["length"])
    assert with_effect.effects[0].lower < 0.5 * 0.75 < with_effect.effects[0].upper


def test_davidson_by_hand():
    """x beats y 4 times, loses once, ties 4 times: e^{θx−θy} = √4/√(1/… ): p_x : p_y : p_tie = 4 : 1 : 4."""
    votes = Votes.from_labels(model_a=["x"] * 9, model_b=["y"] * 9, outcome=["a"] * 4 + ["b"] + ["tie"] * 4)
    ranking = rank(votes, cluster=None, ties="davidson")
    # With two models the fit is exact: P(a)/P(b) = e^η = 4, P(tie)/√(P(a) P(b)) = ν = 4/√(4·1) = 2.
    assert ranking.strength[0] - ranking.strength[1] == pytest.approx(log(4), abs=1e-12)
    assert ranking.effects[0].value == pytest.approx(log(2), abs=1e-12)


def test_davidson_without_ties_is_bradley_terry():
    votes = reference.draw_votes(seed=54, theta=THETA, votes=300, tie=0, both_bad=0)
    davidson, half = (rank(votes, cluster=None, ties=ties) for ties in ("davidson", "half"))
    assert davidson.effects == ()
    assert davidson.strength.tolist() == half.strength.tolist()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("x", "y", "tie"), ("y", "z", "tie")], "Every vote of the fit is a tie"),
        ([("x", "y", "a"), ("x", "y", "tie")], "no finite value"),
        ([("x", "y", "a"), ("y", "z", "a"), ("x", "y", "tie"), ("y", "z", "tie")], "no finite value"),
    ],
)
def test_davidson_without_a_finite_answer_says_so(rows, message):
    a, b, outcome = zip(*rows, strict=True)
    with pytest.raises(UnsupportedParameter, match=message):
        rank(Votes.from_labels(model_a=a, model_b=b, outcome=outcome), cluster=None, ties="davidson")


def test_davidson_is_finite_where_a_tie_bridges_what_wins_part():
    """x beats y beats z, but x and z tie: no v has v_x ≥ v_y + 1 ≥ v_z + 2 and |v_x − v_z| ≤ 1."""
    rows = [("x", "y", "a"), ("y", "z", "a"), ("x", "z", "tie")]
    a, b, outcome = zip(*rows, strict=True)
    votes = Votes.from_labels(model_a=a, model_b=b, outcome=outcome)
    ranking = rank(votes, cluster=None, ties="davidson", both_bad="out")
    assert ranking.models == ("x", "y", "z")
    expected = regressions.describe(regressions.list_rows(votes), models=3, davidson=True)
    assert ranking.strength == pytest.approx(expected[0], abs=1e-9)


def test_the_position_is_found_from_sides_of_any_kind():
    votes = draw(55, votes=20_000, spread=0.0)
    effect = rank(votes, cluster=None, position=True).effects[0]
    assert effect.name == "position"
    assert effect.lower < 0.3 * 0.75 < effect.upper  # a quarter of the votes are ties, whatever the side


def test_turning_every_vote_round_changes_nothing():
    votes = draw(56)
    turned = Votes.from_codes(
        models=votes.models,
        a=votes.b,
        b=votes.a,
        outcome=np.array([1, 0, 2, 3])[votes.outcome],
        rater=votes.rater,
        side=-votes.side,
        covariates={name: -column for name, column in votes.covariates.items()},
    )
    for parameters in ({"position": True}, {"style": ("length",)}, {"ties": "davidson"}):
        one, other = rank(votes, **parameters), rank(turned, **parameters)
        assert one.models == other.models
        assert one.strength == pytest.approx(other.strength, abs=1e-12)
        assert one.standard_error == pytest.approx(other.standard_error, abs=1e-12)
        assert [e.value for e in one.effects] == pytest.approx([e.value for e in other.effects], abs=1e-12)


def test_cells_and_single_votes_are_the_same_fit():
    votes = draw(57)
    problem = pose_problem(
        votes=votes,
        pairs=count_pairs(votes),
        placed=(0, 1, 2, 3),
        parameters=Parameters(position=True, ties="davidson"),
    )
    one, other = (
        fit_regression(rows=rows, models=4, davidson=True) for rows in (problem.rows, problem.single_votes)
    )
    assert len(problem.rows.a) < len(problem.single_votes.a)
    assert one.strength == pytest.approx(other.strength, abs=1e-12)
    assert one.effects == pytest.approx(other.effects, abs=1e-12)


@pytest.mark.parametrize("parameters", FITS, ids=str)
def test_the_gradient_at_the_answer_is_nought(parameters):
    votes = draw(58, votes=2000)
    problem = pose_problem(
        votes=votes,
        pairs=count_pairs(votes),
        placed=(0, 1, 2, 3),
        parameters=Parameters(**parameters),
    )
    fit = fit_regression(rows=problem.rows, models=4, davidson=problem.davidson)
    gradient = differentiate_rows(rows=problem.rows, at=fit).gradient
    assert np.abs(gradient).max() <= 1e-10 * len(votes)


def test_even_weights_change_nothing():
    votes = draw(59)
    even = Votes.from_codes(
        models=votes.models,
        a=votes.a,
        b=votes.b,
        outcome=votes.outcome,
        rater=votes.rater,
        probability=np.full(len(votes), 0.125),
    )
    for cluster in ("rater", None):
        weighted = rank(even, weights="inverse-probability", cluster=cluster)
        plain = rank(even, cluster=cluster)
        assert weighted.strength == pytest.approx(plain.strength, abs=1e-12)
        assert weighted.standard_error == pytest.approx(plain.standard_error, abs=1e-12)


def test_weights_undo_an_uneven_draw():
    """Two prompts' worth of votes: where x wins it was drawn nine times as often; weighted, x and y are equal."""
    votes = Votes.from_labels(
        model_a=["x"] * 100,
        model_b=["y"] * 100,
        outcome=["a"] * 90 + ["b"] * 10,
        probability=[0.9] * 90 + [0.1] * 10,
    )
    assert rank(votes, cluster=None, weights="inverse-probability").strength == pytest.approx(
        [0, 0], abs=1e-12
    )
    assert rank(votes, cluster=None).strength[0] > 1


@pytest.mark.parametrize(
    ("covariates", "message"),
    [
        ({"flat": np.zeros(400)}, "no difference of flat in any vote"),
        ({"one": None, "twice": None}, "cannot be told apart"),
        ({"model": "model"}, "cannot be told apart"),
    ],
)
def test_effects_that_votes_cannot_tell_apart_are_refused(covariates, message):
    votes = draw(60)
    length = votes.covariates["length"]
    columns = {"one": length, "twice": 2 * length, "model": (votes.a == 0) * 1.0 - (votes.b == 0)}
    given = {name: columns.get(name, column) for name, column in covariates.items()}
    other = Votes.from_codes(
        models=votes.models, a=votes.a, b=votes.b, outcome=votes.outcome, covariates=given
    )
    with pytest.raises(UnsupportedParameter, match=message):
        rank(other, cluster=None, style=tuple(given))


def test_an_effect_that_decides_every_vote_has_no_finite_value():
    votes = reference.draw_votes(seed=61, theta=[0.5, 0, -0.5], votes=200, tie=0, both_bad=0)
    decided = Votes.from_codes(
        models=votes.models,
        a=votes.a,
        b=votes.b,
        outcome=votes.outcome,
        covariates={"oracle": np.where(votes.outcome == 0, 1.0, -1.0)},
    )
    with pytest.raises(NotConverged, match="oracle"):
        rank(decided, cluster=None, style=["oracle"])


def test_the_unit_of_a_covariate_changes_only_its_own_value():
    votes = draw(62)
    scaled = Votes.from_codes(
        models=votes.models,
        a=votes.a,
        b=votes.b,
        outcome=votes.outcome,
        rater=votes.rater,
        covariates={"length": votes.covariates["length"] * 1e6},
    )
    one, other = rank(votes, style=["length"]), rank(scaled, style=["length"])
    assert one.strength == pytest.approx(other.strength, abs=1e-9)
    assert one.effects[0].value == pytest.approx(other.effects[0].value * 1e6, rel=1e-9)
    assert one.effects[0].standard_error == pytest.approx(other.effects[0].standard_error * 1e6, rel=1e-9)


def test_a_prior_places_what_votes_do_not_with_effects_too():
    votes = Votes.from_labels(
        model_a=["x"] * 4, model_b=["y"] * 4, outcome=["a", "a", "tie", "a"], side=[1, 1, -1, -1]
    )
    ranking = rank(votes, cluster=None, position=True, prior=1.0)
    assert ranking.models == ("x", "y")
    assert np.isfinite(ranking.strength).all()


def test_a_model_of_one_rater_has_the_width_that_the_plain_fit_gives_it():
    """With weights, and beside a covariate that changes nothing, the variance that is filled in is the same."""
    votes = draw(63, votes=600)
    noise = np.random.default_rng(0).standard_normal(600) * 1e-6
    alone = (votes.a == 3) | (votes.b == 3)
    given = Votes.from_codes(
        models=votes.models,
        a=votes.a,
        b=votes.b,
        outcome=votes.outcome,
        rater=np.where(alone, 25, votes.rater),
        probability=votes.probability,
        covariates={"noise": noise - noise.mean()},
    )
    plain = rank(given, weights="inverse-probability")
    beside = rank(given, weights="inverse-probability", style=["noise"])
    assert [name for name, _ in plain.cautions] == ["model 03"]
    assert plain.cautions == beside.cautions
    assert beside.standard_error == pytest.approx(plain.standard_error, rel=0.02)
