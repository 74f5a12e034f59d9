"""Votes at the edge of what votes can be: an error of our own, or a finite answer; never a warning, NaN or infinity.

pytest turns every warning into an error. More edges are in `test_votes`, `test_components`, `test_bradley_terry`.
"""

import tracemalloc
from math import log

import numpy as np
import pytest

from evaluations.errors import BadVotes, NothingToRank, RankingError, UnknownOutcome
from evaluations.ranking import PairCounts, Votes, rank, warm_kernels
from evaluations.ranking.fits.bradley_terry import fit_strengths
from evaluations.ranking.fits.components import place_models
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


def ask(votes, **parameters):
    """The ranking, or the sentence that says why there is none."""
    try:
        return rank(votes, **parameters)
    except RankingError as error:
        return str(error)


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
        found = ask(given, **parameters)
        if isinstance(found, str):
            assert found.endswith(".")
            continue
        check_finite(found)
        assert len(found.models) + len(found.unplaced) == len(given.models)
        answered += 1
    assert answered >= 4


def test_a_selection_of_nothing_ranks_nothing(votes):
    for parameters in WAYS:
        with pytest.raises(NothingToRank, match="there are 0 votes on 3 models"):
            rank(votes.select(np.zeros(SIZE, dtype=bool)), **parameters)


@pytest.mark.parametrize("outcome", [2, 3])
@pytest.mark.parametrize("cluster", ["rater", "prompt", "both"])
def test_only_ties_are_no_certainty_in_clusters_either(cluster, outcome, votes):
    tied = variant(votes, outcome=np.full(SIZE, outcome))
    ranking = rank(tied, cluster=cluster)
    assert [model for model, _ in ranking.cautions] == list(ranking.models)
    assert (ranking.upper - ranking.lower > 10).all()


@pytest.mark.parametrize("cluster", ["rater", None])
def test_only_ties_are_no_certainty_in_a_bootstrap_either(cluster, votes):
    with pytest.raises(NothingToRank, match="has only ties, and a resample of ties varies nothing"):
        rank(variant(votes, outcome=np.full(SIZE, 2)), **BOOTSTRAP, cluster=cluster)


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


@pytest.mark.parametrize("probability", [1e-160, 5e-324])
def test_a_probability_of_no_size_at_all_is_told(probability, votes):
    given = np.ones(SIZE)
    given[5] = probability
    with pytest.raises(RankingError):
        rank(variant(votes, probability=given), weights="inverse-probability")


@pytest.mark.parametrize("unit", [1e300, 1e160, 1e100, 1e-100, 1e-160, 1e-300])
def test_a_covariate_of_any_unit_has_an_answer_or_a_sentence(unit, votes):
    with pytest.raises(
        BadVotes, match=r"The largest length is .*: give it in a unit in which it is nearer to 1"
    ):
        variant(votes, covariates={"length": votes.covariates["length"] * unit})


@pytest.mark.parametrize("unit", [1e40, 1e-40])
def test_a_covariate_of_a_distant_unit_has_the_answer_of_a_near_one(unit, votes):
    scaled = variant(votes, covariates={"length": votes.covariates["length"] * unit})
    found = rank(scaled, style=["length"])
    check_finite(found)
    assert found.strength == pytest.approx(rank(votes, style=["length"]).strength, abs=1e-6)


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
        ({"outcome": np.full(SIZE, 2**63, dtype=np.uint64)}, UnknownOutcome, "Vote 1 has the outcome"),
        ({"a": np.full(SIZE, 2**63, dtype=np.uint64)}, BadVotes, "Vote 1 names model 9223372036854775808"),
        ({"side": np.full(SIZE, 255, dtype=np.uint8)}, BadVotes, "Vote 1 has the side 255"),
        ({"outcome": np.ones(SIZE, dtype=bool)}, BadVotes, "column outcome holds whole numbers, not bool"),
    ],
)
def test_what_is_no_number_of_a_vote_is_told(column, error, message, votes):
    with pytest.raises(error, match=message):
        variant(votes, **column)


@pytest.mark.parametrize("name", ["probability", "length"])
def test_complex_numbers_are_no_numbers_of_a_vote(name, votes):
    column = np.full(SIZE, 0.5 + 0j)
    change = {"covariates": {name: column}} if name == "length" else {name: column}
    with pytest.raises(BadVotes, match=f"column {name} holds numbers, not complex128"):
        variant(votes, **change)


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


def check_columns(votes, layout, folder):
    """The same bytes from columns of every width, read-only, and laid out in one way."""
    ways = [{"cluster": "both", "rounds": 20}, {**WAYS[9], "rounds": 20}, WAYS[11], WAYS[12], ELO]
    expected = [rank(votes, **parameters) for parameters in ways]
    whole = {name: getattr(votes, name) for name in ("a", "b", "outcome", "rater", "prompt")}
    real = {"probability": votes.probability, **votes.covariates}
    for kind in KINDS:
        columns = {name: column.astype(kind) for name, column in whole.items()}
        columns["side"] = votes.side.astype(kind.removeprefix("u"))
        laid = dict(lay_out({**columns, **real}, layout, folder))
        for column in laid.values():
            column.flags.writeable = False
        covariates = {name: laid.pop(name) for name in votes.covariates}
        given = Votes.from_codes(models=votes.models, covariates=covariates, **laid)
        for parameters, ranking in zip(ways, expected, strict=True):
            found = rank(given, **parameters)
            assert found.lower.tolist() == ranking.lower.tolist()
            assert found.effects == ranking.effects


@pytest.mark.parametrize("layout", ["every second", "backwards", "memory-mapped"])
def test_columns_of_every_width_and_layout_are_the_same_votes(layout, votes, tmp_path):
    check_columns(votes, layout, tmp_path)


def test_columns_of_another_byte_order_are_the_same_votes(votes, tmp_path):
    check_columns(votes, "other byte order", tmp_path)


@pytest.mark.parametrize("both_bad", ["tie", "out"])
def test_a_billion_votes_in_each_cell_are_counted_to_the_last_one(both_bad):
    many = 10**9
    pairs = PairCounts(
        models=("x", "y", "z"),
        wins=np.array([[0, many + 1, 3], [many, 0, 0], [1, 2, 0]]),
        ties=np.array([[0, many - 1, 0], [many - 1, 0, 1], [0, 1, 0]]),
        both_bad=np.array([[0, 0, many], [0, 0, 0], [many, 0, 0]]),
    )
    assert place_models(pairs=pairs, both_bad=both_bad).unplaced == ()
    half = pairs.half_ties(both_bad=both_bad)
    assert half[0, 1] - half[1, 0] == 1
    assert half.sum() == pairs.battles.sum() / 2 - (many if both_bad == "out" else 0)
    assert fit_strengths(wins=half).strength == pytest.approx(reference.strengths(half), abs=1e-12)


def test_one_vote_of_the_weight_of_a_billion():
    votes = Votes.from_labels(
        model_a=["x", "x"], model_b=["y", "y"], outcome=["a", "b"], probability=[1e-9, 1]
    )
    ranking = rank(votes, cluster=None, weights="inverse-probability")
    assert ranking.strength[0] - ranking.strength[1] == pytest.approx(log(1e9), abs=1e-9)
    check_finite(ranking)


MILLION = 1_000_000
SPARE = 8e6  # bytes that do not grow with the votes: tables of 100 models, blocks of votes


def measure_memory(**parameters):
    """(the peak that a ranking of a million votes adds, the size of the columns it reads), in bytes."""
    generator = np.random.default_rng(93)
    whole = {name: generator.integers(100, size=MILLION, dtype=np.int32) for name in "ab"}
    whole["b"] = (whole["a"] + whole["b"] % 99 + 1) % 100
    whole["outcome"] = generator.integers(4, size=MILLION, dtype=np.int8)
    effects = {"side": parameters.get("position"), "probability": parameters.get("weights")}
    clusters = {"rater": ("rater", "both"), "prompt": ("prompt", "both")}
    for name, of in clusters.items():
        if parameters.get("cluster", "rater") in of:
            whole[name] = generator.integers(20_000, size=MILLION, dtype=np.int32)
    if effects["side"]:
        whole["side"] = generator.integers(-1, 2, size=MILLION, dtype=np.int8)
    if effects["probability"]:
        whole["probability"] = generator.uniform(0.1, 1, size=MILLION)
    covariates = {name: generator.standard_normal(MILLION) for name in parameters.get("style", ())}
    models = [f"model {number:02d}" for number in range(100)]
    votes = Votes.from_codes(models=models, covariates=covariates, **whole)
    size = sum(column.nbytes for column in (*whole.values(), *covariates.values()))
    warm_kernels()
    tracemalloc.start()
    try:
        rank(votes, rounds=100, **parameters)
        return tracemalloc.get_traced_memory()[1], size
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"cluster": None},
        {"cluster": "both"},
        {"both_bad": "out", "cluster": "prompt"},
        {"weights": "inverse-probability"},
        {"ties": "davidson", "cluster": None},
        {"position": True, "cluster": None},
        {"style": ("length", "bold"), "cluster": None},
        {"interval": "bootstrap", "cluster": None},
    ],
    ids=str,
)
def test_memory_is_at_most_three_times_the_columns(parameters):
    peak, size = measure_memory(**parameters)
    assert peak <= 3 * size + SPARE


@pytest.mark.parametrize(
    "parameters",
    [
        {"ties": "davidson"},
        {"position": True},
        {"style": ("length",)},
        {"interval": "bootstrap"},
        {"method": "elo", "interval": "orderings", "cluster": None},
    ],
    ids=str,
)
def test_memory_of_single_votes_is_at_most_three_times_the_columns(parameters):
    peak, size = measure_memory(**parameters)
    assert peak <= 3 * size + SPARE
