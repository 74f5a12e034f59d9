"""A header and the rows under it, whatever they are written in. Pure: no Django."""

from collections.abc import Iterable, Iterator
from typing import Any

from evaluations.ingest.faults import Fault, Report, SourceFile, show_text
from evaluations.ingest.records import BadCell, Record

Cells = list[Any]


def read_header(cells: Iterable[Any]) -> list[str]:
    """The names of the columns, without the empty ones that a spreadsheet leaves at the end."""
    names = [describe_cell(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def match_rows(
    *, source: SourceFile, header: list[str], line: int, rows: Iterable[tuple[int, Cells]], report: Report
) -> Iterator[Record]:
    """The rows that hold something, by column. `line` is the header's."""
    lowered = [column.lower() for column in header]
    for column in sorted({column for column in header if lowered.count(column.lower()) > 1}):
        shown = show_text(column)
        report(Fault(message="duplicate_column", file=source.name, line=line, column=shown, says=shown))
    width = len(header)
    for number, cells in rows:
        if len(cells) > width and not any(is_filled(cell) for cell in cells[width:]):
            cells = cells[:width]
        if len(cells) == width:
            yield Record(line=number, values=dict(zip(header, cells, strict=True)))
        elif any(is_filled(cell) for cell in cells):
            says = show_text(", ".join(describe_cell(cell) for cell in cells)[:1000])
            values = {"found": len(cells), "expected": width}
            report(Fault(message="field_count", file=source.name, line=number, says=says, values=values))


def is_filled(cell: Any) -> bool:
    return cell is not None and cell != ""


def describe_cell(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case BadCell():
            return cell.says
        case _:
            return str(cell)
