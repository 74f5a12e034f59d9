"""Files between their arrival and their import: under the media folder, by names of our own."""

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from django.conf import settings

from evaluations.ingest.faults import SourceFile, show_text
from evaluations.ingest.streams import MEGABYTE

LONGEST_FILE_NAME = 120


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file on its way in: its name as the sender wrote it, never trusted, and its bytes, read once."""

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file that came in: what it was called, its path under the media folder, the hash of its bytes."""

    name: str
    path: str
    size: int
    digest: str

    def as_source(self) -> SourceFile:
        return SourceFile(name=self.name, path=Path(settings.MEDIA_ROOT) / self.path, digest=self.digest)

    def is_unchanged(self) -> bool:
        path = self.as_source().path
        if not path.is_file():
            return False
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest() == self.digest


def keep_files(*, uploads: Sequence[Upload], token: str) -> list[KeptFile]:
    """Write the bytes to disk as they come, and no more of them than an import may have."""
    find_folder(token=token).mkdir(parents=True)
    return [_keep_file(upload=upload, token=token, number=number) for number, upload in enumerate(uploads)]


def _keep_file(*, upload: Upload, token: str, number: int) -> KeptFile:
    hasher = hashlib.sha256()
    size, limit = 0, settings.IMPORT_MAX_MB * MEGABYTE
    path = find_folder(token=token) / str(number)
    with path.open("wb") as handle:
        for chunk in upload.chunks:
            handle.write(chunk)
            hasher.update(chunk)
            size += len(chunk)
            # One chunk over is enough for the check to see that the file is too large.
            if size > limit:
                break
    name = show_text(PurePath(upload.name.replace("\\", "/")).name, longest=LONGEST_FILE_NAME)
    return KeptFile(name=name or "–", path=f"imports/{token}/{number}", size=size, digest=hasher.hexdigest())


def discard_files(*, token: str) -> None:
    shutil.rmtree(find_folder(token=token), ignore_errors=True)


def find_folder(*, token: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / token


def hash_files(*, files: Iterable[KeptFile]) -> str:
    """One hash of the files' content, whatever their order and their names."""
    return hashlib.sha256("".join(sorted(file.digest for file in files)).encode()).hexdigest()


def read_files(*, described: Iterable[dict[str, Any]]) -> list[KeptFile]:
    """The files as an import's row describes them."""
    fields = ("name", "path", "size", "digest")
    return [KeptFile(**{field: file[field] for field in fields}) for file in described]
