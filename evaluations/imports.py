"""Imports: files come in, are checked whole, then imported or refused. Nothing is ever half stored."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.copying import copy_rows
from evaluations.errors import IngestError
from evaluations.ingest.faults import Fault, FaultTally
from evaluations.ingest.kept_files import Upload, discard_files, hash_files, keep_files, read_files
from evaluations.ingest.prompt_checks import ROLES, check_prompt_files, open_sheets
from evaluations.ingest.prompt_sets import lock_imports, store_prompt_set
from evaluations.ingest.rows import Sheet
from evaluations.ingest.vote_checks import VOTE_ROLES, check_vote_files
from evaluations.ingest.votes import find_prompt_set, read_known, store_votes
from evaluations.models import Import, ImportFault, PromptSet

MOST_FILES = 20
MOST_FAULTS = 10_000
FAULT_BATCH = 1_000
LONGEST_SLUG = 80


def take_prompts(
    *, uploads: Sequence[Upload], slug: str, title: str = "", user: Any = None, now: datetime
) -> Import:
    """Receive and check the files of a prompt set.

    Returns the import: checked, or refused with its faults, or the earlier one that brought the same files.
    Raises IngestError where there is nothing to check.
    """
    fields = {"kind": Import.Kind.PROMPTS, "target": slug, "title": title, "created_by": user}
    return _take(uploads=uploads, fields=fields, now=now)


def take_votes(
    *,
    uploads: Sequence[Upload],
    study_slug: str,
    prompt_set_slug: str,
    title: str = "",
    user: Any = None,
    now: datetime,
) -> Import:
    """Receive and check recorded votes about a prompt set, as `take_prompts` does."""
    prompt_set = find_prompt_set(slug=prompt_set_slug, study_slug=study_slug)
    fields = {"kind": Import.Kind.VOTES, "target": study_slug, "title": title, "created_by": user}
    return _take(uploads=uploads, fields={**fields, "prompt_set": prompt_set}, now=now)


def _take(*, uploads: Sequence[Upload], fields: dict[str, Any], now: datetime) -> Import:
    _check_request(uploads=uploads, slug=fields["target"])
    token = secrets.token_urlsafe(16)
    files = keep_files(uploads=uploads, token=token)
    content_hash = hash_files(files=files)
    earlier = find_imported(kind=fields["kind"], target=fields["target"], content_hash=content_hash)
    if earlier is not None:
        discard_files(token=token)
        return earlier
    upload = Import.objects.create(
        token=token,
        files=[asdict(file) for file in files],
        content_hash=content_hash,
        created_at=now,
        **fields,
    )
    return check_import(upload=upload)


def _check_request(*, uploads: Sequence[Upload], slug: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise IngestError(_("A short name has letters, digits, hyphens and underscores only.")) from error
    if len(slug) > LONGEST_SLUG:
        raise IngestError(_("A short name has at most %(limit)s characters.") % {"limit": LONGEST_SLUG})
    if not uploads:
        raise IngestError(_("No file was sent. Choose one or several CSV or JSONL files."))
    if len(uploads) > MOST_FILES:
        raise IngestError(_("An import takes at most %(limit)s files.") % {"limit": MOST_FILES})


def find_imported(*, kind: str, target: str, content_hash: str) -> Import | None:
    """The import that already brought this content to this target."""
    return Import.objects.filter(
        kind=kind, target=target, content_hash=content_hash, state=Import.State.IMPORTED
    ).first()


def check_import(*, upload: Import) -> Import:
    """Check every row; keep the faults and the counts. The files of a refused import are not kept."""
    with transaction.atomic():
        recorder = _FaultRecorder(upload=upload)
        tally = FaultTally(report=recorder.record, limit=MOST_FAULTS)
        sheets, counts = _check_files(upload=upload, report=tally)
        recorder.flush()
        roles = {sheet.source.path.name: sheet.layout.role.value for sheet in sheets}
        upload.files = [
            {**file, "role": roles.get(file["path"].rpartition("/")[2], "")} for file in upload.files
        ]
        upload.counts = {**counts, "errors": tally.errors, "warnings": tally.warnings}
        upload.state = Import.State.REFUSED if tally.errors else Import.State.CHECKED
        upload.save(update_fields=["files", "counts", "state"])
    if tally.errors:
        discard_files(token=upload.token)
    return upload


def _check_files(*, upload: Import, report: FaultTally) -> tuple[list[Sheet], dict[str, Any]]:
    sources = [file.as_source() for file in read_files(described=upload.files)]
    limit = settings.IMPORT_MAX_MB
    if upload.kind == Import.Kind.PROMPTS:
        sheets, found = check_prompt_files(sources=sources, max_mb=limit, report=report)
        return sheets, asdict(found)
    known = read_known(prompt_set=_require_prompt_set(upload))
    voted_sheets, votes = check_vote_files(sources=sources, known=known, max_mb=limit, report=report)
    return voted_sheets, asdict(votes)


class _FaultRecorder:
    """Writes faults in batches, in the language of whoever imports."""

    def __init__(self, *, upload: Import) -> None:
        self.upload = upload
        self.waiting: list[ImportFault] = []

    def record(self, fault: Fault) -> None:
        self.waiting.append(
            ImportFault(
                upload=self.upload,
                severity=fault.severity,
                file=fault.file,
                line=fault.line,
                column=fault.column,
                says=fault.says,
                problem=fault.describe_problem(_)[:400],
                remedy=fault.describe_remedy(_)[:400],
            )
        )
        if len(self.waiting) >= FAULT_BATCH:
            self.flush()

    def flush(self) -> None:
        copy_rows(rows=self.waiting)
        self.waiting = []


def confirm_import(*, upload: Import, source: str = "", now: datetime) -> Import:
    """Store what was checked, in one transaction. Confirming twice is confirming once.

    `source` says where recorded votes come from. Raises IngestError if there is nothing that can be imported.
    """
    with transaction.atomic():
        lock_imports()
        upload = Import.objects.select_for_update(of=("self",)).get(pk=upload.pk)
        place = {"kind": upload.kind, "target": upload.target, "content_hash": upload.content_hash}
        if earlier := find_imported(**place):
            return earlier
        _store(upload=upload, sheets=_reopen(upload=upload), source=source, now=now)
        upload.state = Import.State.IMPORTED
        upload.save()
    discard_files(token=upload.token)
    return upload


def _reopen(*, upload: Import) -> list[Sheet]:
    if upload.state != Import.State.CHECKED:
        raise IngestError(
            _("This import has errors. Nothing was imported. Mend the file, then add it again.")
        )
    files = read_files(described=upload.files)
    if not all(file.is_unchanged() for file in files):
        raise IngestError(
            _("The files are no longer what was checked. Nothing was imported. Add them again.")
        )
    roles = ROLES if upload.kind == Import.Kind.PROMPTS else VOTE_ROLES
    sources = [file.as_source() for file in files]
    return open_sheets(
        sources=sources, max_mb=settings.IMPORT_MAX_MB, roles=roles, stranger="", report=_ignore
    )


def _ignore(fault: Fault) -> None:
    """What was checked has warnings at most, and they are kept already."""


def _store(*, upload: Import, sheets: Sequence[Sheet], source: str, now: datetime) -> None:
    title = upload.title or upload.target
    if upload.kind == Import.Kind.PROMPTS:
        stored = store_prompt_set(slug=upload.target, title=title, sheets=sheets, now=now)
        upload.prompt_set = stored.prompt_set
        upload.counts = {**upload.counts, "model_ids": stored.models}
    else:
        upload.study = store_votes(
            slug=upload.target,
            title=upload.title or _require_prompt_set(upload).title,
            source=source,
            prompt_set=_require_prompt_set(upload),
            sheets=sheets,
            now=now,
        )


def _require_prompt_set(upload: Import) -> PromptSet:
    if upload.prompt_set is None:
        raise IngestError(_("These votes belong to no prompt set. Add them again and name one."))
    return upload.prompt_set


def discard_import(*, upload: Import) -> None:
    """Forget an import that made nothing, and its files."""
    if upload.state == Import.State.IMPORTED:
        raise IngestError(_("This import made something; it stays on the record."))
    upload.delete()
    discard_files(token=upload.token)
