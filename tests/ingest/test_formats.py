"""Bytes to rows: every way a file is broken has its own sentence, its line, and what to do."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.ingest.faults import SourceFile
from evaluations.ingest.formats import read_columns, read_records
from evaluations.ingest.lines import LONGEST_LINE
from evaluations.ingest.messages import MESSAGES
from tests.ingest.files import PROMPTS, check, write_file, write_jsonl


def only(checked):
    assert len(checked.faults) == 1, checked.messages
    return checked.faults[0]


def test_good_csv_has_no_fault(tmp_path):
    checked = check(write_file(tmp_path, PROMPTS))
    assert checked.faults == []
    assert checked.summary.prompts == 2


def test_byte_order_mark_is_no_part_of_the_first_column(tmp_path):
    assert check(write_file(tmp_path, b"\xef\xbb\xbf" + PROMPTS.encode())).faults == []
    assert check(write_file(tmp_path, b'\xef\xbb\xbf{"id": "a", "prompt": "b"}', "file.jsonl")).faults == []


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_spreadsheets_delimiters_are_taken(tmp_path, delimiter):
    checked = check(write_file(tmp_path, f"id{delimiter}prompt\na{delimiter}b, c\n"))
    assert checked.faults == []
    assert checked.summary.preview[0]["text"] == "b, c"


def test_commas_in_quoted_names_are_no_delimiters(tmp_path):
    content = 'id;"prompt";"note, a, b, c, d"\na;b;c\n'
    source = write_file(tmp_path, content)
    assert read_columns(source=source) == ["id", "prompt", "note, a, b, c, d"]


def test_header_may_have_capitals_and_empty_names_at_its_end(tmp_path):
    checked = check(write_file(tmp_path, "ID,Prompt,,\na,b,,\nc,d,,\n"))
    assert checked.faults == []
    assert checked.summary.prompts == 2


def test_latin_1_names_line_byte_and_the_probable_encoding(tmp_path):
    fault = only(check(write_file(tmp_path, b"id,prompt\na,fine\nb,caf\xe9 \xe0 la cr\xe8me\n")))
    assert (fault.message, fault.line) == ("other_encoding", 3)
    assert (fault.values["byte"], fault.values["value"]) == (22, "e9")
    assert "Windows-1252" in fault.describe_problem()
    assert "save it as UTF-8" in fault.describe_remedy()


def test_bytes_of_no_encoding_at_all(tmp_path):
    fault = only(check(write_file(tmp_path, b"id,prompt\na,\xff\x81\x8d\xfe\x8f\x90\x9d\n")))
    assert fault.message in ("not_utf8", "other_encoding")
    assert (fault.line, fault.values["byte"]) == (2, 12)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n  \n"])
def test_empty_file(tmp_path, content):
    assert only(check(write_file(tmp_path, content))).message == "empty_file"


def test_header_alone(tmp_path):
    assert only(check(write_file(tmp_path, "id,prompt\n"))).message == "no_rows"


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"\xd0\xcf\x11\xe0", "XLS"), (b"\xff\xfe\x00\x00i\x00\x00\x00", "UTF-32"), (b"%PDF-1.7", "PDF")],
)
def test_other_kinds_of_file_are_named(tmp_path, start, kind):
    fault = only(check(write_file(tmp_path, start + b"rest")))
    assert fault.message == "not_text"
    assert kind in fault.describe_problem()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_taken_with_and_without_its_mark(tmp_path, encoding):
    text = "id,prompt\np1,Écris «\u00a0ça\u00a0» 😀\n"
    checked = check(write_file(tmp_path, text.encode(encoding)))
    assert checked.faults == []
    assert checked.summary.preview[0]["text"] == "Écris «\u00a0ça\u00a0» 😀"


def test_utf_16_that_breaks_off(tmp_path):
    fault = check(write_file(tmp_path, "id,prompt\na,b\n".encode("utf-16") + b"\x00\xd8")).find("not_utf16")
    assert fault.values["byte"] == 30


def test_unclosed_quote_names_the_row_where_it_opens(tmp_path):
    fault = only(check(write_file(tmp_path, 'id,prompt\na,one\nb,"two\nc,three\n')))
    assert (fault.message, fault.line) == ("unclosed_quote", 3)


def test_stray_quote_spoils_its_row_only(tmp_path):
    checked = check(write_file(tmp_path, 'id,prompt\na,"say "hi" now"\nb,two\n'))
    assert (only(checked).message, only(checked).line) == ("stray_quote", 2)
    assert checked.summary.prompts == 1


def test_wrong_number_of_fields(tmp_path):
    checked = check(write_file(tmp_path, "id,prompt\na,one\nb,two,three\nc\n"))
    found = [(fault.message, fault.line, fault.values["found"]) for fault in checked.faults]
    assert found == [("field_count", 3, 3), ("field_count", 4, 1)]


def test_line_is_the_physical_line_where_the_row_starts(tmp_path):
    content = 'id,prompt,language\r\na,"one\r\ntwo\r\n\r\nthree",en\r\n\r\nb,"x\ny",french\r\nc,z,french\r\n'
    checked = check(write_file(tmp_path, content))
    assert [(fault.column, fault.line) for fault in checked.faults] == [("language", 7), ("language", 9)]


def test_old_line_ends(tmp_path):
    assert check(write_file(tmp_path, b"id,prompt\ra,b\r")).messages == ["stray_return"]


def test_duplicate_column(tmp_path):
    fault = check(write_file(tmp_path, "id,prompt,id\na,b,c\n")).find("duplicate_column")
    assert (fault.line, fault.column) == (1, "id")


def test_rows_of_commas_are_nothing(tmp_path):
    assert check(write_file(tmp_path, "id,prompt\na,b\n,\n,\n")).summary.prompts == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nope", "bad_json"),
        ('{"id": "b", "prompt": "c"', "bad_json"),
        ("[1]", "not_object"),
        ('"text"', "not_object"),
        ('{"id": "b", "id": "c", "prompt": "d"}', "duplicate_key"),
        ('{"id": "b", "prompt": NaN}', "bad_number"),
        ('{"id": ' + "9" * 5000 + ', "prompt": "x"}', "bad_number"),
        ("[" * 100_000, "nested_too_deep"),
        ('{"id": "b", "prompt": "\x00"}', "bad_json"),
    ],
)
def test_bad_json_line_is_named_and_the_next_one_read(tmp_path, text, message):
    lines = ['{"id": "a", "prompt": "x"}', text, '{"id": "z", "prompt": "y"}']
    checked = check(write_file(tmp_path, "\n".join(lines), "file.jsonl"))
    assert [(fault.message, fault.line) for fault in checked.faults] == [(message, 2)]
    assert checked.summary.prompts == 2


def test_jsonl_is_known_by_its_content(tmp_path):
    assert check(write_jsonl(tmp_path, {"id": "a", "prompt": "b"}, name="file.txt")).faults == []


@pytest.mark.parametrize("name", ["file.csv", "file.jsonl"])
def test_line_over_the_limit_is_left_out(tmp_path, name):
    long = "x" * LONGEST_LINE
    rows = {
        "file.csv": ["id,prompt", "a,b", f"c,{long}", "d,e"],
        "file.jsonl": [
            '{"id": "a", "prompt": "b"}',
            json.dumps({"id": "c", "prompt": long}),
            '{"id": "d", "prompt": "e"}',
        ],
    }
    checked = check(write_file(tmp_path, "\n".join(rows[name]), name))
    assert only(checked).message == "line_too_long"
    assert only(checked).line == len(rows[name]) - 1
    assert len(only(checked).says) <= 120
    assert checked.summary.prompts == 2


def test_field_over_the_limit_on_many_lines(tmp_path):
    content = 'id,prompt\na,"' + ("x" * 99 + "\n") * (LONGEST_LINE // 90) + '"\n'
    fault = only(check(write_file(tmp_path, content)))
    assert (fault.message, fault.line) == ("field_too_long", 2)


def test_too_large_a_file_is_not_read(tmp_path):
    source = write_file(tmp_path, PROMPTS)
    with source.path.open("ab") as handle:
        handle.truncate(3 * 1_048_576)
    fault = only(check(source, max_mb=2))
    assert (fault.message, fault.line) == ("too_large", None)
    assert "2 MB" in fault.describe_problem()


def test_every_message_is_two_sentences_with_values_that_are_given():
    for name, message in MESSAGES.items():
        for sentence in (message.problem, message.remedy):
            assert sentence.rstrip("}]")[-1] in ".?", name
            assert not any(word in sentence.lower() for word in ("please", "sorry", "!")), name


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1, max_size=40)
row_texts = st.lists(text, min_size=1, max_size=8)


def read(source: SourceFile, column: str) -> list[str]:
    faults: list[object] = []
    values = [record.values[column] for record in read_records(source=source, report=faults.append)]
    assert faults == []
    return values


@given(row_texts)
@settings(max_examples=200, deadline=None)
def test_csv_round_trip(tmp_path_factory, texts):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["id", "prompt"], *([str(n), text] for n, text in enumerate(texts))])
    source = write_file(tmp_path_factory.mktemp("csv"), out.getvalue())
    assert read(source, "prompt") == texts


@given(row_texts)
@settings(max_examples=200, deadline=None)
def test_jsonl_round_trip(tmp_path_factory, texts):
    lines = [json.dumps({"id": n, "prompt": text}, ensure_ascii=n % 2 == 0) for n, text in enumerate(texts)]
    source = write_file(tmp_path_factory.mktemp("jsonl"), "\n".join(lines), "file.jsonl")
    assert read(source, "prompt") == texts


STARTS = [b"", b"[", b'[{"id":', b"\x1f\x8b\x08", b"PAR1", b"PK\x03\x04", b"\xff\xfe", b"i\x00d\x00", b'id,"']


@given(
    st.builds(bytes.__add__, st.sampled_from(STARTS), st.binary(max_size=300)),
    st.sampled_from(["file.csv", "file.jsonl", "file.json"]),
)
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise(tmp_path_factory, data, name):
    checked = check(write_file(tmp_path_factory.mktemp("any"), data, name))
    for fault in checked.faults:
        assert fault.describe_problem()
        assert fault.describe_remedy()
        assert "\x00" not in fault.says
