"""Bytes on disk to records, one at a time, in any format that is taken. Pure: no Django, memory flat for any size.

A fault is a value given to `report`, never an exception; reading goes on with the next row where it can.
"""

from collections.abc import Iterator
from itertools import islice

from evaluations.ingest.faults import Fault, Report, SourceFile
from evaluations.ingest.file_kinds import FileKind, find_kind
from evaluations.ingest.lines import Lines
from evaluations.ingest.readers import delimited, json_lines, json_lists, parquet, workbooks
from evaluations.ingest.records import BrokenFileError, Record
from evaluations.ingest.streams import Progress, open_seekable, open_text

# The columns of a file of objects are the keys of its first ones; later ones may leave some out.
OBJECTS_LOOKED_AT = 50
# What a packed file may hold, where the caller says nothing.
MAX_UNPACKED_MB = 500


def read_columns(*, source: SourceFile, max_mb: int = MAX_UNPACKED_MB) -> list[str]:
    """The columns in their order: the header's, or the keys of the first objects. Empty where unreadable."""
    try:
        kind = find_kind(source=source)
        if kind.has_header:
            return _read_header(source=source, kind=kind, max_mb=max_mb)
    except BrokenFileError:
        return []
    records = islice(read_records(source=source, report=lambda fault: None, max_mb=max_mb), OBJECTS_LOOKED_AT)
    return list(dict.fromkeys(key for record in records for key in record.values))


def _read_header(*, source: SourceFile, kind: FileKind, max_mb: int) -> list[str]:
    if kind is FileKind.DELIMITED:
        with open_text(source=source, max_mb=max_mb) as handle:
            return delimited.read_columns(Lines(source=source, handle=handle, report=lambda fault: None))
    with open_seekable(source=source, max_mb=max_mb) as handle:
        if kind is FileKind.PARQUET:
            return parquet.read_columns(handle=handle, max_mb=max_mb)
        return workbooks.read_columns(handle=handle, max_mb=max_mb)


def read_records(
    *,
    source: SourceFile,
    report: Report,
    max_mb: int = MAX_UNPACKED_MB,
    progress: Progress | None = None,
) -> Iterator[Record]:
    """Every row that can be read; what can't is reported. `progress` is told how many bytes were read."""
    try:
        yield from _read(source=source, report=report, max_mb=max_mb, progress=progress)
    except BrokenFileError as error:
        report(Fault(message=error.message, file=source.name, values=error.values))
    if progress:
        progress(source.path.stat().st_size)


def _read(*, source: SourceFile, report: Report, max_mb: int, progress: Progress | None) -> Iterator[Record]:
    match find_kind(source=source):
        case FileKind.WORKBOOK:
            with open_seekable(source=source, max_mb=max_mb) as handle:
                yield from workbooks.read_records(
                    source=source, handle=handle, max_mb=max_mb, report=report, progress=progress
                )
        case FileKind.PARQUET:
            size = source.path.stat().st_size
            with open_seekable(source=source, max_mb=max_mb) as handle:
                yield from parquet.read_records(handle=handle, max_mb=max_mb, size=size, progress=progress)
        case kind:
            with open_text(source=source, max_mb=max_mb, progress=progress) as handle:
                if kind is FileKind.JSON_LIST:
                    yield from json_lists.read_records(source=source, handle=handle, report=report)
                    return
                reader = json_lines if kind is FileKind.JSON_LINES else delimited
                yield from reader.read_records(Lines(source=source, handle=handle, report=report))
