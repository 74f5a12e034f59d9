"""The registry of models: who makes them, what they cost, who serves them, what they answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.errors import ConfigurationError, GenerationError
from evaluations.models import Entry, Generation, GenerationRun, LanguageModel, PromptSet, Response, Study
from evaluations.providers import read_options

# What readers of a board see. Once a study was opened with the model it is no longer for everyone to change.
PUBLIC = ("name", "maker", "licence", "released_on", "url")
# What is written to the audit log when it changes.
WATCHED = (*PUBLIC, "price_in", "price_out", "currency", "provider_id", "provider_model", "request_options")


def list_models() -> QuerySet[LanguageModel]:
    """All models by name, each with its numbers of responses and of studies."""
    return LanguageModel.objects.select_related("provider").annotate(
        response_count=_count(Response), study_count=_count(Entry)
    )


def _count(table: type[Response] | type[Entry]) -> Coalesce:
    counted = table.objects.filter(model=OuterRef("pk")).order_by().values("model").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)


def list_answered_sets(*, model: LanguageModel) -> QuerySet[PromptSet]:
    """The prompt sets that the model answered, each with how many of its prompts."""
    answered = Response.objects.filter(model=model, prompt__prompt_set=OuterRef("pk")).order_by()
    count = answered.values("prompt__prompt_set").annotate(n=Count("pk")).values("n")
    return (
        PromptSet.objects.annotate(
            answered=Subquery(count, output_field=IntegerField()), prompt_count=Count("prompts")
        )
        .filter(answered__isnull=False)
        .order_by("-created_at")
    )


def list_runs(*, model: LanguageModel) -> QuerySet[GenerationRun]:
    """The runs in which it was asked, the newest first."""
    return GenerationRun.objects.filter(generations__model=model).select_related("prompt_set").distinct()


def is_used(*, model: LanguageModel) -> bool:
    """Whether it answered, was asked, or was entered in a study: then it stays, under its short name."""
    return any(table.objects.filter(model=model).exists() for table in (Response, Entry, Generation))


@transaction.atomic
def save_model(
    *, model: LanguageModel | None, values: Mapping[str, Any], user: Any, now: datetime
) -> LanguageModel:
    """Make or change a model. Raises ConfigurationError where it could not be asked, or its short name is in use."""
    saved = model or LanguageModel(created_at=now)
    before = {name: getattr(saved, name) for name in WATCHED}
    if model is not None and values.get("slug", model.slug) != model.slug and is_used(model=model):
        raise ConfigurationError(_("The short name can not change: the model is in use."))
    for name, value in values.items():
        setattr(saved, name, value)
    if saved.provider is not None and not saved.provider_model:
        raise ConfigurationError(_("Write what the provider calls this model."))
    read_options(saved.request_options)
    changed = [name for name in WATCHED if getattr(saved, name) != before[name]]
    if model is not None and set(changed) & set(PUBLIC):
        _check_may_rename(model=model, user=user)
    saved.save()
    record_event(
        kind="model_changed" if model else "model_added",
        user=user,
        now=now,
        subject=f"model {saved.slug}",
        details={
            "changed": changed,
            "before": {name: str(before[name]) for name in changed if name in PUBLIC},
            "after": {name: str(getattr(saved, name)) for name in changed if name in PUBLIC},
        },
    )
    return saved


def _check_may_rename(*, model: LanguageModel, user: Any) -> None:
    """Public boards name the model, and a swapped name would swap the result."""
    opened = Entry.objects.filter(model=model, study__state__in=[Study.State.OPEN, Study.State.CLOSED])
    if opened.exists() and not (user is not None and user.is_superuser):
        raise ConfigurationError(
            _(
                "A study was opened with this model: its name, maker, licence, date and address are public. "
                "Only a superuser can correct them. Nothing was changed."
            )
        )


@transaction.atomic
def delete_model(*, model: LanguageModel, user: Any, now: datetime) -> None:
    """Only a model that nothing hangs on. Raises GenerationError for any other."""
    locked = LanguageModel.objects.select_for_update().get(pk=model.pk)
    if is_used(model=locked):
        raise GenerationError(
            _("%(name)s answered prompts or is in a study. Models in use are never deleted.")
            % {"name": locked.name}
        )
    subject = f"model {locked.slug}"
    locked.delete()
    record_event(kind="model_deleted", user=user, now=now, subject=subject)
