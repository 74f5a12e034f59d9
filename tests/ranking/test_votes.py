import numpy as np
import pyarrow as pa
import pytest

from evaluations.errors import ArenaError, BadVotes, UnknownOutcome
from evaluations.ranking import Votes, count_pairs

LABELS = {"model_a": ["y", "x", "z"], "model_b": ["x", "y", "y"], "outcome": ["a", "tie", "both_bad"]}
CODES = {"models": ["x", "y"], "a": np.array([0, 1]), "b": np.array([1, 0]), "outcome": np.array([0, 2])}


def test_labels_become_codes_in_the_order_of_names():
    votes = Votes.from_labels(**LABELS, rater=["r2", "r1", "r2"])
    assert votes.models == ("x", "y", "z")
    assert (votes.a.tolist(), votes.b.tolist(), votes.outcome.tolist()) == ([1, 0, 2], [0, 1, 1], [0, 2, 3])
    assert (votes.rater.tolist(), votes.raters, len(votes)) == ([1, 0, 1], 2, 3)


def test_numpy_columns_of_text_are_labels_too():
    columns = {name: np.array(column) for name, column in LABELS.items()}
    assert Votes.from_labels(**columns).a.tolist() == Votes.from_labels(**LABELS).a.tolist()


def test_codes_are_not_copied_and_cannot_be_written():
    column = np.array([0, 1])
    votes = Votes.from_codes(**{**CODES, "a": column})
    assert np.shares_memory(votes.a, column)
    with pytest.raises(ValueError, match="read-only"):
        votes.a[0] = 1
    column[0] = 0  # the caller's own array stays writeable


@pytest.mark.parametrize(
    ("given", "kept", "count"),
    [([0, 1], [0, 1], 2), ([5, 2], [1, 0], 2), ([7, 7], [0, 0], 1), ([10**12, 3], [1, 0], 2)],
)
def test_raters_are_renumbered_without_gaps(given, kept, count):
    votes = Votes.from_codes(**CODES, rater=np.array(given))
    assert (votes.rater.tolist(), votes.raters) == (kept, count)


def test_raters_1_and_text_1_are_two_raters():
    assert Votes.from_labels(**LABELS, rater=[1, "1", 1]).raters == 2


def test_pair_counts_by_hand():
    counts = count_pairs(Votes.from_labels(**LABELS))
    assert counts.wins.tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert counts.ties.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert counts.both_bad.tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert counts.battles.tolist() == [[0, 2, 0], [2, 0, 1], [0, 1, 0]]
    assert counts.half_ties(both_bad="tie").tolist() == [[0, 0.5, 0], [1.5, 0, 0.5], [0, 0.5, 0]]
    assert counts.half_ties(both_bad="out").tolist() == [[0, 0.5, 0], [1.5, 0, 0], [0, 0, 0]]


def test_pair_counts_do_not_depend_on_the_width_of_the_integers():
    generator = np.random.default_rng(1)
    models = [str(number) for number in range(200)]
    a = generator.integers(200, size=300_000)  # more than one block; 200 * 200 overflows 8 and 16 bits
    b = (a + generator.integers(1, 200, size=a.size)) % 200
    outcome = generator.integers(4, size=a.size)
    wide = count_pairs(Votes.from_codes(models=models, a=a, b=b, outcome=outcome))
    narrow = count_pairs(
        Votes.from_codes(
            models=models, a=a.astype(np.uint8), b=b.astype(np.uint8), outcome=outcome.astype(np.int8)
        )
    )
    expected = np.zeros((200, 200), dtype=np.int64)
    np.add.at(expected, (a[outcome == 0], b[outcome == 0]), 1)
    np.add.at(expected, (b[outcome == 1], a[outcome == 1]), 1)
    assert np.array_equal(wide.wins, expected)
    assert np.array_equal(narrow.wins, expected)
    assert int(narrow.battles.sum()) == 2 * a.size


@pytest.mark.parametrize("label", ["left", "A", "", "bothbad", None, float("nan"), 2, ["a"]])
def test_unknown_outcome_is_never_a_tie(label):
    with pytest.raises(UnknownOutcome, match=r"^Vote 3 has the outcome .* one of a, b, tie, both_bad\.$"):
        Votes.from_labels(**{**LABELS, "outcome": ["a", "tie", label]})


@pytest.mark.parametrize("code", [-1, 4, 100])
def test_unknown_outcome_code(code):
    with pytest.raises(UnknownOutcome, match=r"^Vote 2 has"):
        Votes.from_codes(**{**CODES, "outcome": np.array([0, code])})


@pytest.mark.parametrize("name", ["", "  ", None, float("nan"), 3])
def test_a_model_has_a_name(name):
    with pytest.raises(BadVotes, match="name is text"):
        Votes.from_labels(**{**LABELS, "model_a": ["y", name, "z"]})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rater": ["r"]}, "differ in length: a 3, b 3, outcome 3, rater 1"),
        ({"model_a": ["x", "y"]}, "differ in length: a 2"),
        ({"model_b": ["x", "x", "y"]}, "Vote 2 compares a model with itself"),
        ({"rater": ["r", None, "r"]}, "has no rater"),
        ({"rater": ["r", float("nan"), "r"]}, "has no rater"),
        ({"outcome": np.array([["a"], ["b"]])}, "one dimension, not 2"),
    ],
)
def test_bad_labels(change, message):
    with pytest.raises(BadVotes, match=message):
        Votes.from_labels(**{**LABELS, **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"models": ["x", "x"]}, "named twice"),
        ({"a": np.array([0, 2])}, "Vote 2 names model 2; there are 2 models"),
        ({"b": np.array([-1, 0])}, "Vote 1 names model -1"),
        ({"b": np.array([1, 1])}, "Vote 2 compares a model with itself"),
        ({"a": np.array([0.0, np.nan])}, "column a holds whole numbers, not float64"),
        ({"outcome": np.array([[0], [1]])}, "column outcome has one dimension"),
        ({"outcome": np.array([0])}, "differ in length"),
        ({"rater": np.array([0, -1])}, "negative"),
        ({"rater": np.array([0, 1, 2])}, "differ in length"),
    ],
)
def test_bad_codes(change, message):
    with pytest.raises(BadVotes, match=message):
        Votes.from_codes(**{**CODES, **change})


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ({"side": [1, 2, 1]}, "Vote 2 has the side 2"),
        ({"side": [1, -1]}, "differ in length: side 2, outcome 3"),
        ({"side": 0.5}, "side holds whole numbers"),
        ({"probability": [0.5, 0.0, 0.1]}, "Vote 2 has the probability 0.0"),
        ({"probability": [0.5, 0.1, 1.5]}, "Vote 3 has the probability 1.5"),
        ({"probability": [0.5, float("nan"), 0.5]}, "Vote 2 has the probability nan"),
        ({"covariates": {"length": [0.5, float("inf"), 0.5]}}, "Vote 2 has the length inf"),
        ({"covariates": {"length": ["long", "short", "long"]}}, "length holds numbers"),
        ({"covariates": {"length": [1.0]}}, "differ in length: .* length 1"),
        ({"prompt": ["p", None, "q"]}, "A vote has no prompt"),
    ],
)
def test_further_columns_are_checked(column, message):
    with pytest.raises(BadVotes, match=message):
        Votes.from_labels(**LABELS, **column)


def test_one_side_stands_for_all_votes_and_takes_no_memory():
    votes = Votes.from_labels(**LABELS, side=1)
    assert votes.side.tolist() == [1, 1, 1]
    assert votes.side.strides == (0,)


def test_columns_of_any_kind_are_the_same_votes():
    columns = {"model_a": ["x", "y", "z"], "model_b": ["y", "z", "x"], "outcome": ["a", "tie", "both_bad"]}
    plain = Votes.from_labels(**columns, rater=["r", "s", "r"])
    for build in (np.array, pa.array, chunk_twice, encode_with_spare_labels, iter):
        votes = Votes.from_labels(
            **{name: build(column) for name, column in columns.items()}, rater=build(["r", "s", "r"])
        )
        assert votes.models == plain.models
        for name in ("a", "b", "outcome", "rater"):
            assert getattr(votes, name).tolist() == getattr(plain, name).tolist()


def chunk_twice(column):
    return pa.chunked_array([column[:2], column[2:]])


def encode_with_spare_labels(column):
    """A dictionary column whose dictionary holds a label that no vote has, and one label twice."""
    spare = ["never used", *column, column[0]]
    return pa.DictionaryArray.from_arrays(pa.array([4, *range(2, len(column) + 1)], pa.int32()), spare)


def test_more_labels_than_there_are_characters_below_the_surrogates():
    raters = [f"r{number:06d}" for number in range(70_000)]
    votes = Votes.from_labels(
        model_a=["x"] * 70_000, model_b=["y"] * 70_000, outcome=["a"] * 70_000, rater=raters[::-1]
    )
    assert votes.rater.tolist() == list(range(70_000))[::-1]


def test_a_missing_label_of_an_arrow_column_is_told():
    with pytest.raises(UnknownOutcome, match="Vote 2 has the outcome None"):
        Votes.from_labels(**{**LABELS, "outcome": pa.array(["a", None, "b"])})
    with pytest.raises(BadVotes, match="found None"):
        Votes.from_labels(**{**LABELS, "model_a": pa.array(["x", None, "x"])})


def test_a_selection_counts_only_its_votes_and_copies_no_column():
    votes = Votes.from_labels(**LABELS, rater=["r", "s", "t"])
    part = votes.select(np.array([True, False, True])).select(np.array([True, True, False]))
    assert (len(votes), len(part), part.count_groups("rater")) == (3, 1, 1)
    assert np.shares_memory(part.a, votes.a)
    assert count_pairs(part).battles.sum() == 2
    for mask in ([True, False], [1, 0, 1]):
        with pytest.raises(BadVotes, match="selected by 3 booleans"):
            votes.select(np.array(mask))


def test_one_except_catches_all():
    with pytest.raises(ArenaError):
        Votes.from_labels(model_a=["x"], model_b=["x"], outcome=["a"])
