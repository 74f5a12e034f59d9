"""One cell: what is taken, what isn't, and the sentence for it."""

import pytest

from evaluations.ingest.messages import MESSAGES
from tests.ingest.files import check, write_file, write_jsonl


def faults_of(tmp_path, **cells):
    return check(write_jsonl(tmp_path, {"id": "a", "prompt": "Why?", **cells}))


@pytest.mark.parametrize("code", ["fr", "en", "", None, "pt-BR", "zh-Hant", "gsw"])
def test_language_codes(tmp_path, code):
    assert faults_of(tmp_path, language=code).faults == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("french", "fr"), ("Français", "fr"), ("ENGLISH", "en"), ("FR", "fr"), ("german", "de")],
)
def test_language_by_name_says_which_code(tmp_path, name, code):
    fault = faults_of(tmp_path, language=name).find("named_language")
    assert fault.describe_remedy() == f"Use {code}."
    assert fault.says == name


def test_unknown_language(tmp_path):
    assert faults_of(tmp_path, language="klingonese!").messages == ["unknown_language"]


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [("RÃ©dige", "é"), ("dÃ©jÃ\u00a0 vu", "é"), ("lâ€™eau", "’"), ("10Â\u00a0€", "\u00a0"), ("ðŸ˜€", "😀")],
)
def test_damaged_accents_are_shown_mended(tmp_path, damaged, meant):
    fault = faults_of(tmp_path, prompt=f"Dis : {damaged}").find("damaged_accents")
    assert f"was “{meant}”" in fault.describe_problem()
    assert fault.column == "prompt"


@pytest.mark.parametrize(
    "text",
    [
        "CAFÉ\u00a0: « à côté\u00a0»",
        "RÉSUMÉ\u00a0!",
        "São Tomé, AMANHÃ\u00a0»",
        "Âge, âme, forêt",
        "Ångström, Ünïcödé",
        "10\u00a0€",
        "日本語 😀 𝔘",
        "Ã",
    ],
)
def test_good_accents_are_taken(tmp_path, text):
    assert faults_of(tmp_path, prompt=text).faults == []


@pytest.mark.parametrize("column", ["id", "prompt", "category"])
def test_nul_is_refused_in_every_text(tmp_path, column):
    fault = faults_of(tmp_path, **{column: "a\x00b"}).find("nul")
    assert fault.column == column
    assert fault.says == "a␀b"


def test_nul_in_csv(tmp_path):
    fault = check(write_file(tmp_path, b"id,prompt\na,x\x00y\n")).find("nul")
    assert (fault.line, fault.column) == (2, "prompt")


@pytest.mark.parametrize(
    "cells",
    [
        {"prompt": None, "messages": [{"role": "user", "content": "a\x00b"}]},
        {"metadata": {"a": ["b\x00"]}},
        {"metadata": {"a\x00": 1}},
    ],
)
def test_nul_is_found_inside_json(tmp_path, cells):
    assert "nul" in faults_of(tmp_path, **cells).messages


def test_half_a_character(tmp_path):
    checked = check(write_file(tmp_path, b'{"id": "a", "prompt": "x\\ud83dy"}', "file.jsonl"))
    assert checked.messages == ["half_character"]
    assert checked.faults[0].says == "x�y"


@pytest.mark.parametrize("value", [True, 1.5, ["a"], {"a": 1}])
def test_text_must_be_text(tmp_path, value):
    assert faults_of(tmp_path, id=value).messages == ["not_text_value"]


def test_whole_number_is_an_id(tmp_path):
    assert faults_of(tmp_path, id=7).summary.preview[0]["id"] == "7"


@pytest.mark.parametrize(("column", "limit"), [("id", 120), ("category", 80)])
def test_longest_key(tmp_path, column, limit):
    assert faults_of(tmp_path, **{column: "x" * limit}).faults == []
    fault = faults_of(tmp_path, **{column: "x" * (limit + 1)}).find("too_long")
    assert fault.values == {"limit": limit}


def test_control_character_in_a_key(tmp_path):
    assert faults_of(tmp_path, id="a\nb").messages == ["control_character"]


@pytest.mark.parametrize("metadata", [None, "", {}, {"source": "x", "n": [1, 2.5, None, True]}, '{"a": 1}'])
def test_metadata(tmp_path, metadata):
    assert faults_of(tmp_path, metadata=metadata).faults == []


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ([1], "bad_metadata"),
        ("not json", "bad_metadata"),
        ('{"a": NaN}', "bad_number"),
        ({"a": 2**60}, "bad_number"),
        ({"a": 10**400}, "bad_number"),
        ({"a": [[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]}, "nested_too_deep"),
    ],
)
def test_bad_metadata(tmp_path, metadata, message):
    assert faults_of(tmp_path, metadata=metadata).messages == [message]


def test_infinite_number(tmp_path):
    checked = check(
        write_file(tmp_path, '{"id": "a", "prompt": "b", "metadata": {"x": 1e999}}', "file.jsonl")
    )
    assert checked.messages == ["bad_number"]


TURN = {"role": "user", "content": "Hello"}


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ({}, "messages_not_list"),
        ([], "messages_not_list"),
        ("not json", "messages_not_list"),
        (["Hello"], "message_shape"),
        ([{"role": "user"}], "message_shape"),
        ([{**TURN, "name": "x"}], "message_shape"),
        ([{"role": "robot", "content": "Hello"}, TURN], "message_role"),
        ([{"role": ["user"], "content": "Hello"}], "message_role"),
        ([{"role": "user", "content": "  "}], "message_empty"),
        ([{"role": "user", "content": 1}], "not_text_value"),
        ([TURN, {"role": "assistant", "content": "Hi"}], "messages_end"),
    ],
)
def test_bad_messages(tmp_path, messages, message):
    checked = check(write_jsonl(tmp_path, {"id": "a", "messages": messages}))
    assert checked.messages == [message]
    assert checked.faults[0].column == "messages"


def test_messages_in_a_csv_cell(tmp_path):
    content = 'id,messages\na,"[{""role"": ""user"", ""content"": ""Hello""}]"\n'
    assert check(write_file(tmp_path, content)).faults == []


def test_conversation_is_previewed_as_text(tmp_path):
    turns = [{"role": "system", "content": "Be brief."}, TURN]
    assert (
        check(write_jsonl(tmp_path, {"id": "a", "messages": turns})).summary.preview[0]["text"]
        == "Be brief.\n\nHello"
    )


def test_severities():
    assert {message.severity for message in MESSAGES.values()} == {"error", "warning"}
