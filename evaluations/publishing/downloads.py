"""A bundle from its address, to a file that is gone when it was read."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import IO, Final
from urllib.error import HTTPError
from urllib.request import urlopen

from evaluations.errors import BundleUnreadable
from evaluations.ranking.reports.texts import make_printable

SCHEMES: Final = ("https://", "http://")
# The address of a bundle has its snapshot's digest in it.
DIGEST: Final = re.compile(r"/snapshots/([0-9a-f]{16,64})/")
MOST_BYTES: Final = 1 << 31
BLOCK: Final = 1 << 20
SECONDS: Final = 60


def is_address(source: str) -> bool:
    return source.lower().startswith(SCHEMES)


def find_digest(address: str) -> str:
    """The snapshot's digest, or its first digits; "" where the address has none."""
    found = DIGEST.search(address)
    return found[1] if found else ""


@contextmanager
def fetch_bundle(address: str, *, most: int = MOST_BYTES) -> Iterator[Path]:
    """The file that the address answers with. Raises BundleUnreadable."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        with path.open("wb") as file:
            _copy(address, file=file, most=most)
        yield path


def _copy(address: str, *, file: IO[bytes], most: int) -> None:
    try:
        # Only https and http come here, and redirects lead to nothing else but ftp.
        with urlopen(address, timeout=SECONDS) as answer:  # noqa: S310
            while chunk := answer.read(BLOCK):
                most -= len(chunk)
                if most < 0:
                    raise BundleUnreadable(f"{make_printable(address)} sends more than any bundle has.")
                file.write(chunk)
    except HTTPError as error:
        error.close()
        raise BundleUnreadable(
            f"{make_printable(address)} answers {error.code}: there is no bundle."
        ) from error
    except (OSError, HTTPException, ValueError) as error:
        said = make_printable(str(getattr(error, "reason", error)))
        raise BundleUnreadable(f"{make_printable(address)} does not answer: {said}.") from error
