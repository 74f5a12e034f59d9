"""Files of votes: a fault is told with its line, in whatever form it comes."""

import gzip
import io
import json

import pytest

from evaluations.errors import BadVotes, UnknownOutcome
from evaluations.ranking.files import sources
from evaluations.ranking.files.reading import read_votes
from tests.ranking.vote_files import ARENA, as_csv, as_jsonl, as_parquet, lines

NO_TEXT = "The file is not text in UTF-8: it begins with bytes of another kind."


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([], BadVotes, "The file is empty."),
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
    with pytest.raises(BadVotes, match=r"^Line 2 is not text in UTF-8\.$"):
        read_votes(data)


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
        (as_jsonl(ARENA) + b'{"model_a": "\xff"}\n', BadVotes, "Line 5 is not text in UTF-8."),
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
        (b"model_a,model_b,winner,note\nx,y,tie,\xc3", BadVotes, "Line 2 is not text in UTF-8."),
        (as_csv(ARENA) + b"x,y\nx,y,?,r\n", BadVotes, "Line 6 has 2 fields"),
        (as_csv(ARENA) + "x,y,tie,é\n".encode()[:-2], BadVotes, "Line 6 is not text in UTF-8."),
        (as_csv(ARENA).decode().encode("utf-16"), BadVotes, NO_TEXT),
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


@pytest.mark.parametrize("before", [1, 150], ids=["among the examples", "below them"])
@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({"model_a": "x\ud800"}, {}, r"has 'x\ud800' in model_a: a half of a character is no text"),
        ({"winner": "\udc00"}, {}, r"has '\udc00' in winner: a half of a character is no text"),
        ({"lang": "\ud800"}, {"slices": ["lang"]}, r"has '\ud800' in lang"),
        ({"lang": {"is": "\ud800"}}, {"slices": ["lang"]}, r"""has '{"is": "\ud800"}' in lang"""),
        ({"model_a": 9}, {}, "has a whole number of too many digits to be read"),
        ({"n": 9}, {"covariates": ["n"]}, "has a whole number of too many digits to be read"),
    ],
    ids=["model", "winner", "slice", "object", "a model of 5,000 digits", "a number of 5,000 digits"],
)
def test_json_that_python_can_write_nowhere_is_told_with_its_line(changes, options, message, before):
    good = {"model_a": "x", "model_b": "y", "winner": "tie", "lang": "fr", "n": 1}
    bad = json.dumps(good | changes).replace(" 9", " " + "9" * 5000)
    with pytest.raises(BadVotes) as caught:
        read_votes(io.BytesIO(as_jsonl([good] * before) + bad.encode()), **options)
    assert str(caught.value).startswith(f"Line {before + 1} {message}")
    assert str(caught.value).isprintable()


def test_a_fault_above_json_that_is_no_text_is_told_first():
    rows = [ARENA[0], ARENA[0] | {"winner": "?"}, ARENA[0] | {"winner": "\ud800"}]
    with pytest.raises(UnknownOutcome, match=r"Line 2 has the winner '\?'"):
        read_votes(io.BytesIO(as_jsonl(rows)))


@pytest.mark.parametrize("write", [as_csv, as_jsonl, as_parquet])
def test_no_sentence_has_the_control_characters_of_a_header(write):
    strange = "x" if write is as_csv else {"\x1b": "x"}
    rows = [{"left": strange, "right": "y", "winner": "tie", "\x1b[2J": "x"}]
    for row, options in (({"winner": "tie", "\x1b[2J": "x"}, {}), (rows[0], {"slices": ["no"]})):
        with pytest.raises(BadVotes, match=r"\\x1b\[2J") as caught:
            read_votes(io.BytesIO(write([row])), **options)
        assert str(caught.value).isprintable()
    if write is not as_csv:
        with pytest.raises(BadVotes, match=r"holds struct<\\x1b: string>") as caught:
            read_votes(io.BytesIO(write(rows)))
        assert str(caught.value).isprintable()


def test_the_line_that_is_no_text_is_found_far_below(monkeypatch):
    monkeypatch.setattr(sources, "BLOCK", 7)  # so that characters lie on the edges of blocks
    data = b"model_a,model_b,winner\n" + "é,x,tie\n".encode() * 3000
    with pytest.raises(BadVotes, match=r"^Line 3002 is not text in UTF-8\.$"):
        read_votes(io.BytesIO(data + b"x,\xc3,tie\n" + data))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04" + bytes(range(200, 256)), NO_TEXT),  # a spreadsheet
        (gzip.compress(gzip.compress(as_csv(ARENA))), NO_TEXT),
        (gzip.compress(b""), "The file is empty."),
        (b"PAR1 is how it begins", "The Parquet file cannot be read"),
        (b"model_a|model_b|winner\nx|y|tie\n", "the columns there are: model_a|model_b|winner"),
        (b"Model_A,Model_B,Winner\nx,y,tie\n", "the columns there are: Model_A, Model_B, Winner"),
        (b'{"model_a":NaN,"model_b":"y","winner":"tie"}\n', "Line 1 does not name both models"),
        (b'{"model_a":"x","q":' + b"[" * 100_000 + b"\n", "Line 1 is not JSON"),
        (b"model_a,model_b,winner\nx,y,Tie\n", "Line 2 has the winner 'Tie'"),
    ],
    ids=[
        "xlsx",
        "gzipped twice",
        "gzipped nothing",
        "half Parquet",
        "bars",
        "capitals",
        "NaN",
        "deep",
        "Tie",
    ],
)
def test_files_that_are_almost_votes(data, message):
    with pytest.raises(BadVotes) as caught:
        read_votes(io.BytesIO(data))
    assert message in str(caught.value)
