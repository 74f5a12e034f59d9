"""Parquet, a few rows at a time. Pure: no Django."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from evaluations.ingest.lines import LONGEST_LINE
from evaluations.ingest.records import BadCell, BrokenFileError, Record
from evaluations.ingest.streams import MEGABYTE, PROGRESS_STEP, Progress

# Few: one text that a dictionary holds once may come in each of them.
BATCH_ROWS = 64
BUFFER = 65_536


def read_columns(*, handle: BinaryIO, max_mb: int) -> list[str]:
    return list(_open(handle, max_mb=max_mb).schema_arrow.names)


def read_records(
    *, handle: BinaryIO, max_mb: int, size: int, progress: Progress | None = None
) -> Iterator[Record]:
    """`size` is that of the file: progress is told by rows, as a share of it."""
    file = _open(handle, max_mb=max_mb)
    batches = file.iter_batches(batch_size=BATCH_ROWS, use_threads=False)
    row = told = unpacked = 0
    while batch := _read_batch(batches):
        unpacked += batch.nbytes
        if unpacked > max_mb * MEGABYTE:
            raise BrokenFileError("too_large_unpacked", limit=max_mb)
        columns = [_read_column(batch.column(number)) for number in range(batch.num_columns)]
        for cells in zip(*columns, strict=True):
            row += 1
            yield Record(line=row, values=dict(zip(batch.schema.names, cells, strict=True)))
        done = size * row // max(file.metadata.num_rows, 1)
        if progress and done - told >= PROGRESS_STEP:
            told = done
            progress(done)


def _open(handle: BinaryIO, *, max_mb: int) -> Any:
    try:
        file = pq.ParquetFile(handle, pre_buffer=False, buffer_size=BUFFER)
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BrokenFileError("broken_file", kind="Parquet") from error
    if sum(group.total_byte_size for group in groups) > max_mb * MEGABYTE:
        raise BrokenFileError("too_large_unpacked", limit=max_mb)
    return file


def _read_batch(batches: Iterator[Any]) -> Any:
    """None after the last one."""
    try:
        # A batch of no rows says nothing, and would end the loop.
        return next((batch for batch in batches if batch.num_rows), None)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BrokenFileError("broken_file", kind="Parquet") from error


def _read_column(column: Any) -> list[Any]:
    try:
        return [_convert(value) for value in column.to_pylist()]
    except (UnicodeDecodeError, ValueError, OverflowError):
        return [_read_cell(scalar) for scalar in column]


def _read_cell(scalar: Any) -> Any:
    try:
        return _convert(scalar.as_py())
    except (UnicodeDecodeError, ValueError, OverflowError):
        return BadCell("not_text_value", "�")


def _convert(value: Any) -> Any:
    """The value as JSON could say it."""
    match value:
        case str() if len(value) > LONGEST_LINE:
            return BadCell("cell_too_long", value[:200], {"limit": LONGEST_LINE})
        case datetime() | date() | time() | timedelta():
            return BadCell("cell_date", str(value))
        case bytes() | Decimal():
            return BadCell("not_text_value", str(value)[:200])
        case _:
            return value
