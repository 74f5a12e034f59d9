"""A study's life: draft, pilot, open with its protocol frozen and in the ledger, paused, closed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.errors import StudyError
from evaluations.items import make_items
from evaluations.ledger import append_decision
from evaluations.models import (
    Entry,
    LanguageModel,
    Leaderboard,
    LedgerEntry,
    Membership,
    PromptSet,
    Reminder,
    Study,
)
from evaluations.studies.drafts import find_gaps, lock_draft, lock_study
from evaluations.studies.protocols import PRIMARY_ANALYSIS, freeze_protocol


@transaction.atomic
def create_study(
    *,
    slug: str,
    title: str,
    prompt_set: PromptSet,
    models: Iterable[LanguageModel],
    now: datetime,
    user: Any = None,
    **options: Any,
) -> Study:
    """A draft; who makes it owns it. `options` are fields of Study: reveal, session_length, target_votes …"""
    study = Study.objects.create(
        slug=slug, title=title, prompt_set=prompt_set, created_at=now, created_by=user, **options
    )
    Entry.objects.bulk_create(Entry(study=study, model=model, entered_at=now) for model in models)
    if user is not None:
        Membership.objects.create(study=study, user=user, role=Membership.Role.OWNER, created_at=now)
    record_event(kind="study_created", user=user, now=now, study=study)
    return study


def list_answering_models(*, prompt_set: PromptSet) -> Any:
    """Every model that answered a prompt of this set."""
    return LanguageModel.objects.filter(responses__prompt__prompt_set=prompt_set).distinct()


@transaction.atomic
def start_study(*, prompt_set: PromptSet, now: datetime, user: Any = None, **options: Any) -> Study:
    """A study of every model that answered a prompt of this set, made and opened. Raises StudyError."""
    models = list_answering_models(prompt_set=prompt_set)
    draft = create_study(prompt_set=prompt_set, models=models, now=now, user=user, **options)
    return open_study(study=draft, now=now, user=user)


@transaction.atomic
def start_pilot(*, study: Study, now: datetime, user: Any = None) -> Study:
    """Let raters try the draft; their votes never count. Raises StudyError, ProtocolFrozen."""
    study = lock_draft(study=study)
    if study.state == Study.State.PILOT:
        raise StudyError(_("The pilot of “%(title)s” runs already.") % {"title": study.title})
    _check_complete(study=study)
    study.state = Study.State.PILOT
    study.piloted_at = now
    freeze_protocol(study=study)
    study.save()
    record_event(kind="study_piloted", user=user, now=now, study=study)
    return study


@transaction.atomic
def open_study(*, study: Study, now: datetime, user: Any = None) -> Study:
    """Freeze the protocol, write it with its hash to the ledger, make the study's leaderboard.

    Raises ProtocolFrozen if it was opened before, StudyError if it lacks something.
    """
    study = lock_draft(study=study)
    _check_complete(study=study)
    if study.sampling == Study.Sampling.DESIGNED:
        # As many votes are wanted as the design asks for; the protocol says so.
        study.target_votes = make_items(study=study)
    freeze_protocol(study=study)
    # What a pilot reminded of is over: each rater has two reminders from here on.
    Reminder.objects.filter(study=study).delete()
    study.state = Study.State.OPEN
    study.opened_at = now
    study.save()
    record = {"protocol_hash": study.protocol_hash, "protocol": study.protocol}
    _decide(study=study, kind=LedgerEntry.Kind.STUDY_OPENED, record=record, user=user, now=now)
    Leaderboard.objects.create(
        slug=study.slug, title=study.title, study=study, parameters=PRIMARY_ANALYSIS, created_at=now
    )
    return study


@transaction.atomic
def pause_study(*, study: Study, now: datetime, user: Any = None) -> Study:
    """Take no votes for a while. Raises StudyError if it isn't open, or paused already."""
    study = _lock_open(study=study)
    if study.paused_at is not None:
        raise StudyError(_("“%(title)s” is paused already.") % {"title": study.title})
    study.paused_at = now
    study.save(update_fields=["paused_at"])
    _decide(study=study, kind=LedgerEntry.Kind.STUDY_PAUSED, record={}, user=user, now=now)
    return study


@transaction.atomic
def resume_study(*, study: Study, now: datetime, user: Any = None) -> Study:
    """Take votes again. Raises StudyError if it isn't paused."""
    study = _lock_open(study=study)
    if study.paused_at is None:
        raise StudyError(_("“%(title)s” is not paused.") % {"title": study.title})
    study.paused_at = None
    study.save(update_fields=["paused_at"])
    _decide(study=study, kind=LedgerEntry.Kind.STUDY_RESUMED, record={}, user=user, now=now)
    return study


@transaction.atomic
def close_study(*, study: Study, now: datetime, user: Any = None, reason: str = "") -> Study:
    """Take no more votes. Those already cast are still sealed. Raises StudyError if it isn't open."""
    study = _lock_open(study=study)
    study.state = Study.State.CLOSED
    study.closed_at = now
    study.save(update_fields=["state", "closed_at"])
    record = {"reason": reason} if reason else {}
    _decide(study=study, kind=LedgerEntry.Kind.STUDY_CLOSED, record=record, user=user, now=now)
    return study


def _lock_open(*, study: Study) -> Study:
    study = lock_study(study=study)
    if study.state != Study.State.OPEN:
        raise StudyError(_("“%(title)s” is not open.") % {"title": study.title})
    return study


def _check_complete(*, study: Study) -> None:
    if blocking := [gap.sentence for gap in find_gaps(study=study) if gap.blocking]:
        raise StudyError(" ".join(blocking))


def _decide(*, study: Study, kind: str, record: dict[str, Any], user: Any, now: datetime) -> None:
    """The decision in the ledger, for everyone; who took it in the audit log, for staff."""
    entry = {"study": study.slug, "at": now.isoformat(), **record}
    append_decision(kind=kind, study=study, record=entry, now=now)
    record_event(kind=kind, user=user, now=now, study=study, details={"protocol": study.protocol_hash})
