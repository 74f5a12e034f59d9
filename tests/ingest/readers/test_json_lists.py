"""A JSON list is read element by element: each broken one is named by its number, and none is held with the rest."""

import gzip
import io
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.ingest.faults import SourceFile
from evaluations.ingest.formats import read_records
from evaluations.ingest.lines import LONGEST_LINE
from evaluations.ingest.readers import json_lists
from tests.ingest.files import check, write_file


def find_faults(tmp_path, text):
    checked = check(write_file(tmp_path, text, "file.json"))
    return [(fault.message, fault.line) for fault in checked.faults], checked.summary.prompts


GOOD, LAST = '{"id": "a", "prompt": "x"}', '{"id": "z", "prompt": "]}"}'


def test_list_of_objects_whatever_its_name(tmp_path):
    for name in ("file.json", "file.txt", "file.jsonl"):
        checked = check(write_file(tmp_path, f" [\n {GOOD},\n{LAST} ]\n", name))
        assert (checked.faults, checked.summary.prompts) == ([], 2)


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ("nope", "bad_json"),
        ("", "bad_json"),
        ("[1, [2], {}]", "not_object"),
        ('{"id": "b" "prompt": "c"}', "bad_json"),
        ('{"id": "b", "id": "c", "prompt": "d"}', "duplicate_key"),
        ('{"id": "b", "prompt": NaN}', "bad_number"),
        ("[" * 100_000 + "]" * 100_000, "nested_too_deep"),
        (json.dumps({"id": "b", "prompt": "x" * LONGEST_LINE}), "line_too_long"),
    ],
)
def test_bad_element_is_named_and_the_next_one_read(tmp_path, element, message):
    assert find_faults(tmp_path, f"[{GOOD}, {element}, {LAST}]") == ([(message, 2)], 2)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (f"[{GOOD}", [("list_unclosed", 1)]),
        (f"[{GOOD},", [("list_unclosed", 2)]),
        (f"[{GOOD}] x", [("list_followed", None)]),
        (f"[{GOOD}][{GOOD}]", [("list_followed", None)]),
        (f"[{GOOD},]", [("bad_json", 2)]),
    ],
)
def test_end_of_the_list(tmp_path, text, faults):
    found, _prompts = find_faults(tmp_path, text)
    assert [fault for fault in found if fault[0] in ("list_unclosed", "list_followed", "bad_json")] == faults


def test_empty_list_has_no_rows(tmp_path):
    assert "unrecognised" in check(write_file(tmp_path, "[ ]", "file.json")).messages


def test_bytes_that_are_no_utf_8(tmp_path):
    source = write_file(tmp_path, b'[{"id": "a", "prompt": "b"}, {"id": "\xe9"}]', "file.json")
    fault = check(source).find("not_utf8")
    assert (fault.values["byte"], fault.values["value"]) == (37, "e9")


def test_one_endless_element_is_not_held(tmp_path):
    path = tmp_path / "file.json"
    with path.open("wb") as out:
        out.write(b'[{"id": "a", "prompt": "b"}, {"id": "c", "prompt": "')
        for _ in range(38):
            out.write(b"x\\n" * 333_333)
        out.write(b'"}, {"id": "d", "prompt": "e"}]')
    tracemalloc.start()
    checked = check(SourceFile(name="file.json", path=path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(fault.message, fault.line) for fault in checked.faults] == [("line_too_long", 2)]
    assert checked.summary.prompts == 2
    assert peak < 12 * 1_048_576


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
values = st.recursive(
    texts | st.integers(-5, 5) | st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
objects = st.lists(st.dictionaries(texts, values, max_size=4), min_size=1, max_size=6)


@given(objects, st.sampled_from([1, 2, 3, 7, 65_536]), st.booleans(), st.sampled_from([None, 2]))
@settings(max_examples=300, deadline=None)
def test_round_trip_wherever_the_text_is_cut(rows, chunk, escaped, indent):
    text = json.dumps(rows, ensure_ascii=escaped, indent=indent)
    source = SourceFile(name="file.json", path=None)
    before, json_lists.CHUNK = json_lists.CHUNK, chunk
    try:
        handle = io.BytesIO(text.encode())
        read = list(json_lists.read_records(source=source, handle=handle, report=pytest.fail))
    finally:
        json_lists.CHUNK = before
    assert [record.values for record in read] == rows
    assert [record.line for record in read] == list(range(1, len(rows) + 1))


def test_utf_16_and_gzip_go_together(tmp_path):
    packed = gzip.compress(f"[{GOOD}]".encode("utf-16"))
    rows = list(read_records(source=write_file(tmp_path, packed, "file.json.gz"), report=pytest.fail))
    assert [row.values["id"] for row in rows] == ["a"]
