"""The overview for staff: the studies of this account, prompt sets and imports, each with what to do next."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from evaluations.models import Import, PromptSet
from evaluations.permissions import list_studies
from evaluations.web.staff import staff_only
from evaluations.web.studies import count_votes

ROWS_SHOWN = 20
IMPORTS_SHOWN = 10


@require_GET
@staff_only
def show_manage(request: HttpRequest) -> HttpResponse:
    mine = list_studies(user=request.user).select_related("prompt_set")
    context = {
        "studies": count_votes(mine).order_by("-created_at"),
        "prompt_sets": PromptSet.objects.annotate(prompt_count=Count("prompts")).order_by("-created_at")[
            :ROWS_SHOWN
        ],
        "imports": Import.objects.all()[:IMPORTS_SHOWN],
        "waiting": Import.objects.filter(state=Import.State.CHECKED).count(),
    }
    return render(request, "manage/page.html", context)
