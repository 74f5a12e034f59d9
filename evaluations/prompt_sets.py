"""Prompt sets as staff see them: their versions, how completely these are answered, what uses them."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from evaluations.models import Import, LanguageModel, Prompt, PromptSet, Response, Study

# A matrix of single prompts is read by eye: beyond this, categories say more.
MOST_PROMPTS = 200
MOST_CATEGORIES = 50


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How completely a version is answered, as the check of an upload says it; see `ingest.coverage`."""

    prompts: int
    responses: int
    comparable: int
    coverage: dict[str, Any]
    models_coverage: dict[str, Any]

    @property
    def missing(self) -> int:
        """Responses that the models that answered at all have not given."""
        return self.prompts * len(self.coverage["models"]) - self.responses


def list_prompt_sets() -> QuerySet[PromptSet]:
    """Every version, the newest change first, with its number of prompts and the studies that use it."""
    studies = Prefetch("studies", queryset=Study.objects.order_by("title"))
    return (
        PromptSet.objects.annotate(size=Count("prompts"))
        .prefetch_related(studies)
        .order_by("-created_at", "-pk")
    )


def list_versions(*, slug: str) -> QuerySet[PromptSet]:
    return list_prompt_sets().filter(slug=slug).order_by("-version")


def list_imports(*, prompt_set: PromptSet) -> QuerySet[Import]:
    """The uploads that made this version, and those that added responses to it."""
    return Import.objects.filter(prompt_set=prompt_set, state=Import.State.IMPORTED).exclude(
        kind=Import.Kind.VOTES
    )


def describe_coverage(*, prompt_set: PromptSet) -> Coverage:
    """By category and model; by prompt and model where there are few enough prompts."""
    answers = Response.objects.filter(prompt__prompt_set=prompt_set)
    models = LanguageModel.objects.filter(pk__in=answers.values("model")).order_by("name")
    names = dict(models.values_list("pk", "name"))
    cells = {
        (category, model): count
        for category, model, count in answers.order_by()
        .values_list("prompt__category", "model_id")
        .annotate(Count("pk"))
    }
    sizes = Counter(dict(prompt_set.prompts.order_by().values_list("category").annotate(Count("pk"))))
    answered = answers.order_by().values("prompt").annotate(count=Count("pk"))
    return Coverage(
        prompts=sizes.total(),
        responses=sum(cells.values()),
        comparable=answered.filter(count__gt=1).count(),
        coverage={
            "models": list(names.values()),
            "rows": [
                {
                    "category": category,
                    "prompts": size,
                    "responses": [cells.get((category, model), 0) for model in names],
                }
                for category, size in sizes.most_common(MOST_CATEGORIES)
            ],
        },
        models_coverage=_describe_prompts(prompt_set, names) if sizes.total() <= MOST_PROMPTS else {},
    )


def _describe_prompts(prompt_set: PromptSet, names: dict[int, str]) -> dict[str, Any]:
    answered = set(
        Response.objects.filter(prompt__prompt_set=prompt_set).values_list("prompt_id", "model_id")
    )
    rows = Prompt.objects.filter(prompt_set=prompt_set).order_by("pk").values_list("pk", "key", "category")
    return {
        "models": list(names.values()),
        "rows": [
            {
                "prompt": key,
                "category": category,
                "responses": [(pk, model) in answered for model in names],
            }
            for pk, key, category in rows
        ],
    }
