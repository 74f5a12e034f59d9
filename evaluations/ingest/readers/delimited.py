"""CSV and its kin: fields between commas, semicolons, tabs or bars. Pure: no Django."""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from evaluations.ingest.lines import LONGEST_LINE, Lines
from evaluations.ingest.readers.tables import match_rows, read_header
from evaluations.ingest.records import Record

# Spreadsheets in French and German write semicolons.
DELIMITERS = ",;\t|"
QUOTED = re.compile(r'"(?:[^"]|"")*"')
# What Python's reader says, and what we do. Its words are the only thing that tells its errors apart.
CSV_ERRORS = {
    "field larger than field limit": "field_too_long",
    "unexpected end of data": "unclosed_quote",
    "expected after": "stray_quote",
    "new-line character": "stray_return",
}
# For the whole process: the csv module keeps it nowhere else, and its default is smaller than an answer.
csv.field_size_limit(LONGEST_LINE)


def read_columns(lines: Lines) -> list[str]:
    return _open(lines)[0]


def read_records(lines: Lines) -> Iterator[Record]:
    header, rows = _open(lines)
    yield from match_rows(
        source=lines.source, header=header, line=1, rows=_read_rows(lines, rows), report=lines.report
    )


def _open(lines: Lines) -> tuple[list[str], Iterable[list[str]]]:
    """The names of the columns, and the reader that stands at the first row after them."""
    text = iter(lines)
    first = next((line for line in text if line.strip()), "")
    rows = csv.reader(chain([first], text), delimiter=find_delimiter(first), strict=True)
    try:
        return read_header(next(rows, [])), rows
    except csv.Error as error:
        _report_csv_error(lines, error)
        return [], ()


def find_delimiter(header: str) -> str:
    """The one that stands most often between the names; what is inside quotation marks is a name."""
    return max(DELIMITERS, key=QUOTED.sub("", header).count)


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
