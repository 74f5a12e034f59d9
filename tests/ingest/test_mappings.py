"""Columns mapped by hand: any table can be read, and an impossible mapping says why."""

import pytest

from evaluations.ingest.mappings import FIELDS, IGNORE, SampledColumn, list_columns, suggest_mapping
from tests.ingest.files import PROMPTS, check, check_mapped, write_file

TABLE = "Nr,Frage,Art,GPT,Claude,Notiz\n1,Warum?,x,Darum.,Deshalb.,a\n2,Wie?,y,So.,,b\n"
MAPPING = {
    "Nr": "id",
    "Frage": "prompt",
    "Art": "category",
    "GPT": "response:GPT 5",
    "Claude": "response:Claude",
    "Notiz": "ignore",
}


def test_mapping_reads_what_nobody_would_recognise(tmp_path):
    source = write_file(tmp_path, TABLE)
    assert check(source).errors
    checked = check_mapped(source, MAPPING)
    assert checked.faults == []
    assert (checked.summary.prompts, checked.summary.responses) == (2, 3)
    assert checked.summary.coverage["models"] == ["GPT 5", "Claude"]
    assert {row["category"] for row in checked.summary.coverage["rows"]} == {"x", "y"}


def test_faults_name_the_files_own_columns(tmp_path):
    source = write_file(tmp_path, "Nr,Frage,Sprache\na,,french\n")
    checked = check_mapped(source, {"Nr": "id", "Frage": "prompt", "Sprache": "language"})
    assert [(fault.message, fault.column) for fault in checked.faults] == [
        ("named_language", "Sprache"),
        ("prompt_missing", "Frage"),
    ]


def test_mapping_overrides_the_columns_names(tmp_path):
    source = write_file(tmp_path, "id,prompt,response\na,Because.,Why?\n")
    checked = check_mapped(source, {"prompt": "response:A", "response": "prompt"})
    assert checked.errors == []
    assert checked.summary.preview[0]["text"] == "Why?"


def test_id_is_called_as_the_form_needs(tmp_path):
    prompts = write_file(tmp_path, PROMPTS, "prompts.csv")
    source = write_file(tmp_path, "nr,who,what\np1,A,x\n", "responses.csv")
    checked = check_mapped(source, {"nr": "id", "who": "model", "what": "response"})
    assert checked.messages == ["no_prompts"]
    long = write_file(tmp_path, "nr,text,who,what\np1,Why?,A,x\n", "long.csv")
    mapping = {"nr": "prompt_id", "text": "prompt", "who": "model", "what": "response"}
    assert check_mapped(long, mapping).faults == []
    assert check(prompts).errors == []


@pytest.mark.parametrize(
    ("mapping", "message", "column"),
    [
        ({"Nope": "id"}, "mapping_column", "Nope"),
        ({"Nr": "number"}, "mapping_field", "Nr"),
        ({"Nr": "id", "Frage": "id"}, "mapping_twice", "Nr"),
        ({"GPT": "response: "}, "mapping_model", "GPT"),
        ({"GPT": "response:" + "x" * 121}, "mapping_model", "GPT"),
        ({"GPT": "response:A", "Claude": "response:A"}, "mapping_twice", "GPT"),
        ({"GPT": "response:A", "Claude": "response"}, "mapping_both_forms", "GPT"),
        ({"Nr": "ignore"}, "mapping_incomplete", ""),
    ],
)
def test_impossible_mapping(tmp_path, mapping, message, column):
    fault = check_mapped(write_file(tmp_path, TABLE), mapping).find(message)
    assert fault.column == column
    assert fault.describe_problem()
    assert fault.describe_remedy()


def test_mapping_that_lacks_the_id(tmp_path):
    mapping = {**MAPPING, "Nr": "ignore"}
    checked = check_mapped(write_file(tmp_path, TABLE), mapping)
    assert [(fault.message, fault.column) for fault in checked.errors] == [("missing_column", "id")]


def test_ignored_columns_of_objects_are_no_strangers(tmp_path):
    source = write_file(tmp_path, '{"id": "a", "prompt": "b", "odd": 1}\n', "file.jsonl")
    assert check(source).messages == ["unknown_column"]
    assert check_mapped(source, {"odd": "ignore"}).faults == []


def test_columns_with_their_first_values(tmp_path):
    columns = list_columns(write_file(tmp_path, TABLE))
    assert [(column.name, column.examples) for column in columns][4:] == [
        ("Claude", ("Deshalb.",)),
        ("Notiz", ("a", "b")),
    ]
    assert list_columns(write_file(tmp_path, b"\x1f\x8bbroken", "broken.gz")) == []


def test_suggestion_is_a_mapping_that_can_be_used(tmp_path):
    content = "N°,Consigne,Catégorie,Langue,réponse_GPT,Claude 4,x\n1,Pourquoi ?,a,fr,Parce que.,Voici la raison.,7\n"
    source = write_file(tmp_path, content)
    mapping = suggest_mapping(list_columns(source))
    assert mapping == {
        "N°": "id",
        "Consigne": "prompt",
        "Catégorie": "category",
        "Langue": "language",
        "réponse_GPT": "response:GPT",
        "Claude 4": "response:Claude 4",
        "x": "ignore",
    }
    assert check_mapped(source, mapping).faults == []
    assert all(field in FIELDS or field.startswith("response:") for field in mapping.values())


def test_suggestion_of_a_row_a_response(tmp_path):
    source = write_file(tmp_path, "question_id,question,llm,answer,score\n1,Why so?,A b c,So it is.,2\n")
    mapping = suggest_mapping(list_columns(source))
    assert mapping == {
        "question_id": "id",
        "question": "prompt",
        "llm": "model",
        "answer": "response",
        "score": "ignore",
    }


def test_a_word_a_little_like_a_field_is_no_guess():
    columns = [SampledColumn(name=name, examples=("1",)) for name in ("Nummer", "Frame", "promt")]
    assert suggest_mapping(columns) == {"Nummer": "id", "Frame": IGNORE, "promt": "prompt"}
