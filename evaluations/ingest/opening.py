"""A file recognised: by its first bytes, its columns, or the mapping somebody made by hand. Pure: no Django."""

from collections.abc import Mapping, Sequence

from evaluations.ingest.arrangements import Arranged, arrange, arrange_by_hand
from evaluations.ingest.faults import Fault, Report, SourceFile, show_text
from evaluations.ingest.file_kinds import check_file, find_kind
from evaluations.ingest.formats import read_columns, read_records
from evaluations.ingest.layouts import check_header, check_missing, describe_unrecognised
from evaluations.ingest.mappings import sample_records
from evaluations.ingest.rows import Sheet


def open_sheet(
    *, source: SourceFile, max_mb: int, report: Report, mapping: Mapping[str, str] | None = None
) -> Sheet | None:
    """The file, recognised; None, and a fault, where it can't be read. `mapping` overrides what columns say."""
    if fault := check_file(source=source, max_mb=max_mb):
        report(fault)
        return None
    columns = read_columns(source=source, max_mb=max_mb)
    arranged = _arrange(source=source, columns=columns, max_mb=max_mb, report=report, mapping=mapping)
    if arranged is None:
        return None
    has_header = find_kind(source=source).has_header
    sheet = Sheet(
        source=source, columns=tuple(columns), arranged=arranged, max_mb=max_mb, has_header=has_header
    )
    _report_columns(sheet=sheet, report=report)
    return sheet


def _arrange(
    *,
    source: SourceFile,
    columns: Sequence[str],
    max_mb: int,
    report: Report,
    mapping: Mapping[str, str] | None,
) -> Arranged | None:
    faults: list[Fault] = []
    if not columns:
        # What is wrong with the bytes, where no column could be read.
        for _record in read_records(source=source, report=faults.append, max_mb=max_mb):
            break
    elif mapping:
        arranged, faults = arrange_by_hand(source=source, columns=columns, mapping=mapping)
        if arranged:
            return arranged
    else:
        samples = sample_records(source=source, max_mb=max_mb)
        found = arrange(columns=columns, samples=samples)
        if found:
            return found
    for fault in faults or [describe_unrecognised(source=source, columns=columns)]:
        report(fault)
    return None


def _report_columns(*, sheet: Sheet, report: Report) -> None:
    source, arranged = sheet.source, sheet.arranged
    missing = arranged.list_missing()
    if sheet.has_header:
        strangers = arranged.list_strangers(sheet.columns)
        for fault in check_header(
            source=source, strangers=strangers, missing=missing, layout=arranged.layout
        ):
            report(fault)
    for fault in check_missing(source=source, missing=missing, layout=arranged.layout):
        report(fault)
    if arranged.guessed:
        names = show_text(", ".join(arranged.models.values()), longest=240)
        report(Fault(message="wide_form", file=source.name, line=1, values={"models": names}))
