import numpy as np
import pytest

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking import Votes, rank
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.slices import rank_slices
from tests.ranking import reference

PARAMETERS = [
    {},
    {"cluster": None},
    {"cluster": "both"},
    {"ties": "davidson", "position": True},
    {"style": ("length",)},
    {"weights": "inverse-probability"},
    {"interval": "bootstrap", "rounds": 20},
    {"method": "elo", "interval": "orderings", "cluster": None, "rounds": 100},
]


@pytest.fixture
def votes():
    return reference.draw_votes(
        seed=81, theta=[0.5, 0.1, -0.1, -0.5], votes=1200, raters=40, prompts=30, more=True
    )


@pytest.mark.parametrize("parameters", PARAMETERS, ids=str)
def test_a_slice_is_ranked_as_its_votes_alone(votes, parameters):
    mask = votes.prompt < 12
    alone = Votes.from_codes(
        models=votes.models,
        a=votes.a[mask],
        b=votes.b[mask],
        outcome=votes.outcome[mask],
        rater=votes.rater[mask],
        prompt=votes.prompt[mask],
        side=votes.side[mask],
        probability=votes.probability[mask],
        covariates={name: column[mask] for name, column in votes.covariates.items()},
    )
    chosen = Parameters(**parameters)
    part = rank_slices(votes, slices={"first": mask}, parameters=chosen)[0].ranking
    expected = rank(alone, **parameters)
    assert (part.models, part.total, part.raters) == (expected.models, expected.total, expected.raters)
    assert part.strength == pytest.approx(expected.strength, abs=1e-12)
    assert part.lower == pytest.approx(expected.lower, abs=1e-8)
    assert part.rank_high.tolist() == expected.rank_high.tolist()


def test_slices_may_overlap_and_keep_their_order(votes):
    masks = {"late": votes.prompt > 5, "all": np.ones(1200, dtype=bool), "early": votes.prompt < 20}
    found = rank_slices(votes, slices=masks)
    assert [part.name for part in found] == ["late", "all", "early"]
    assert [part.votes for part in found] == [int(mask.sum()) for mask in masks.values()]
    assert found[1].ranking.lower.tolist() == rank(votes).lower.tolist()


def test_a_slice_without_a_ranking_has_a_reason(votes):
    few = np.arange(1200) < 7
    found = rank_slices(votes, slices={"few": few, "none": few & ~few}, fewest=100)
    assert [part.ranking for part in found] == [None, None]
    assert found[0].reason == "has 7 votes, and 100 are needed"
    assert "there are 0 votes" in rank_slices(votes, slices={"none": few & ~few}, fewest=0)[0].reason


def test_no_slice_stops_the_others(votes):
    """In one the anchor cannot be placed, in one every vote is a tie, in one a single rater voted."""
    anchor = Parameters(anchor="model 00")
    away = (votes.a != 0) & (votes.b != 0)
    found = rank_slices(votes, slices={"away": away, "all": away | True}, parameters=anchor)
    assert found[0].reason == "The anchor 'model 00' cannot be placed: it has no votes."
    assert found[1].ranking is not None
    ties = rank_slices(votes, slices={"ties": votes.outcome == 2}, parameters=Parameters(ties="davidson"))
    assert "Every vote of the fit is a tie" in ties[0].reason
    single = Parameters(interval="bootstrap", rounds=20)
    assert (
        "at least two raters"
        in rank_slices(votes, slices={"r": votes.rater == 3}, parameters=single)[0].reason
    )


def test_what_all_votes_lack_is_an_error_and_no_reason(votes):
    for parameters in (Parameters(anchor="model 09"), Parameters(style=("colour",))):
        with pytest.raises(UnsupportedParameter):
            rank_slices(votes, slices={"all": votes.rater >= 0}, parameters=parameters)


def test_a_mask_of_another_length_is_an_error(votes):
    with pytest.raises(BadVotes, match="selected by 1200 booleans"):
        rank_slices(votes, slices={"short": np.ones(3, dtype=bool)})
