"""Answers for a person to look at, responses for prompts that are there, and the matrix of both."""

import pytest

from evaluations.ingest.coverage import MOST_PROMPTS
from evaluations.ingest.found_responses import FoundResponse
from evaluations.ingest.prompt_rows import KnownPrompts
from evaluations.ingest.self_identification import load_rules
from tests.ingest.files import MODELS, PROMPTS, check, write_file

HEADER = "prompt_id,model,response\n"
RULES = load_rules()
KNOWN = KnownPrompts(
    prompts={"p1": "reason", "p2": "write"},
    models={"Alpha": "Alpha", "alpha": "Alpha", "97": "Alpha"},
    responses={("p1", "Alpha")},
)


def list_found(tmp_path, *contents, **options):
    found: list[FoundResponse] = []
    sources = [write_file(tmp_path, text, f"file{n}.csv") for n, text in enumerate(contents)]
    checked = check(*sources, found=found.append, rules=RULES, **options)
    assert checked.errors == []
    return found


def test_each_kind_is_told_with_its_place(tmp_path):
    rows = 'p1,A,"I\'m Claude, made by Anthropic."\np1,B,\np2,A,Same.\np2,B,Same.\n'
    found = list_found(tmp_path, PROMPTS, HEADER + rows)
    places = [(one.kind, one.file, one.line, one.prompt_key, one.model_name) for one in found]
    assert places == [
        ("self_identification", "file1.csv", 2, "p1", "A"),
        ("empty", "file1.csv", 3, "p1", "B"),
        ("identical", "file1.csv", 5, "p2", "B"),
    ]
    assert (found[0].says, found[0].rule) == ("I'm Claude, made by Anthropic", "en-made-by")
    assert (found[2].other_model, found[2].excerpt) == ("A", "Same.")


def test_own_name_and_maker_come_from_the_file_of_models(tmp_path):
    text = "p1,a,Alpha says so.\np2,b,The Bees know.\np1,b,Ask Alpha.\np2,a,Ask Ant.\n"
    found = list_found(tmp_path, PROMPTS, MODELS, HEADER + text)
    assert [(one.prompt_key, one.model_name, one.says) for one in found] == [
        ("p1", "a", "Alpha"),
        ("p2", "b", "Bees"),
        ("p2", "a", "Ant"),
    ]


def test_makers_that_are_known_elsewhere(tmp_path):
    rows = HEADER + "p1,Boreal,Nordlys made this.\n"
    assert list_found(tmp_path, PROMPTS, rows) == []
    found = list_found(tmp_path, PROMPTS, rows, makers={"Boreal": "Nordlys"})
    assert [one.says for one in found] == ["Nordlys"]


def test_responses_for_prompts_that_are_there(tmp_path):
    source = write_file(tmp_path, HEADER + "p1,Beta,x\np2,97,y\np2,Beta,z\n")
    checked = check(source, known=KNOWN)
    assert checked.faults == []
    summary = checked.summary
    assert (summary.prompts, summary.responses, summary.models, summary.comparable) == (2, 3, 2, 2)
    assert summary.coverage["models"] == ["Alpha", "Beta"]
    assert {"category": "reason", "prompts": 1, "responses": [1, 1]} in summary.coverage["rows"]
    assert [row["text"] for row in summary.preview] == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("row", "message", "column"),
    [
        ("p1,Alpha,x", "already_answered", "model"),
        ("p1,alpha,x", "already_answered", "model"),
        ("p9,Beta,x", "unknown_prompt", "prompt_id"),
        ("p2,98,x", "numbered_model", "model"),
    ],
)
def test_response_that_cannot_be_added(tmp_path, row, message, column):
    checked = check(write_file(tmp_path, HEADER + row + "\n"), known=KNOWN)
    assert [(fault.message, fault.line, fault.column) for fault in checked.errors] == [(message, 2, column)]


def test_models_file_beside_known_prompts_means_the_same_models(tmp_path):
    models = write_file(tmp_path, "id,name\nx,Alpha\ny,Beta\n", "models.csv")
    rows = write_file(tmp_path, HEADER + "p1,x,again\np2,y,new\n", "responses.csv")
    checked = check(models, rows, known=KNOWN)
    assert [fault.message for fault in checked.errors] == ["already_answered"]
    assert checked.summary.coverage["models"] == ["Alpha", "Beta"]


def test_prompts_are_not_taken_beside_known_ones(tmp_path):
    assert check(write_file(tmp_path, PROMPTS), known=KNOWN).messages == ["prompts_here"]


def test_matrix_of_prompts_and_models(tmp_path):
    rows = HEADER + "p1,A,x\np2,A,y\np2,B,z\n"
    sources = [write_file(tmp_path, PROMPTS, "p.csv"), write_file(tmp_path, rows, "r.csv")]
    assert check(*sources).summary.models_coverage == {
        "models": ["A", "B"],
        "rows": [
            {"prompt": "p1", "category": "reason", "responses": [True, False]},
            {"prompt": "p2", "category": "write", "responses": [True, True]},
        ],
    }


@pytest.mark.parametrize(
    ("prompts", "models", "shown"), [(200, 40, True), (201, 40, False), (200, 41, False)]
)
def test_matrix_is_shown_as_long_as_it_can_be_read(tmp_path, prompts, models, shown):
    assert MOST_PROMPTS == 200
    listed = "id,prompt\n" + "".join(f"p{n},Why?\n" for n in range(prompts))
    rows = HEADER + "".join(f"p{n % prompts},M{n}x,text {n}\n" for n in range(models))
    sources = [write_file(tmp_path, listed, "p.csv"), write_file(tmp_path, rows, "r.csv")]
    assert bool(check(*sources).summary.models_coverage) is shown
