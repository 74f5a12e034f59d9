"""What anyone may list: studies that were opened, and the models entered in them. A draft is nobody's business."""

from django.db.models import IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from evaluations.models import Entry, LanguageModel, Prompt, Response, Snapshot, Study
from evaluations.publicity import require_texts


def list_published_studies() -> QuerySet[Study]:
    """The newest first, each with `counted`: the votes of its newest snapshot, None without one."""
    newest = Snapshot.objects.filter(
        leaderboard__study=OuterRef("pk"), exclusions=Snapshot.Exclusions.APPLIED
    ).order_by("-ledger_size", "-created_at")
    counted = newest.annotate(counted=Cast(KeyTransform("votes", "standing"), IntegerField()))
    studies = Study.objects.filter(opened_at__isnull=False).select_related("prompt_set")
    studies = studies.annotate(counted=Subquery(counted.values("counted")[:1]))
    return studies.prefetch_related(Prefetch("entries", queryset=_list_entries())).order_by(
        "-opened_at", "-pk"
    )


def list_published_models() -> QuerySet[LanguageModel]:
    """By name, each with its `entries` in opened studies; a model that is in none is not there."""
    entries = _list_entries().filter(study__opened_at__isnull=False).select_related("study")
    entered = Entry.objects.filter(study__opened_at__isnull=False)
    models = LanguageModel.objects.filter(pk__in=entered.values("model")).order_by("name", "pk")
    return models.prefetch_related(Prefetch("entries", queryset=entries))


def list_published_prompts(*, study: Study) -> QuerySet[Prompt]:
    """Each with the `responses` of the models that were entered, and their authors. Raises NotPublished."""
    require_texts(study=study)
    answers = Response.objects.filter(model__entries__study=study).select_related("model")
    prompts = Prompt.objects.filter(prompt_set=study.prompt_set_id).order_by("pk")
    return prompts.prefetch_related(Prefetch("responses", queryset=answers.order_by("model__slug")))


def _list_entries() -> QuerySet[Entry]:
    return Entry.objects.select_related("model").order_by("entered_at", "model__slug")
