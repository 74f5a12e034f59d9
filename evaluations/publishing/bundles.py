"""A snapshot's bundle: one file with all that its figures are computed from, and all that they are to be.

A zip without times, in a fixed order, so that the same snapshot gives the same bytes. It is written while it is
sent, and read where it lies: nothing is ever unpacked to the disk.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from evaluations.canonical import encode_canonical
from evaluations.errors import BundleUnreadable
from evaluations.publishing.readmes import write_readme
from evaluations.publishing.vote_files import write_votes
from evaluations.publishing.votes import CountedVotes
from evaluations.ranking.reports.texts import make_printable

FORMAT: Final = "arena-bundle/1"
README, SNAPSHOT, ANALYSES, VOTES = "README.txt", "snapshot.json", "analyses.jsonl", "votes.csv"
MANIFEST: Final = "manifest.json"
# What a bundle holds, in this order, and how many bytes of each are read at the most: a small zip can hold much.
MEMBERS: Final[Mapping[str, int]] = {
    README: 1 << 20,
    SNAPSHOT: 1 << 28,
    ANALYSES: 1 << 30,
    VOTES: 1 << 32,
    MANIFEST: 1 << 20,
}
BLOCK: Final = 1 << 20
MANY: Final = 10_000_000  # votes whose file may not fit the sizes of a plain zip
QUICKLY: Final = 1  # a fifth of the usual time, for a fifth more bytes


def write_bundle(
    *, document: bytes, analyses: Iterable[bytes], votes: CountedVotes, licence: tuple[str, str] = ("", "")
) -> Iterator[bytes]:
    """The bundle, a part at a time.

    document: the snapshot's canonical bytes. analyses: those of its other analyses, in the order of their keys.
    licence: name and address of that of the data, empty where none was stated.
    """
    said = json.loads(document)
    parts: dict[str, Iterable[bytes]] = {
        README: [write_readme(document=said, licence=licence).encode()],
        SNAPSHOT: [document],
        ANALYSES: (line + b"\n" for line in analyses),
        VOTES: write_votes(votes),
    }
    sink, files = _Drain(), {}
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=QUICKLY) as archive:  # type: ignore[call-overload]
        for name, chunks in parts.items():
            digest, size = hashlib.sha256(), 0
            with archive.open(name, "w", force_zip64=len(votes) > MANY) as member:
                for chunk in chunks:
                    member.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
                    yield sink.take()
            files[name] = {"bytes": size, "sha256": digest.hexdigest()}
        manifest = {
            **describe_bundle(document=said, files=files),
            "licence": {"name": licence[0], "url": licence[1]},
        }
        with archive.open(MANIFEST, "w") as member:
            member.write(encode_canonical(manifest))
    yield sink.take()


def describe_bundle(*, document: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The manifest without the licence. files: size and digest by name."""
    return {
        "format": FORMAT,
        "leaderboard": document["leaderboard"],
        "snapshot": files[SNAPSHOT]["sha256"],
        "code_version": document["code_version"],
        "files": files,
    }


@contextmanager
def open_bundle(path: Path) -> Iterator[ZipFile]:
    """The bundle, once it is seen to hold what one holds, and not too much of it. Raises BundleUnreadable."""
    with _as_sentences(path.name):
        archive = ZipFile(path)
    with archive:
        _check_members(archive.infolist())
        yield archive


def read_member(archive: ZipFile, name: str) -> bytes:
    """Raises BundleUnreadable."""
    with open_member(archive, name) as file, _as_sentences(name):
        return file.read()


@contextmanager
def open_member(archive: ZipFile, name: str) -> Iterator[IO[bytes]]:
    """A file of the bundle to read on from; what is wrong with its bytes while it is read becomes a sentence."""
    with _as_sentences(name), archive.open(name) as file:
        yield file


def measure_member(archive: ZipFile, name: str) -> dict[str, Any]:
    """How many bytes it has, and their SHA-256, as the manifest says it. Raises BundleUnreadable."""
    digest, size = hashlib.sha256(), 0
    with open_member(archive, name) as file:
        while chunk := file.read(BLOCK):
            digest.update(chunk)
            size += len(chunk)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _check_members(members: list[ZipInfo]) -> None:
    names = [member.filename for member in members]
    missing = [name for name in MEMBERS if name not in names]
    if missing:
        raise BundleUnreadable(f"This is no bundle of a snapshot: it has no {missing[0]}.")
    if len(names) > len(MEMBERS):
        strange = next((name for name in names if name not in MEMBERS), "one file twice")
        raise BundleUnreadable(
            f"This is no bundle of a snapshot: it holds {make_printable(strange)[:80]} besides."
        )
    for member in members:
        if member.file_size > MEMBERS[member.filename]:
            raise BundleUnreadable(
                f"{member.filename} would be {member.file_size:,} bytes; {MEMBERS[member.filename]:,} are the most."
            )
        if member.flag_bits & 1 or member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BundleUnreadable(
                f"{member.filename} is encrypted, or packed in a way that bundles are not."
            )


@contextmanager
def _as_sentences(name: str) -> Iterator[None]:
    try:
        yield
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, RecursionError):
            raise
        said = make_printable(str(error)).rstrip(".")[:200] or "it ends too early"
        raise BundleUnreadable(f"{make_printable(name)} cannot be read: {said}.") from error
    except OSError as error:
        raise BundleUnreadable(
            f"{make_printable(name)} cannot be read: {error.strerror or error}."
        ) from error


class _Drain:
    """What a zip is written to, taken out as it comes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data
