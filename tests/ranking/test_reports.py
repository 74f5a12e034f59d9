"""What is written down of a ranking: records, CSV, and the table for a person."""

import csv
import io
import json
import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from evaluations.ranking import rank
from evaluations.ranking.influence import Turn
from evaluations.ranking.reports.records import COLUMNS, Report, as_csv, as_json, as_record, list_rows
from evaluations.ranking.reports.tables import as_table
from evaluations.ranking.reports.texts import measure_width
from evaluations.ranking.results import Effect
from evaluations.ranking.slices import Slice
from tests.ranking.vote_files import draw_rows, votes_of

VOTES = votes_of(draw_rows())


@pytest.fixture(scope="module")
def ranking():
    return rank(VOTES)


def named(ranking, *names):
    """The same ranking of models with other names."""
    return replace(ranking, models=(*names, *ranking.models[len(names) :]))


def turn_of(*, removed=2, of=240, reason=None, unit="vote"):
    return Turn(
        unit=unit,
        above="ada",
        below="bob",
        removed=np.arange(removed),
        of=of,
        gap=31.25,
        gap_after=None if reason else -0.5,
        reason=reason,
    )


def effect_of(value):
    return Effect(name="position", value=value, standard_error=1.0, lower=value - 2, upper=value + 2)


def board_of(report):
    """The lines of the first block of the table."""
    return as_table(report).split("\n\n")[0].splitlines()


def columns_taken(text):
    """What a terminal gives a text: two columns to a wide character, none to marks and formats."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.category(character) in ("Mn", "Me", "Cf") for character in text)


def test_a_record_is_what_json_reads_again_and_its_numbers_are_rounded(ranking):
    report = Report(ranking=ranking, plain=ranking, turns=(turn_of(),))
    record = as_record(report)
    assert json.loads(as_json(report)) == json.loads(json.dumps(record))
    assert set(record) == {
        *("parameters", "votes", "raters", "iterations", "ranking", "effects", "unplaced", "cautions"),
        *("without_style", "influence"),
    }
    for place, row in enumerate(record["ranking"]):
        assert tuple(row) == COLUMNS
        assert row["score"] == round(float(ranking.score[place]), 6)
        assert row["strength"] == round(float(ranking.strength[place]), 9)
        assert (row["votes"], row["both_bad"]) == (ranking.votes[place], ranking.both_bad[place])


def test_rounding_leaves_no_minus_zero_in_rows(ranking):
    row = list_rows(replace(ranking, strength=np.full(len(ranking.models), -1e-13)))[0]
    assert str(row["strength"]) == "0.0"


@pytest.mark.parametrize("write", [as_json, as_table])
def test_rounding_leaves_no_minus_zero_in_effects(ranking, write):
    above, below = (Report(ranking=replace(ranking, effects=(effect_of(x),))) for x in (1e-13, -1e-13))
    assert write(below) == write(above)


def test_csv_has_the_columns_of_a_row_and_its_numbers_come_back(ranking):
    read = list(csv.DictReader(io.StringIO(as_csv(Report(ranking=ranking)))))
    for row, written in zip(list_rows(ranking), read, strict=True):
        assert written == {**{name: str(value) for name, value in row.items()}, "note": ""}


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_csv_defuses_every_sign_that_begins_a_formula(ranking, first):
    name = f'{first}SUM("a",1)\n2'
    part = Slice(name=name, votes=240, ranking=named(ranking, name), reason=None)
    report = Report(ranking=named(ranking, name), slices=((name, part),))
    cells = {cell for row in csv.reader(io.StringIO(as_csv(report), newline="")) for cell in row}
    assert f"'{name}" in cells
    assert not any(cell.startswith(first) and not cell[1:2].isdigit() for cell in cells)


def test_a_slice_without_a_ranking_is_told_with_its_reason_and_is_not_in_csv(ranking):
    slices = (
        ("lang", Slice(name="br", votes=7, ranking=None, reason="has 7 votes, and 100 are needed")),
        ("lang", Slice(name="fr", votes=233, ranking=ranking, reason=None)),
    )
    report = Report(ranking=ranking, slices=slices)
    few, many = as_record(report)["slices"]
    assert few == {
        "column": "lang",
        "name": "br",
        "votes": 7,
        "reason": "has 7 votes, and 100 are needed",
        "ranking": [],
        "unplaced": [],
    }
    assert (many["reason"], many["ranking"]) == (None, list_rows(ranking))
    assert "lang = br: 7 votes\n  Not ranked: has 7 votes, and 100 are needed" in as_table(report)
    assert {row["slice"] for row in csv.DictReader(io.StringIO(as_csv(report)))} == {"", "fr"}


def test_slices_say_why_they_cannot_place_the_models_that_have_votes_in_them():
    beaten = [{"model_a": "ada", "model_b": "eve", "winner": "model_a"}] * 2
    rows = [*draw_rows(), *(draw_rows()[0] | row for row in beaten)]
    part = replace(rank(votes_of(rows)), cautions=(("bob", "was judged by one rater"),))
    part = replace(part, unplaced=(*part.unplaced, ("fay", "has no votes")))
    report = Report(ranking=part, slices=(("lang", Slice(name="fr", votes=242, ranking=part, reason=None)),))
    block = as_table(report).split("lang = fr: 242 votes by 25 raters\n")[1].split("\n\n")[0]
    assert block.split("Not placed:\n")[1].splitlines() == [
        "  eve has lost every battle.",
        "Take care:",
        "  bob was judged by one rater.",
    ]
    assert [entry["model"] for entry in as_record(report)["slices"][0]["unplaced"]] == ["eve", "fay"]


def test_who_is_unplaced_and_cautions_are_sentences(ranking):
    told = replace(
        ranking, unplaced=(("eve", "has no votes"),), cautions=(("bob", "was judged by one rater"),)
    )
    parts = as_table(Report(ranking=told)).split("\n\n")
    assert parts[1:3] == ["Not placed:\n  eve has no votes.", "Take care:\n  bob was judged by one rater."]
    record = as_record(Report(ranking=told))
    assert record["cautions"] == [{"model": "bob", "caution": "was judged by one rater"}]


@pytest.mark.parametrize(
    "name", ["a", "a" * 90, "模型甲", "ｗｉｄｅ", "e\u0301te\u0301", "café 4", "nine\x1b[31m"]
)
def test_columns_are_aligned_whatever_a_model_is_called(ranking, name):
    for report in (
        Report(ranking=named(ranking, name)),
        Report(ranking=named(ranking, name), plain=named(ranking, name)),
    ):
        assert len({columns_taken(line) for line in board_of(report)}) == 1


@pytest.mark.parametrize("name", ["हिंदी", "วันนี้", "❤\ufe0f"])
def test_columns_are_aligned_in_scripts_with_marks(ranking, name):
    assert len({columns_taken(line) for line in board_of(Report(ranking=named(ranking, name)))}) == 1


def test_formats_and_marks_take_no_column():
    assert [measure_width(text) for text in ("ab", "a\u200db", "e\u0301", "模型", "")] == [2, 2, 1, 4, 0]


CONTROLS = ["\x1b[2J", "\x07", "\r", "\n", "\x7f", "\x9b31m", "\u202e", "\u2028", "\x00"]


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_no_name_brings_a_control_character_to_the_terminal(ranking, control):
    name = f"x{control}y"
    told = replace(
        named(ranking, name),
        unplaced=((name, "has no votes"),),
        cautions=((name, "was judged by one rater"),),
    )
    told = replace(told, effects=(replace(effect_of(1.0), name=name),))
    slices = ((name, Slice(name=name, votes=240, ranking=told, reason=None)),)
    turn = replace(turn_of(), above=name, below=name)
    text = as_table(Report(ranking=told, slices=slices, turns=(turn, replace(turn, reason="none was found"))))
    assert text.replace("\n", "").isprintable()
    assert text.count(ascii(name)[1:-1]) == 12


@pytest.mark.parametrize("parameters", [{"style": ("x\x1b[2J",)}, {"anchor": "x\x1b[2J"}], ids=str)
def test_no_parameter_brings_a_control_character_to_the_terminal(ranking, parameters):
    text = as_table(Report(ranking=replace(ranking, parameters=replace(ranking.parameters, **parameters))))
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("modèle\x1b", "modèle\\x1b"),
        ("模型\u202e", "模型\\u202e"),
        ("no\u00a0break", "no break"),
        ("wide\u3000space", "wide space"),
    ],
    ids=ascii,
)
def test_the_letters_beside_a_control_character_stay_as_they_are(ranking, name, shown):
    assert shown in as_table(Report(ranking=named(ranking, name)))


def test_influence_is_told_in_words(ranking):
    turns = (turn_of(), turn_of(unit="rater", removed=0, of=25, reason="no set of raters was found"))
    text = as_table(Report(ranking=ranking, turns=turns))
    turned, kept = text.split("What the order rests on:\n")[1].split("\n\n")[0].splitlines()
    assert turned.startswith("  Without 2 of the 240 votes (0.83 %) bob would be above ada, ")
    assert "31.2 points" in turned
    assert kept == "  ada above bob, by 31.2 points: no set of raters was found."
    record = as_record(Report(ranking=ranking, turns=turns))["influence"]
    assert [(turn["removed"], turn["of"], turn["gap_after"]) for turn in record] == [
        (2, 240, -0.5),
        (0, 25, None),
    ]


def test_both_boards_stand_side_by_side(ranking):
    held = rank(VOTES, style=("length",))
    head, *rows = board_of(Report(ranking=held, plain=ranking))
    assert head.endswith("Rank without it   Score without it")
    plain = {row["model"]: row for row in list_rows(ranking)}
    for line, model in zip(rows, held.models, strict=True):
        low, high = plain[model]["rank_low"], plain[model]["rank_high"]
        shown = f"{low}" if low == high else f"{low}–{high}"
        assert line.split()[-2:] == [shown, f"{plain[model]['score']:.0f}"]
    assert as_record(Report(ranking=held, plain=ranking))["without_style"] == list_rows(ranking)
