"""Files of votes: columns and labels by name, votes left out, slices, covariates and what style is taken from."""

import io

import pyarrow as pa
import pytest

from evaluations.errors import BadVotes, UnknownOutcome, UnsupportedParameter
from evaluations.ranking.files.reading import read_votes
from evaluations.ranking.votes import Votes
from tests.ranking.vote_files import ARENA, FORMS, as_csv, as_jsonl, lines, told

STYLE = {
    "sum_assistant_a_tokens": 10,
    "header_count_a": {"h1": 1, "h2": 2},
    "bold_count_a": {"**": 3, "__": 1},
    "list_count_a": {"ordered": 0, "unordered": 5},
    "sum_assistant_b_tokens": 20,
    "header_count_b": {"h1": 0, "h2": 0},
    "bold_count_b": {"**": 0, "__": 0},
    "list_count_b": {"ordered": 7, "unordered": 1},
}


def test_votes_that_do_not_say_who_met_who_won_or_who_voted_can_be_left_out_and_are_counted():
    data = b"model_a,model_b,winner,judge,lang,n\nx,y,tie,r,en,1\n,y,tie,r,fr,2\nx,y,,r,fr,2\nx,z,model_b,,fr,2\n"
    table = read_votes(io.BytesIO(data), incomplete="leave out", slices=["lang"], covariates=["n"])
    assert (told(table), table.left_out) == ([("x", "y", "tie", "r")], 3)
    assert (table.slices["lang"].to_pylist(), table.covariates["n"].tolist()) == (["en"], [1.0])
    assert table.model_b.dictionary.to_pylist() == ["y"]  # z has no vote here
    assert read_votes(io.BytesIO(data), incomplete="leave out", raters=False).left_out == 2
    with pytest.raises(BadVotes, match="Line 3 does not name both models"):
        read_votes(io.BytesIO(data))
    with pytest.raises(UnknownOutcome, match="Line 6 has the winner 'x'"):
        read_votes(io.BytesIO(data + b"x,y,x,r,en,1\n"), incomplete="leave out")
    with pytest.raises(UnsupportedParameter, match='"refuse" or "leave out"'):
        read_votes(io.BytesIO(data), incomplete="drop")


def test_columns_and_labels_by_name():
    data = (
        b"left_one;right_one;who;answer;shown\nx;y;r1;1st;left\ny;x;r2;2nd;right\nx;y;r1;=;\ny;x;r2;none;0\n"
    )
    table = read_votes(
        io.BytesIO(data),
        columns={
            "model_a": "left_one",
            "model_b": "right_one",
            "winner": "answer",
            "rater": "who",
            "side": "shown",
        },
        outcomes={"a": "1st", "b": "2nd", "tie": "=", "both_bad": "none"},
    )
    assert told(table) == [
        ("x", "y", "a", "r1"),
        ("y", "x", "b", "r2"),
        ("x", "y", "tie", "r1"),
        ("y", "x", "both_bad", "r2"),
    ]
    assert table.side.tolist() == [1, -1, 0, 0]
    assert Votes.from_labels(**table.columns()).side.tolist() == [1, -1, 0, 0]


def test_the_name_of_the_winner_and_the_chance_of_the_pair_by_name():
    data = b"p,q,best,draw,chance\nx,y,x,0,0.5\ny,x,x,0,1\nx,y,,1,0.25\nx,y,both_bad,0,1\n"
    names = {"model_a": "p", "model_b": "q", "chosen": "best", "tie": "draw", "probability": "chance"}
    table = read_votes(io.BytesIO(data), columns=names)
    assert table.outcome.to_pylist() == ["a", "b", "tie", "both_bad"]
    assert (table.probability.tolist(), table.side) == ([0.5, 1.0, 0.25, 1.0], None)
    with pytest.raises(BadVotes, match="Line 3 has '0' in chance: a chance is above 0 and at most 1"):
        read_votes(io.BytesIO(data.replace(b"x,0,1\n", b"x,0,0\n")), columns=names)


def test_a_named_column_goes_before_that_of_the_layout():
    data = b"model_a,model_b,winner,judge,panel\nx,y,tie,j1,p9\n"
    assert read_votes(io.BytesIO(data), columns={"rater": "panel"}).rater.to_pylist() == ["p9"]
    assert read_votes(io.BytesIO(data), columns={"rater": "panel"}, raters=False).rater is None
    swapped = read_votes(io.BytesIO(data), columns={"model_a": "model_b", "model_b": "model_a"})
    assert (told(swapped), swapped.side) == ([("y", "x", "tie", "j1")], None)
    assert read_votes(io.BytesIO(data), columns={"prompt": "panel"}).prompt.to_pylist() == ["p9"]
    assert read_votes(io.BytesIO(data), columns={"prompt": "panel"}, prompts=False).prompt is None
    relabelled = data.replace(b"tie", b"egal")
    assert read_votes(io.BytesIO(relabelled), outcomes={"tie": "egal"}).outcome.to_pylist() == ["tie"]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"columns": {"rater": "nobody"}},
            BadVotes,
            "Line 1 has no column 'nobody'; it has model_a, model_b, winner, judge.",
        ),
        ({"columns": {"prompt": "nobody"}}, BadVotes, "no column 'nobody'"),
        ({"covariates": ["nobody"]}, BadVotes, "no column 'nobody'"),
        ({"slices": ["nobody"]}, BadVotes, "no column 'nobody'"),
        ({"prompts": True}, BadVotes, "Line 1 has no column of prompts: it would be prompt_id or prompt or"),
        ({"style": True}, BadVotes, "Line 1 names nothing to take style from"),
        ({"columns": {"voter": "judge"}}, UnsupportedParameter, "No column is read for 'voter'"),
        ({"columns": {"winner": "winner", "chosen": "winner"}}, UnsupportedParameter, "not for both"),
        ({"columns": {"tie": "winner"}}, UnsupportedParameter, "goes with the column chosen"),
        ({"outcomes": {"left": "x"}}, UnsupportedParameter, "There is no outcome 'left'"),
        ({"outcomes": {"a": "x", "b": "x"}}, UnsupportedParameter, "the same label"),
        (
            {"columns": {"side": "judge"}},
            BadVotes,
            "Line 2 has 'r1' in judge: that is left or 1, right or -1, or 0.",
        ),
    ],
)
def test_options_that_do_not_fit_the_file(options, error, message):
    with pytest.raises(error) as caught:
        read_votes(io.BytesIO(as_csv(ARENA)), **options)
    assert message in str(caught.value)


def test_models_named_without_an_outcome_and_labels_for_flags():
    with pytest.raises(BadVotes, match="names no known column of outcomes"):
        read_votes(lines("p,q,w", "x,y,tie"), columns={"model_a": "p", "model_b": "q"})
    flags = lines("model_a,model_b,winner_model_a,winner_model_b,winner_tie", "x,y,1,0,0")
    with pytest.raises(UnsupportedParameter, match="columns of flags"):
        read_votes(flags, outcomes={"a": "x"})


def test_votes_without_a_value_are_a_slice_of_their_own():
    rows = [row | {"lang": lang} for row, lang in zip(ARENA, ["fr", None, " fr ", ""], strict=True)]
    for form in ("csv", "jsonl", "parquet"):
        table = read_votes(io.BytesIO(FORMS[form](rows)), slices=["lang"])
        assert table.slices["lang"].to_pylist() == ["fr", "(none)", "fr", "(none)"]
        assert pa.types.is_dictionary(table.slices["lang"].type)


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_a_field_inside_an_object_is_a_column_even_where_its_name_has_a_dot(form):
    tags = [{"math_v0.1": {"math": True}}, {"math_v0.1": {"math": False}}, {"math_v0.1": None}, None]
    rows = [row | {"category_tag": tag} for row, tag in zip(ARENA, tags, strict=True)]
    table = read_votes(io.BytesIO(FORMS[form](rows)), slices=["category_tag.math_v0.1.math"])
    assert table.slices["category_tag.math_v0.1.math"].to_pylist() == ["true", "false", "(none)", "(none)"]
    with pytest.raises(BadVotes, match=r"has no column 'category_tag\.maths'"):
        read_votes(io.BytesIO(FORMS[form](rows)), slices=["category_tag.maths"])
    with pytest.raises(BadVotes, match=r"Name a field inside an object as category_tag\.FIELD"):
        read_votes(io.BytesIO(FORMS[form](rows)), slices=["category_tag"])


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_covariates_are_numbers(form):
    numbers = [1, -2, 3, 1]
    rows = [row | {"length": n, "gain": n / 4} for row, n in zip(ARENA, numbers, strict=True)]
    table = read_votes(io.BytesIO(FORMS[form](rows)), covariates=["length", "gain"])
    assert table.covariates["length"].tolist() == numbers
    assert table.covariates["gain"].tolist() == [n / 4 for n in numbers]
    assert set(Votes.from_labels(**table.columns()).covariates) == {"length", "gain"}


@pytest.mark.parametrize("value", ["abc", "", "nan", "inf", "1e999", "0x10", "1 000", None, [1], "1,5"])
def test_a_covariate_that_is_no_number_is_told_with_its_line(value):
    rows = [row | {"length": "1.5e0"} for row in ARENA]
    rows[2]["length"] = value
    for form in ("jsonl",) if isinstance(value, list) else ("csv", "jsonl", "parquet"):
        with pytest.raises(
            BadVotes, match=r"(Line 4|Line 3|Row 3) has .* in length, and no finite number|holds an object"
        ):
            read_votes(io.BytesIO(FORMS[form](rows)), covariates=["length"])


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_style_is_lmarenas_counts_with_their_kinds_summed(form):
    rows = [row | {"conv_metadata": STYLE} for row in ARENA]
    table = read_votes(io.BytesIO(FORMS[form](rows)), style=True)
    a, b = table.style
    assert (a.tolist(), b.tolist()) == ([[10, 3, 4, 5]] * 4, [[20, 0, 0, 8]] * 4)
    assert read_votes(io.BytesIO(FORMS[form](rows))).style is None
    rows[2] = rows[2] | {"conv_metadata": STYLE | {"bold_count_b": None}}
    with pytest.raises(BadVotes, match=r"(Line 3|Row 3) lacks counts for style"):
        read_votes(io.BytesIO(FORMS[form](rows)), style=True)


def test_style_counts_a_kind_that_only_a_late_object_has():
    late = STYLE | {"header_count_a": {"h1": 1, "h6": 40}}
    rows = [ARENA[0] | {"conv_metadata": STYLE}] * 150 + [ARENA[1] | {"conv_metadata": late}]
    assert read_votes(io.BytesIO(as_jsonl(rows)), style=True).style[0][-1].tolist() == [10, 41, 4, 5]


def test_style_counts_as_plain_columns_and_negative_ones():
    plain = {name: sum(value.values()) if isinstance(value, dict) else value for name, value in STYLE.items()}
    table = read_votes(io.BytesIO(as_csv([ARENA[0] | plain])), style=True)
    assert [side.tolist() for side in table.style] == [[[10, 3, 4, 5]], [[20, 0, 0, 8]]]
    with pytest.raises(BadVotes, match="Line 2 lacks counts for style, or has ones below 0"):
        read_votes(io.BytesIO(as_csv([ARENA[0] | plain | {"list_count_a": -1}])), style=True)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_texts_of_responses_are_read_only_where_style_is_asked_for(form):
    rows = [row | {"response_a": f"# {n}\n", "response_b": '"b"'} for n, row in enumerate(ARENA)]
    table = read_votes(io.BytesIO(FORMS[form](rows)), style=True)
    assert [text.to_pylist() for text in table.responses] == [[f"# {n}\n" for n in range(4)], ['"b"'] * 4]
    assert table.style is None
    assert read_votes(io.BytesIO(FORMS[form](rows))).responses is None
    rows[0]["winner"] = None
    left = read_votes(io.BytesIO(FORMS[form](rows)), style=True, incomplete="leave out")
    assert left.responses[0].to_pylist() == ["# 1\n", "# 2\n", "# 3\n"]
