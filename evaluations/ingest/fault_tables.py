"""The faults of an import as a CSV that is safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from evaluations.models import ImportFault

# What makes a spreadsheet run a cell, in any of its alphabets; and separators that would start another cell.
RUNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%", "\t", "\r", "\n")


def write_fault_table(*, faults: Iterable[ImportFault]) -> Iterator[str]:
    """The lines of the file, the header first. Its mark tells spreadsheets that this is UTF-8."""
    header = [_("Severity"), _("File"), _("Line"), _("Column"), _("Says"), _("Problem"), _("Remedy")]
    yield "\ufeff" + write_line(header)
    for fault in faults:
        line = "" if fault.line is None else str(fault.line)
        place = [fault.severity, fault.file, line, fault.column]
        yield write_line([*place, fault.says, fault.problem, fault.remedy])


def write_line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([defuse_cell(cell) for cell in cells])
    return out.getvalue()


def defuse_cell(cell: str) -> str:
    """The cell as text: an apostrophe stops a spreadsheet from running it."""
    return f"'{cell}" if cell.lstrip().startswith(RUNS) or cell.startswith(RUNS) else cell
