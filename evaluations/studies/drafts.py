"""Drafts: a study while all of it may still change, that is until it is opened. A pilot is one that raters can try."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from evaluations.errors import ProtocolFrozen, StudyError
from evaluations.models import (
    Claim,
    Entry,
    KnownAnswer,
    LanguageModel,
    Outcome,
    Prompt,
    Response,
    Study,
    StudyText,
)
from evaluations.studies.blinding import warn_of_names
from evaluations.studies.pairs import count_comparable
from evaluations.studies.promises import find_others_fault
from evaluations.studies.protocols import freeze_protocol
from evaluations.studies.texts import fetch_text, write_text

# Repeats and checks are in no ranking: beyond this share a study is no longer about its models.
MOST_EXTRA = 0.5

EDITABLE = frozenset(
    {
        *("slug", "title", "description", "question", "prompt_set", "outcomes", "reason_tags", "reveal"),
        *("session_length", "undo_seconds", "repeat_rate", "check_rate", "sampling", "votes_per_item"),
        *("access", "limits", "target_votes", "minimum_votes", "stopping", "source"),
        *("shows_others", "withdrawal", "practice", "comprehension"),
    }
)
ALWAYS_OFFERED = (Outcome.LEFT, Outcome.RIGHT)


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Something that a study lacks. A blocking one keeps it from being opened; step: where it is mended."""

    step: str
    sentence: str
    blocking: bool = True


@dataclass(frozen=True, kw_only=True)
class ClaimPlan:
    """A claim as it is to be registered."""

    kind: str
    model: LanguageModel
    rival: LanguageModel
    margin: float
    alpha: float


def lock_study(*, study: Study) -> Study:
    """The study's row, held until the end of the transaction. Raters, who only refer to it, do not wait."""
    return Study.objects.select_for_update(no_key=True).get(pk=study.pk)


def lock_draft(*, study: Study) -> Study:
    """The study, for changing it. Raises ProtocolFrozen once it was opened."""
    study = lock_study(study=study)
    if study.state not in {Study.State.DRAFT, Study.State.PILOT}:
        raise ProtocolFrozen(
            _("“%(title)s” was opened before; its protocol is frozen.") % {"title": study.title}
        )
    return study


@transaction.atomic
def edit_draft(*, study: Study, changes: Mapping[str, Any]) -> Study:
    """Set fields of the study. Raises ProtocolFrozen, StudyError."""
    study = lock_draft(study=study)
    if unknown := set(changes) - EDITABLE:
        raise StudyError(_("This can not be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in changes.items():
        setattr(study, name, value)
    study.outcomes = order_outcomes(chosen=study.outcomes)
    if "prompt_set" in changes:
        study.known_answers.exclude(prompt__prompt_set=study.prompt_set).delete()
    return save_draft(study=study)


@transaction.atomic
def write_texts(*, study: Study, texts: Mapping[str, str], now: datetime) -> Study:
    """Instructions and consent, each a new version where it says something new. Raises ProtocolFrozen."""
    study = lock_draft(study=study)
    for kind, text in texts.items():
        write_text(study=study, kind=StudyText.Kind(kind), text=text, now=now)
    return save_draft(study=study)


@transaction.atomic
def choose_models(*, study: Study, models: Iterable[LanguageModel], now: datetime) -> Study:
    """Enter these models and no others; claims about a model that leaves go with it. Raises ProtocolFrozen."""
    study = lock_draft(study=study)
    chosen = {model.pk for model in models}
    study.claims.exclude(model__in=chosen, rival__in=chosen).delete()
    study.entries.exclude(model__in=chosen).delete()
    known = set(study.entries.values_list("model_id", flat=True))
    Entry.objects.bulk_create(Entry(study=study, model_id=pk, entered_at=now) for pk in chosen - known)
    return save_draft(study=study)


@transaction.atomic
def register_claims(*, study: Study, claims: Iterable[ClaimPlan], now: datetime) -> Study:
    """These claims and no others, numbered from 1. Raises ProtocolFrozen, StudyError where a model is not entered."""
    study = lock_draft(study=study)
    entered = set(study.entries.values_list("model_id", flat=True))
    claims = list(claims)
    if any(claim.model.pk not in entered or claim.rival.pk not in entered for claim in claims):
        raise StudyError(_("A claim is about two models of this study."))
    study.claims.all().delete()
    Claim.objects.bulk_create(
        Claim(study=study, number=number, created_at=now, **vars(claim))
        for number, claim in enumerate(claims, start=1)
    )
    return save_draft(study=study)


@transaction.atomic
def add_known_answer(*, study: Study, better: Response, worse: Response) -> Study:
    """A check: `better` is plainly the better of two answers to one prompt. Raises ProtocolFrozen, StudyError."""
    study = lock_draft(study=study)
    prompt = Prompt.objects.get(pk=better.prompt_id)
    if prompt.prompt_set_id != study.prompt_set_id or worse.prompt_id != prompt.pk or better.pk == worse.pk:
        raise StudyError(_("A check needs two different responses to one prompt of this study."))
    if KnownAnswer.objects.filter(study=study, better=worse, worse=better).exists():
        raise StudyError(_("These two responses are a check already, the other way round."))
    KnownAnswer.objects.get_or_create(study=study, better=better, worse=worse, defaults={"prompt": prompt})
    return save_draft(study=study)


@transaction.atomic
def remove_known_answer(*, study: Study, known_answer_id: int) -> Study:
    """Removing twice is removing once. Raises ProtocolFrozen."""
    study = lock_draft(study=study)
    study.known_answers.filter(pk=known_answer_id).delete()
    return save_draft(study=study)


def save_draft(*, study: Study) -> Study:
    """A pilot's protocol follows each change, so that what raters of it are given does."""
    if study.state == Study.State.PILOT:
        freeze_protocol(study=study)
    study.save()
    return study


def order_outcomes(*, chosen: Iterable[str]) -> list[str]:
    """The answers offered, in the order of the bar; left and right are always there."""
    bar = (Outcome.LEFT, Outcome.TIE, Outcome.BOTH_BAD, Outcome.RIGHT)
    return [outcome.value for outcome in bar if outcome in ALWAYS_OFFERED or outcome in chosen]


def find_gaps(*, study: Study) -> list[Gap]:
    """What the study lacks, what keeps it from being opened first."""
    entered = study.entries.count()
    gaps = []
    if entered < 2:
        words = _("A study needs answers of at least two models. Add more, then open it.")
        gaps.append(Gap(step="models", sentence=words))
    elif not study.recorded and not count_comparable(study=study):
        words = _("No prompt has answers of two of its models, so there is nothing to compare.")
        gaps.append(Gap(step="models", sentence=words))
    if fault := find_others_fault(reveal=study.reveal, shows_others=study.shows_others):
        gaps.append(Gap(step="raters", sentence=fault))
    if study.check_rate and not study.known_answers.exists():
        words = _("It asks checks, and has none. Choose some, or set their share to 0.")
        gaps.append(Gap(step="checks", sentence=words))
    if study.repeat_rate + study.check_rate > MOST_EXTRA:
        words = _("Repeats and checks together are more than half of the comparisons. Lower their shares.")
        gaps.append(Gap(step="checks", sentence=words))
    return gaps + ([] if study.recorded else _find_warnings(study=study))


def _find_warnings(*, study: Study) -> list[Gap]:
    gaps = []
    if any(row["missing"] for row in count_coverage(study=study)):
        words = _("Some models did not answer every prompt; they are not shown on those they left out.")
        gaps.append(Gap(step="models", sentence=words, blocking=False))
    if study.comprehension and fetch_text(study=study, kind=StudyText.Kind.INSTRUCTIONS) is None:
        words = _(
            "Raters are asked about instructions, which are the usual ones. See that they answer the questions."
        )
        gaps.append(Gap(step="texts", sentence=words, blocking=False))
    if not any(study.stopping.values()):
        words = _("No stopping rule is set: the study ends when a person closes it.")
        gaps.append(Gap(step="stopping", sentence=words, blocking=False))
    if not study.claims.exists():
        words = _("No claim is registered. Claims can not be added once the study is open.")
        gaps.append(Gap(step="stopping", sentence=words, blocking=False))
    gaps += [Gap(step="raters", sentence=words, blocking=False) for words in warn_of_names(study=study)]
    if study.access == Study.Access.PANEL and not hasattr(study, "panel"):
        words = _("The panel is not set up yet, so nobody can come in. The page Access does it.")
        gaps.append(Gap(step="sampling", sentence=words, blocking=False))
    return gaps


def count_coverage(*, study: Study) -> list[dict[str, Any]]:
    """Of each model that answered a prompt of the set or is entered: answers, prompts left out, entered or not."""
    prompts = study.prompt_set.prompts.count()
    answers = Response.objects.filter(prompt__prompt_set_id=study.prompt_set_id).order_by()
    counts = dict(answers.values_list("model_id").annotate(Count("pk")))
    entered = set(study.entries.filter(retired_at__isnull=True).values_list("model_id", flat=True))
    known = LanguageModel.objects.filter(pk__in=counts.keys() | entered)
    return [
        {
            "model": model,
            "answers": counts.get(model.pk, 0),
            "missing": prompts - counts.get(model.pk, 0) if model.pk in entered else 0,
            "entered": model.pk in entered,
        }
        for model in known
    ]
