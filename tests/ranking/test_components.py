import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.ranking import Votes, rank
from evaluations.ranking.fits import components as reasons


def placed(*battles, **parameters):
    """Rank votes written as 'x>y' (a win) or 'x=y' (a tie) or 'x!y' (both bad)."""
    outcome = {">": "a", "=": "tie", "!": "both_bad"}
    votes = Votes.from_labels(
        model_a=[battle[0] for battle in battles],
        model_b=[battle[2] for battle in battles],
        outcome=[outcome[battle[1]] for battle in battles],
    )
    ranking = rank(votes, cluster=None, **parameters)
    return "".join(sorted(ranking.models)), dict(ranking.unplaced)


@pytest.mark.parametrize(
    ("battles", "models", "unplaced"),
    [
        (["x>y", "y>x"], "xy", {}),
        (["x>y", "y>z", "z>x"], "xyz", {}),
        (["x=y"], "xy", {}),
        (["x>y"], "", {"x": reasons.WON_ALL, "y": reasons.LOST_ALL}),
        (["x>y", "y>z"], "", {"x": reasons.WON_ALL, "y": reasons.NO_GROUP, "z": reasons.LOST_ALL}),
        (["x=y", "w>x", "y>z"], "xy", {"w": reasons.WON_ALL, "z": reasons.LOST_ALL}),
        (["x=y", "x=z", "p=q"], "xyz", {"p": reasons.APART, "q": reasons.APART}),
        (["x=y", "x=z", "p>q"], "xyz", {"p": reasons.APART, "q": reasons.APART}),
        (["x=y", "x=z", "p=q", "p>x"], "xyz", {"p": reasons.NEVER_LOST, "q": reasons.NEVER_LOST}),
        (["x=y", "x=z", "p=q", "x>p"], "xyz", {"p": reasons.NEVER_WON, "q": reasons.NEVER_WON}),
        (
            ["x=y", "x=z", "t>x", "t>p", "p=q"],
            "xyz",
            {"t": reasons.WON_ALL, "p": reasons.ONE_SIDED, "q": reasons.ONE_SIDED},
        ),
        # Two groups of two: the one with more votes is ranked, or the first by name.
        (["x=y", "x=y", "p=q"], "xy", {"p": reasons.APART, "q": reasons.APART}),
        (["x=y", "p=q"], "pq", {"x": reasons.APART, "y": reasons.APART}),
    ],
)
def test_who_is_placed_and_why_the_others_are_not(battles, models, unplaced):
    assert placed(*battles) == (models, unplaced)
    assert placed(*reversed(battles)) == (models, unplaced)


def test_a_model_without_votes():
    votes = Votes.from_labels(model_a=["x", "x"], model_b=["y", "y"], outcome=["a", "b"])
    idle = Votes.from_codes(models=[*votes.models, "idle"], a=votes.a, b=votes.b, outcome=votes.outcome)
    for parameters in ({}, {"prior": 1.0}, {"method": "elo", "interval": "orderings"}):
        ranking = rank(idle, cluster=None, **parameters)
        assert set(ranking.models) == {"x", "y"}  # equal but for the orders that Elo read them in
        assert ranking.unplaced == (("idle", "has no votes"),)
        assert ranking.pairs.models == (*ranking.models, "idle")


def test_votes_left_out_place_nobody():
    assert placed("x=y", "z!x", both_bad="tie") == ("xyz", {})
    assert placed("x=y", "z!x", both_bad="out") == ("xy", {"z": reasons.ONLY_BOTH_BAD})
    assert placed("x!y", both_bad="out") == ("", {"x": reasons.ONLY_BOTH_BAD, "y": reasons.ONLY_BOTH_BAD})


def test_an_empty_ranking_is_complete():
    votes = Votes.from_labels(model_a=["x"], model_b=["y"], outcome=["a"])
    ranking = rank(votes, cluster=None)
    assert ranking.models == ()
    assert (
        ranking.strength.shape == ranking.lower.shape == ranking.rank_low.shape == ranking.votes.shape == (0,)
    )
    assert ranking.components == (("x",), ("y",))
    assert (ranking.total, ranking.pairs.wins.tolist()) == (1, [[0, 1], [0, 0]])


def test_components_are_told_largest_first():
    votes = Votes.from_labels(
        model_a=["a", "x", "x", "p"], model_b=["b", "y", "z", "q"], outcome=["a", "tie", "tie", "tie"]
    )
    assert rank(votes, cluster=None).components == (("x", "y", "z"), ("p", "q"), ("a",), ("b",))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("uvwxyz"), st.sampled_from(">=!"), st.sampled_from("uvwxyz")), min_size=1
    )
)
def test_every_model_is_ranked_or_has_a_reason(rows):
    battles = ["".join(row) for row in rows if row[0] != row[2]]
    if battles:
        models, unplaced = placed(*battles)
        assert sorted([*models, *unplaced]) == sorted(set("".join(battles)) - set(">=!"))
        assert len(models) != 1
