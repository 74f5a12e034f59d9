"""A JSON list of objects, however long: one element at a time, found by its brackets. Pure: no Django."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from evaluations.ingest.faults import Fault, Report, SourceFile, show_text
from evaluations.ingest.lines import LONGEST_LINE
from evaluations.ingest.readers.json_values import read_object
from evaluations.ingest.records import BrokenFileError, Record

CHUNK = 65_536
STRUCTURE = re.compile(r'["\[\]{},]')
# Possessive: a string is read once, whatever follows it.
STRING_REST = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)


def read_records(*, source: SourceFile, handle: BinaryIO, report: Report) -> Iterator[Record]:
    elements = _Elements(source=source, report=report)
    for text in elements.split(_decode(source=source, handle=handle)):
        record = read_object(source=source, text=text, line=elements.number, report=report)
        if record:
            yield record


def _decode(*, source: SourceFile, handle: BinaryIO) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    offset = 0
    while True:
        raw = handle.read(CHUNK)
        try:
            text = decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            value = f"{error.object[error.start]:02x}"
            held = len(error.object) - len(raw)
            raise BrokenFileError("not_utf8", byte=offset - held + error.start, value=value) from error
        offset += len(raw)
        if text:
            yield text
        if not raw:
            return


class _Elements:
    """Cuts the text of a list into its elements' texts. `number` is that of the last one given, from 1."""

    def __init__(self, *, source: SourceFile, report: Report) -> None:
        self.source, self.report = source, report
        self.number = self.depth = self.length = 0
        self.in_string = self.closed = False
        self.parts: list[str] = []

    def split(self, chunks: Iterator[str]) -> Iterator[str]:
        held = ""
        for chunk in chunks:
            # A backslash at the end says nothing yet about the character after it.
            text, held = held + chunk, ""
            if (len(text) - len(text.rstrip("\\"))) % 2:
                text, held = text[:-1], "\\"
            yield from self._split_chunk(text)
        yield from self._split_chunk(held)
        if not self.closed:
            self.report(Fault(message="list_unclosed", file=self.source.name, line=self.number + 1))

    def _split_chunk(self, text: str) -> Iterator[str]:
        place = kept = 0
        while place < len(text) and not self.closed:
            if self.in_string:
                place = self._leave_string(text, place)
                continue
            found = STRUCTURE.search(text, place)
            if found is None:
                break
            mark, place = found.group(), found.end()
            if mark == '"':
                self.in_string = True
            elif mark == "," and self.depth == 1:
                yield from self._end(text[kept : place - 1])
                kept = place
            elif mark in "[{":
                self.depth += 1
                kept = place if self.depth == 1 else kept
            elif mark in "]}":
                self.depth -= 1
                if self.depth == 0:
                    yield from self._close(text[kept : place - 1])
                    kept = place
        self._keep(text[kept:])

    def _leave_string(self, text: str, place: int) -> int:
        rest = STRING_REST.match(text, place)
        end = rest.end() if rest else place
        self.in_string = end >= len(text) or text[end] != '"'
        return min(end + 1, len(text))

    def _keep(self, part: str) -> None:
        if self.closed:
            if part.strip():
                raise BrokenFileError("list_followed")
            return
        self.length += len(part)
        # Of too long an element the start is held, to be shown.
        if self.length <= LONGEST_LINE or not self.parts:
            self.parts.append(part[:LONGEST_LINE])

    def _close(self, part: str) -> Iterator[str]:
        """The last element; an empty list has none."""
        if self.number or "".join([*self.parts, part]).strip():
            yield from self._end(part)
        self.closed = True

    def _end(self, part: str) -> Iterator[str]:
        self._keep(part)
        self.number += 1
        text, length = "".join(self.parts), self.length
        self.parts, self.length = [], 0
        if length <= LONGEST_LINE:
            yield text
            return
        says = show_text(text[:200].strip())
        values = {"limit": 1}
        self.report(
            Fault(message="line_too_long", file=self.source.name, line=self.number, says=says, values=values)
        )
