"""A file's bytes as a stream of UTF-8: unpacked and transcoded on the way, counted, bounded. Pure: no Django."""

import codecs
import contextlib
import gzip
import io
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from evaluations.ingest.faults import SourceFile
from evaluations.ingest.records import BrokenFileError

MEGABYTE = 1_048_576
# How often progress is told, in bytes of the file as it is on disk.
PROGRESS_STEP = MEGABYTE // 2
CHUNK = 65_536
GZIP = b"\x1f\x8b"
UTF16_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

Progress = Callable[[int], None]


class _Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class _Stream(io.RawIOBase):
    """The shape of the streams below: each reads the one before it."""

    def __init__(self, handle: _Readable) -> None:
        self.handle = handle

    def readable(self) -> bool:
        return True

    # The type stubs know of no narrower one that takes memoryview and bytearray alike.
    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.read_some(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read_some(self, size: int) -> bytes:
        return self.handle.read(size)


class _Counted(_Stream):
    """Tells how many bytes were read."""

    def __init__(self, handle: _Readable, progress: Progress) -> None:
        super().__init__(handle)
        self.progress = progress
        self.done = self.told = 0

    def read_some(self, size: int) -> bytes:
        data = self.handle.read(size)
        self.done += len(data)
        if self.done - self.told >= PROGRESS_STEP or not data:
            self.told = self.done
            self.progress(self.done)
        return data


class _Unpacked(_Stream):
    """What a gzip file holds, and no more of it than the limit: a small file can hold a huge one."""

    def __init__(self, handle: BinaryIO, *, max_mb: int) -> None:
        super().__init__(gzip.GzipFile(fileobj=handle))
        self.limit, self.done = max_mb, 0

    def read_some(self, size: int) -> bytes:
        try:
            data = self.handle.read(size)
        except (EOFError, OSError, zlib.error) as error:
            raise BrokenFileError("broken_gzip") from error
        self.done += len(data)
        if self.done > self.limit * MEGABYTE:
            raise BrokenFileError("too_large_unpacked", limit=self.limit)
        return data


class _Transcoded(_Stream):
    """UTF-16 as UTF-8."""

    def __init__(self, handle: _Readable, *, encoding: str) -> None:
        super().__init__(handle)
        self.decoder = codecs.getincrementaldecoder(encoding)()
        self.done = 0
        self.waiting = b""

    def read_some(self, size: int) -> bytes:
        while not self.waiting:
            data = self.handle.read(CHUNK)
            try:
                self.waiting = self.decoder.decode(data, final=not data).encode()
            except UnicodeDecodeError as error:
                held = len(error.object) - len(data)
                raise BrokenFileError("not_utf16", byte=self.done - held + error.start) from error
            self.done += len(data)
            if not data:
                break
        given, self.waiting = self.waiting[:size], self.waiting[size:]
        return given


def guess_utf16(start: bytes) -> str | None:
    """The kind of UTF-16 these first bytes are in, by its mark or by its zero bytes; None for anything else."""
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return None
    for mark, encoding in UTF16_MARKS.items():
        if start.startswith(mark):
            return encoding
    match [byte == 0 for byte in start[:4]]:
        case [False, True, False, True]:
            return "utf-16-le"
        case [True, False, True, False]:
            return "utf-16-be"
    return None


@contextlib.contextmanager
def open_bytes(*, source: SourceFile, max_mb: int, progress: Progress | None = None) -> Iterator[BinaryIO]:
    """The bytes of the file, unpacked where it is gzipped, from the first to the last. Can't be wound back."""
    with source.path.open("rb") as handle:
        counted: BinaryIO = handle
        if progress:
            counted = io.BufferedReader(_Counted(handle, progress), CHUNK)
        if not is_gzip(source=source):
            yield counted
            return
        yield io.BufferedReader(_Unpacked(counted, max_mb=max_mb), CHUNK)


@contextlib.contextmanager
def open_text(*, source: SourceFile, max_mb: int, progress: Progress | None = None) -> Iterator[BinaryIO]:
    """The same bytes in UTF-8, if they were in UTF-16."""
    encoding = guess_utf16(read_start(source=source))
    with open_bytes(source=source, max_mb=max_mb, progress=progress) as handle:
        yield io.BufferedReader(_Transcoded(handle, encoding=encoding), CHUNK) if encoding else handle


@contextlib.contextmanager
def open_seekable(*, source: SourceFile, max_mb: int) -> Iterator[BinaryIO]:
    """The bytes of the file for a reader that jumps about in them: unpacked to a file that vanishes."""
    if not is_gzip(source=source):
        with source.path.open("rb") as handle:
            yield handle
        return
    with (
        tempfile.TemporaryFile() as unpacked,
        open_bytes(source=source, max_mb=max_mb) as handle,
    ):
        shutil.copyfileobj(handle, unpacked)
        unpacked.seek(0)
        yield unpacked


def is_gzip(*, source: SourceFile) -> bool:
    with source.path.open("rb") as handle:
        return handle.read(len(GZIP)) == GZIP


def read_start(*, source: SourceFile, size: int = 4096) -> bytes:
    """The first bytes, unpacked. Raises BrokenFileError."""
    with open_bytes(source=source, max_mb=1) as handle:
        return handle.read(size)
