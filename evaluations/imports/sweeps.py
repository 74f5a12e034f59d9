"""What keeps imports moving and the disk clean: work that was dropped is found again, old files go."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from evaluations.audit import record_event
from evaluations.errors import ImportDone, IngestError
from evaluations.imports.leases import SILENCE
from evaluations.ingest.kept_files import discard_files, find_folder
from evaluations.models import Import

# The task of a new import is on its way; asking once more before that would be noise.
GRACE = timedelta(seconds=20)
# Who has not imported by then would check again anyway: the prompt sets have moved on.
KEPT_UNCONFIRMED = timedelta(days=30)
# Refused for its columns: the files stay so long, so that these can be named by hand.
KEPT_REFUSED = timedelta(days=1)


def list_waiting(*, now: datetime) -> list[Import]:
    """Imports that wait for a worker, or whose worker died: to be asked for again."""
    silent = now - SILENCE
    received = Q(state=Import.State.RECEIVED, created_at__lt=now - GRACE, trouble="")
    dropped = Q(state__in=[Import.State.CHECKING, Import.State.IMPORTING], seen_at__lt=silent)
    return list(Import.objects.filter(received | dropped).order_by("created_at")[:100])


@transaction.atomic
def request_check(*, upload: Import) -> Import:
    """Have the files checked again: what they are checked against may have changed. Raises IngestError."""
    upload = Import.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.state in {Import.State.IMPORTING, Import.State.IMPORTED}:
        raise ImportDone(_("This import is confirmed already; there is nothing to check."))
    if not find_folder(token=upload.token).is_dir():
        raise IngestError(_("The files of this import are gone. Add them again."))
    upload.state, upload.trouble, upload.seen_at, upload.done = Import.State.RECEIVED, "", None, 0
    upload.save(update_fields=["state", "trouble", "seen_at", "done"])
    return upload


def discard_import(*, upload: Import, user: Any = None, now: datetime | None = None) -> None:
    """Forget an import that made nothing, and its files. Whoever works on it finds it gone, and stops."""
    with transaction.atomic():
        # Waits for a transaction that is just storing it, and then sees how that ended.
        found = Import.objects.select_for_update(of=("self",)).filter(pk=upload.pk).first()
        if found is not None and found.state == Import.State.IMPORTED:
            raise ImportDone(_("This import made something; it stays on the record."))
        if found is not None:
            if now is not None:
                _record_discarding(upload=found, user=user, now=now)
            found.delete()
    discard_files(token=upload.token)


def _record_discarding(*, upload: Import, user: Any, now: datetime) -> None:
    details = {"kind": upload.kind, "target": upload.target, "state": upload.state}
    subject = f"import {upload.token}"
    record_event(kind="import_discarded", user=user, now=now, subject=subject, details=details)


def sweep_files(*, now: datetime) -> int:
    """Remove files that nobody will import any more. Returns how many imports lost theirs."""
    folder = find_folder(token="").resolve()
    kept = {path.name: path for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else {}
    known = Import.objects.filter(token__in=kept)
    expired = [*_list_expired(known, now=now)]
    for upload in expired:
        _expire(upload=upload)
    strangers = set(kept) - set(known.values_list("token", flat=True))
    for token in strangers:
        _remove_old_folder(kept[token], now=now)
    return len(expired)


def _list_expired(imports: QuerySet[Import], *, now: datetime) -> QuerySet[Import]:
    state = Import.State
    refused = Q(state=state.REFUSED, created_at__lt=now - KEPT_REFUSED)
    unconfirmed = Q(state__in=[state.RECEIVED, state.CHECKED], created_at__lt=now - KEPT_UNCONFIRMED)
    return imports.filter(refused | unconfirmed | Q(state=state.IMPORTED))


def _expire(*, upload: Import) -> None:
    """Its files go; one that could still have been imported says so from now on."""
    with override(upload.language or settings.LANGUAGE_CODE):
        trouble = _("Nobody imported it for %(days)s days; its files are gone. Add them again.")
        values = {
            "state": Import.State.REFUSED,
            "trouble": trouble % {"days": KEPT_UNCONFIRMED.days},
        }
    Import.objects.filter(
        pk=upload.pk, state__in=[Import.State.RECEIVED, Import.State.CHECKED], created_at=upload.created_at
    ).update(**values)
    if not Import.objects.filter(
        pk=upload.pk, state__in=[Import.State.CHECKING, Import.State.IMPORTING]
    ).exists():
        discard_files(token=upload.token)


def _remove_old_folder(path: Path, *, now: datetime) -> None:
    """A folder whose upload broke off; a new one may be one that is just being written."""
    if now.timestamp() - path.stat().st_mtime > KEPT_REFUSED.total_seconds():
        shutil.rmtree(path, ignore_errors=True)
