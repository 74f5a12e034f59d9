"""One definition of columns: what the files have is what the codebook tells, and what cells hold is what they say."""

import csv
import io

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from evaluations.exports import DATA_FILES, FILES, ExportOptions
from evaluations.exports.codebook import CODEBOOK
from evaluations.exports.columns import name_type
from evaluations.exports.writers import spell_cell
from evaluations.spreadsheets import RUNS, defuse_cell, write_line
from tests.exports.studies import export_bytes, make_full_study, read_csv, read_jsonl, read_parquet


@pytest.mark.django_db
def test_the_codebook_has_a_line_for_each_column_of_each_file():
    lines = read_csv(make_full_study(), "codebook-csv")

    told = [(line["file"], line["column"], line["type"]) for line in lines]
    assert told == [
        (file.name, column.name, name_type(column.type)) for file in DATA_FILES for column in file.columns
    ]
    assert all(line["means"] for line in lines)
    assert list(lines[0]) == [column.name for column in CODEBOOK]


@pytest.mark.django_db
@pytest.mark.parametrize("file", DATA_FILES, ids=lambda file: file.name)
def test_each_format_has_the_columns_of_the_file(file):
    study = make_full_study()
    names = [column.name for column in file.columns]
    options = {"texts": True}
    for name, written in file.formats.items():
        match written.suffix:
            case "csv":
                found = list(read_csv(study, name, **options)[0])
            case "jsonl":
                found = list(read_jsonl(study, name, **options)[0])
            case "parquet":
                table = read_parquet(study, name, **options)
                found = table.column_names
                assert [field.type for field in table.schema] == [column.type for column in file.columns]
        assert found == names, name


@pytest.mark.django_db
def test_the_codebook_says_what_it_is_about():
    study = make_full_study()
    text = export_bytes(study, "codebook-md").decode()

    assert "- study: tasks\n" in text
    assert "- ledger_size: 7\n" in text
    assert f"- protocol_hash: {study.protocol_hash}\n" in text
    assert text.count("\n| votes | ") == len(DATA_FILES[0].columns)


def test_columns_have_each_name_once_and_options_are_known():
    for file in FILES:
        names = [column.name for column in file.columns]
        assert len(set(names)) == len(names)
        assert set(file.options) <= set(ExportOptions.__dataclass_fields__)


def test_types_are_told_in_words():
    types = {column.name: name_type(column.type) for column in DATA_FILES[0].columns}

    assert types["ledger_position"] == "whole number"
    assert types["reasons_left"] == "list of text"
    assert types["prompt_messages"] == "list of {role: text, content: text}"
    assert types["cast_at"] == "time"


@given(st.text(alphabet=st.one_of(st.sampled_from([*RUNS, "'", " ", "\u200b", "\u00a0"]), st.characters())))
@example("=1+1")
@example("  @SUM(A1)")
@example("\u200b=1")
@example("'=1")
@example("＝1")
def test_no_cell_runs_and_none_is_lost(text):
    cell = defuse_cell(text)

    assert not cell.startswith(RUNS)
    assert not cell.lstrip(" \u200b\u00a0\ufeff").startswith(RUNS)
    assert cell in (text, f"'{text}")
    assert restore(cell) == text


def restore(cell):
    """What the codebook tells a reader to do."""
    return cell[1:] if cell.startswith("'") and defuse_cell(cell[1:]) == cell else cell


@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_a_line_reads_back(text):
    assert next(csv.reader(io.StringIO(write_line([text, "x"]), newline=""))) == [defuse_cell(text), "x"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [(-3, "-3"), (-0.25, "-0.25"), (True, "true"), (None, ""), ("-3", "'-3"), (["=1"], '["=1"]'), ("", "")],
)
def test_numbers_stay_numbers(value, cell):
    assert spell_cell(value) == cell


@pytest.mark.django_db
def test_the_codebook_is_in_the_reader_s_language():
    study = make_full_study()
    with translation.override("fr"):
        lines = read_csv(study, "codebook-csv")

    assert lines[0]["column"] == "ledger_position"
