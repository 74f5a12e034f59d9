"""What kind of file it is: by its content first, then by its name. Pure: no Django."""

import re
from enum import Enum
from pathlib import PurePath

from evaluations.ingest.encodings import UTF32_MARKS
from evaluations.ingest.faults import Fault, SourceFile
from evaluations.ingest.records import BrokenFileError
from evaluations.ingest.streams import GZIP, MEGABYTE, guess_utf16, read_start
from evaluations.ingest.wording import Word, gettext_noop

_ = gettext_noop

NOT_TEXT = {
    b"\xd0\xcf\x11\xe0": Word(_("spreadsheet of an old kind (XLS)")),
    # What is packed twice is unpacked once.
    GZIP: Word("gzip"),
    b"%PDF": Word("PDF"),
    **dict.fromkeys(UTF32_MARKS, Word("UTF-32")),
}
JSON_SUFFIXES = {".jsonl", ".ndjson", ".json"}
# A list of objects, or an empty one; a header may start with a bracket, though it hardly does.
JSON_LIST = re.compile(r"\[\s*(?:[{\]]|$)")


class FileKind(Enum):
    DELIMITED = "CSV"
    JSON_LINES = "JSONL"
    JSON_LIST = "JSON"
    PARQUET = "Parquet"
    WORKBOOK = "XLSX"

    @property
    def has_header(self) -> bool:
        """Its columns are said once, before the rows; elsewhere each object has its own keys."""
        return self not in (FileKind.JSON_LINES, FileKind.JSON_LIST)


def find_kind(*, source: SourceFile) -> FileKind:
    """Raises BrokenFileError for what is none of them."""
    start = read_start(source=source)
    for magic, kind in NOT_TEXT.items():
        if start.startswith(magic):
            raise BrokenFileError("not_text", kind=kind)
    if start.startswith(b"PK\x03\x04"):
        return FileKind.WORKBOOK
    if start.startswith(b"PAR1"):
        return FileKind.PARQUET
    text = start.decode(guess_utf16(start) or "utf-8", "replace").removeprefix("\ufeff").lstrip()
    if not text:
        raise BrokenFileError("empty_file")
    suffixes = {suffix.lower() for suffix in PurePath(source.name).suffixes[-2:]}
    is_json = bool(suffixes & JSON_SUFFIXES)
    if JSON_LIST.match(text) or (is_json and text.startswith("[")):
        return FileKind.JSON_LIST
    return FileKind.JSON_LINES if text.startswith("{") or is_json else FileKind.DELIMITED


def check_file(*, source: SourceFile, max_mb: int) -> Fault | None:
    """What makes the file not worth reading, if anything does: its size, or its first bytes."""
    if source.path.stat().st_size > max_mb * MEGABYTE:
        return Fault(message="too_large", file=source.name, values={"limit": max_mb})
    try:
        find_kind(source=source)
    except BrokenFileError as error:
        return Fault(message=error.message, file=source.name, values=error.values)
    return None
