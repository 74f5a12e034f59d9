"""Rows as bytes, in chunks: CSV, JSON lines, Parquet, Markdown. Memory does not grow with the number of rows."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import pyarrow as pa
from pyarrow import parquet

from evaluations.exports.columns import Column, Row, build_schema
from evaluations.spreadsheets import MARK, defuse_cell

Pages: TypeAlias = Iterable[list[Row]]

# A Parquet row group is written when it is this large: small ones make a large footer, large ones fill the memory.
GROUP_BYTES = 32 * 1_048_576
GROUP_ROWS = 50_000


def write_csv(*, columns: Sequence[Column], pages: Pages, metadata: Mapping[str, str]) -> Iterator[bytes]:
    """UTF-8 with its mark, CRLF, text cells defused. There is no room for metadata: the file's name says it."""
    yield f"{MARK}{_join_cells([column.name for column in columns])}".encode()
    for page in pages:
        yield "".join(_join_cells([spell_cell(value) for value in row.values()]) for row in page).encode()


def spell_cell(value: Any) -> str:
    """Nothing for no value; numbers, times and lists as JSON has them; text defused, and nothing but text."""
    match value:
        case None:
            return ""
        case str():
            return defuse_cell(value)
        case datetime():
            return value.isoformat()
        case _:
            return _spell_json(value)


def write_json_lines(
    *, columns: Sequence[Column], pages: Pages, metadata: Mapping[str, str]
) -> Iterator[bytes]:
    """An object a line, every column in each. Text is exact."""
    for page in pages:
        yield "".join(f"{_spell_json(row)}\n" for row in page).encode()


def write_parquet(*, columns: Sequence[Column], pages: Pages, metadata: Mapping[str, str]) -> Iterator[bytes]:
    """Typed columns, row group by row group; text is exact, and the file holds its metadata."""
    schema = build_schema(columns=columns, metadata=metadata)
    sink = _Drain()
    with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        for table in _group_rows(schema=schema, pages=pages):
            writer.write_table(table, row_group_size=len(table))
            yield sink.take()
    yield sink.take()


def write_markdown(
    *, columns: Sequence[Column], pages: Pages, metadata: Mapping[str, str]
) -> Iterator[bytes]:
    """The metadata as a list, then one table."""
    head = "".join(f"- {name}: {value}\n" for name, value in metadata.items())
    names = [column.name for column in columns]
    yield f"{head}\n{_join_columns(names)}{_join_columns(['---'] * len(names))}".encode()
    for page in pages:
        yield "".join(_join_columns([_spell_plain(value) for value in row.values()]) for row in page).encode()


def _join_cells(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _join_columns(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _spell_plain(value: Any) -> str:
    return str(value).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def _spell_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=datetime.isoformat)


def _group_rows(*, schema: pa.Schema, pages: Pages) -> Iterator[pa.Table]:
    """Pages put together into row groups; the rows of one page are never held twice."""
    batches: list[pa.RecordBatch] = []
    for page in pages:
        batches.append(pa.RecordBatch.from_pylist(page, schema=schema))
        rows, size = sum(map(len, batches)), sum(batch.nbytes for batch in batches)
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            yield pa.Table.from_batches(batches)
            batches = []
    if batches:
        yield pa.Table.from_batches(batches)


class _Drain(io.RawIOBase):
    """A file that is only written to; what was written is taken away."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()
        self._place = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def write(self, data: Any) -> int:
        self._written += data
        self._place += len(data)
        return len(data)

    def take(self) -> bytes:
        taken, self._written = bytes(self._written), bytearray()
        return taken
