"""A prompt set's files as a whole: what must be unique, what must exist, what deserves a look."""

import pytest

from evaluations.ingest import prompt_checks
from tests.ingest.files import MODELS, PROMPTS, RESPONSES, check, write_file, write_jsonl

LONG = "id,prompt,model,response,category\np1,Why?,Alpha,Because.,reason\np1,,Beta,So.,\np2,How?,Alpha,Thus.,write\n"


@pytest.fixture
def files(tmp_path):
    def write(*contents):
        return [write_file(tmp_path, text, f"file{number}.csv") for number, text in enumerate(contents)]

    return write


def test_files_in_any_order(files):
    for contents in [
        (PROMPTS, RESPONSES, MODELS),
        (RESPONSES, MODELS, PROMPTS),
        (MODELS, RESPONSES, PROMPTS),
    ]:
        checked = check(*files(*contents))
        assert checked.errors == []
        assert (checked.summary.prompts, checked.summary.responses, checked.summary.models) == (2, 4, 2)


def test_coverage_by_category_and_model(files):
    summary = check(*files(PROMPTS, RESPONSES)).summary
    assert summary.coverage["models"] == ["Alpha", "Beta"]
    assert {"category": "reason", "prompts": 1, "responses": [1, 1]} in summary.coverage["rows"]
    assert summary.comparable == 2
    assert check(*files(PROMPTS, RESPONSES.replace("p2,Beta,\n", ""))).summary.comparable == 1


def test_empty_response_is_a_warning(files):
    checked = check(*files(PROMPTS, RESPONSES))
    assert checked.messages == ["empty_response"]
    assert (checked.faults[0].line, checked.faults[0].severity) == (5, "warning")


def test_same_response_of_two_models_is_a_warning(files):
    checked = check(*files(PROMPTS, "prompt_id,model,response\np1,A,Four.\np1,B,Four.\np2,C,Four.\n"))
    assert checked.messages == ["same_response"]
    assert checked.faults[0].values["line"] == 2


def test_duplicate_id_names_the_first_and_a_free_one(files):
    fault = check(*files("id,prompt\na,x\na-2,y\na,z\n")).find("duplicate_id")
    assert (fault.line, fault.values["line"]) == (4, 2)
    assert "a-3" in fault.describe_remedy()


def test_duplicate_id_across_files(files):
    fault = check(*files(PROMPTS, "id,prompt\np2,Again\n")).find("duplicate_id")
    assert (fault.file, fault.line, fault.values["file"], fault.values["line"]) == (
        "file1.csv",
        2,
        "file0.csv",
        3,
    )


@pytest.mark.parametrize("prompt", ["", "   "])
def test_empty_prompt(files, prompt):
    fault = check(*files(f"id,prompt\na,{prompt}\nb,x\n")).find("prompt_missing")
    assert (fault.line, fault.column) == (2, "prompt")


def test_prompt_and_messages(tmp_path):
    row = {"id": "a", "prompt": "x", "messages": [{"role": "user", "content": "y"}]}
    assert check(write_jsonl(tmp_path, row)).messages == ["prompt_twice"]


def test_response_to_a_prompt_that_is_not_there(files):
    checked = check(*files("id,prompt\nwrite-01,x\n", "prompt_id,model,response\nwrite-1,A,x\nzzz,A,y\n"))
    assert checked.messages == ["nearby_prompt", "unknown_prompt"]
    assert "“write-01”" in checked.faults[0].describe_remedy()


def test_response_to_a_prompt_with_a_fault_is_no_second_fault(files):
    checked = check(*files("id,prompt\na,\n", "prompt_id,model,response\na,M,x\n"))
    assert checked.messages == ["prompt_missing"]


def test_second_response_of_a_model_to_a_prompt(files):
    fault = check(*files(PROMPTS, RESPONSES + "p1,Alpha,Other\n")).find("duplicate_response")
    assert (fault.line, fault.values["line"]) == (6, 2)


def test_model_by_id_and_by_name_is_the_same_model(files):
    responses = "prompt_id,model,response\np1,a,x\np1,Alpha,y\n"
    assert "duplicate_response" in check(*files(PROMPTS, MODELS, responses)).messages


def test_model_that_the_file_of_models_lacks(files):
    checked = check(*files(PROMPTS, MODELS, "prompt_id,model,response\np1,Alpa,x\np1,Zorg,y\n"))
    assert checked.messages == ["nearby_model", "unknown_model"]


def test_models_with_the_same_id_or_name(files):
    checked = check(*files(PROMPTS, "id,name\na,Alpha\na,Beta\nc,Alpha\n"))
    assert checked.messages == ["duplicate_id", "duplicate_name"]


def test_number_is_no_name_of_a_model(files):
    checked = check(*files(PROMPTS, "prompt_id,model,response\np1,97,x\np2,97,x\n"))
    assert checked.messages == ["numbered_model"]


def test_responses_alone_need_their_prompts(files):
    assert check(*files(RESPONSES)).messages == ["no_prompts"]


def test_long_form_gives_prompts_and_responses(files):
    checked = check(*files(LONG))
    assert checked.faults == []
    assert (checked.summary.prompts, checked.summary.responses, checked.summary.models) == (2, 3, 2)


def test_long_form_must_agree_with_the_first_row(files):
    checked = check(*files(LONG + "p1,What?,Gamma,x,write\n"))
    assert [(fault.message, fault.column) for fault in checked.faults] == [
        ("prompt_differs", "prompt"),
        ("prompt_differs", "category"),
    ]
    assert {fault.values["line"] for fault in checked.faults} == {2}


def test_long_form_may_repeat_the_prompt(files):
    assert check(*files(LONG + "p1,Why?,Gamma,x,reason\n")).faults == []


def test_long_form_needs_the_prompt_in_its_first_row(files):
    fault = check(*files("id,prompt,model,response\na,,Alpha,x\na,Why?,Beta,y\n")).find("prompt_missing")
    assert fault.line == 2


def test_long_form_twice_the_same_model(files):
    assert check(*files(LONG + "p2,,Alpha,Again,\n")).messages == ["duplicate_response"]


def test_every_row_is_checked_and_not_only_the_first_bad_one(files):
    rows = "".join(f"p{n},Why?,french\n" for n in range(500))
    checked = check(*files("id,prompt,language\n" + rows))
    assert [fault.line for fault in checked.faults] == list(range(2, 502))


def test_check_stops_when_enough_is_wrong(files):
    rows = "".join(f"p{n},Why?,french\n" for n in range(500))
    checked = check(*files("id,prompt,language\n" + rows), limit=100)
    assert len(checked.faults) == 101
    assert checked.messages[-1] == "too_many_faults"


def test_warnings_never_stop_the_check(files):
    prompts = "id,prompt\n" + "".join(f"p{n},Why?\n" for n in range(200))
    responses = "prompt_id,model,response\n" + "".join(f"p{n},M,\n" for n in range(200))
    checked = check(*files(prompts, responses), limit=100)
    assert checked.errors == []
    assert len(checked.faults) == 100
    assert checked.summary.responses == 200


def test_too_many_rows(files, monkeypatch):
    monkeypatch.setattr(prompt_checks, "MOST_ROWS", 3)
    assert check(*files("id,prompt\na,1\nb,2\nc,3\n")).faults == []
    assert check(*files("id,prompt\na,1\nb,2\nc,3\nd,4\ne,5\n")).messages == ["too_many_rows"]
