from itertools import combinations

import numpy as np
import pytest

from evaluations.errors import NotConverged, RankingError, UnsupportedParameter
from evaluations.ranking import Votes, count_pairs, rank
from evaluations.ranking.fits.bradley_terry import fit_strengths
from evaluations.ranking.influence import turn_order
from evaluations.ranking.parameters import Parameters
from tests.ranking import reference

INDEPENDENT = Parameters(cluster=None)


def gap_without(votes, kept, above, below, **parameters):
    """Strength of `above` over `below` among the kept votes; None where they are not both ranked."""
    try:
        ranking = rank(votes.select(kept), cluster=None, **parameters)
    except RankingError:
        return None
    if not {above, below} <= set(ranking.models):
        return None
    strength = dict(zip(ranking.models, ranking.strength, strict=True))
    return strength[above] - strength[below]


def smallest_by_trying(votes, above, below, units, most):
    """The size of the smallest set of units whose removal turns the order: every set tried, the small ones first."""
    i, j = votes.models.index(above), votes.models.index(below)
    kept = ~np.eye(int(units.max()) + 1, dtype=bool)
    for size in range(1, most + 1):
        for removed in combinations(np.unique(units).tolist(), size):
            wins = count_pairs(votes.select(kept[list(removed)].all(axis=0)[units])).half_ties(both_bad="tie")
            try:
                strength = fit_strengths(wins=wins).strength
            except NotConverged:
                continue
            if strength[i] < strength[j]:
                return size
    return None


@pytest.mark.parametrize("seed", range(12))
def test_the_smallest_set_of_votes_is_that_of_trying_all(seed):
    votes = reference.draw_votes(seed=seed, theta=[0.4, 0.1, -0.4], votes=24, tie=0.1, both_bad=0)
    ranking = rank(votes, cluster=None)
    if ranking.unplaced:
        pytest.fail("the drawn votes do not place every model: choose another seed")
    turn = turn_order(votes, above=ranking.models[0], below=ranking.models[1])
    smallest = smallest_by_trying(votes, turn.above, turn.below, np.arange(24), most=2)
    if smallest is not None:
        assert len(turn.removed) == smallest


@pytest.mark.parametrize("parameters", [{}, {"ties": "davidson"}, {"style": ("length",)}, {"position": True}])
def test_what_is_found_turns_the_order_and_one_fewer_does_not(parameters):
    votes = reference.draw_votes(seed=71, theta=[0.5, 0.2, 0, -0.6], votes=600, more=True)
    turn = turn_order(votes, parameters=Parameters(cluster=None, **parameters))
    assert turn.above == rank(votes, cluster=None, **parameters).models[0]
    assert 0 < len(turn.removed) < 100
    kept = np.ones(600, dtype=bool)
    kept[turn.removed] = False
    after = gap_without(votes, kept, turn.above, turn.below, **parameters)
    assert after == pytest.approx(turn.gap_after * np.log(10) / 400, abs=1e-9)
    assert after < 0
    kept[turn.removed[-1]] = True
    assert gap_without(votes, kept, turn.above, turn.below, **parameters) >= 0


def test_the_leader_falls_to_whoever_takes_the_fewest():
    votes = reference.draw_votes(seed=72, theta=[0.6, 0.45, 0.3, -1.0], votes=800)
    best = turn_order(votes)
    leader = best.above
    others = [name for name in votes.models if name != leader]
    each = {name: len(turn_order(votes, above=leader, below=name).removed) for name in others}
    assert len(best.removed) == min(each.values()) == each[best.below]


@pytest.mark.parametrize("seed", range(6))
def test_the_smallest_set_of_raters_is_that_of_trying_all(seed):
    votes = reference.draw_votes(seed=100 + seed, theta=[0.3, 0.0, -0.3], votes=120, raters=9, spread=0.8)
    ranking = rank(votes)
    turn = turn_order(votes, unit="rater", above=ranking.models[0], below=ranking.models[1])
    smallest = smallest_by_trying(votes, turn.above, turn.below, votes.rater, most=4)
    assert turn.of == 9
    if smallest is not None:
        assert len(turn.removed) in (smallest, smallest + 1)  # found along one order, not by trying all
        assert turn.gap_after < 0


@pytest.mark.parametrize("seed", range(40))
def test_where_one_rater_suffices_one_is_found(seed):
    votes = reference.draw_votes(seed=300 + seed, theta=[0.25, 0.0, -0.25], votes=40, raters=8, both_bad=0)
    ranking = rank(votes, cluster=None)
    if len(ranking.models) < 3:
        return  # too few votes to place all: another seed draws more
    leaders = {rater: leader_without(votes, rater) for rater in range(8)}
    alone = [rater for rater, leader in leaders.items() if leader not in (None, ranking.models[0])]
    turn = turn_order(votes, unit="rater")
    if alone:
        assert turn.removed.tolist() in [[rater] for rater in alone]
    else:
        assert len(turn.removed) != 1 or turn.removed[0] in [
            r for r, leader in leaders.items() if leader is None
        ]


def leader_without(votes, rater):
    """The leader among three ranked models; None where a model is no longer ranked."""
    try:
        ranking = rank(votes.select(votes.rater != rater), cluster=None)
    except RankingError:
        return None
    return ranking.models[0] if len(ranking.models) == 3 else None


def test_equals_go_by_name_as_on_the_board_whatever_the_last_digits_say():
    for wins in range(2, 40):
        battles = ["cb", "ab"] * wins + ["bc", "ba", "ac", "ca"] * 2
        votes = Votes.from_labels(
            model_a=[pair[0] for pair in battles],
            model_b=[pair[1] for pair in battles],
            outcome=["a"] * len(battles),
        )
        turn = turn_order(votes, above="a", below="c")
        assert (turn_order(votes).above, turn.gap) == (rank(votes, cluster=None).models[0], 0.0) == ("a", 0.0)
        assert turn.gap_after < 0


def test_a_planted_rater_is_the_one():
    honest = reference.draw_votes(seed=73, theta=[0.0, 0.0, -0.5], votes=900, raters=90, both_bad=0)
    ranking = rank(honest)
    second = honest.models.index(ranking.models[1])
    third = honest.models.index(ranking.models[2])
    many = 200
    votes = Votes.from_codes(
        models=honest.models,
        a=np.append(honest.a, np.full(many, second)),
        b=np.append(honest.b, np.full(many, third)),
        outcome=np.append(honest.outcome, np.zeros(many, dtype=int)),
        rater=np.append(honest.rater, np.full(many, 90)),
    )
    turn = turn_order(votes, unit="rater")
    assert turn.above == ranking.models[1]
    assert turn.removed.tolist() == [90]


def test_a_set_is_found_where_the_first_guess_leaves_one_model_without_a_place():
    votes = Votes.from_labels(model_a=["x"] * 23, model_b=["y"] * 23, outcome=["a"] * 20 + ["b"] * 3)
    turn = turn_order(votes)
    assert (turn.above, turn.below, len(turn.removed)) == ("x", "y", 18)
    assert turn.gap_after < 0


def test_an_order_that_no_removal_turns_says_so():
    votes = Votes.from_labels(
        model_a=["x", "x", "y"], model_b=["y", "y", "x"], outcome=["a", "a", "a"], rater=["p", "q", "r"]
    )
    turn = turn_order(votes)
    assert (turn.removed.tolist(), turn.gap_after) == ([], None)
    assert turn.reason == "no set of votes was found whose removal turns the order and leaves both ranked"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"above": "model 09"}, "'model 09' is not ranked"),
        ({"above": "model 01", "below": "model 00"}, "name them the other way round"),
        ({"above": "model 00", "below": "model 00"}, "name them the other way round"),
        ({"unit": "rater"}, "who cast each vote"),
        ({"parameters": Parameters(method="elo", interval="orderings", cluster=None)}, "use bradley-terry"),
    ],
)
def test_what_cannot_be_asked_is_said(arguments, message):
    votes = reference.draw_votes(seed=74, theta=[1.0, -1.0], votes=100)
    with pytest.raises(UnsupportedParameter, match=message):
        turn_order(votes, **arguments)
