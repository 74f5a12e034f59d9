"""The faults of an import as a CSV that is safe to open in a spreadsheet."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from evaluations.models import ImportFault
from evaluations.spreadsheets import MARK, write_line


def write_fault_table(*, faults: Iterable[ImportFault]) -> Iterator[str]:
    """The lines of the file, the header first."""
    header = [_("Severity"), _("File"), _("Line"), _("Column"), _("Says"), _("Problem"), _("Remedy")]
    yield MARK + write_line(header)
    for fault in faults:
        line = "" if fault.line is None else str(fault.line)
        place = [fault.severity, fault.file, line, fault.column]
        yield write_line([*place, fault.says, fault.problem, fault.remedy])
