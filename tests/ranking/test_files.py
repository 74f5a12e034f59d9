"""Files of votes: what each layout says, and that a fault is told with its line, in whatever form it comes."""

import csv
import gzip
import io
import json
import tracemalloc

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from evaluations.errors import BadVotes, UnknownOutcome, UnsupportedParameter
from evaluations.ranking.files import csv_files, json_files, sources
from evaluations.ranking.files.columns import encode_labels
from evaluations.ranking.files.csv_files import CsvFile
from evaluations.ranking.files.json_files import JsonFile
from evaluations.ranking.files.reading import read_votes
from evaluations.ranking.files.sources import Source
from evaluations.ranking.votes import OUTCOMES, Votes

HEADER = "model_a,model_b,winner,judge"
ARENA = [
    {"model_a": "x", "model_b": "y", "winner": "model_a", "judge": "r1"},
    {"model_a": "y", "model_b": "z", "winner": "model_b", "judge": "r2"},
    {"model_a": "z", "model_b": "x", "winner": "tie", "judge": "r1"},
    {"model_a": "x", "model_b": "y", "winner": "both_bad", "judge": "r3"},
]
ARENA_ROWS = [
    ("x", "y", "a", "r1"),
    ("y", "z", "b", "r2"),
    ("z", "x", "tie", "r1"),
    ("x", "y", "both_bad", "r3"),
]
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


def lines(*rows):
    return io.StringIO("\n".join(rows) + "\n", newline="")


def votes_of(source, **options):
    return Votes.from_labels(**read_votes(source, **options).columns())


def rows_of(votes):
    names = [(votes.models[a], votes.models[b]) for a, b in zip(votes.a, votes.b, strict=True)]
    return [(*pair, OUTCOMES[outcome]) for pair, outcome in zip(names, votes.outcome, strict=True)]


def told(table):
    """What a table says, row by row."""
    columns = [
        table.model_a,
        table.model_b,
        table.outcome,
        *([table.rater] if table.rater is not None else []),
    ]
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


def as_csv(rows, delimiter=","):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_jsonl(rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_parquet(rows, **options):
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), file, **options)
    return file.getvalue()


FORMS = {
    "csv": as_csv,
    "tsv": lambda rows: as_csv(rows, "\t"),
    "semicolons": lambda rows: as_csv(rows, ";"),
    "jsonl": as_jsonl,
    "parquet": as_parquet,
    "csv.gz": lambda rows: gzip.compress(as_csv(rows)),
    "jsonl.gz": lambda rows: gzip.compress(as_jsonl(rows)),
    "csv with a byte order mark": lambda rows: b"\xef\xbb\xbf" + as_csv(rows),
    "jsonl with a byte order mark": lambda rows: b"\xef\xbb\xbf" + as_jsonl(rows),
}


class Pipe(io.RawIOBase):
    """Bytes that can be read once, as those of a pipe."""

    def __init__(self, data):
        self._data = io.BytesIO(data)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self._data.readinto(buffer)


def test_arena_columns_in_any_order_with_others_beside():
    votes = votes_of(
        lines(
            "question,winner,model_b,judge,model_a",
            '"two\nlines, quoted",model_a,x,j2,z',
            "q,model_b,x,j1,y",
            "q,tie,y,j2,x",
            "",
            "q,tie (bothbad),z,j1,x",
            "q,both_bad, z ,j1,x",
        )
    )
    assert votes.models == ("x", "y", "z")
    assert rows_of(votes) == [
        ("z", "x", "a"),
        ("y", "x", "b"),
        ("x", "y", "tie"),
        ("x", "z", "both_bad"),
        ("x", "z", "both_bad"),
    ]
    assert (votes.rater.tolist(), votes.raters) == ([1, 0, 1, 0, 0], 2)


def test_llmfao_columns():
    votes = votes_of(lines("id,worker,winner,left,right", "0,58,left,x,y", "1,7,right,x,y", "2,58,tie,y,x"))
    assert rows_of(votes) == [("x", "y", "a"), ("x", "y", "b"), ("y", "x", "tie")]
    assert votes.rater.tolist() == [0, 1, 0]


def test_the_rater_column_goes_before_the_judge_column_and_may_be_left_unread():
    rows = ("model_a,model_b,winner,judge,rater", "x,y,tie,j,r1", "x,y,tie,j,r2")
    assert votes_of(lines(*rows)).raters == 2
    assert read_votes(lines(*rows), raters=False).rater is None
    assert read_votes(lines("model_a,model_b,winner", "x,y,tie")).rater is None


def test_a_header_alone_is_no_votes():
    votes = votes_of(lines("model_a,model_b,winner,rater"))
    assert (len(votes), votes.models, votes.raters) == (0, (), 0)


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([], BadVotes, "Line 1 names no known columns"),
        (["a,b,winner"], BadVotes, "Line 1 names no known columns"),
        (["model_a,model_b", "x,y"], BadVotes, "Line 1 names no known columns"),
        (
            ["model_a,model_b,winner", "x,y,tie", "x,y,left"],
            UnknownOutcome,
            "Line 3 has the winner 'left'; it can be",
        ),
        (["model_a,model_b,winner", "x,y,"], UnknownOutcome, "Line 2 has the winner ''"),
        (["left,right,winner", "x,y,model_a"], UnknownOutcome, "Line 2 has the winner 'model_a'"),
        (["model_a,model_b,winner", '"x\n\n",y,tie', "x,y,?"], UnknownOutcome, "Line 5 has the winner"),
        (["model_a,model_b,winner", "x,,tie"], BadVotes, "Line 2 does not name both models"),
        (["model_a,model_b,winner", "x, x,tie"], BadVotes, "Line 2 compares 'x' with itself"),
        (["model_a,model_b,winner", "x,y"], BadVotes, "Line 2 has 2 fields, and the header has 3"),
        (["model_a,model_b,winner", "x,y,tie,z"], BadVotes, "Line 2 has 4 fields"),
        (["model_a,model_b,winner,rater", "x,y,tie,"], BadVotes, "Line 2 does not say who voted"),
        (["model_a,model_b,winner", '"x"y,y,tie'], BadVotes, "Line 2 is not CSV"),
        (["model_a,model_b,winner", '"x,y,tie'], BadVotes, "is not CSV"),
    ],
)
def test_a_fault_is_told_with_its_line(rows, error, message):
    with pytest.raises(error) as caught:
        read_votes(lines(*rows) if rows else io.StringIO(""))
    assert message in str(caught.value)


def test_raters_asked_for_and_not_there():
    with pytest.raises(BadVotes, match="no column of raters: it would be rater or judge"):
        read_votes(lines("model_a,model_b,winner", "x,y,tie"), raters=True)


def test_bytes_that_are_no_text():
    data = io.TextIOWrapper(io.BytesIO(b"model_a,model_b,winner\nx,\xff,tie\n"), encoding="utf-8")
    with pytest.raises(BadVotes, match="not UTF-8"):
        read_votes(data)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same_from_a_path_a_stream_and_a_pipe(form, tmp_path):
    data = FORMS[form](ARENA)
    path = tmp_path / "votes.of-no-known-suffix"
    path.write_bytes(data)
    for source in (path, str(path), io.BytesIO(data), Pipe(data)):
        table = read_votes(source)
        assert (told(table), len(table)) == (ARENA_ROWS, 4)
        assert (table.layout, table.rater_column, table.side, table.left_out) == ("Arena", "judge", 1, 0)
    with path.open("rb") as file:
        read_votes(file)
        assert not file.closed


def test_standard_input_is_read_as_bytes_and_lines_of_text_are_taken_too():
    data = as_csv(ARENA)
    assert told(read_votes(io.TextIOWrapper(io.BufferedReader(Pipe(data)), encoding="ascii"))) == ARENA_ROWS
    assert told(read_votes(data.decode().splitlines(keepends=True))) == ARENA_ROWS
    assert told(read_votes(io.StringIO(as_jsonl(ARENA).decode()))) == ARENA_ROWS


def test_a_pipe_longer_than_memory_is_kept_in_a_file(monkeypatch):
    monkeypatch.setattr(sources, "IN_MEMORY", 10)
    assert told(read_votes(Pipe(as_csv(ARENA)))) == ARENA_ROWS
    assert told(read_votes(io.StringIO(as_csv(ARENA).decode()))) == ARENA_ROWS


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_lmarena_55k_has_a_column_for_each_outcome(form):
    flags = ("winner_model_a", "winner_model_b", "winner_tie")
    rows = [
        {
            "id": n,
            "model_a": "x",
            "model_b": "y",
            "prompt": f"p{n % 2}",
            **{flag: int(flag == said) for flag in flags},
        }
        for n, said in enumerate(flags)
    ]
    table = read_votes(io.BytesIO(FORMS[form](rows)), prompts=True)
    assert (table.layout, table.outcome.to_pylist()) == ("LMArena 55k", ["a", "b", "tie"])
    assert (table.prompt.to_pylist(), table.rater) == (["p0", "p1", "p0"], None)
    rows[1]["winner_tie"] = 1
    with pytest.raises(UnknownOutcome, match=r"(Line 3|Line 2|Row 2) has '0', '1', '1' in winner_model_a"):
        read_votes(io.BytesIO(FORMS[form](rows)))
    with pytest.raises(BadVotes, match="no column of raters: this layout has none"):
        read_votes(io.BytesIO(FORMS[form](rows)), raters=True)


@pytest.mark.parametrize("voter", ["judge_hash", "evaluation_session_id"])
def test_lmarena_100k_and_140k_have_arenas_columns_and_say_who_voted_in_their_own(voter):
    rows = [{**row, voter: row["judge"]} for row in ARENA]
    for row in rows:
        del row["judge"]
    table = read_votes(io.BytesIO(as_parquet(rows)))
    assert (table.rater_column, told(table)) == (voter, ARENA_ROWS)


COMPARIA = [
    {
        "model_a_name": "x",
        "model_b_name": "y",
        "chosen_model_name": "x",
        "both_equal": False,
        "visitor_id": "v1",
    },
    {
        "model_a_name": "y",
        "model_b_name": "z",
        "chosen_model_name": "z",
        "both_equal": False,
        "visitor_id": "v2",
    },
    {
        "model_a_name": "z",
        "model_b_name": "x",
        "chosen_model_name": None,
        "both_equal": True,
        "visitor_id": "v1",
    },
]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_comparia_names_the_chosen_model_or_says_that_both_are_equal(form):
    table = read_votes(io.BytesIO(FORMS[form](COMPARIA)))
    assert told(table) == [("x", "y", "a", "v1"), ("y", "z", "b", "v2"), ("z", "x", "tie", "v1")]
    assert (table.layout, table.side) == ("compar:IA", 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"chosen_model_name": "y", "both_equal": False},
            "has 'y' in chosen_model_name; it can be 'z', 'x'.",
        ),
        (
            {"both_equal": True, "chosen_model_name": "z"},
            "has 'true' in both_equal and 'z' in chosen_model_name",
        ),
        ({"both_equal": False}, "has '' in chosen_model_name; it can be 'z', 'x'."),
        ({"both_equal": None}, "has '' in chosen_model_name"),
    ],
)
def test_comparia_answers_that_are_none_or_two(change, message):
    rows = [*COMPARIA[:2], COMPARIA[2] | change]
    with pytest.raises(UnknownOutcome) as caught:
        read_votes(io.BytesIO(as_jsonl(rows)))
    assert str(caught.value).startswith("Line 3 ")
    assert message in str(caught.value)


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
    assert votes_of(
        io.BytesIO(data),
        columns={"model_a": "left_one", "model_b": "right_one", "winner": "answer", "side": "shown"},
        outcomes={"a": "1st", "b": "2nd", "tie": "=", "both_bad": "none"},
    ).side.tolist() == [1, -1, 0, 0]


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


def test_parquet_with_dictionaries_of_several_row_groups_and_labels_that_nobody_has():
    table = pa.Table.from_pylist(ARENA * 5)
    names = pa.DictionaryArray.from_arrays([1, 0], ["y", " y ", "unused"])
    for column in ("model_a", "winner"):
        place = table.column_names.index(column)
        table = table.set_column(place, column, table.column(column).dictionary_encode())
    file = io.BytesIO()
    parquet.write_table(table, file, row_group_size=3)
    assert told(read_votes(file)) == ARENA_ROWS * 5
    file = io.BytesIO()
    parquet.write_table(
        pa.table(
            {"model_a": names, "model_b": ["x", "x"], "winner": ["tie"] * 2, "judge": pa.array([3.0, 4.0])}
        ),
        file,
    )
    read = read_votes(file)
    assert told(read) == [("y", "x", "tie", "3"), ("y", "x", "tie", "4")]
    assert read.model_a.dictionary.to_pylist() == ["y"]


def test_raters_by_number_are_the_same_in_every_form():
    rows = [row | {"judge": n} for row, n in zip(ARENA, [58, 7, 58, 8 * 10**15], strict=True)]
    floats = [row | {"judge": float(row["judge"])} for row in rows]
    for data in (as_csv(rows), as_jsonl(rows), as_parquet(rows), as_jsonl(floats), as_parquet(floats)):
        assert read_votes(io.BytesIO(data)).rater.to_pylist() == ["58", "7", "58", "8" + "0" * 15]
    mixed = as_jsonl([*rows[:3], rows[3] | {"judge": "8" + "0" * 15}])
    assert read_votes(io.BytesIO(mixed)).rater.to_pylist() == ["58", "7", "58", "8" + "0" * 15]


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (
            as_jsonl(ARENA) + b"\n \n" + as_jsonl([ARENA[0] | {"winner": "x"}]),
            UnknownOutcome,
            "Line 7 has the winner 'x'",
        ),
        (
            as_jsonl(ARENA) + as_jsonl([ARENA[0] | {"model_b": "x"}]),
            BadVotes,
            "Line 5 compares 'x' with itself",
        ),
        (as_jsonl(ARENA) + b'{"model_a": "x"\n', BadVotes, "Line 5 is not JSON"),
        (as_jsonl(ARENA) + b"[1]\n", BadVotes, "Line 5 is not a JSON object"),
        (as_jsonl(ARENA) + b'{"model_a": "\xff"}\n', BadVotes, "not UTF-8, somewhere after line"),
        (as_jsonl([ARENA[0] | {"winner": "?"}]) + b"{\n", UnknownOutcome, "Line 1 has the winner '?'"),
        (as_jsonl(ARENA) + b"{}\n", BadVotes, "Line 5 does not name both models"),
        (as_jsonl([ARENA[0] | {"judge": None}]), BadVotes, "Line 1 does not say who voted"),
        (as_jsonl([*ARENA, ARENA[0] | {"winner": {"is": "x"}}]), BadVotes, "holds an object in one line"),
        (b"{broken\n", BadVotes, "Line 1 is not JSON"),
        (b'{"a": 1}\n', BadVotes, "Line 1 names no known columns"),
        (b'\n[{"model_a": "x"}]', BadVotes, "one JSON list"),
        (as_parquet([*ARENA, ARENA[0] | {"winner": "x"}]), UnknownOutcome, "Row 5 has the winner 'x'"),
        (as_parquet([*ARENA, ARENA[0] | {"model_a": None}]), BadVotes, "Row 5 does not name both models"),
        (as_parquet(ARENA)[:-9], BadVotes, "The Parquet file cannot be read"),
        (as_parquet([{"a": "x"}]), BadVotes, "The schema of the Parquet file names no known columns"),
        (gzip.compress(as_parquet(ARENA)), BadVotes, "unpack it"),
        (gzip.compress(as_csv(ARENA * 999))[:-99], BadVotes, "damaged or cut short"),
        (as_csv(ARENA) + b"x,y,tie\n", BadVotes, "Line 6 has 3 fields"),
        (as_csv(ARENA) + b"x,y,?,r\nx,y\n", UnknownOutcome, "Line 6 has the winner '?'"),
        (as_csv(ARENA) + b"x,y,?,r\n,y,tie,r\n", UnknownOutcome, "Line 6 has the winner '?'"),
        (b"model_a,model_b,winner,note\nx,y,tie,\xc3", BadVotes, "not UTF-8"),
        (as_csv(ARENA) + b"x,y\nx,y,?,r\n", BadVotes, "Line 6 has 2 fields"),
        (as_csv(ARENA) + "x,y,tie,é\n".encode()[:-2], BadVotes, "not UTF-8"),
        (as_csv(ARENA).decode().encode("utf-16"), BadVotes, "not UTF-8"),
        (b"model_a,model_b,winner,winner\nx,y,tie,tie\n", BadVotes, "names the column 'winner' twice"),
    ],
)
def test_a_fault_of_any_form_is_told_with_its_place(data, error, message):
    with pytest.raises(error) as caught:
        read_votes(io.BytesIO(data))
    assert message in str(caught.value)


def test_a_missing_file_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_votes(tmp_path / "none.csv")


def test_a_long_field_and_the_limit_of_the_csv_module():
    limit = csv.field_size_limit()
    long = "w" * (limit + 1)
    rows = [row | {"conversation": long} for row in ARENA]
    assert told(read_votes(io.BytesIO(as_csv(rows)))) == ARENA_ROWS
    with pytest.raises(UnknownOutcome, match="Line 6 has the winner"):
        read_votes(io.BytesIO(as_csv([*rows, rows[0] | {"winner": "x"}])))
    assert csv.field_size_limit() == limit


PIECES = st.sampled_from(
    ["a", "é", " ", '"', '""', ",", "\n", "\r\n", "\r", "\0", "a,b,c\n", '"a,b"', '"\n"']
)


def csv_rows(data, fast):
    """Columns a and b of a CSV file by the fast or by the slow way, and what is wrong with it; or None."""
    file = CsvFile(Source(io.BytesIO(b"a,b,c\n" + data)))
    places = {"a": 0, "b": 1}
    if fast:
        read = file._read_fast(places, set()) if file._is_plain() else None
        return read and {name: column.to_pylist() for name, column in read.arrays.items()}
    read = file._read_slowly(places)
    return {name: column.to_pylist() for name, column in read.arrays.items()} if read.fault is None else None


@given(st.lists(PIECES, max_size=14).map("".join), st.integers(1, 7))
def test_the_fast_way_reads_csv_as_the_slow_one_or_not_at_all(text, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "BLOCK", block)  # so that quotes lie on the edges of blocks
        fast = csv_rows(text.encode(), fast=True)
        assert fast is None or fast == csv_rows(text.encode(), fast=False)


@given(
    st.lists(st.tuples(*[st.text(st.sampled_from('aé ,"\r\n'), max_size=5)] * 3), max_size=6),
    st.integers(1, 7),
)
def test_what_the_csv_module_writes_is_read_the_fast_way(rows, block):
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "BLOCK", block)
        fast = csv_rows(text.getvalue().encode(), fast=True)
    assert fast == {name: [row[place] for row in rows] for place, name in enumerate("ab")}


VALUES = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-9, 9) | st.text('aé "', max_size=3)


@given(
    st.lists(st.fixed_dictionaries({}, optional={"a": VALUES, "b": st.text("xy"), "c": VALUES}), max_size=6)
)
def test_the_fast_way_reads_json_as_the_slow_one_or_not_at_all(rows):
    file = JsonFile(Source(io.BytesIO(as_jsonl([{"a": None, "b": "x"}, *rows]))))
    paths = {"a": ("a",), "b": ("b",)}
    fast, slow = file._read_fast(paths), file._read_slowly(paths)
    if fast is not None:
        for name in paths:
            assert labels(fast.arrays[name]) == labels(slow.arrays[name])


def labels(column):
    return encode_labels(column=column, name="").encoded().to_pylist()


def test_two_hundred_thousand_votes_with_long_texts_are_read_in_bounded_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "BLOCK", 1 << 17)
    monkeypatch.setattr(csv_files, "BLOCK", 1 << 17)
    monkeypatch.setattr(json_files, "BLOCK", 1 << 17)
    count, text = 200_000, "w" * 300
    generator = np.random.default_rng(0)
    numbers = generator.integers([0, 40], [40, 80], (count, 2))
    path = tmp_path / "votes.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEADER},conversation_a\n")
        file.writelines(f"m{a},m{b},tie,r{a},{text}\n" for a, b in numbers.tolist())
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        table = read_votes(path)
        _, python = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(table) == count
    assert table.model_a.to_numpy(zero_copy_only=False)[:5].tolist() == [f"m{a}" for a in numbers[:5, 0]]
    assert path.stat().st_size > 60_000_000
    assert pa.total_allocated_bytes() - before < 10_000_000  # what is kept: codes, and no text
    assert python < 15_000_000
