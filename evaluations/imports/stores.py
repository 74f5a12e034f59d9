"""From checked to imported: confirmed by a person, stored by any worker, in one transaction, once."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.audit import record_event
from evaluations.errors import IngestError
from evaluations.findings import Decisions, count_undecided
from evaluations.imports.arrivals import find_imported
from evaluations.imports.leases import StoreProgress
from evaluations.imports.requirements import require_prompt_set
from evaluations.ingest.kept_files import discard_files, read_files
from evaluations.ingest.prompt_checks import ROLES, open_sheets
from evaluations.ingest.prompt_sets import lock_imports, store_prompt_set, store_responses
from evaluations.ingest.rows import Sheet
from evaluations.ingest.vote_checks import VOTE_ROLES
from evaluations.ingest.votes import store_votes
from evaluations.models import Import, PromptSet

# The first half of an advisory lock's key; the second is the import's id.
STORE_LOCK = 0x4152454E
COUNTED: Mapping[str, tuple[str, ...]] = {
    Import.Kind.PROMPTS: ("prompts", "responses"),
    Import.Kind.RESPONSES: ("responses",),
    Import.Kind.VOTES: ("votes",),
}

logger = logging.getLogger(__name__)
Maker = Callable[[Import, Sequence[Sheet], StoreProgress, datetime], dict[str, Any]]


class _Discarded(Exception):  # noqa: N818 - reads as what happened; never leaves the module
    """Somebody discarded the import while it was being stored: nothing of it may stay."""


@transaction.atomic
def request_import(*, upload: Import, user: Any = None, now: datetime) -> Import:
    """Confirm what was checked: a worker stores it. Confirming twice is confirming once.

    Returns the import, or the earlier one that brought the same. Raises IngestError if it can't be imported.
    """
    upload = Import.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    place = {"kind": upload.kind, "target": upload.target, "content_hash": upload.content_hash}
    if earlier := find_imported(**place):
        return earlier
    if upload.state == Import.State.IMPORTING:
        return upload
    _check_confirmable(upload)
    upload.state, upload.trouble, upload.seen_at = Import.State.IMPORTING, "", timezone.now()
    # From now on progress counts rows.
    upload.done, upload.total = 0, sum(upload.counts.get(kind, 0) for kind in COUNTED[upload.kind])
    upload.save(update_fields=["state", "trouble", "done", "total", "seen_at"])
    details = {"kind": upload.kind, "target": upload.target}
    record_event(
        kind="import_confirmed", user=user, now=now, subject=f"import {upload.token}", details=details
    )
    return upload


def _check_confirmable(upload: Import) -> None:
    if upload.state == Import.State.REFUSED:
        raise IngestError(
            _("This import has errors. Nothing was imported. Mend the file, then add it again.")
        )
    if upload.state != Import.State.CHECKED:
        raise IngestError(_("This import is not checked yet. Wait for the check, then import."))
    if undecided := count_undecided(upload=upload):
        sentence = ngettext(
            "%(number)s response names its author and waits for your decision: keep, mask or leave out. "
            "Nothing was imported.",
            "%(number)s responses name their author and wait for your decision: keep, mask or leave out. "
            "Nothing was imported.",
            undecided,
        )
        raise IngestError(sentence % {"number": undecided})


def confirm_import(*, upload: Import, source: str = "", user: Any = None, now: datetime) -> Import:
    """Confirm and store at once, for whoever has no worker to wait for.

    `source` says where recorded votes come from. Raises IngestError if there is nothing that can be imported.
    """
    if source:
        Import.objects.filter(pk=upload.pk).exclude(state=Import.State.IMPORTED).update(source=source)
    confirmed = request_import(upload=upload, user=user, now=now)
    return store_import(upload=confirmed, now=now, wait=True)


def store_import(*, upload: Import, now: datetime, wait: bool = False) -> Import:
    """Store a confirmed import, all or nothing. Does nothing where that is done, or (unless `wait`) being done.

    What goes wrong is said in the import's `trouble`, and it can be confirmed again. Raises IngestError.
    """
    progress = StoreProgress(pk=upload.pk)
    try:
        with transaction.atomic(), translation.override(upload.language or translation.get_language()):
            if _lock_store(pk=upload.pk, wait=wait):
                _store_locked(pk=upload.pk, progress=progress, now=now)
    except _Discarded:
        logger.info("Import %s was discarded while it was being stored.", upload.token)
    except Exception as error:
        # Who discards it deletes its files too, under whoever reads them.
        if Import.objects.filter(pk=upload.pk).exists():
            _note_trouble(upload=upload, error=error)
            raise
        logger.info("Import %s was discarded while it was being stored: %r", upload.token, error)
    finally:
        progress.close()
    stored = Import.objects.select_related("prompt_set", "study").filter(pk=upload.pk).first() or upload
    if stored.state == Import.State.IMPORTED:
        discard_files(token=stored.token)
    return stored


def _lock_store(*, pk: int, wait: bool) -> bool:
    """Whether this transaction is the one that may store this import."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [STORE_LOCK, pk])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [STORE_LOCK, pk])
        return bool(cursor.fetchone()[0])


def _note_trouble(*, upload: Import, error: Exception) -> None:
    with translation.override(upload.language or translation.get_language()):
        broken = _("The import broke off. Nothing was imported, and nothing is lost. Import again.")
    trouble = str(error)[:400] if isinstance(error, IngestError) else broken
    importing = Import.objects.filter(pk=upload.pk, state=Import.State.IMPORTING)
    importing.update(state=Import.State.CHECKED, trouble=trouble, done=0)


def _store_locked(*, pk: int, progress: StoreProgress, now: datetime) -> None:
    """The row itself stays unlocked meanwhile: others may see how far it is, and stop it."""
    lock_imports()
    upload = Import.objects.select_related("prompt_set").filter(pk=pk, state=Import.State.IMPORTING).first()
    if upload is None:
        return
    made = MAKERS[upload.kind](upload, _reopen(upload=upload), progress, now)
    done = {
        "state": Import.State.IMPORTED,
        "done": upload.total,
        "imported_at": now,
        "seen_at": timezone.now(),
    }
    importing = Import.objects.filter(pk=pk, state=Import.State.IMPORTING)
    if not importing.update(**done, **made):
        raise _Discarded


def _reopen(*, upload: Import) -> list[Sheet]:
    files = read_files(described=upload.files)
    if not all(file.is_unchanged() for file in files):
        raise IngestError(
            _("The files are no longer what was checked. Nothing was imported. Add them again.")
        )
    return open_sheets(
        sources=[file.as_source() for file in files],
        max_mb=settings.IMPORT_MAX_MB,
        roles=VOTE_ROLES if upload.kind == Import.Kind.VOTES else ROLES,
        stranger="",
        report=lambda fault: None,
        mappings=upload.mapping,
    )


def _make_prompt_set(
    upload: Import, sheets: Sequence[Sheet], progress: StoreProgress, now: datetime
) -> dict[str, Any]:
    stored = store_prompt_set(
        slug=upload.target,
        title=upload.title or upload.target,
        sheets=sheets,
        decisions=Decisions.of_import(upload=upload),
        progress=progress.note,
        now=now,
    )
    counts = {**upload.counts, "model_ids": stored.models}
    return {"prompt_set": stored.prompt_set, "counts": counts}


def _add_responses(
    upload: Import, sheets: Sequence[Sheet], progress: StoreProgress, now: datetime
) -> dict[str, Any]:
    models = store_responses(
        prompt_set=require_prompt_set(upload),
        sheets=sheets,
        decisions=Decisions.of_import(upload=upload),
        progress=progress.note,
        now=now,
    )
    return {"counts": {**upload.counts, "model_ids": models}}


def _record_votes(
    upload: Import, sheets: Sequence[Sheet], progress: StoreProgress, now: datetime
) -> dict[str, Any]:
    prompt_set: PromptSet = require_prompt_set(upload)
    study = store_votes(
        slug=upload.target,
        title=upload.title or prompt_set.title,
        source=upload.source,
        prompt_set=prompt_set,
        sheets=sheets,
        progress=progress.note,
        user=upload.created_by,
        now=now,
    )
    return {"study": study}


MAKERS: Mapping[str, Maker] = {
    Import.Kind.PROMPTS: _make_prompt_set,
    Import.Kind.RESPONSES: _add_responses,
    Import.Kind.VOTES: _record_votes,
}
