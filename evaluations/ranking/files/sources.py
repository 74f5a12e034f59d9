"""The bytes of a file of votes: a path, a stream or lines of text, gzipped or not, readable from the start again."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, Literal, TypeAlias, cast

from evaluations.errors import BadVotes

GZIP: Final = b"\x1f\x8b"
BOM: Final = b"\xef\xbb\xbf"
HEAD: Final = 4096  # bytes by which a form is told
BLOCK: Final = 1 << 21  # bytes read at once; pyarrow reads some thirty blocks ahead
IN_MEMORY: Final = 1 << 26  # bytes of a stream kept in memory; beyond, it is kept in a temporary file

VoteSource: TypeAlias = str | os.PathLike[str] | IO[bytes] | Iterable[str]
Format: TypeAlias = Literal["csv", "jsonl", "parquet"]


class Source:
    """Bytes that can be read again from their start; gzipped ones come out as what was packed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        file.seek(0)
        self.gzipped = file.read(2) == GZIP

    def rewound(self) -> IO[bytes]:
        """The stream at its start; one reader at a time, and not to be closed by it."""
        self._file.seek(0)
        return cast(IO[bytes], gzip.GzipFile(fileobj=self._file, mode="rb")) if self.gzipped else self._file

    @property
    def format(self) -> Format:
        """What the bytes hold, told by their first ones, whatever the file is called. Raises BadVotes."""
        first = self.rewound().read(HEAD)
        if first[:4] == b"PAR1":
            if self.gzipped:
                raise BadVotes("A gzipped Parquet file cannot be read: unpack it, it is compressed inside.")
            return "parquet"
        text = first.removeprefix(BOM).lstrip()
        if not text and len(first) < HEAD:
            raise BadVotes("The file is empty.")
        if text[:1] == b"[":
            raise BadVotes("The file is one JSON list: write one object a line instead (JSON Lines).")
        return "jsonl" if text[:1] == b"{" else "csv"

    def blocks(self) -> Iterator[bytes]:
        """All bytes from the start, without a byte order mark. Raises UnicodeDecodeError where not UTF-8."""
        stream = self.rewound()
        decoder = codecs.getincrementaldecoder("utf-8")()
        block = stream.read(BLOCK)
        decoder.decode(block)
        yield block.removeprefix(BOM)
        while block := stream.read(BLOCK):
            decoder.decode(block)
            yield block
        decoder.decode(b"", final=True)

    def find_bytes_that_are_no_text(self) -> BadVotes:
        """The error that says on which line a file is not UTF-8; for one that is known not to be."""
        line, begun = 1, b""
        try:
            for block in self.blocks():
                line, begun = line + block.count(b"\n"), begun or block
        except UnicodeDecodeError as error:
            sound = error.object[: error.start]
            line, begun = line + sound.count(b"\n"), begun or sound
        if line == 1 or b"\0" in begun:
            return BadVotes("The file is not text in UTF-8: it begins with bytes of another kind.")
        return BadVotes(f"Line {line} is not text in UTF-8.")


@contextmanager
def open_source(votes: VoteSource) -> Iterator[Source]:
    """Open a path, a stream of bytes, or lines of text; what cannot be read twice is kept meanwhile.

    A stream of text (sys.stdin) is read as the bytes below it. Raises OSError.
    """
    if isinstance(votes, str | os.PathLike):
        with Path(votes).open("rb") as file, _rewindable(file) as ready:
            yield Source(ready)
        return
    below = getattr(votes, "buffer", votes)
    if isinstance(below, io.IOBase | tempfile.SpooledTemporaryFile) and not isinstance(below, io.TextIOBase):
        with _rewindable(cast(IO[bytes], below)) as ready:
            yield Source(ready)
        return
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        kept.writelines(line.encode() for line in cast(Iterable[str], votes))
        yield Source(cast(IO[bytes], kept))


@contextmanager
def _rewindable(file: IO[bytes]) -> Iterator[IO[bytes]]:
    if file.seekable():
        yield file
        return
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        shutil.copyfileobj(file, cast(Any, kept))
        yield cast(IO[bytes], kept)
