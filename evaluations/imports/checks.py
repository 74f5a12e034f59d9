"""The check of an import: every row of every file, by any worker, as often as it takes."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from evaluations.findings import read_rules
from evaluations.imports.differences import describe_changes
from evaluations.imports.leases import CheckLease, LeaseLost, take_check
from evaluations.imports.recorders import Recorder
from evaluations.imports.requirements import find_known_prompts, list_makers, require_prompt_set
from evaluations.ingest.faults import FaultTally
from evaluations.ingest.kept_files import discard_files, read_files
from evaluations.ingest.language_models import find_registered
from evaluations.ingest.prompt_checks import check_prompt_files
from evaluations.ingest.rows import Sheet
from evaluations.ingest.vote_checks import check_vote_files
from evaluations.ingest.votes import read_known
from evaluations.models import Import

MOST_FAULTS = 100_000
# What is wrong with a file's columns can be mended by saying what each holds: its files stay for that.
STOPPED = {"too_many_faults", "too_many_rows"}
UNREAD_COLUMNS = {"unrecognised", "missing_column", "unknown_column", "misspelt_column", "wide_form"}

logger = logging.getLogger(__name__)
Checked = tuple[Sequence[Sheet], dict[str, Any], dict[str, Any]]


def check_import(*, upload: Import) -> Import:
    """Check every row; keep the faults, the findings and the counts.

    Does nothing where there is nothing to check, or where another worker is at it. What breaks that is no fault of
    the files is said in the import's `trouble`, and raised.
    """
    lease = take_check(upload=upload, total=sum(file["size"] for file in upload.files))
    if lease is not None:
        with translation.override(upload.language or translation.get_language()):
            _check_leased(upload=upload, lease=lease)
    return Import.objects.select_related("prompt_set", "study").filter(pk=upload.pk).first() or upload


def _check_leased(*, upload: Import, lease: CheckLease) -> None:
    try:
        recorder = Recorder(lease=lease, limit=MOST_FAULTS)
        recorder.clear()
        sheets, counts, difference = CHECKS[upload.kind](upload, recorder.tally, recorder)
        recorder.flush()
        _finish(lease=lease, recorder=recorder, sheets=sheets, counts=counts, difference=difference)
    except LeaseLost:
        logger.info("Import %s: another worker checks it, or it was discarded.", upload.token)
    except Exception as error:
        # Who discards it deletes its files too, under whoever reads them.
        if Import.objects.filter(pk=upload.pk).exists():
            _note_trouble(upload=upload)
            raise
        logger.info("Import %s was discarded while it was being checked: %r", upload.token, error)


def _note_trouble(*, upload: Import) -> None:
    trouble = _("The check broke off. Nothing is lost: the files are kept. Check them again.")
    values = {"state": Import.State.RECEIVED, "trouble": trouble, "seen_at": timezone.now()}
    if Import.objects.filter(pk=upload.pk, state=Import.State.CHECKING).update(**values):
        upload.faults.all().delete()


def _finish(
    *,
    lease: CheckLease,
    recorder: Recorder,
    sheets: Sequence[Sheet],
    counts: dict[str, Any],
    difference: dict[str, Any],
) -> None:
    tally, mappable = recorder.tally, recorder.messages & UNREAD_COLUMNS
    mappable |= {message for message in recorder.messages if message.startswith("mapping_")}
    refused = bool(tally.errors)
    with lease.hold() as upload:
        roles = {sheet.source.path.name: sheet.layout.role.value for sheet in sheets}
        upload.files = [
            {**file, "role": roles.get(file["path"].rpartition("/")[2], "")} for file in upload.files
        ]
        upload.counts = {**counts, "errors": tally.errors, "warnings": tally.warnings}
        upload.counts |= {"stopped": bool(recorder.messages & STOPPED)}
        upload.counts |= {"unrecognised": "unrecognised" in recorder.messages}
        upload.difference = difference
        upload.state = Import.State.REFUSED if refused else Import.State.CHECKED
        upload.done, upload.checked_at = upload.total, timezone.now()
        upload.save()
    if refused and not mappable:
        discard_files(token=upload.token)


def _check_prompts(upload: Import, report: FaultTally, recorder: Recorder) -> Checked:
    """Files of a new version, or of responses for one that is there."""
    adds = upload.kind == Import.Kind.RESPONSES
    prompt_set = require_prompt_set(upload) if adds else None
    sheets, found = check_prompt_files(
        sources=[file.as_source() for file in read_files(described=upload.files)],
        max_mb=settings.IMPORT_MAX_MB,
        report=report,
        mappings=upload.mapping,
        known=find_known_prompts(prompt_set=prompt_set) if prompt_set else None,
        makers=list_makers(),
        progress=recorder.lease.note,
        found=recorder.record_found,
        rules=read_rules(),
    )
    if not report.errors:
        for fault in find_registered(sheets=sheets):
            report(fault)
    if adds or report.errors:
        return sheets, asdict(found), {}
    difference = describe_changes(slug=upload.target, sheets=sheets, pulse=recorder.lease.pulse)
    return sheets, asdict(found), difference


def _check_votes(upload: Import, report: FaultTally, recorder: Recorder) -> Checked:
    sheets, votes = check_vote_files(
        sources=[file.as_source() for file in read_files(described=upload.files)],
        known=read_known(prompt_set=require_prompt_set(upload)),
        max_mb=settings.IMPORT_MAX_MB,
        report=report,
        mappings=upload.mapping,
        progress=recorder.lease.note,
    )
    return sheets, asdict(votes), {}


CHECKS: Mapping[str, Callable[[Import, FaultTally, Recorder], Checked]] = {
    Import.Kind.PROMPTS: _check_prompts,
    Import.Kind.RESPONSES: _check_prompts,
    Import.Kind.VOTES: _check_votes,
}
