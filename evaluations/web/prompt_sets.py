"""Prompt sets: their versions, how completely they are answered, and what changed between two."""

from itertools import groupby

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from evaluations import prompt_sets
from evaluations.models import PromptSet
from evaluations.rendered import show_prompt
from evaluations.versions import compare_versions
from evaluations.web.coverage import shade_coverage
from evaluations.web.staff import staff_only

PROMPTS_SHOWN = 20
SECTION = {"section": "imports", "current": "true"}


@require_GET
@staff_only
def list_prompt_sets(request: HttpRequest) -> HttpResponse:
    versions = sorted(prompt_sets.list_prompt_sets(), key=lambda one: (one.slug, -one.version))
    sets = [list(group) for _slug, group in groupby(versions, key=lambda one: one.slug)]
    sets.sort(key=lambda group: group[0].created_at, reverse=True)
    return render(request, "prompt_sets/list.html", {"sets": sets, **SECTION})


@require_GET
@staff_only
def show_prompt_set(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    versions = list(prompt_sets.list_versions(slug=slug))
    prompt_set = next((one for one in versions if one.version == version), None)
    if prompt_set is None:
        raise Http404
    found = prompt_sets.describe_coverage(prompt_set=prompt_set)
    page = Paginator(prompt_set.prompts.order_by("pk"), PROMPTS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "prompt_set": prompt_set,
        "others": [one for one in versions if one != prompt_set],
        "found": found,
        "coverage": shade_coverage(found.coverage["rows"]),
        "models": found.coverage["models"],
        "by_prompt": found.models_coverage,
        "uploads": prompt_sets.list_imports(prompt_set=prompt_set),
        "page": page,
        "prompts": [{"prompt": prompt, "html": show_prompt(prompt)} for prompt in page],
    }
    return render(request, "prompt_sets/page.html", {**context, **SECTION})


@require_GET
@staff_only
def compare_prompt_sets(request: HttpRequest, slug: str, version: int, other: int) -> HttpResponse:
    """What changes from version `other` to `version`."""
    if version < other:
        return redirect("prompt-set-difference", slug, other, version)
    old = get_object_or_404(PromptSet, slug=slug, version=other)
    new = get_object_or_404(PromptSet, slug=slug, version=version)
    context = {"old": old, "new": new, "difference": compare_versions(old=old, new=new)}
    return render(request, "prompt_sets/difference.html", {**context, **SECTION})
