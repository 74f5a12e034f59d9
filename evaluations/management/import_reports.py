"""What the two import commands share: files from the disk, and faults a person can read."""

from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import CommandError, OutputWrapper

from evaluations.ingest.kept_files import Upload
from evaluations.models import Import, ImportFault

CHUNK = 1_048_576


def list_uploads(names: list[str]) -> list[Upload]:
    """The files, not read yet. Raises CommandError for one that can't be opened."""
    for name in names:
        try:
            Path(name).open("rb").close()
        except OSError as error:
            raise CommandError(f"{name} can't be read: {error.strerror}.") from error
    return [Upload(name=name, chunks=read_chunks(Path(name))) for name in names]


def read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            yield chunk


def write_faults(*, upload: Import, out: OutputWrapper) -> None:
    """Each fault on a line: file:line column — what the file says — what is wrong — what to do."""
    for fault in upload.faults.iterator():
        out.write(describe_fault(fault))


def describe_fault(fault: ImportFault) -> str:
    place = fault.file if fault.line is None else f"{fault.file}:{fault.line}"
    says = f"“{fault.says}”" if fault.says else ""
    parts = [f"{fault.severity} {place} {fault.column}".rstrip(), says, fault.problem, fault.remedy]
    return " — ".join(part for part in parts if part)


def describe_refusal(upload: Import) -> str:
    errors = upload.counts["errors"]
    return f"{errors:,} {'error' if errors == 1 else 'errors'}. Nothing was imported."
