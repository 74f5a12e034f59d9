"""Files on their way in: kept on disk, told apart by their columns, and not read any further yet."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.canonical import hash_canonical
from evaluations.errors import IngestError
from evaluations.imports.checks import check_import
from evaluations.ingest.kept_files import KeptFile, Upload, discard_files, hash_files, keep_files, read_files
from evaluations.ingest.layouts import Role
from evaluations.ingest.opening import open_sheet
from evaluations.ingest.votes import find_prompt_set
from evaluations.models import Import, PromptSet

MOST_FILES = 20
LONGEST_SLUG = 80

Mapped = Mapping[str, Mapping[str, str]]


def take_prompts(
    *, uploads: Sequence[Upload], slug: str, title: str = "", user: Any = None, now: datetime
) -> Import:
    """Receive and check the files of a prompt set.

    Returns the import: checked, or refused with its faults, or the earlier one that brought the same files.
    Raises IngestError where there is nothing to check.
    """
    return check_import(upload=receive_files(uploads=uploads, slug=slug, title=title, user=user, now=now))


def take_votes(
    *,
    uploads: Sequence[Upload],
    study_slug: str,
    prompt_set_slug: str,
    title: str = "",
    source: str = "",
    user: Any = None,
    now: datetime,
) -> Import:
    """Receive and check recorded votes about a prompt set, as `take_prompts` does."""
    prompt_set = find_prompt_set(slug=prompt_set_slug, study_slug=study_slug)
    given = {"uploads": uploads, "slug": study_slug, "title": title, "source": source, "user": user}
    upload = receive_files(**given, prompt_set=prompt_set, kind=Import.Kind.VOTES, now=now)
    return check_import(upload=upload)


def receive_files(
    *,
    uploads: Sequence[Upload],
    slug: str,
    title: str = "",
    source: str = "",
    prompt_set: PromptSet | None = None,
    kind: str | None = None,
    mapping: Mapped | None = None,
    user: Any = None,
    now: datetime,
) -> Import:
    """Keep the files, and say what they are about. Nothing is checked yet: a worker does that.

    With a prompt set they are about that version: more responses, or recorded votes, as their columns say.
    `slug` is what they make: the prompt set, or the study of the votes. Returns the earlier import where the same
    files were imported for the same. Raises IngestError where there is nothing to keep.
    """
    check_request(uploads=uploads, slug=slug or (prompt_set.slug if prompt_set else ""))
    token = secrets.token_urlsafe(16)
    files = keep_files(uploads=uploads, token=token)
    upload = Import(
        token=token,
        files=[asdict(file) for file in files],
        mapping=dict(mapping or {}),
        language=get_language() or "",
        created_at=now,
        created_by=user,
        title=title,
        source=source,
        total=sum(file.size for file in files),
    )
    try:
        describe_aim(upload=upload, slug=slug, prompt_set=prompt_set, kind=kind)
    except IngestError:
        discard_files(token=token)
        raise
    return _keep_record(upload=upload, user=user, now=now)


def _keep_record(*, upload: Import, user: Any, now: datetime) -> Import:
    earlier = find_imported(kind=upload.kind, target=upload.target, content_hash=upload.content_hash)
    if earlier is not None:
        discard_files(token=upload.token)
        return earlier
    with transaction.atomic():
        upload.save()
        names = [file["name"] for file in upload.files]
        details = {"kind": upload.kind, "target": upload.target, "files": names}
        record_event(
            kind="import_received", user=user, now=now, subject=f"import {upload.token}", details=details
        )
    return upload


def describe_aim(*, upload: Import, slug: str, prompt_set: PromptSet | None, kind: str | None = None) -> None:
    """Write down what kind of import it is, what it makes or adds to, and the hash of all that. Raises IngestError."""
    files = read_files(described=upload.files)
    upload.kind = kind or choose_kind(files=files, mapping=upload.mapping, prompt_set=prompt_set)
    upload.prompt_set = None if upload.kind == Import.Kind.PROMPTS else prompt_set
    upload.target = slug
    if upload.kind == Import.Kind.RESPONSES and prompt_set is not None:
        upload.target = prompt_set.slug
        upload.title = upload.title or prompt_set.title
    if upload.kind == Import.Kind.VOTES and prompt_set is not None:
        upload.target = slug or prompt_set.slug
        aim = {"slug": prompt_set.slug, "study_slug": upload.target}
        upload.prompt_set = find_prompt_set(**aim, version=prompt_set.version)
    check_slug(upload.target)
    upload.content_hash = hash_content(upload=upload, files=files)


def choose_kind(*, files: Iterable[KeptFile], mapping: Mapped, prompt_set: PromptSet | None) -> str:
    """What the files hold, by their columns: the check says what doesn't fit."""
    if prompt_set is None:
        return Import.Kind.PROMPTS
    return (
        Import.Kind.VOTES if Role.VOTES in find_roles(files=files, mapping=mapping) else Import.Kind.RESPONSES
    )


def find_roles(*, files: Iterable[KeptFile], mapping: Mapped) -> set[Role]:
    opened = (
        open_sheet(
            source=file.as_source(),
            max_mb=settings.IMPORT_MAX_MB,
            report=lambda fault: None,
            mapping=mapping.get(file.digest),
        )
        for file in files
    )
    return {sheet.layout.role for sheet in opened if sheet}


def hash_content(*, upload: Import, files: Iterable[KeptFile]) -> str:
    """One hash of what the files bring: their bytes, how their columns are read, the version they add to."""
    hashed = hash_files(files=files)
    about = upload.prompt_set_id if upload.kind == Import.Kind.RESPONSES else None
    if about is None and not upload.mapping:
        return hashed
    return hash_canonical({"files": hashed, "prompt_set": about, "mapping": upload.mapping})


def check_request(*, uploads: Sequence[Upload], slug: str) -> None:
    check_slug(slug)
    if not uploads:
        raise IngestError(_("No file was sent. Choose one or several files."))
    if len(uploads) > MOST_FILES:
        raise IngestError(_("An import takes at most %(limit)s files.") % {"limit": MOST_FILES})


def check_slug(slug: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise IngestError(_("A short name has letters, digits, hyphens and underscores only.")) from error
    if len(slug) > LONGEST_SLUG:
        raise IngestError(_("A short name has at most %(limit)s characters.") % {"limit": LONGEST_SLUG})


def find_imported(*, kind: str, target: str, content_hash: str) -> Import | None:
    """The import that already brought this content to this target."""
    return Import.objects.filter(
        kind=kind, target=target, content_hash=content_hash, state=Import.State.IMPORTED
    ).first()
