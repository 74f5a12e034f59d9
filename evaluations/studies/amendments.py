"""Amendments: a change of an opened study's protocol, with its reason, in the ledger before it holds."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.errors import StudyError
from evaluations.items import make_items
from evaluations.ledger import append_decision
from evaluations.models import Amendment, Entry, LanguageModel, LedgerEntry, Response, Study, StudyText
from evaluations.studies.drafts import lock_study
from evaluations.studies.protocols import freeze_protocol
from evaluations.studies.texts import write_text

# How many votes, until when, how long a session, whom to look at, how raters are briefed. Never what a vote means.
FIELDS = frozenset(
    {
        *("target_votes", "minimum_votes", "stopping", "session_length", "limits"),
        *("practice", "comprehension"),
    }
)
TEXTS = frozenset(StudyText.Kind.values)


@transaction.atomic
def amend_study(
    *, study: Study, changes: Mapping[str, Any], reason: str, now: datetime, user: Any = None
) -> Amendment:
    """Change the protocol of an open study.

    changes: new values of FIELDS; `instructions` and `consent`, markdown; `enter` and `retire`, models.
    Raises StudyError: not open, no reason, nothing that changes, or something that can't be changed.
    """
    study = _lock_amendable(study=study, changes=changes, reason=reason, now=now)
    before = study.protocol_hash
    for name in FIELDS & set(changes):
        setattr(study, name, changes[name])
    for kind in TEXTS & set(changes):
        write_text(study=study, kind=kind, text=changes[kind], now=now)
    _enter_models(study=study, models=changes.get("enter", ()), now=now)
    _retire_models(study=study, models=changes.get("retire", ()), now=now)
    if study.sampling == Study.Sampling.DESIGNED:
        study.target_votes = make_items(study=study)
    amendment = _write_amendment(study=study, reason=reason, now=now, user=user)
    # Votes that are sealed after this entry name the new protocol's hash.
    record = {"number": amendment.number, "reason": amendment.reason, "before": before}
    _decide(study=study, record=record, user=user, now=now)
    study.save()
    return amendment


def list_newcomers(*, study: Study) -> Any:
    """Models that answered prompts of the study's set and were never in it: those that may be entered."""
    answered = LanguageModel.objects.filter(responses__prompt__prompt_set_id=study.prompt_set_id)
    return answered.exclude(entries__study=study).distinct()


def _lock_amendable(*, study: Study, changes: Mapping[str, Any], reason: str, now: datetime) -> Study:
    study = lock_study(study=study)
    if study.state != Study.State.OPEN:
        raise StudyError(_("“%(title)s” is not open.") % {"title": study.title})
    if not reason.strip():
        raise StudyError(_("An amendment needs a reason: readers of the study see it."))
    ends_on = (changes.get("stopping") or {}).get("ends_on")
    if ends_on and ends_on < now.date().isoformat():
        raise StudyError(_("The last day is over: the study would end at once. To end it now, close it."))
    if unknown := set(changes) - FIELDS - TEXTS - {"enter", "retire"}:
        raise StudyError(_("This can not be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    return study


def _enter_models(*, study: Study, models: Iterable[LanguageModel], now: datetime) -> None:
    for model in models:
        if not Response.objects.filter(prompt__prompt_set_id=study.prompt_set_id, model=model).exists():
            raise StudyError(_("%(name)s has no response to these prompts.") % {"name": model.name})
        if study.entries.filter(model=model).exists():
            raise StudyError(_("%(name)s was entered before.") % {"name": model.name})
        Entry.objects.create(study=study, model=model, entered_at=now)


def _retire_models(*, study: Study, models: Iterable[LanguageModel], now: datetime) -> None:
    active = study.entries.filter(retired_at__isnull=True)
    for model in models:
        if not active.filter(model=model).update(retired_at=now):
            raise StudyError(_("%(name)s is not among the models compared.") % {"name": model.name})
    if active.count() < 2:
        raise StudyError(_("Two models at least stay in a study. To end it, close it."))


def _write_amendment(*, study: Study, reason: str, now: datetime, user: Any) -> Amendment:
    """The amendment with what the protocol is now. Raises StudyError where it is what it was."""
    last = study.amendments.count()
    before = study.protocol
    freeze_protocol(study=study, amendment=last)
    if study.protocol == before:
        raise StudyError(_("This changes nothing: the protocol says so already."))
    freeze_protocol(study=study, amendment=last + 1)
    return Amendment.objects.create(
        study=study,
        number=last + 1,
        reason=reason.strip(),
        protocol=study.protocol,
        protocol_hash=study.protocol_hash,
        made_at=now,
        made_by=user,
    )


def _decide(*, study: Study, record: dict[str, Any], user: Any, now: datetime) -> None:
    entry = {
        "study": study.slug,
        "at": now.isoformat(),
        "protocol_hash": study.protocol_hash,
        "protocol": study.protocol,
        **record,
    }
    append_decision(kind=LedgerEntry.Kind.STUDY_AMENDED, study=study, record=entry, now=now)
    details = {"number": record["number"], "protocol": study.protocol_hash}
    record_event(kind="study_amended", user=user, now=now, study=study, details=details)
