"""Bytes on disk to records, one at a time: CSV and JSONL. Pure: no Django, memory flat for any size of file.

A fault is a value given to `report`, never an exception; reading goes on with the next row where it can.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NoReturn

from evaluations.ingest.faults import Report, SourceFile
from evaluations.ingest.lines import LONGEST_LINE, Lines, is_jsonl

# The columns of a JSONL file are the keys of its first objects; later ones may leave some out.
OBJECTS_LOOKED_AT = 50
# What Python's reader says, and what we do. Its words are the only thing that tells its errors apart.
CSV_ERRORS = {
    "field larger than field limit": "field_too_long",
    "unexpected end of data": "unclosed_quote",
    "expected after": "stray_quote",
    "new-line character": "stray_return",
}
# For the whole process: the csv module keeps it nowhere else, and its default is smaller than an answer.
csv.field_size_limit(LONGEST_LINE)


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row as the file has it: column to text (CSV) or to any JSON value (JSONL)."""

    line: int
    values: Mapping[str, Any]


class _BadJsonError(ValueError):
    """JSON that Python takes and we don't: NaN, or a key twice."""

    def __init__(self, message: str, says: str) -> None:
        super().__init__(message)
        self.message, self.says = message, says


def read_columns(*, source: SourceFile) -> list[str]:
    """The columns in their order: the header's, or the keys of the first objects. Empty where unreadable."""
    with source.path.open("rb") as handle:
        lines = Lines(source=source, handle=handle, report=lambda fault: None)
        if not is_jsonl(source=source):
            return _read_header(lines)[0]
        records = islice(_read_jsonl(lines), OBJECTS_LOOKED_AT)
        return list(dict.fromkeys(key for record in records for key in record.values))


def read_records(*, source: SourceFile, report: Report) -> Iterator[Record]:
    """Every row that can be read; what can't is reported."""
    with source.path.open("rb") as handle:
        lines = Lines(source=source, handle=handle, report=report)
        yield from _read_jsonl(lines) if is_jsonl(source=source) else _read_csv(lines)


def _read_csv(lines: Lines) -> Iterator[Record]:
    header, rows = _read_header(lines)
    for column in sorted({column for column in header if header.count(column) > 1}):
        lines.report_fault("duplicate_column", line=1, column=column, says=column)
    for line, row in _read_rows(lines, rows):
        if len(row) == len(header):
            yield Record(line=line, values=dict(zip(header, row, strict=True)))
        elif any(row):
            says = ", ".join(row)[:1000]
            lines.report_fault("field_count", line=line, says=says, found=len(row), expected=len(header))


def _read_header(lines: Lines) -> tuple[list[str], Iterable[list[str]]]:
    """The names of the columns, and the reader that stands at the first row after them."""
    text = iter(lines)
    first = next((line for line in text if line.strip()), "")
    # Spreadsheets in French and German write semicolons.
    delimiter = max(",;\t", key=first.count)
    try:
        names = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error as error:
        _report_csv_error(lines, error)
        return [], ()
    return [name.strip().lower() for name in names], csv.reader(text, delimiter=delimiter, strict=True)


def _read_rows(lines: Lines, rows: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, each with the physical line at which it starts."""
    reader = iter(rows)
    while True:
        lines.first = None
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if _report_csv_error(lines, error) in {"field_too_long", "unclosed_quote"}:
                return
            continue
        if any(row):
            yield lines.first or lines.number, row


def _report_csv_error(lines: Lines, error: csv.Error) -> str:
    message = next((name for words, name in CSV_ERRORS.items() if words in str(error)), "broken_csv")
    lines.report_fault(message, line=lines.first or lines.number, limit=1, reason=str(error))
    return message


def _read_jsonl(lines: Lines) -> Iterator[Record]:
    for text in lines:
        if not text.strip():
            continue
        try:
            value = json.loads(text, object_pairs_hook=_make_object, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            _report_bad_json(lines, text, error)
            continue
        if isinstance(value, dict):
            yield Record(line=lines.number, values=value)
        else:
            lines.report_fault("not_object", line=lines.number, says=text)


def _make_object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _BadJsonError("duplicate_key", next(key for key in keys if keys.count(key) > 1))
    return values


def _refuse_constant(constant: str) -> NoReturn:
    raise _BadJsonError("bad_number", constant)


def _report_bad_json(lines: Lines, text: str, error: Exception) -> None:
    match error:
        case _BadJsonError():
            lines.report_fault(error.message, line=lines.number, says=error.says)
        case RecursionError():
            lines.report_fault("nested_too_deep", line=lines.number, says=text)
        case json.JSONDecodeError():
            says = text[max(0, error.pos - 30) : error.pos + 60]
            lines.report_fault(
                "bad_json", line=lines.number, says=says, reason=error.msg, position=error.pos + 1
            )
        # Python refuses to read an integer of more than 4,300 digits.
        case _:
            lines.report_fault("bad_number", line=lines.number, says=text)
