"""What must not depend on how votes are written down, for every way of ranking them.

`test_bradley_terry` has the first of these for the plain fit, and `test_elo` for Elo's own function.
"""

from math import sqrt

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from evaluations.errors import NothingToRank, UnsupportedParameter
from evaluations.ranking import Votes, count_pairs, rank
from evaluations.ranking.fits.bradley_terry import fit_strengths
from tests.ranking import reference

EFFECTS = [
    {},
    {"both_bad": "out"},
    {"ties": "davidson"},
    {"ties": "davidson", "both_bad": "out"},
    {"position": True},
    {"style": ("length",)},
    {"style": ("bold", "length"), "position": True, "ties": "davidson"},
    {"weights": "inverse-probability"},
    {"weights": "inverse-probability", "style": ("length",), "ties": "davidson"},
]
CLUSTERS = ["rater", "prompt", "both", None]
# Whole raters are drawn, by their number: the same seed draws the same ones, however their votes are written.
BOOTSTRAPS = [
    {"interval": "bootstrap", "rounds": 20, "prior": 1.0, **effect}
    for effect in ({}, {"both_bad": "out"}, {"position": True}, {"weights": "inverse-probability"})
]
SANDWICHES = [{**effect, "cluster": cluster, "rounds": 20} for effect in EFFECTS for cluster in CLUSTERS]
PRIORS = [{"prior": 2.0, "rounds": 20, **effect} for effect in (EFFECTS[0], EFFECTS[2], EFFECTS[5])]
ELO = {"method": "elo", "interval": "orderings", "cluster": None, "rounds": 100}
WAYS = [*SANDWICHES, *PRIORS, *BOOTSTRAPS]
COLUMNS = ("a", "b", "outcome", "rater", "prompt", "side", "probability")
MIRROR = np.array([1, 0, 2, 3])

# Every way is tried on each example, so that a few of them are enough, and shrinking one would take minutes.
few = settings(
    deadline=None, max_examples=4, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)


@st.composite
def complete_votes(draw):
    """Votes on 2 to 5 models with all that the ways need, and finite answers in each of them.

    A ring of wins ties the models together; the first two models win and lose at every sign of side, length and
    bold, so that no mixture of effects decides every vote.
    """
    models = draw(st.integers(2, 5))
    signs = [(x, y, z) for x in (1, -1) for y in (1, -1) for z in (1, -1)]
    rows = [(0, 1, outcome, *sign) for sign in signs for outcome in (0, 1)]
    rows += [(number, (number + 1) % models, 0, 1, 1, 1) for number in range(models)] + [(0, 1, 2, -1, 1, 1)]
    sizes = st.integers(-4, 4)
    more = st.tuples(
        *(st.integers(0, models - 1), st.integers(1, models - 1), st.integers(0, 3)),
        *(st.integers(-1, 1), sizes, sizes),
    )
    rows += [
        (a, (a + gap) % models, *rest) for a, gap, *rest in draw(st.lists(more, max_size=20, min_size=1))
    ]
    table = np.array(rows)
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    size = len(table)
    return Votes.from_codes(
        models=[f"m{number}" for number in range(models)],
        a=table[:, 0],
        b=table[:, 1],
        outcome=table[:, 2],
        side=table[:, 3],
        covariates={"length": table[:, 4] / 2, "bold": table[:, 5] / 3},
        rater=generator.integers(draw(st.integers(1, 12)), size=size),
        prompt=generator.integers(draw(st.integers(1, 8)), size=size),
        probability=generator.uniform(0.1, 1, size=size),
    )


def variant(votes, *, order=None, **change):
    """The votes in another order, or some of them more than once, with some columns changed."""
    order = np.arange(len(votes)) if order is None else order
    columns = {name: getattr(votes, name)[order] for name in COLUMNS}
    covariates = {name: column[order] for name, column in votes.covariates.items()}
    return Votes.from_codes(**{"models": votes.models, "covariates": covariates, **columns, **change})


def answer(votes, parameters):
    """The figures by model and of the effects; or the sentence that says why there is no bootstrap."""
    note(str(parameters))
    try:
        ranking = rank(votes, **parameters)
    except (NothingToRank, UnsupportedParameter) as error:
        assert parameters.get("interval") == "bootstrap"
        return str(error)
    by_model = {
        name: dict(zip(ranking.models, getattr(ranking, name).tolist(), strict=True))
        for name in ("strength", "standard_error", "win_rate", "votes", "both_bad")
    }
    effects = {effect.name: (effect.value, effect.standard_error) for effect in ranking.effects}
    return {**by_model, "effects": effects, "cautions": sorted(ranking.cautions)}


def same(one, other, *, renamed=None, errors=1.0, turned=()):
    """errors: what the standard errors of `one` are to be multiplied by. turned: effects that change their sign."""
    if isinstance(one, str) or isinstance(other, str):
        assert one == other
        return
    renamed = renamed or {name: name for name in one["strength"]}
    for figure in ("strength", "standard_error", "win_rate", "votes", "both_bad"):
        # An error of nought is the root of rounding, and has half of its digits.
        factor, digits = (errors, 1e-7) if figure == "standard_error" else (1.0, 1e-9)
        expected = {renamed[name]: factor * value for name, value in one[figure].items()}
        assert other[figure] == pytest.approx(expected, abs=digits, rel=1e-9)
    assert list(one["effects"]) == list(other["effects"])
    for name, (value, error) in one["effects"].items():
        sign = -1 if name in turned else 1
        assert other["effects"][name][0] == pytest.approx(sign * value, abs=1e-9, rel=1e-9)
        assert other["effects"][name][1] == pytest.approx(errors * error, abs=1e-7, rel=1e-9)


def same_in_every_way(votes, other, ways, **options):
    for parameters in ways:
        same(answer(votes, parameters), answer(other, parameters), **options)


@few
@given(votes=complete_votes(), random=st.randoms(use_true_random=False))
def test_models_of_other_names_have_the_same_figures(votes, random):
    names = [f"another {number}" for number in range(len(votes.models))]
    random.shuffle(names)
    renamed = dict(zip(votes.models, names, strict=True))
    same_in_every_way(votes, variant(votes, models=names), [*WAYS, ELO], renamed=renamed)


@few
@given(votes=complete_votes(), random=st.randoms(use_true_random=False))
def test_any_votes_may_be_written_from_the_other_side(votes, random):
    turn = np.array([random.random() < 0.5 for _ in range(len(votes))])
    sign = np.where(turn, -1, 1)
    other = variant(
        votes,
        a=np.where(turn, votes.b, votes.a),
        b=np.where(turn, votes.a, votes.b),
        outcome=np.where(turn, MIRROR[votes.outcome], votes.outcome),
        side=votes.side * sign,
        covariates={name: column * sign for name, column in votes.covariates.items()},
    )
    same_in_every_way(votes, other, [*WAYS, ELO])


@few
@given(votes=complete_votes(), random=st.randoms(use_true_random=False))
def test_the_order_of_the_votes_changes_no_figure_and_no_place(votes, random):
    order = list(range(len(votes)))
    random.shuffle(order)
    other = variant(votes, order=order)
    same_in_every_way(votes, other, WAYS)
    for effect in EFFECTS:
        one, two = (rank(given, **effect) for given in (votes, other))
        assert two.models == one.models
        assert two.rank_low.tolist() == one.rank_low.tolist()
        assert two.rank_high.tolist() == one.rank_high.tolist()


@few
@given(votes=complete_votes())
def test_votes_told_twice_say_more_only_where_they_are_independent(votes):
    twice = variant(votes, order=np.tile(np.arange(len(votes)), 2))
    for parameters in SANDWICHES:
        one, other = answer(votes, parameters), answer(twice, parameters)
        for name in ("votes", "both_bad"):
            other[name] = {model: count / 2 for model, count in other[name].items()}
        if parameters["cluster"] is None:
            same(one, other, errors=1 / sqrt(2))
        elif not one["cautions"]:  # what one rater alone judged is taken as independent
            same(one, other)


@few
@given(votes=complete_votes())
def test_twice_the_raters_are_twice_the_evidence_but_for_the_small_sample(votes):
    raters = np.concatenate([votes.rater, votes.rater + votes.raters])
    twice = variant(votes, order=np.tile(np.arange(len(votes)), 2), rater=raters)
    for effect in EFFECTS:
        one, other = answer(votes, effect), answer(twice, effect)
        # Only raters with a vote in the fit are counted.
        fitted = votes.select(votes.outcome != 3) if effect.get("both_bad") == "out" else votes
        many = fitted.count_groups("rater")
        factor = sqrt((many - 1) / (2 * many - 1))  # of R/(R − 1), over the root of two
        expected = {name: factor * error for name, error in one["standard_error"].items()}
        if not one["cautions"]:
            assert other["standard_error"] == pytest.approx(expected, abs=1e-7, rel=1e-9)


@few
@given(votes=complete_votes())
def test_opposite_results_turn_the_ranking_round(votes):
    opposite = variant(votes, outcome=MIRROR[votes.outcome])
    for parameters in WAYS:
        one, other = answer(votes, parameters), answer(opposite, parameters)
        if isinstance(one, dict):
            one["strength"] = {name: -value for name, value in one["strength"].items()}
            one["win_rate"] = {name: 1 - value for name, value in one["win_rate"].items()}
        same(one, other, turned=("position", "length", "bold"))


@few
@given(votes=complete_votes(), gaps=st.lists(st.integers(1, 10**9), min_size=12, max_size=12))
def test_numbers_of_raters_and_prompts_may_have_gaps(votes, gaps):
    numbers = np.cumsum(gaps)
    spread = variant(votes, rater=numbers[votes.rater], prompt=numbers[votes.prompt])
    for parameters in WAYS:
        assert answer(spread, parameters) == answer(votes, parameters)


@few
@given(votes=complete_votes(), random=st.randoms(use_true_random=False))
def test_who_the_raters_and_prompts_are_changes_nothing(votes, random):
    raters, prompts = list(range(100, 112)), list(range(8))
    random.shuffle(raters)
    random.shuffle(prompts)
    other = variant(votes, rater=np.array(raters)[votes.rater], prompt=np.array(prompts)[votes.prompt])
    same_in_every_way(votes, other, [*SANDWICHES, *PRIORS])


@settings(deadline=None)
@given(votes=complete_votes(), both_bad=st.sampled_from(["tie", "out"]), seed=st.integers(0, 2**32))
def test_counts_of_parts_add_up_to_the_fit_of_all(votes, both_bad, seed):
    mask = np.random.default_rng(seed).random(len(votes)) < 0.5
    parts = [count_pairs(votes.select(part)).half_ties(both_bad=both_bad) for part in (mask, ~mask)]
    ranking = rank(votes, cluster=None, both_bad=both_bad)
    fit = fit_strengths(wins=parts[0] + parts[1])
    assert reference.in_name_order(ranking, ranking.strength) == pytest.approx(fit.strength, abs=1e-9)


@few
@given(votes=complete_votes())
def test_cells_of_alike_votes_are_the_votes(votes):
    """Without covariates alike votes are fitted as one row; with the side as a covariate each has its own."""
    votes = variant(votes, covariates={"left": votes.side, **votes.covariates})
    for effect in (*EFFECTS[:4], {**EFFECTS[2], **EFFECTS[7]}):
        for cluster in CLUSTERS:
            parameters = {**effect, "cluster": cluster, "rounds": 20}
            one, other = ({**parameters, "position": True}, {**parameters, "style": ("left",)})
            told = answer(votes, other)
            if not isinstance(told, str):
                told["effects"] = {
                    "position" if name == "left" else name: of for name, of in told["effects"].items()
                }
            same(answer(votes, one), told)
