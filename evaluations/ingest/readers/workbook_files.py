"""The file of a workbook, a zip of XML: looked at before it is opened, and opened with its texts on disk. Pure."""

import contextlib
import tempfile
import zipfile
from array import array
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from evaluations.ingest.records import BrokenFileError
from evaluations.ingest.streams import MEGABYTE
from evaluations.ingest.wording import Word, gettext_noop

_ = gettext_noop

TEXT_TAG = f"{{{SHEET_MAIN_NS}}}si"
# The parts that are read row by row; the others are held whole, and are small in any honest file.
STREAMED = ("xl/worksheets/", "xl/sharedStrings")
LARGEST_PART = 20 * MEGABYTE
MOST_PARTS = 10_000
CHUNK = 65_536


class _Declared(Exception):  # noqa: N818 - it is how the parser is told to stop, and no error
    """An XML declares a document type: a workbook never does, and entities hide in one."""


class _Begun(Exception):  # noqa: N818 - the same
    """The first element has come: no document type can follow it."""


def check_parts(*, handle: BinaryIO, max_mb: int) -> None:
    """Raise BrokenFileError for a zip that is no workbook, or that would unpack to more than the limit."""
    try:
        with zipfile.ZipFile(handle) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
                kind = _("spreadsheet that is not XLSX") if "content.xml" in names else _("zip")
                raise BrokenFileError("not_text", kind=Word(kind))
            _check_sizes(parts, max_mb=max_mb)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_document_type(archive, part)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise BrokenFileError("broken_file", kind="XLSX") from error


def _check_sizes(parts: list[zipfile.ZipInfo], *, max_mb: int) -> None:
    # Python reads no more of a part than the size it declares.
    if sum(part.file_size for part in parts) > max_mb * MEGABYTE:
        raise BrokenFileError("too_large_unpacked", limit=max_mb)
    held = (part for part in parts if not part.filename.startswith(STREAMED))
    if len(parts) > MOST_PARTS or any(part.file_size > LARGEST_PART for part in held):
        raise BrokenFileError("broken_file", kind="XLSX")


def _check_document_type(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    def refuse(*_arguments: object) -> None:
        raise _Declared

    def stop(*_arguments: object) -> None:
        raise _Begun

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        with archive.open(part) as handle:
            while chunk := handle.read(CHUNK):
                parser.Parse(chunk, False)
    except _Begun:
        return
    except (_Declared, expat.ExpatError) as error:
        raise BrokenFileError("broken_file", kind="XLSX") from error


class _Texts:
    """The texts that the cells of a workbook share, by number: on disk, as they may be all there is in it."""

    def __init__(self, texts: Iterator[str]) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the workbook
        self.ends = array("Q", [0])
        for text in texts:
            self.file.write(text.encode("utf-8", "surrogatepass"))
            self.ends.append(self.file.tell())

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self.ends) - 1:
            raise IndexError(number)
        self.file.seek(self.ends[number])
        raw = self.file.read(self.ends[number + 1] - self.ends[number])
        return raw.decode("utf-8", "surrogatepass")


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as handle:
                self.shared_strings = _Texts(_read_texts(handle))


def _read_texts(handle: Any) -> Iterator[str]:
    for _event, element in iterparse(handle):
        if element.tag == TEXT_TAG:
            text = Text.from_tree(element).content
            element.clear()
            yield text


@contextlib.contextmanager
def open_workbook(handle: BinaryIO) -> Iterator[Any]:
    """The workbook as openpyxl has it, to be read row by row."""
    reader = _Reader(handle, read_only=True, data_only=True, keep_links=False)
    try:
        reader.read()
        yield reader.wb
    finally:
        if isinstance(reader.shared_strings, _Texts):
            reader.shared_strings.file.close()
