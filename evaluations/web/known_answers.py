"""Checks: staff choose, for a prompt, which response is plainly better than which."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from evaluations.models import Prompt, Response, Study
from evaluations.rendered import show_prompt, show_response
from evaluations.studies import drafts
from evaluations.web.staff import study_role

PROMPTS_SHOWN = 20


@require_POST
@study_role("editor")
def add_known_answer(request: HttpRequest, study: Study) -> HttpResponse:
    answers = Response.objects.filter(prompt__prompt_set_id=study.prompt_set_id)
    better = get_object_or_404(answers, pk=_read_number(request.POST.get("better")))
    worse = get_object_or_404(answers, pk=_read_number(request.POST.get("worse")))
    drafts.add_known_answer(study=study, better=better, worse=worse)
    return redirect("study-step", study.slug, "checks")


@require_POST
@study_role("editor")
def remove_known_answer(request: HttpRequest, study: Study, pk: int) -> HttpResponse:
    drafts.remove_known_answer(study=study, known_answer_id=pk)
    return redirect("study-step", study.slug, "checks")


def describe_checks(*, study: Study, query: Mapping[str, str]) -> dict[str, Any]:
    """The checks there are, prompts that match a search, and the answers to the one that is chosen."""
    words = query.get("words", "").strip()
    matching = Q(key__icontains=words) | Q(category__icontains=words) | Q(html__icontains=words)
    prompts = study.prompt_set.prompts.annotate(answers=Count("responses")).filter(matching, answers__gte=2)
    chosen = prompts.filter(pk=_read_number(query.get("prompt"))).first()
    return {
        "known_answers": study.known_answers.select_related("prompt", "better__model", "worse__model"),
        "words": words,
        "prompts": prompts[:PROMPTS_SHOWN],
        "chosen": chosen,
        "chosen_html": show_prompt(chosen) if chosen else "",
        "answers": _read_answers(prompt=chosen) if chosen else [],
    }


def _read_answers(*, prompt: Prompt) -> list[dict[str, Any]]:
    """Rendered as raters see them, with the models' names: this page is for staff."""
    answers = prompt.responses.select_related("model").order_by("model__name")
    return [{"pk": answer.pk, "model": answer.model, "html": show_response(answer)} for answer in answers]


def _read_number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else 0
