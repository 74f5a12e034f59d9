"""Runs of generation, for staff: what is missing and what it costs, how far it is, what came, and adding it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from evaluations import findings
from evaluations.errors import GenerationError
from evaluations.generation import progress, responses, runs
from evaluations.models import GenerationRun, LanguageModel, PromptSet
from evaluations.tasks import ask_for_generations
from evaluations.web.staff import staff_only
from evaluations.workers import GENERATOR, is_worker_alive

ROWS_SHOWN = 25
MOST_BUDGET = Decimal(10_000_000)
NO_BUDGET = gettext_lazy("Write the most that this may cost. 0 is enough where nothing costs anything.")


class GenerationForm(forms.Form):
    """Which models to ask, and for how much."""

    models = forms.ModelMultipleChoiceField(
        queryset=LanguageModel.objects.filter(provider__isnull=False),
        to_field_name="slug",
        error_messages={"required": gettext_lazy("Choose one model or more.")},
    )
    budget = forms.DecimalField(
        min_value=0, max_value=MOST_BUDGET, decimal_places=4, error_messages={"required": NO_BUDGET}
    )


class BudgetForm(forms.Form):
    budget = forms.DecimalField(
        min_value=0, max_value=MOST_BUDGET, decimal_places=4, error_messages={"required": NO_BUDGET}
    )


@require_GET
@staff_only
def list_generations(request: HttpRequest) -> HttpResponse:
    runs = GenerationRun.objects.select_related("prompt_set")
    page = Paginator(runs, ROWS_SHOWN).get_page(request.GET.get("page"))
    return render(request, "generations/list.html", {"page": page})


@require_http_methods(["GET", "POST"])
@staff_only
def start_generation(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("prompt_set") or request.GET.get("prompt_set", "")
    prompt_set = (
        PromptSet.objects.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 18 else None
    )
    if prompt_set is None:
        prompt_sets = PromptSet.objects.order_by("-created_at")
        return render(request, "generations/choose.html", {"prompt_sets": prompt_sets})
    sent = request.method == "POST"
    form = GenerationForm(request.POST if sent else None)
    if form.is_bound and form.is_valid():
        try:
            run = start_and_ask(request, prompt_set=prompt_set, **form.cleaned_data)
            return redirect("generation", run.token)
        except GenerationError as error:
            form.add_error(None, str(error))
    models = LanguageModel.objects.select_related("provider")
    plans = runs.plan_generation(prompt_set=prompt_set, models=models)
    context = {
        "form": form,
        "prompt_set": prompt_set,
        "plans": plans,
        "chosen": request.POST.getlist("models"),
    }
    return render(request, "generations/new.html", context, status=422 if sent else 200)


@transaction.atomic
def start_and_ask(
    request: HttpRequest, *, prompt_set: PromptSet, models: Any, budget: Decimal
) -> GenerationRun:
    run = runs.start_generation(
        prompt_set=prompt_set, models=list(models), budget=budget, user=request.user, now=timezone.now()
    )
    transaction.on_commit(ask_for_generations)
    return run


@require_GET
@vary_on_headers("HX-Request")
@staff_only
def show_generation(request: HttpRequest, token: str) -> HttpResponse:
    """The whole page, or to htmx how far it is."""
    run = find_run(token)
    context = describe_run(run)
    fragment = bool(getattr(request, "htmx", False))
    if fragment and context["progress"].is_active:
        return render(request, "generations/_progress.html", context)
    if fragment:
        # It has ended: what follows from that is more than the part that was asked for.
        return HttpResponse(headers={"HX-Refresh": "true"})
    listed = findings.list_findings(run=run)
    context["undecided"] = findings.count_undecided(run=run)
    context["page"] = Paginator(listed, ROWS_SHOWN).get_page(request.GET.get("page"))
    return render(request, "generations/page.html", context)


def describe_run(run: GenerationRun) -> dict[str, Any]:
    return {
        "run": run,
        "progress": progress.measure_progress(run=run),
        "by_model": progress.list_by_model(run=run),
        "failures": progress.list_failures(run=run),
        "reason": progress.describe_reason(run.reason) if run.reason else "",
        "worker": is_worker_alive(now=timezone.now(), kind=GENERATOR),
    }


def find_run(token: str) -> GenerationRun:
    return get_object_or_404(GenerationRun.objects.select_related("prompt_set"), token=token)


@require_POST
@staff_only
def cancel_generation(request: HttpRequest, token: str) -> HttpResponse:
    runs.cancel_run(run=find_run(token), user=request.user, now=timezone.now())
    return redirect("generation", token)


@require_POST
@staff_only
def resume_generation(request: HttpRequest, token: str) -> HttpResponse:
    form = BudgetForm(request.POST)
    if not form.is_valid():
        raise GenerationError(str(NO_BUDGET))
    with transaction.atomic():
        runs.resume_run(
            run=find_run(token), budget=form.cleaned_data["budget"], user=request.user, now=timezone.now()
        )
        transaction.on_commit(ask_for_generations)
    return redirect("generation", token)


@require_POST
@staff_only
def decide_findings(request: HttpRequest, token: str) -> HttpResponse:
    run, chosen = find_run(token), request.POST.getlist("finding")
    listed = findings.list_findings(run=run)
    if request.POST.get("all") != "yes":
        listed = listed.filter(pk__in=[pk for pk in chosen if pk.isdecimal() and len(pk) < 18])
    findings.decide(
        finding_ids=list(listed.values_list("pk", flat=True)),
        decision=request.POST.get("decision", ""),
        user=request.user,
        now=timezone.now(),
    )
    return redirect("generation", token)


@require_POST
@staff_only
def publish_generation(request: HttpRequest, token: str) -> HttpResponse:
    responses.publish_run(run=find_run(token), user=request.user, now=timezone.now())
    return redirect("generation", token)
