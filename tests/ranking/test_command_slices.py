"""`manage.py rank --slice COLUMN`: parts of the votes, each ranked by itself."""

import csv
import io
import re

import pytest

from tests.ranking.vote_files import draw_rows

ROWS = draw_rows()
BRETON = ROWS[0] | {"model_a": "cyd", "model_b": "dan", "lang": "br"}


def test_slices_are_ranked_as_their_votes_alone_in_every_format(document, ranked_rows):
    found = document("--slice", "lang", "--slice", "prompt_id")["slices"]
    assert [(part["column"], part["name"]) for part in found[:2]] == [("lang", "fr"), ("lang", "en")]
    assert [part["column"] for part in found] == ["lang"] * 2 + ["prompt_id"] * 12
    assert sum(part["votes"] for part in found) == 2 * len(ROWS)
    for part in found[:2]:
        rows = [row for row in ROWS if row["lang"] == part["name"]]
        assert (part["votes"], part["ranking"]) == (len(rows), document(rows=rows)["ranking"])
        block = ranked_rows("--slice", "lang")[0].split(
            f"lang = {part['name']}: {len(rows):,} votes by {part['raters']} raters\n"
        )[1]
        board = ranked_rows(rows=rows)[0].split("\n\n")[0]
        assert block.split("\n\n")[0] == board
    written = list(csv.DictReader(io.StringIO(ranked_rows("--slice", "lang", "--format", "csv")[0])))
    places = [(row["slice_column"], row["slice"]) for row in written]
    assert places == [("", "")] * 4 + [("lang", "fr")] * 4 + [("lang", "en")] * 4
    scores = [float(row["score"]) for row in written[4:]]
    assert scores == [row["score"] for part in found[:2] for row in part["ranking"]]


def test_votes_without_a_value_and_a_slice_that_cannot_be_ranked_are_told(document, ranked_rows):
    rows = [*(row | {"lang": ""} for row in ROWS), BRETON | {"winner": "model_a"}]
    found = document("--slice", "lang", rows=rows)["slices"]
    assert [(part["name"], part["votes"], len(part["ranking"])) for part in found] == [
        ("(none)", 240, 4),
        ("br", 1, 0),
    ]
    reasons = {entry["model"]: entry["reason"] for entry in found[1]["unplaced"]}
    assert reasons == {
        "cyd": "has won every battle",
        "dan": "has lost every battle",
        "ada": "has no votes",
        "bob": "has no votes",
    }
    out, _ = ranked_rows("--slice", "lang", rows=rows)
    block = out.split("lang = br: 1 vote by 1 rater\n")[1].split("\n\n")[0].splitlines()
    assert block == [
        "  No model can be ranked yet.",
        "Not placed:",
        "  cyd has won every battle.",
        "  dan has lost every battle.",
    ]
    written = csv.DictReader(io.StringIO(ranked_rows("--slice", "lang", "--format", "csv", rows=rows)[0]))
    notes = {row["model"]: row["note"] for row in written if row["slice"] == "br"}
    assert notes == {model: f"not placed: {reason}" for model, reason in reasons.items()}


@pytest.mark.parametrize("options", [["--position"], ["--anchor", "ada"]], ids=str)
def test_a_slice_too_small_for_an_option_has_a_reason_and_the_others_are_ranked(document, options):
    small = [BRETON | {"winner": winner} for winner in ("model_a", "model_b")]
    found = document("--slice", "lang", *options, rows=[*ROWS, *small])["slices"]
    assert [(part["name"], bool(part["ranking"])) for part in found] == [
        ("fr", True),
        ("en", True),
        ("br", False),
    ]
    assert found[2]["reason"]


def test_names_of_slices_run_in_no_spreadsheet(ranked_rows):
    rows = [row | {"lang": "=1+1", "+lang": "@x"} for row in ROWS]
    out, _ = ranked_rows("--format", "csv", "--slice", "lang", "--slice", "+lang", rows=rows)
    places = {(row["slice_column"], row["slice"]) for row in csv.DictReader(io.StringIO(out))}
    assert places == {("", ""), ("lang", "'=1+1"), ("'+lang", "'@x")}


@pytest.mark.parametrize("part", [";=1+1", '\t"＋1', "\n @x"], ids=ascii)
def test_names_of_slices_run_in_no_spreadsheet_that_parts_cells_elsewhere(ranked_rows, part):
    out, _ = ranked_rows(
        "--format", "csv", "--slice", "lang", rows=[row | {"lang": f"x{part}"} for row in ROWS]
    )
    assert {row["slice"] for row in csv.DictReader(io.StringIO(out))} == {"", f"x{part[0]}'{part[1:]}"}
    pieces = re.split(r"[;\t\n]", out)
    assert [piece for piece in pieces if piece.lstrip(' "').startswith(("=", "＋", "@"))] == []


def test_control_characters_in_names_of_slices_do_not_reach_the_terminal(ranked_rows):
    rows = [row | {"la\x1bng": "f\x07r\x9b2J"} for row in ROWS]
    out, _ = ranked_rows("--slice", "la\x1bng", rows=rows)
    assert out.replace("\n", "").isprintable()
    assert "la\\x1bng = f\\x07r\\x9b2J: 240 votes by 25 raters\n" in out
