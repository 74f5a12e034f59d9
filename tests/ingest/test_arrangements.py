"""A column a model: recognised by the columns' names or by how they read, and never guessed where it is doubtful."""

import pytest

from evaluations.ingest.faults import FaultTally
from evaluations.ingest.layouts import Role
from evaluations.ingest.prompt_checks import open_sheets
from evaluations.ingest.rows import read_rows
from tests.ingest.files import PROMPTS, check, write_file, write_jsonl

ANSWERS = "An answer of some length, number {}."
WIDE = "id,prompt,category,GPT 5,Mistral Large\n" + "".join(
    f'p{n},Why?,x,"{ANSWERS.format(n)}","Another {ANSWERS.format(n)}"\n' for n in range(3)
)


def read(source):
    (sheet,) = open_sheets(
        sources=[source],
        max_mb=1,
        roles=tuple(Role),
        stranger="",
        report=FaultTally(report=[].append, limit=9),
    )
    return sheet, list(read_rows(sheet=sheet, report=pytest.fail))


def test_columns_that_read_like_answers_are_models_and_this_is_said(tmp_path):
    checked = check(write_file(tmp_path, WIDE))
    assert checked.messages == ["wide_form"]
    assert "GPT 5, Mistral Large" in checked.faults[0].describe_problem()
    summary = checked.summary
    assert (summary.prompts, summary.responses, summary.comparable) == (3, 6, 3)
    assert summary.coverage["models"] == ["GPT 5", "Mistral Large"]


def test_named_columns_are_models_whatever_they_hold(tmp_path):
    content = "id,prompt,response_GPT-5,Réponse Mistral\na,Why?,4,5\n"
    checked = check(write_file(tmp_path, content))
    assert checked.summary.coverage["models"] == ["GPT-5", "Mistral"]
    assert checked.summary.responses == 2


def test_row_a_response_comes_out_of_a_row_a_prompt(tmp_path):
    sheet, rows = read(
        write_file(tmp_path, "id,prompt,response_A,response_B\na,x,one,\nb,y,,\nc,z,two,three\n")
    )
    assert sheet.layout.role is Role.LONG
    assert [(row.line, row.get("key"), row.get("model"), row.get("text")) for row in rows] == [
        (2, "a", "A", "one"),
        (3, "b", "", ""),
        (4, "c", "A", "two"),
        (4, "c", "B", "three"),
    ]


def test_prompt_without_any_answer_stays_a_prompt(tmp_path):
    summary = check(write_file(tmp_path, "id,prompt,response_A,response_B\na,x,one,\nb,y,,\n")).summary
    assert (summary.prompts, summary.responses) == (2, 1)
    assert [row["responses"] for row in summary.models_coverage["rows"]] == [[True], [False]]


def test_fault_of_an_answer_names_its_column(tmp_path):
    fault = check(write_file(tmp_path, b"id,prompt,response_A,response_B\na,x,one,t\x00wo\n")).find("nul")
    assert (fault.line, fault.column) == (2, "response_B")


def test_fault_of_a_prompt_is_one_and_not_one_a_model(tmp_path):
    checked = check(write_file(tmp_path, "id,prompt,language,response_A,response_B\na,x,french,one,two\n"))
    assert checked.messages == ["wide_form", "named_language"]


def test_responses_alone_with_a_column_a_model(tmp_path):
    prompts = write_file(tmp_path, PROMPTS, "prompts.csv")
    for column in ("prompt_id", "id"):
        responses = write_file(tmp_path, f"{column},response_A,response_B\np1,x,y\np2,z,w\n", "responses.csv")
        checked = check(prompts, responses)
        assert checked.errors == []
        assert checked.summary.responses == 4


def test_objects_may_bring_another_model_later(tmp_path):
    rows = [{"id": str(n), "prompt": "x", "response_A": "one"} for n in range(60)]
    rows[58]["response_B"] = "two"
    summary = check(write_jsonl(tmp_path, *rows)).summary
    assert summary.coverage["models"] == ["A", "B"]


@pytest.mark.parametrize(
    "columns",
    [
        ("difficulty", ["hard"] * 3, "topic", ["sea"] * 3),
        ("GPT 5", ["Four."] * 3, "Mistral", ["Five."] * 3),
        ("GPT 5", [ANSWERS.format(n) for n in range(3)], "notes", ["Seen by two people, and good."] * 3),
        ("GPT 5", [ANSWERS.format(0)] * 3, "Mistral", [ANSWERS.format(n) for n in range(3)]),
    ],
)
def test_doubtful_columns_are_faults_and_no_models(tmp_path, columns):
    one, first, two, second = columns
    rows = [{"id": str(n), "prompt": "x", one: first[n], two: second[n]} for n in range(3)]
    checked = check(write_jsonl(tmp_path, *rows))
    assert {fault.message for fault in checked.errors} <= {"unknown_column", "misspelt_column"}
    assert {fault.column for fault in checked.errors} == {one, two}


def test_long_form_may_have_messages_and_metadata(tmp_path):
    turns = [{"role": "user", "content": "Hello"}]
    row = {"id": "a", "messages": turns, "metadata": {"n": 1}, "model": "A", "response": "Hi"}
    checked = check(write_jsonl(tmp_path, row, {**row, "model": "B"}))
    assert checked.messages == ["same_response"]
    assert checked.summary.responses == 2
