"""Votes at the edge of what votes can be: an error of our own, or a finite answer; never a warning, NaN or infinity.

pytest turns every warning into an error. More edges are in `test_votes`, `test_components`, `test_bradley_terry`.
"""

import numpy as np
import pytest

from evaluations.errors import BadVotes, NothingToRank, RankingError, UnknownOutcome
from evaluations.ranking import Votes, rank
from tests.ranking import reference

SIZE = 300
ELO = {"method": "elo", "interval": "orderings", "cluster": None, "rounds": 100}
BOOTSTRAP = {"interval": "bootstrap", "rounds": 20}
WAYS = [
    *({"cluster": cluster} for cluster in ("rater", "prompt", "both", None)),
    {"both_bad": "out"},
    {"prior": 1.0},
    {"ties": "davidson"},
    {"position": True},
    {"style": ("length",)},
    {"style": ("length", "bold"), "position": True, "ties": "davidson", "cluster": "both"},
    {"weights": "inverse-probability"},
    {"weights": "inverse-probability", "style": ("length",), "cluster": None},
    *({**BOOTSTRAP, "prior": 1.0, "cluster": cluster} for cluster in ("rater", "both", None)),
    {**BOOTSTRAP, "ties": "davidson"},
    {**BOOTSTRAP, "weights": "inverse-probability"},
    ELO,
    {**ELO, "both_bad": "out"},
]
COLUMNS = ("models", "a", "b", "outcome", "rater", "prompt", "side", "probability", "covariates")


@pytest.fixture(scope="module")
def votes():
    return reference.draw_votes(
        seed=91, theta=[0.5, 0.0, -0.5], votes=SIZE, raters=20, prompts=9, both_bad=0.1, more=True
    )


def variant(votes, **change):
    return Votes.from_codes(**{**{name: getattr(votes, name) for name in COLUMNS}, **change})


def check_finite(ranking):
    for name in ("strength", "standard_error", "score", "lower", "upper", "win_rate"):
        assert np.isfinite(getattr(ranking, name)).all()
    for effect in ranking.effects:
        assert np.isfinite([effect.value, effect.standard_error, effect.lower, effect.upper]).all()
    assert not np.isnan(ranking.difference_error).any()
    assert ((ranking.lower <= ranking.score + 1e-9) & (ranking.score <= ranking.upper + 1e-9)).all()
    assert ((ranking.rank_low >= 1) & (ranking.rank_low <= ranking.rank_high)).all()


def draw_thinly(votes):
    """300 models tied together by a ring of wins, and one more vote on each."""
    generator = np.random.default_rng(92)
    ring = np.arange(300)
    a = np.concatenate([ring, ring])
    b = np.concatenate([(ring + 1) % 300, (ring + generator.integers(1, 300, size=300)) % 300])
    return Votes.from_codes(
        models=[f"model {number:03d}" for number in range(300)],
        a=a,
        b=b,
        outcome=np.concatenate([ring * 0, generator.integers(4, size=300)]),
        rater=generator.integers(40, size=600),
        prompt=generator.integers(30, size=600),
        side=generator.choice([-1, 1], size=600),
        probability=generator.uniform(0.01, 1, size=600),
        covariates={name: generator.standard_normal(600) for name in ("length", "bold")},
    )


EDGES = {
    "one vote": lambda votes: votes.select(np.arange(SIZE) == 3),
    "two votes": lambda votes: votes.select(np.arange(SIZE) < 2),
    "all ties": lambda votes: variant(votes, outcome=np.full(SIZE, 2)),
    "all both bad": lambda votes: variant(votes, outcome=np.full(SIZE, 3)),
    "a always wins": lambda votes: variant(votes, outcome=np.zeros(SIZE, int)),
    "the first name always wins": lambda votes: variant(votes, outcome=(votes.a > votes.b) * 1),
    "one rater": lambda votes: variant(votes, rater=np.zeros(SIZE, int)),
    "one prompt": lambda votes: variant(votes, prompt=np.zeros(SIZE, int)),
    "one rater, one prompt": lambda votes: variant(
        votes, rater=np.zeros(SIZE, int), prompt=np.zeros(SIZE, int)
    ),
    "a rater a vote": lambda votes: variant(votes, rater=np.arange(SIZE)),
    "two models": lambda votes: votes.select((votes.a < 2) & (votes.b < 2)),
    "no side known": lambda votes: variant(votes, side=0),
    "always on the left": lambda votes: variant(votes, side=1),
    "no style": lambda votes: variant(votes, covariates={"length": np.zeros(SIZE), "bold": np.zeros(SIZE)}),
    "300 models": draw_thinly,
}


@pytest.mark.parametrize("edge", EDGES)
def test_every_way_answers_in_finite_numbers_or_says_why_not(edge, votes):
    given, answered = EDGES[edge](votes), 0
    for parameters in WAYS:
        try:
            ranking = rank(given, **parameters)
        except RankingError as error:
            assert str(error).endswith((".", "?"))
        else:
            check_finite(ranking)
            assert len(ranking.models) + len(ranking.unplaced) == len(given.models)
            answered += 1
    assert answered >= 4


def test_a_selection_of_nothing_ranks_nothing(votes):
    for parameters in WAYS:
        with pytest.raises(NothingToRank, match="there are 0 votes on 3 models"):
            rank(votes.select(np.zeros(SIZE, dtype=bool)), **parameters)


# BUG: scores that are all nought show no variance, by rater as by vote; "only ties" is asked of single votes alone.
@pytest.mark.parametrize("outcome", [2, 3])
@pytest.mark.parametrize("cluster", ["rater", "prompt", "both"])
def test_only_ties_are_no_certainty_in_clusters_either(cluster, outcome, votes):
    tied = variant(votes, outcome=np.full(SIZE, outcome))
    ranking = rank(tied, cluster=cluster)
    assert [model for model, _ in ranking.cautions] == list(ranking.models)
    assert (ranking.upper - ranking.lower > 10).all()


# BUG: the same in a bootstrap, whose samples are all alike: intervals of no width, and no caution.
@pytest.mark.parametrize("cluster", ["rater", None])
def test_only_ties_are_no_certainty_in_a_bootstrap_either(cluster, votes):
    ranking = rank(variant(votes, outcome=np.full(SIZE, 2)), **BOOTSTRAP, cluster=cluster)
    assert ranking.cautions or (ranking.upper - ranking.lower > 10).all()


# BUG: with one cluster B has the expected variance of the models alone, and effects seem to be known exactly.
@pytest.mark.parametrize(
    "effect", [{"position": True}, {"style": ("length",)}, {"ties": "davidson"}], ids=str
)
@pytest.mark.parametrize("cluster", ["rater", "prompt"])
def test_one_cluster_says_no_more_of_effects_than_independent_votes_do(cluster, effect, votes):
    alone = variant(votes, **{cluster: np.zeros(SIZE, int)})
    found = rank(alone, cluster=cluster, **effect).effects[0]
    independent = rank(alone, cluster=None, **effect).effects[0]
    assert found.standard_error == pytest.approx(independent.standard_error, rel=0.35)


def test_probabilities_next_to_nought_give_finite_answers(votes):
    tiny = np.full(SIZE, 1e-12)
    even = rank(variant(votes, probability=tiny), weights="inverse-probability")
    assert even.strength == pytest.approx(rank(votes).strength, abs=1e-9)
    for rare in (slice(None, None, 2), slice(5, 6)):
        probability = np.ones(SIZE)
        probability[rare] = 1e-12
        given = variant(votes, probability=probability)
        for parameters in ({}, {"cluster": None}, {"ties": "davidson"}, {"style": ("length",)}):
            check_finite(rank(given, weights="inverse-probability", **parameters))


# BUG: 1/probability overflows below 1e-308: a warning of numpy, and weights of infinity.
@pytest.mark.parametrize("probability", [1e-160, 5e-324])
def test_a_probability_of_no_size_at_all_is_told(probability, votes):
    given = np.ones(SIZE)
    given[5] = probability
    with pytest.raises(RankingError):
        rank(variant(votes, probability=given), weights="inverse-probability")


# BUG: from about 1e154 the squares of a covariate overflow, and below 1e-154 they vanish: numpy warns, figures are NaN.
@pytest.mark.parametrize("unit", [1e300, 1e160, 1e100, 1e-100, 1e-160, 1e-300])
def test_a_covariate_of_any_unit_has_an_answer_or_a_sentence(unit, votes):
    scaled = variant(votes, covariates={"length": votes.covariates["length"] * unit})
    try:
        ranking = rank(scaled, style=["length"])
    except RankingError as error:
        assert "length" in str(error)
        assert "no difference" not in str(error)  # there is one in every vote
    else:
        check_finite(ranking)
        assert ranking.strength == pytest.approx(rank(votes, style=["length"]).strength, abs=1e-6)


@pytest.mark.parametrize(
    ("column", "error", "message"),
    [
        ({"a": np.full(SIZE, np.nan)}, BadVotes, "column a holds whole numbers"),
        ({"b": np.full(SIZE, np.nan)}, BadVotes, "column b holds whole numbers"),
        ({"outcome": np.full(SIZE, np.nan)}, BadVotes, "column outcome holds whole numbers"),
        ({"rater": np.full(SIZE, np.nan)}, BadVotes, "column rater holds whole numbers"),
        ({"prompt": np.full(SIZE, np.nan)}, BadVotes, "column prompt holds whole numbers"),
        ({"side": np.full(SIZE, np.nan)}, BadVotes, "column side holds whole numbers"),
        ({"probability": np.full(SIZE, np.nan)}, BadVotes, "Vote 1 has the probability nan"),
        ({"covariates": {"length": np.full(SIZE, np.nan)}}, BadVotes, "Vote 1 has the length nan"),
        ({"covariates": {"length": np.full(SIZE, 1j)}}, BadVotes, "column length holds numbers"),
        ({"probability": np.full(SIZE, 0.5 + 0j)}, BadVotes, "column probability holds numbers"),
        ({"outcome": np.full(SIZE, 2**63, dtype=np.uint64)}, UnknownOutcome, "Vote 1 has the outcome"),
        ({"a": np.full(SIZE, 2**63, dtype=np.uint64)}, BadVotes, "Vote 1 names model 9223372036854775808"),
        ({"side": np.full(SIZE, 255, dtype=np.uint8)}, BadVotes, "Vote 1 has the side 255"),
        ({"outcome": np.ones(SIZE, dtype=bool)}, BadVotes, "column outcome holds whole numbers, not bool"),
    ],
)
def test_what_is_no_number_of_a_vote_is_told(column, error, message, votes):
    # BUG: complex columns lose their imaginary part with a warning of numpy.
    with pytest.raises(error, match=message):
        variant(votes, **column)


def lay_out(columns, layout, folder):
    for name, column in columns.items():
        if layout == "every second":
            yield name, np.repeat(column, 2)[::2]
        elif layout == "backwards":
            yield name, column[::-1].copy()[::-1]
        elif layout == "other byte order":
            yield name, column.astype(column.dtype.newbyteorder())
        else:
            np.save(folder / f"{name}.npy", column)
            yield name, np.load(folder / f"{name}.npy", mmap_mode="r")


KINDS = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]


@pytest.mark.parametrize("layout", ["every second", "backwards", "other byte order", "memory-mapped"])
def test_columns_of_every_width_and_layout_are_the_same_votes(layout, votes, tmp_path):
    # BUG: numba knows no other byte order, and says so in words of its own.
    ways = [{"cluster": "both", "rounds": 20}, {**WAYS[9], "rounds": 20}, WAYS[11], WAYS[12], ELO]
    expected = [rank(votes, **parameters) for parameters in ways]
    whole = {name: getattr(votes, name) for name in ("a", "b", "outcome", "rater", "prompt")}
    real = {"probability": votes.probability, **votes.covariates}
    for kind in KINDS:
        columns = {name: column.astype(kind) for name, column in whole.items()}
        columns["side"] = votes.side.astype(kind.removeprefix("u"))
        laid = dict(lay_out({**columns, **real}, layout, tmp_path))
        covariates = {name: laid.pop(name) for name in votes.covariates}
        for column in (*laid.values(), *covariates.values()):
            column.flags.writeable = False
        given = Votes.from_codes(models=votes.models, covariates=covariates, **laid)
        for parameters, ranking in zip(ways, expected, strict=True):
            found = rank(given, **parameters)
            assert found.lower.tolist() == ranking.lower.tolist()
            assert found.effects == ranking.effects
