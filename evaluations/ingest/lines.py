"""A stream of UTF-8 to lines of text, one at a time. Pure: no Django; the longest line bounds the memory used."""

from collections.abc import Iterator
from typing import BinaryIO

from evaluations.ingest.encodings import guess_encoding
from evaluations.ingest.faults import Fault, Report, SourceFile, show_text

# A longer line or field is a broken file more often than a long answer, and would have to be held whole.
LONGEST_LINE = 1_000_000
# An encoding is told by its letters: enough of them, and no more.
SAMPLED = 32_768


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
        encoding = guess_encoding(raw[:SAMPLED] + self.handle.read(SAMPLED))
        if encoding is None:
            self.report_fault("not_utf8", line=self.number, says=near, byte=byte, value=value)
            return
        self.report_fault(
            "other_encoding", line=self.number, says=near, byte=byte, value=value, encoding=encoding
        )
