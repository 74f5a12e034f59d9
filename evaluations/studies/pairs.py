"""How much a study has to compare: prompts, pairs of responses, and pairs of responses that were in none before."""

from typing import Any

from django.db.models import Count, F

from evaluations.models import Response, Study


def count_comparable(*, study: Study) -> int:
    """Prompts with answers of two models of the study or more: those that raters can be shown."""
    return int(_answers_by_prompt(study=study).filter(answers__gte=2).count())


def count_items(*, study: Study) -> int:
    """Pairs of responses to one prompt: the items of a designed study."""
    counts = _answers_by_prompt(study=study).values_list("answers", flat=True)
    return sum(count * (count - 1) // 2 for count in counts)


def count_fresh(*, study: Study) -> int:
    """Comparisons of which each shows two responses that none of the others shows."""
    counts = _answers_by_prompt(study=study).values_list("answers", flat=True)
    return sum(count // 2 for count in counts)


def _answers_by_prompt(*, study: Study) -> Any:
    answers = Response.objects.filter(
        prompt__prompt_set_id=study.prompt_set_id,
        model__entries__study=study,
        model__entries__retired_at__isnull=True,
    ).order_by()
    return answers.values(number=F("prompt_id")).annotate(answers=Count("pk"))
