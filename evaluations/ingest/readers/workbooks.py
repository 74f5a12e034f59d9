"""XLSX: the first sheet that holds something, row by row. Pure: no Django.

A spreadsheet shows a cell as its format says and keeps something else. Text is taken, and numbers whose digits are
what is shown; a date, a percentage, an error or a formula that was never computed is a fault of its cell.
"""

import datetime
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from evaluations.ingest.faults import CheckStoppedError, Report, SourceFile
from evaluations.ingest.lines import LONGEST_LINE
from evaluations.ingest.readers.tables import Cells, is_filled, match_rows, read_header
from evaluations.ingest.readers.workbook_files import check_parts, open_workbook
from evaluations.ingest.records import BadCell, BrokenFileError, Record
from evaluations.ingest.streams import PROGRESS_STEP, Progress

# As many as a spreadsheet has; a cell that says that it stands further right is a trick.
MOST_COLUMNS = 16_384
# A spreadsheet keeps 15 digits of a number.
LARGEST_NUMBER = 10**15
PLAIN_FORMATS = {"General", "@", "0"}

Rows = Iterator[tuple[int, Cells]]


class _Parser(WorkSheetParser):  # type: ignore[misc]  # openpyxl has no types
    """Marks a formula without its result: openpyxl gives the same nothing as for an empty cell."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = "f"
        return cell


def read_columns(*, handle: BinaryIO, max_mb: int) -> list[str]:
    _line, header, _rows = _open(handle, max_mb=max_mb)
    return header


def read_records(
    *,
    source: SourceFile,
    handle: BinaryIO,
    max_mb: int,
    report: Report,
    progress: Progress | None = None,
) -> Iterator[Record]:
    """Progress is told as a share of the file's size."""
    tell = _share(progress, size=source.path.stat().st_size) if progress else None
    line, header, rows = _open(handle, max_mb=max_mb, tell=tell)
    yield from match_rows(
        source=source, header=header, line=line, rows=_fill(rows, len(header)), report=report
    )


def _share(progress: Progress, *, size: int) -> Callable[[float], None]:
    return lambda share: progress(int(share * size))


class _Counted:
    """A part of the workbook that tells how much of it was read."""

    def __init__(self, part: Any, *, size: int, tell: Callable[[float], None] | None) -> None:
        self.part, self.size, self.tell = part, size, tell
        self.done = self.told = 0

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.part.read(size)
        self.done += len(data)
        if self.tell and self.done - self.told >= PROGRESS_STEP:
            self.told = self.done
            self.tell(self.done / self.size)
        return data


def _open(
    handle: BinaryIO, *, max_mb: int, tell: Callable[[float], None] | None = None
) -> tuple[int, list[str], Rows]:
    """The header's row number, the columns, and the rows below."""
    check_parts(handle=handle, max_mb=max_mb)
    rows = _guard(_read_first_sheet(handle, tell))
    for line, cells in rows:
        if any(is_filled(cell) for cell in cells):
            return line, read_header(cells), rows
    return 1, [], iter(())


def _guard(rows: Rows) -> Rows:
    """Whatever openpyxl raises over a damaged file, and it is many things, says that the file is damaged."""
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except (BrokenFileError, CheckStoppedError):
            raise
        except Exception as error:
            raise BrokenFileError("broken_file", kind="XLSX") from error
        yield row


def _read_first_sheet(handle: BinaryIO, tell: Callable[[float], None] | None) -> Rows:
    with zipfile.ZipFile(handle) as archive, open_workbook(handle) as workbook:
        shown = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        for sheet in shown or workbook.worksheets:
            empty = True
            part = archive.getinfo(sheet._worksheet_path)
            with archive.open(part) as opened:
                counted = _Counted(opened, size=part.file_size, tell=tell)
                for line, cells in _read_sheet(workbook, sheet, counted):
                    empty = False
                    yield line, cells
            if not empty:
                return


def _read_sheet(workbook: Any, sheet: Any, part: Any) -> Rows:
    """Rows that hold something. openpyxl's own loop would make up every row that a sheet says it leaves out."""
    parser = _Parser(
        part,
        sheet._shared_strings,
        data_only=True,
        epoch=workbook.epoch,
        date_formats=workbook._date_formats,
        timedelta_formats=workbook._timedelta_formats,
    )
    for line, row in parser.parse():
        cells: Cells = []
        for cell in row:
            if not len(cells) < cell["column"] <= MOST_COLUMNS:
                raise BrokenFileError("broken_file", kind="XLSX")
            cells += [None] * (cell["column"] - 1 - len(cells))
            cells.append(_convert(cell, workbook))
        if any(is_filled(value) for value in cells):
            yield line, cells


def _fill(rows: Rows, width: int) -> Rows:
    """Cells that a sheet leaves out at the end of a row are empty ones."""
    for line, cells in rows:
        yield line, cells + [None] * (width - len(cells))


def _convert(cell: dict[str, Any], workbook: Any) -> Any:
    value = cell["value"]
    match cell["data_type"]:
        case "f":
            return BadCell("cell_formula", "")
        case "e":
            return BadCell("cell_error", str(value))
    match value:
        case bool():
            return BadCell("cell_boolean", str(value).upper())
        case datetime.datetime() | datetime.date() | datetime.time() | datetime.timedelta():
            return BadCell("cell_date", str(value))
        case int() | float():
            return _convert_number(value, _find_format(cell["style_id"], workbook))
        case str() if len(value) > LONGEST_LINE:
            return BadCell("cell_too_long", value[:200], {"limit": LONGEST_LINE})
        case str():
            # Characters that XML can't say are written _x000D_.
            return unescape(value) if "_x" in value else value
        case _:
            return value


def _convert_number(value: int | float, shown_as: str) -> Any:
    """The digits, where they are what the spreadsheet shows."""
    if "%" in shown_as:
        return BadCell("cell_percent", f"{value:.15g}")
    if abs(value) >= LARGEST_NUMBER:
        return BadCell("cell_number", f"{value:.15g}")
    if float(value).is_integer() and set(shown_as) <= set("0"):
        return str(int(value)).zfill(len(shown_as))
    return f"{value:.15g}" if shown_as in PLAIN_FORMATS else BadCell("cell_number", f"{value:.15g}")


def _find_format(style_id: int, workbook: Any) -> str:
    number = workbook._cell_styles[style_id].numFmtId
    if number < BUILTIN_FORMATS_MAX_SIZE:
        return str(BUILTIN_FORMATS.get(number, "General"))
    return str(workbook._number_formats[number - BUILTIN_FORMATS_MAX_SIZE])
