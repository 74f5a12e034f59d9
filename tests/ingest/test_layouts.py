"""Files are recognised by their columns; a column that isn't known is named with the nearest that is."""

import pytest

from evaluations.ingest.layouts import LAYOUTS, Role, recognise
from tests.ingest.files import VOTES, check, write_file, write_jsonl


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_each_layout_is_recognised_by_its_own_columns(layout):
    columns = [column.name for column in layout.columns] + list(layout.extras)
    assert recognise(columns=columns) is layout
    assert recognise(columns=columns[::-1]) is layout


@pytest.mark.parametrize(
    ("columns", "role"),
    [
        ("id prompt", Role.PROMPTS),
        ("id messages language", Role.PROMPTS),
        ("id prompt model response", Role.LONG),
        ("id prompt model response category", Role.LONG),
        ("prompt_id model response", Role.RESPONSES),
        ("prompt model result", Role.RESPONSES),
        ("id name", Role.MODELS),
        ("id name strength", Role.MODELS),
        ("prompt model_x model_y worker winner", Role.VOTES),
        # Wrong in one column, and still what they are.
        ("id promt", Role.PROMPTS),
        ("id prompt colour", Role.PROMPTS),
        ("prompt_id modle response", Role.RESPONSES),
        ("prompt_id model_left model_right winner", Role.VOTES),
    ],
)
def test_recognised(columns, role):
    layout = recognise(columns=columns.split())
    assert layout is not None
    assert layout.role is role


@pytest.mark.parametrize(
    "columns",
    [
        [],
        ["which ai is better?"],
        ["x", "y"],
        ["question", "nummer", "thema", "antwort"],
        ["id", "question", "nummer", "antwort"],
    ],
)
def test_nothing_like_it(columns):
    assert recognise(columns=columns) is None


def test_unknown_columns_are_said_with_what_is_known(tmp_path):
    fault = check(write_file(tmp_path, "who,what\na,b\n")).find("unrecognised")
    assert "who, what" in fault.describe_problem()
    assert "prompt_id, model, response" in fault.describe_remedy()


def test_misspelt_column_suggests_the_nearest(tmp_path):
    checked = check(write_file(tmp_path, "id,promt\na,b\nc,d\n"))
    assert checked.messages == ["misspelt_column", "missing_column"]
    fault = checked.find("misspelt_column")
    assert (fault.line, fault.column) == (1, "promt")
    assert "“prompt”" in fault.describe_remedy()
    assert "id, prompt, messages, category" in fault.describe_remedy()


def test_unknown_column_lists_the_known(tmp_path):
    fault = check(write_file(tmp_path, "id,prompt,zzz\na,b,c\n")).find("unknown_column")
    assert "id, prompt, messages, category, language, metadata" in fault.describe_remedy()


def test_missing_column_is_one_fault_and_not_one_a_row(tmp_path):
    checked = check(write_file(tmp_path, "id,category\na,b\nc,d\n"))
    assert [(fault.message, fault.column) for fault in checked.faults] == [("missing_column", "prompt")]


def test_unknown_key_is_named_once_at_its_first_line(tmp_path):
    rows = [{"id": str(n), "prompt": "x"} for n in range(60)]
    rows[55]["promptt"] = rows[57]["promptt"] = "y"
    checked = check(write_jsonl(tmp_path, *rows))
    assert [(fault.message, fault.line) for fault in checked.faults] == [("misspelt_column", 56)]


def test_key_left_out_of_one_object(tmp_path):
    rows = [{"prompt_id": "a", "model": "M", "response": "x"}, {"prompt_id": "b", "model": "M"}]
    prompts = write_jsonl(tmp_path, {"id": "a", "prompt": "x"}, {"id": "b", "prompt": "y"}, name="p.jsonl")
    fault = check(prompts, write_jsonl(tmp_path, *rows)).find("missing_key")
    assert (fault.line, fault.column) == (2, "response")


def test_hostile_column_name_is_cut_and_shown(tmp_path):
    checked = check(write_file(tmp_path, f"id,prompt,{'x' * 5000}\x00\na,b,c\n"))
    fault = checked.find("unknown_column")
    assert len(fault.column) <= 120


def test_votes_are_no_prompts(tmp_path):
    assert check(write_file(tmp_path, VOTES)).messages == ["votes_here"]
