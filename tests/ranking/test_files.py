"""Files of votes: every form says the same, whichever way it is read."""

import csv
import io
import tracemalloc

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from evaluations.errors import UnknownOutcome
from evaluations.ranking.files import csv_files, json_files, sources
from evaluations.ranking.files.columns import encode_labels
from evaluations.ranking.files.csv_files import CsvFile
from evaluations.ranking.files.json_files import JsonFile
from evaluations.ranking.files.reading import read_votes
from evaluations.ranking.files.sources import Source
from tests.ranking.vote_files import (
    ARENA,
    ARENA_ROWS,
    FORMS,
    HEADER,
    as_csv,
    as_jsonl,
    as_parquet,
    told,
)


class Pipe(io.RawIOBase):
    """Bytes that can be read once, as those of a pipe."""

    def __init__(self, data):
        self._data = io.BytesIO(data)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self._data.readinto(buffer)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same_from_a_path_a_stream_and_a_pipe(form, tmp_path):
    data = FORMS[form](ARENA)
    path = tmp_path / "votes.of-no-known-suffix"
    path.write_bytes(data)
    for source in (path, str(path), io.BytesIO(data), Pipe(data)):
        table = read_votes(source)
        assert (told(table), len(table)) == (ARENA_ROWS, 4)
        assert (table.layout, table.rater_column, table.side, table.left_out) == ("Arena", "judge", 1, 0)
    with path.open("rb") as file:
        read_votes(file)
        assert not file.closed


def test_standard_input_is_read_as_bytes_and_lines_of_text_are_taken_too():
    data = as_csv(ARENA)
    assert told(read_votes(io.TextIOWrapper(io.BufferedReader(Pipe(data)), encoding="ascii"))) == ARENA_ROWS
    assert told(read_votes(data.decode().splitlines(keepends=True))) == ARENA_ROWS
    assert told(read_votes(io.StringIO(as_jsonl(ARENA).decode()))) == ARENA_ROWS


def test_a_pipe_longer_than_memory_is_kept_in_a_file(monkeypatch):
    monkeypatch.setattr(sources, "IN_MEMORY", 10)
    assert told(read_votes(Pipe(as_csv(ARENA)))) == ARENA_ROWS
    assert told(read_votes(io.StringIO(as_csv(ARENA).decode()))) == ARENA_ROWS


def test_parquet_with_dictionaries_of_several_row_groups_and_labels_that_nobody_has():
    table = pa.Table.from_pylist(ARENA * 5)
    names = pa.DictionaryArray.from_arrays([1, 0], ["y", " y ", "unused"])
    for column in ("model_a", "winner"):
        place = table.column_names.index(column)
        table = table.set_column(place, column, table.column(column).dictionary_encode())
    file = io.BytesIO()
    parquet.write_table(table, file, row_group_size=3)
    assert told(read_votes(file)) == ARENA_ROWS * 5
    file = io.BytesIO()
    parquet.write_table(
        pa.table(
            {"model_a": names, "model_b": ["x", "x"], "winner": ["tie"] * 2, "judge": pa.array([3.0, 4.0])}
        ),
        file,
    )
    read = read_votes(file)
    assert told(read) == [("y", "x", "tie", "3"), ("y", "x", "tie", "4")]
    assert read.model_a.dictionary.to_pylist() == ["y"]


def test_raters_by_number_are_the_same_in_every_form():
    rows = [row | {"judge": n} for row, n in zip(ARENA, [58, 7, 58, 8 * 10**15], strict=True)]
    floats = [row | {"judge": float(row["judge"])} for row in rows]
    for data in (as_csv(rows), as_jsonl(rows), as_parquet(rows), as_jsonl(floats), as_parquet(floats)):
        assert read_votes(io.BytesIO(data)).rater.to_pylist() == ["58", "7", "58", "8" + "0" * 15]
    mixed = as_jsonl([*rows[:3], rows[3] | {"judge": "8" + "0" * 15}])
    assert read_votes(io.BytesIO(mixed)).rater.to_pylist() == ["58", "7", "58", "8" + "0" * 15]


def test_a_long_field_and_the_limit_of_the_csv_module():
    limit = csv.field_size_limit()
    long = "w" * (limit + 1)
    rows = [row | {"conversation": long} for row in ARENA]
    assert told(read_votes(io.BytesIO(as_csv(rows)))) == ARENA_ROWS
    with pytest.raises(UnknownOutcome, match="Line 6 has the winner"):
        read_votes(io.BytesIO(as_csv([*rows, rows[0] | {"winner": "x"}])))
    assert csv.field_size_limit() == limit


PIECES = st.sampled_from(
    ["a", "é", " ", '"', '""', ",", "\n", "\r\n", "\r", "\0", "a,b,c\n", '"a,b"', '"\n"']
)


def csv_rows(data, fast):
    """Columns a and b of a CSV file by the fast or by the slow way, and what is wrong with it; or None."""
    file = CsvFile(Source(io.BytesIO(b"a,b,c\n" + data)))
    places = {"a": 0, "b": 1}
    if fast:
        read = file._read_fast(places, set()) if file._is_plain() else None
        return read and {name: column.to_pylist() for name, column in read.arrays.items()}
    read = file._read_slowly(places)
    return {name: column.to_pylist() for name, column in read.arrays.items()} if read.fault is None else None


@given(st.lists(PIECES, max_size=14).map("".join), st.integers(1, 7))
def test_the_fast_way_reads_csv_as_the_slow_one_or_not_at_all(text, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "BLOCK", block)  # so that quotes lie on the edges of blocks
        fast = csv_rows(text.encode(), fast=True)
        assert fast is None or fast == csv_rows(text.encode(), fast=False)


@given(
    st.lists(st.tuples(*[st.text(st.sampled_from('aé ,"\r\n'), max_size=5)] * 3), max_size=6),
    st.integers(1, 7),
)
def test_what_the_csv_module_writes_is_read_the_fast_way(rows, block):
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "BLOCK", block)
        fast = csv_rows(text.getvalue().encode(), fast=True)
    assert fast == {name: [row[place] for row in rows] for place, name in enumerate("ab")}


VALUES = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-9, 9) | st.text('aé "', max_size=3)


@given(
    st.lists(st.fixed_dictionaries({}, optional={"a": VALUES, "b": st.text("xy"), "c": VALUES}), max_size=6)
)
def test_the_fast_way_reads_json_as_the_slow_one_or_not_at_all(rows):
    file = JsonFile(Source(io.BytesIO(as_jsonl([{"a": None, "b": "x"}, *rows]))))
    paths = {"a": ("a",), "b": ("b",)}
    fast, slow = file._read_fast(paths), file._read_slowly(paths)
    if fast is not None:
        for name in paths:
            assert labels(fast.arrays[name]) == labels(slow.arrays[name])


def labels(column):
    return encode_labels(column=column, name="").encoded().to_pylist()


def test_two_hundred_thousand_votes_with_long_texts_are_read_in_bounded_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "BLOCK", 1 << 17)
    monkeypatch.setattr(csv_files, "BLOCK", 1 << 17)
    monkeypatch.setattr(json_files, "BLOCK", 1 << 17)
    count, text = 200_000, "w" * 300
    generator = np.random.default_rng(0)
    numbers = generator.integers([0, 40], [40, 80], (count, 2))
    path = tmp_path / "votes.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEADER},conversation_a\n")
        file.writelines(f"m{a},m{b},tie,r{a},{text}\n" for a, b in numbers.tolist())
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        table = read_votes(path)
        _, python = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(table) == count
    assert table.model_a.to_numpy(zero_copy_only=False)[:5].tolist() == [f"m{a}" for a in numbers[:5, 0]]
    assert path.stat().st_size > 60_000_000
    assert pa.total_allocated_bytes() - before < 10_000_000  # what is kept: codes, and no text
    assert python < 15_000_000
