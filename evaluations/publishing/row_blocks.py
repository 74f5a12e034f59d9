"""A file of CSV in blocks of whole rows, so that each can be read by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Final

from evaluations.errors import BundleUnreadable

BLOCK: Final = 1 << 24  # bytes read at a time, and the longest row


def read_row_blocks(file: IO[bytes], *, size: int = BLOCK) -> Iterator[bytes]:
    """Memory does not grow with the file. Raises BundleUnreadable for a row longer than a block."""
    rest = b""
    while chunk := file.read(size):
        rest += chunk
        end = _find_end(rest)
        if end:
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > size:
            raise BundleUnreadable(f"votes.csv is no table of votes: a row has more than {size:,} bytes.")
    if rest.strip():
        yield rest


def _find_end(data: bytes) -> int:
    """Behind the last row that ends in it: a line that ends between quotes is a part of one. 0 without any."""
    at = data.rfind(b"\n")
    quotes = data.count(b'"', 0, max(at, 0))
    while at >= 0 and quotes % 2:
        before = data.rfind(b"\n", 0, at)
        quotes -= data.count(b'"', max(before, 0), at)
        at = before
    return at + 1
