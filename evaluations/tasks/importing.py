"""Imports: checked, stored, their responses rendered, and none forgotten."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from evaluations import imports
from evaluations.errors import IngestError
from evaluations.models import Import
from evaluations.rendered import render_batch
from evaluations.styles import measure_batch
from evaluations.tasks.ledger import ask_for_recorded_votes

logger = logging.getLogger(__name__)

# The largest files take minutes; whoever takes longer is stuck.
LONG: dict[str, Any] = {"soft_time_limit": 25 * 60, "time_limit": 26 * 60}
# A worker gives others their turn after so many seconds of rendering.
RENDERING_SECONDS = 120


@shared_task(name="evaluations.tasks.check_import", **LONG)
def check_import(*, import_id: int) -> None:
    upload = Import.objects.filter(pk=import_id).first()
    if upload is not None:
        imports.check_import(upload=upload)


@shared_task(name="evaluations.tasks.store_import", **LONG)
def store_import(*, import_id: int) -> None:
    upload = Import.objects.filter(pk=import_id).first()
    if upload is None:
        return
    try:
        stored = imports.store_import(upload=upload, now=timezone.now())
    except IngestError as error:
        # The import's page says so.
        logger.info("Import %s: %s", upload.token, error)
        return
    if stored.state == Import.State.IMPORTED:
        ask_for_what_follows(upload=stored)


@shared_task(name="evaluations.tasks.render_responses", time_limit=270, soft_time_limit=240)
def render_responses(*, after: int = 0) -> None:
    """HTML for the responses that have none yet: for a while, then a task of its own goes on behind the last one."""
    end = monotonic() + RENDERING_SECONDS
    last: int | None = after
    while last is not None and monotonic() < end:
        last = render_batch(after=last)
    if last is not None:
        render_responses.delay(after=last)


@shared_task(name="evaluations.tasks.measure_styles", time_limit=270, soft_time_limit=240)
def measure_styles(*, after: int = 0) -> None:
    """How the responses are written, counted ahead of the first votes on them: for a while, then as above."""
    end = monotonic() + RENDERING_SECONDS
    last: int | None = after
    while last is not None and monotonic() < end:
        last = measure_batch(after=last)
    if last is not None:
        measure_styles.delay(after=last)


@shared_task(name="evaluations.tasks.sweep_imports", time_limit=120, soft_time_limit=110)
def sweep_imports() -> None:
    """Ask again for what a lost message or a dead worker left lying, and clear the disk."""
    now = timezone.now()
    for upload in imports.list_waiting(now=now):
        task = store_import if upload.state == Import.State.IMPORTING else check_import
        task.delay(import_id=upload.pk)
    imports.sweep_files(now=now)


def ask_for_check(*, upload: Import) -> None:
    """Have the import checked; where no broker answers, the sweep asks again."""
    _ask(lambda: check_import.delay(import_id=upload.pk), upload=upload)


def ask_for_store(*, upload: Import) -> None:
    """Have the confirmed import stored; where no broker answers, the sweep asks again."""
    _ask(lambda: store_import.delay(import_id=upload.pk), upload=upload)


def ask_for_what_follows(*, upload: Import) -> None:
    """Recorded votes are sealed and ranked; responses are rendered and measured before the first rater comes."""
    if upload.kind == Import.Kind.VOTES:
        ask_for_recorded_votes()
    else:
        _ask(lambda: render_responses.delay(), upload=upload)
        _ask(lambda: measure_styles.delay(), upload=upload)


def _ask(send: Callable[[], object], *, upload: Import) -> None:
    try:
        send()
    except OperationalError:
        logger.warning("The broker does not answer; import %s goes on when it does.", upload.token)
