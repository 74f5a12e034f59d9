"""Columns named by hand: what each column of the files holds, where their names don't say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.errors import ImportDone, IngestError
from evaluations.imports.arrivals import describe_aim, find_imported
from evaluations.imports.sweeps import request_check
from evaluations.ingest.kept_files import find_folder, read_files
from evaluations.ingest.mappings import SampledColumn, list_columns, suggest_mapping
from evaluations.models import Import


@dataclass(frozen=True, kw_only=True)
class FileColumns:
    """A file's columns with their first values, and the field of each: as said before, else a guess."""

    digest: str
    name: str
    columns: list[SampledColumn]
    fields: Mapping[str, str]


def can_map(*, upload: Import) -> bool:
    """Whether its files are still there, and nothing is made of them yet."""
    state = Import.State
    return upload.state in {state.CHECKED, state.REFUSED} and find_folder(token=upload.token).is_dir()


def list_file_columns(*, upload: Import) -> list[FileColumns]:
    """Each file once. Raises IngestError where the files are gone or in use."""
    _require_files(upload)
    listed: dict[str, FileColumns] = {}
    for file in read_files(described=upload.files):
        columns = list_columns(file.as_source(), max_mb=settings.IMPORT_MAX_MB)
        fields = upload.mapping.get(file.digest) or suggest_mapping(columns)
        listed[file.digest] = FileColumns(digest=file.digest, name=file.name, columns=columns, fields=fields)
    return list(listed.values())


@transaction.atomic
def map_columns(
    *, upload: Import, mapping: Mapping[str, Mapping[str, str]], user: Any = None, now: datetime
) -> Import:
    """Keep what each column holds, by the file's digest, and have the files checked again with that.

    Returns the import, or the earlier one that brought the same. Raises IngestError.
    """
    upload = Import.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    _require_files(upload)
    upload.mapping = {digest: dict(fields) for digest, fields in mapping.items() if fields}
    describe_aim(upload=upload, slug=upload.target, prompt_set=upload.prompt_set)
    earlier = find_imported(kind=upload.kind, target=upload.target, content_hash=upload.content_hash)
    if earlier is not None:
        return earlier
    upload.save(update_fields=["mapping", "kind", "target", "title", "prompt_set", "content_hash"])
    record_event(kind="import_mapped", user=user, now=now, subject=f"import {upload.token}")
    return request_check(upload=upload)


def _require_files(upload: Import) -> None:
    if upload.state in {Import.State.IMPORTING, Import.State.IMPORTED}:
        raise ImportDone(_("This import is confirmed already; its columns stay as they are."))
    if not can_map(upload=upload):
        raise IngestError(_("The columns of this import can’t be mapped now. Add its files again."))
