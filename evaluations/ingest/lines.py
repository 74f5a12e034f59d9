"""Bytes on disk to lines of text, one at a time. Pure: no Django; the longest line bounds the memory used."""

import codecs
from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

from evaluations.ingest.faults import Fault, Report, SourceFile, show_text
from evaluations.ingest.messages import Word, gettext_noop

_ = gettext_noop

MEGABYTE = 1_048_576
# A longer line or field is a broken file more often than a long answer, and would have to be held whole.
LONGEST_LINE = 1_000_000
NOT_TEXT = {
    b"PK\x03\x04": Word(_("spreadsheet or zip")),
    b"\xd0\xcf\x11\xe0": Word(_("spreadsheet")),
    b"\x1f\x8b": Word("gzip"),
    b"%PDF": Word("PDF"),
    codecs.BOM_UTF16_LE: Word("UTF-16"),
    codecs.BOM_UTF16_BE: Word("UTF-16"),
}
JSONL_SUFFIXES = {".jsonl", ".ndjson", ".json"}


class Lines:
    """The decoded lines of an open file. `number` is that of the last line given, counted from 1.

    Too long a line is reported and left out. Bytes that are not UTF-8 end the file: the rest is no better.
    """

    def __init__(self, *, source: SourceFile, handle: BinaryIO, report: Report) -> None:
        self.source, self.handle, self.report = source, handle, report
        self.number = self.offset = 0
        # The first line given since the reader of rows last cleared this: where its row starts.
        self.first: int | None = None

    def __iter__(self) -> Iterator[str]:
        while raw := self.handle.readline(LONGEST_LINE + 1):
            self.number += 1
            if len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
                self._skip_line(raw)
                continue
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                self._report_encoding(raw, error)
                return
            self.offset += len(raw)
            self.first = self.first or self.number
            yield text.removeprefix("\ufeff") if self.number == 1 else text

    def report_fault(
        self, message: str, *, line: int | None, column: str = "", says: str = "", **values: object
    ) -> None:
        column, says = show_text(column), show_text(says.strip())
        self.report(
            Fault(message=message, file=self.source.name, line=line, column=column, says=says, values=values)
        )

    def _skip_line(self, raw: bytes) -> None:
        self.report_fault(
            "line_too_long", line=self.number, says=raw[:200].decode("utf-8", "replace"), limit=1
        )
        while raw and not raw.endswith(b"\n"):
            self.offset += len(raw)
            raw = self.handle.readline(LONGEST_LINE)
        self.offset += len(raw)

    def _report_encoding(self, raw: bytes, error: UnicodeDecodeError) -> None:
        near = raw[max(0, error.start - 30) : error.start + 30].decode("utf-8", "replace")
        byte, value = self.offset + error.start, f"{raw[error.start]:02x}"
        self.report_fault("not_utf8", line=self.number, says=near, byte=byte, value=value)


def check_file(*, source: SourceFile, max_mb: int) -> Fault | None:
    """What makes the file not worth reading, if anything does: its size, or its first bytes."""
    if source.path.stat().st_size > max_mb * MEGABYTE:
        return Fault(message="too_large", file=source.name, values={"limit": max_mb})
    start = read_start(source=source)
    for magic, kind in NOT_TEXT.items():
        if start.startswith(magic):
            return Fault(message="not_text", file=source.name, values={"kind": kind})
    if not start.strip():
        return Fault(message="empty_file", file=source.name)
    if start.lstrip().startswith(b"["):
        says = show_text(start.decode("utf-8", "replace"))
        return Fault(message="json_list", file=source.name, line=1, says=says)
    return None


def read_start(*, source: SourceFile) -> bytes:
    with source.path.open("rb") as handle:
        return handle.read(4096).removeprefix(codecs.BOM_UTF8)


def is_jsonl(*, source: SourceFile) -> bool:
    """By content first: no header of ours starts with a brace, whatever the file is called."""
    suffix = PurePath(source.name).suffix.lower()
    return read_start(source=source).lstrip().startswith(b"{") or suffix in JSONL_SUFFIXES
