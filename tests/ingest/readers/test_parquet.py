"""Parquet: rows by number, values as JSON would say them."""

import datetime
import gzip
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.ingest.files import check, write_file


@pytest.fixture
def write(tmp_path):
    def write_table(rows, schema=None, name="file.parquet"):
        path = tmp_path / name
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
        return write_file(tmp_path, path.read_bytes(), name)

    return write_table


def test_prompts_with_messages_and_metadata(write):
    turns = [{"role": "user", "content": "Bonjour"}]
    rows = [{"id": 1, "messages": turns, "language": "fr", "metadata": {"source": "x", "n": 2}}]
    checked = check(write(rows))
    assert checked.faults == []
    assert checked.summary.preview == [{"id": "1", "text": "Bonjour", "category": "", "language": "fr"}]


def test_faults_name_the_row(write):
    rows = [{"id": f"p{n}", "prompt": "Why?", "language": "french" if n == 99 else "fr"} for n in range(150)]
    fault = check(write(rows)).find("named_language")
    assert (fault.line, fault.column) == (100, "language")


def test_packed_parquet(write, tmp_path):
    source = write([{"id": "a", "prompt": "b"}])
    packed = write_file(tmp_path, gzip.compress(source.path.read_bytes()), "file.parquet.gz")
    assert check(packed).summary.prompts == 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (datetime.date(2024, 3, 4), "cell_date"),
        (b"\xff\xfe", "not_text_value"),
        (1.5, "not_text_value"),
        (True, "not_text_value"),
    ],
)
def test_value_that_is_no_text(write, value, message):
    checked = check(write([{"id": "a", "prompt": value}]))
    assert [(fault.message, fault.line, fault.column) for fault in checked.faults] == [(message, 1, "prompt")]


def test_date_inside_metadata(write):
    rows = [{"id": "a", "prompt": "b", "metadata": {"when": datetime.date(2024, 3, 4)}}]
    assert check(write(rows)).messages == ["not_text_value"]


def test_text_that_is_no_utf_8_spoils_its_cell_only(tmp_path):
    raw = pa.array([b"fine", b"caf\xe9"], pa.binary())
    texts = pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())
    path = tmp_path / "file.parquet"
    pq.write_table(pa.table({"id": ["a", "b"], "prompt": texts}), path)
    checked = check(write_file(tmp_path, path.read_bytes(), "file.parquet"))
    assert [(fault.message, fault.line) for fault in checked.faults] == [("not_text_value", 2)]


def test_damaged_file(write, tmp_path):
    content = write([{"id": "a", "prompt": "b"}]).path.read_bytes()
    for broken in (content[:-20], content[:4] + b"\x00" * 200):
        assert check(write_file(tmp_path, broken, "other.parquet")).messages == ["broken_file"]


def test_more_than_the_limit_once_unpacked(write):
    source = write([{"id": str(n), "prompt": "x" * 1_000} for n in range(6_000)])
    assert source.path.stat().st_size < 1_048_576
    assert check(source, max_mb=5).messages[-1] == "too_large_unpacked"


def test_memory_is_flat(write):
    rows = [{"id": str(n), "prompt": f"{n} " + "word " * 2_000} for n in range(3_000)]
    source = write(rows)
    del rows
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    checked = check(source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert checked.summary.prompts == 3_000
    assert peak < 12 * 1_048_576
    assert pa.total_allocated_bytes() <= before + 1_048_576
