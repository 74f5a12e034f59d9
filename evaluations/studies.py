"""Studies: from a draft to an open one whose protocol is frozen and in the ledger."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.canonical import hash_canonical
from evaluations.errors import ProtocolFrozen, StudyError
from evaluations.ledger import append_decision
from evaluations.models import (
    Entry,
    LanguageModel,
    Leaderboard,
    LedgerEntry,
    Outcome,
    PromptSet,
    Response,
    Study,
)

# What a leaderboard computes unless its study says otherwise: the defaults of `ranking.rank`, written out.
PRIMARY_ANALYSIS = {
    "method": "bradley-terry",
    "ties": "half",
    "both_bad": "tie",
    "interval": "sandwich",
    "cluster": "rater",
    "level": 0.95,
    "prior": 0.0,
    "anchor": None,
    "rounds": 1000,
    "seed": 0,
}


@transaction.atomic
def create_study(
    *,
    slug: str,
    title: str,
    prompt_set: PromptSet,
    models: Iterable[LanguageModel],
    now: datetime,
    **options: Any,
) -> Study:
    """A draft. `options` are fields of Study: reveal, session_length, target_votes …"""
    study = Study.objects.create(slug=slug, title=title, prompt_set=prompt_set, created_at=now, **options)
    Entry.objects.bulk_create(Entry(study=study, model=model, entered_at=now) for model in models)
    return study


@transaction.atomic
def open_study(*, study: Study, now: datetime) -> Study:
    """Freeze the protocol, write its hash to the ledger, make the study's leaderboard.

    Raises ProtocolFrozen if it was opened before, StudyError if it has nothing to compare.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    if study.state != Study.State.DRAFT:
        raise ProtocolFrozen(
            _("“%(title)s” was opened before; its protocol is frozen.") % {"title": study.title}
        )
    if study.entries.count() < 2:
        raise StudyError(_("A study needs answers of at least two models. Add more, then open it."))
    study.protocol = describe_protocol(study=study)
    study.protocol_hash = hash_canonical(study.protocol)
    study.state = Study.State.OPEN
    study.opened_at = now
    study.save()
    record = {"study": study.slug, "protocol_hash": study.protocol_hash, "at": now.isoformat()}
    append_decision(kind=LedgerEntry.Kind.STUDY_OPENED, study=study, record=record, now=now)
    Leaderboard.objects.create(
        slug=study.slug, title=study.title, study=study, parameters=PRIMARY_ANALYSIS, created_at=now
    )
    return study


@transaction.atomic
def start_study(*, prompt_set: PromptSet, now: datetime, **options: Any) -> Study:
    """A study of every model that answered a prompt of this set, made and opened. Raises StudyError."""
    models = LanguageModel.objects.filter(responses__prompt__prompt_set=prompt_set).distinct()
    return open_study(study=create_study(prompt_set=prompt_set, models=models, now=now, **options), now=now)


@transaction.atomic
def close_study(*, study: Study, now: datetime) -> Study:
    """Take no more votes. Those already cast are still sealed. Raises StudyError if it isn't open."""
    study = Study.objects.select_for_update().get(pk=study.pk)
    if study.state != Study.State.OPEN:
        raise StudyError(_("“%(title)s” is not open.") % {"title": study.title})
    study.state = Study.State.CLOSED
    study.closed_at = now
    study.save(update_fields=["state", "closed_at"])
    record = {"study": study.slug, "at": now.isoformat()}
    append_decision(kind=LedgerEntry.Kind.STUDY_CLOSED, study=study, record=record, now=now)
    return study


def describe_protocol(*, study: Study) -> dict[str, Any]:
    """All that could change what the votes mean, as plain JSON."""
    entries = study.entries.select_related("model").order_by("model__slug")
    return {
        "study": study.slug,
        "title": study.title,
        "prompt_set": {
            "slug": study.prompt_set.slug,
            "version": study.prompt_set.version,
            "content_hash": study.prompt_set.content_hash,
        },
        "models": [
            {"slug": e.model.slug, "name": e.model.name, "maker": e.model.maker, "licence": e.model.licence}
            for e in entries
        ],
        "responses": count_responses(study=study),
        "outcomes": list(Outcome.values),
        "sampling": "none" if study.recorded else "balanced",
        "reveal": study.reveal,
        "session_length": study.session_length,
        "target_votes": study.target_votes,
        "minimum_votes": study.minimum_votes,
        "undo_seconds": study.undo_seconds,
        "simulated": study.simulated,
        "recorded": study.recorded,
        "source": study.source,
        "analysis": PRIMARY_ANALYSIS,
    }


def count_responses(*, study: Study) -> int:
    return Response.objects.filter(
        prompt__prompt_set_id=study.prompt_set_id, model__entries__study=study
    ).count()
