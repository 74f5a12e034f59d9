import numpy as np
import pytest
from scipy.stats import t

from evaluations.errors import NotConverged, NothingToRank, UnsupportedParameter
from evaluations.ranking import Votes, count_pairs, rank
from evaluations.ranking.fits import bootstrap, refits
from evaluations.ranking.fits.bradley_terry import fit_strengths
from evaluations.ranking.fits.problems import pose_problem
from evaluations.ranking.fits.units import list_units
from evaluations.ranking.parameters import Parameters
from tests.ranking import reference

THETA = [0.6, 0.2, 0.0, -0.3, -0.5]


@pytest.mark.parametrize("cluster", ["rater", None])
def test_the_bootstrap_agrees_with_the_sandwich(cluster):
    votes = reference.draw_votes(seed=21, theta=THETA, votes=4000, raters=80, spread=0.4)
    sandwich = rank(votes, cluster=cluster)
    bootstrap = rank(votes, cluster=cluster, interval="bootstrap", rounds=600)
    assert bootstrap.strength.tolist() == sandwich.strength.tolist()
    assert bootstrap.standard_error == pytest.approx(sandwich.standard_error, rel=0.12)
    assert bootstrap.critical == pytest.approx(sandwich.critical, rel=0.12)
    assert np.abs(bootstrap.lower - sandwich.lower).max() < 4
    assert ((bootstrap.lower < bootstrap.score) & (bootstrap.score < bootstrap.upper)).all()


@pytest.mark.parametrize("cluster", ["rater", None])
def test_the_seed_alone_decides(cluster):
    votes = reference.draw_votes(seed=22, theta=THETA, votes=1000, raters=30)
    one, two, other = (
        rank(votes, cluster=cluster, interval="bootstrap", rounds=50, seed=seed) for seed in (7, 7, 8)
    )
    assert one.lower.tobytes() == two.lower.tobytes()
    assert one.lower.tobytes() != other.lower.tobytes()


def draw_samples(votes, *, placed, size, **parameters):
    """Half-tie wins (size, K, K) of resamples, and the pairs they are of."""
    problem = pose_problem(
        votes=votes,
        pairs=count_pairs(votes),
        placed=placed,
        parameters=Parameters(interval="bootstrap", **parameters),
    )
    pairs = refits.list_pairs(problem.totals)
    alike = bootstrap._are_alike(problem)
    units = None if alike else list_units(problem, problem.single_votes)
    sample = bootstrap._sample_cells(pairs) if alike else bootstrap._sample_units(problem, pairs, units)
    wins, losses = sample(np.random.default_rng(0), size)
    return np.array([pairs.spread(*sample) for sample in zip(wins, losses, strict=True)])


@pytest.mark.parametrize("both_bad", ["tie", "out"])
def test_resampled_votes_are_as_many_and_alike(both_bad):
    votes = reference.draw_votes(seed=23, theta=THETA, votes=500)
    wins = reference.count_wins(votes, both_bad=both_bad)
    samples = draw_samples(votes, placed=(0, 1, 2, 3, 4), size=2000, both_bad=both_bad, cluster=None)
    assert (samples.sum(axis=(1, 2)) == wins.sum()).all()
    assert samples.mean(axis=0) == pytest.approx(wins, abs=0.6)


@pytest.mark.parametrize("both_bad", ["tie", "out"])
@pytest.mark.parametrize("cluster", ["rater", "prompt"])
def test_resampled_clusters_bring_all_of_their_votes(cluster, both_bad):
    votes = reference.draw_votes(seed=24, theta=[0.4, 0, -0.4, 0], votes=60, raters=2)
    votes = Votes.from_codes(
        models=votes.models,
        a=votes.a,
        b=votes.b,
        outcome=votes.outcome,
        **{cluster: votes.rater},
    )
    placed = (3, 0, 1)  # in an order of their own, and without one of the models
    by_group = []
    for group in range(2):
        part = votes.select(getattr(votes, cluster) == group)
        by_group.append(half_ties(part, placed, both_bad))
    expected = {(copies * by_group[0] + (2 - copies) * by_group[1]).tobytes() for copies in range(3)}
    samples = draw_samples(votes, placed=placed, size=100, both_bad=both_bad, cluster=cluster)
    assert {sample.tobytes() for sample in samples} == expected


def half_ties(votes, placed, both_bad):
    return count_pairs(votes).half_ties(both_bad=both_bad)[np.ix_(placed, placed)]


def test_two_ways_of_clustering_multiply():
    votes = reference.draw_votes(seed=27, theta=[0.4, 0, -0.4], votes=400, raters=2, prompts=3)
    samples = draw_samples(votes, placed=(0, 1, 2), size=200, cluster="both")
    cells = [
        [
            half_ties(votes.select((votes.rater == rater) & (votes.prompt == prompt)), (0, 1, 2), "tie")
            for prompt in range(3)
        ]
        for rater in range(2)
    ]
    drawn = [(p, 2 - p, q, r, 3 - q - r) for p in range(3) for q in range(4) for r in range(4 - q)]
    expected = {
        sum(x * y * cells[i][j] for i, x in enumerate((p, o)) for j, y in enumerate((q, r, s))).tobytes()
        for p, o, q, r, s in drawn
    }
    assert {sample.tobytes() for sample in samples} <= expected
    assert len({sample.tobytes() for sample in samples}) > 10


def test_samples_fitted_together_are_fitted_as_well_as_alone():
    """Even where the samples are far from the votes that they come from, so that shared steps do not get there."""
    votes = reference.draw_votes(seed=28, theta=[1.5, 0.5, -0.5, -1.5], votes=120, tie=0.1)
    pairs = refits.list_pairs(count_pairs(votes).weigh(both_bad="tie"))
    start = fit_strengths(wins=count_pairs(votes).half_ties(both_bad="tie")).strength
    samples = draw_samples(votes, placed=(0, 1, 2, 3), size=50, cluster=None)
    wins, losses = samples[:, pairs.one, pairs.other], samples[:, pairs.other, pairs.one]
    together = refits.refit_samples(pairs=pairs, wins=wins, losses=losses, start=start, prior=0.0)
    for sample, strength in zip(samples, together, strict=True):
        try:
            alone = fit_strengths(wins=sample).strength
        except NotConverged:
            assert np.isnan(strength).all()
        else:
            assert strength == pytest.approx(alone, abs=1e-8)


@pytest.mark.parametrize(
    "parameters",
    [{"ties": "davidson"}, {"position": True}, {"style": ("length",)}, {"weights": "inverse-probability"}],
)
@pytest.mark.parametrize("cluster", ["rater", None])
def test_the_bootstrap_agrees_with_the_sandwich_for_every_fit(parameters, cluster):
    votes = reference.draw_votes(
        seed=29, theta=[0.5, 0.0, -0.5], votes=1500, raters=60, spread=0.3, more=True
    )
    sandwich = rank(votes, cluster=cluster, **parameters)
    bootstrap = rank(votes, cluster=cluster, interval="bootstrap", rounds=150, **parameters)
    assert bootstrap.strength == pytest.approx(sandwich.strength)
    assert bootstrap.standard_error == pytest.approx(sandwich.standard_error, rel=0.25)
    for one, other in zip(bootstrap.effects, sandwich.effects, strict=True):
        assert (one.name, one.value) == (other.name, pytest.approx(other.value))
        assert one.standard_error == pytest.approx(other.standard_error, rel=0.25)


def test_samples_that_cannot_be_fitted_are_told_and_not_left_out():
    votes = Votes.from_labels(
        model_a=["x"] * 5,
        model_b=["y"] * 5,
        outcome=["a", "a", "a", "a", "b"],
        rater=["p", "q", "r", "s", "t"],
    )
    for cluster in ("rater", None):
        with pytest.raises(NothingToRank, match=r"In \d+ of 100 bootstrap samples"):
            rank(votes, cluster=cluster, interval="bootstrap", rounds=100)
    assert rank(votes, interval="bootstrap", rounds=100, prior=0.5).models == ("x", "y")


def test_few_raters_make_percentiles_wider_as_students_t_is_wider():
    """Against the plain percentiles of the same draws: 12 raters, so t with 11 degrees of freedom and 12/11."""
    votes = reference.draw_votes(seed=30, theta=[0.4, 0, -0.4], votes=1200, raters=12, spread=0.5)
    found = rank(votes, interval="bootstrap", rounds=4000)
    plain = rank(votes, interval="bootstrap", rounds=4000, level=0.6)
    # Normal draws: the ratio of the two widths is that of the quantiles taken.
    reach = [-np.sqrt(12 / 11) * t.ppf((1 - level) / 2, 11) for level in (0.95, 0.6)]
    ratio = (found.upper - found.lower) / (plain.upper - plain.lower)
    assert ratio == pytest.approx(np.full(3, reach[0] / reach[1]), rel=0.08)
    sandwich = rank(votes)
    assert (found.upper - found.lower) == pytest.approx(sandwich.upper - sandwich.lower, rel=0.12)
    assert found.critical == pytest.approx(sandwich.critical)


def test_a_model_of_ties_alone_cannot_be_resampled():
    votes = Votes.from_labels(model_a=["x"] * 4, model_b=["y"] * 4, outcome=["tie"] * 4, rater=list("pqrs"))
    for cluster in ("rater", None):
        with pytest.raises(NothingToRank, match="'x' has only ties"):
            rank(votes, interval="bootstrap", cluster=cluster)


def test_one_rater_cannot_be_resampled():
    votes = reference.draw_votes(seed=25, theta=THETA, votes=300, raters=1)
    with pytest.raises(UnsupportedParameter, match="at least two raters"):
        rank(votes, interval="bootstrap")


def test_the_anchor_has_no_interval():
    votes = reference.draw_votes(seed=26, theta=THETA, votes=1000, raters=30)
    ranking = rank(votes, interval="bootstrap", rounds=50, anchor="model 02")
    place = ranking.models.index("model 02")
    assert (ranking.lower[place], ranking.score[place], ranking.upper[place]) == (1000, 1000, 1000)
