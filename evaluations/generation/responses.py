"""Generated answers become responses: once a run, all of them in one transaction, after a person has looked."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.audit import record_event
from evaluations.copying import copy_rows
from evaluations.errors import GenerationError
from evaluations.findings import STRONGEST, apply_decision, count_undecided
from evaluations.generation.runs import lock_run
from evaluations.models import Finding, Generation, GenerationRun, Response

BATCH = 2_000


@transaction.atomic
def publish_run(*, run: GenerationRun, user: Any, now: datetime) -> int:
    """Add the run's answers to the prompt set; returns how many. Doing it twice is doing it once.

    A pair that was answered meanwhile keeps its response. Raises GenerationError, and adds nothing, while the run
    goes on, while an answer that names its author waits for a decision, or where a study froze a model's answers.
    """
    locked = lock_run(run)
    if locked.published_at is not None:
        return 0
    _check_ended(locked)
    decided = _read_decisions(locked)
    try:
        with transaction.atomic():
            added = sum(_add(batch, decided) for batch in _read_batches(locked))
    except IntegrityError as error:
        if "responses_frozen" not in str(error):
            raise
        raise GenerationError(
            _(
                "A study was opened with one of these models meanwhile: what it answered is frozen. Nothing was added."
            )
        ) from error
    if not added:
        raise GenerationError(_("There is nothing to add: no answer of this run is new."))
    locked.published_at = now
    locked.save(update_fields=["published_at"])
    record_event(
        kind="generation_published",
        user=user,
        now=now,
        subject=f"generation {locked.token}",
        details={"responses": added},
    )
    return added


def _check_ended(run: GenerationRun) -> None:
    active = [Generation.State.WAITING, Generation.State.RUNNING]
    if run.state == GenerationRun.State.RUNNING or run.generations.filter(state__in=active).exists():
        raise GenerationError(_("Responses are still being generated. Wait for the end, or cancel the run."))
    undecided = count_undecided(run=run)
    if undecided:
        raise GenerationError(
            ngettext(
                "%(number)s answer names its author. Decide about it first.",
                "%(number)s answers name their author. Decide about them first.",
                undecided,
            )
            % {"number": undecided}
        )


def _read_decisions(run: GenerationRun) -> dict[int, str]:
    """Of each answer that was decided about, the decision that shows least of it."""
    decided: dict[int, str] = {}
    rows = run.findings.filter(decision__in=STRONGEST, generation__isnull=False)
    for pk, decision in rows.values_list("generation", "decision"):
        decided[pk] = min(decision, decided.get(pk, decision), key=STRONGEST.index)
    return decided


def _read_batches(run: GenerationRun) -> Iterable[list[Generation]]:
    rows = run.generations.filter(state=Generation.State.DONE).select_related("model").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        yield batch


def _add(batch: Sequence[Generation], decided: Mapping[int, str]) -> int:
    prompts = {row.prompt_id for row in batch}
    answered = set(Response.objects.filter(prompt__in=prompts).values_list("prompt", "model"))
    new = [row for row in batch if (row.prompt_id, row.model_id) not in answered]
    made = [_make_response(row, decided.get(row.pk, Finding.Decision.KEEP)) for row in new]
    return len(copy_rows(rows=[response for response in made if response is not None]))


def _make_response(row: Generation, decision: str) -> Response | None:
    treated = apply_decision(decision=decision, text=row.text, model=row.model)
    if treated is None:
        return None
    return Response(
        prompt_id=row.prompt_id,
        model_id=row.model_id,
        text=treated.text,
        digest=hashlib.sha256(treated.text.encode()).hexdigest(),
        original_digest=treated.original_digest,
        generation=row,
        html="",
    )
