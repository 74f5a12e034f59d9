"""Responses that a person should look at, and the decision about each: keep, mask, leave out."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from evaluations.findings import count_undecided, decide, list_findings
from evaluations.models import Finding, Import
from evaluations.web.staff import staff_only

FINDINGS_SHOWN = 50
MOST_GROUPS = 40


@require_GET
@staff_only
def list_import_findings(request: HttpRequest, token: str) -> HttpResponse:
    upload = get_object_or_404(Import, token=token)
    kind, undecided = request.GET.get("kind", ""), request.GET.get("undecided") == "1"
    findings = list_findings(upload=upload, kind=kind, undecided=undecided)
    page = Paginator(findings, FINDINGS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "upload": upload,
        "page": page,
        "findings": page,
        "groups": list_groups(Finding.objects.filter(upload=upload)),
        "action": reverse("import-findings-decide", args=[upload.token]),
        "kinds": count_kinds(upload),
        "kind": kind,
        "undecided_only": undecided,
        "undecided": count_undecided(upload=upload),
        "open": upload.state == Import.State.CHECKED,
    }
    return render(request, "findings/page.html", {**context, "section": "imports", "current": "true"})


@require_POST
@staff_only
def decide_import_findings(request: HttpRequest, token: str) -> HttpResponse:
    upload = get_object_or_404(Import, token=token)
    chosen, decision = read_choice(request.POST, among=Finding.objects.filter(upload=upload))
    decide(
        finding_ids=chosen.values_list("pk", flat=True),
        decision=decision,
        user=request.user,
        now=timezone.now(),
    )
    return redirect("import-findings", upload.token)


def read_choice(data: QueryDict, *, among: QuerySet[Finding]) -> tuple[QuerySet[Finding], str]:
    """Which findings the form means, and what is decided about them: one row's button, or those of a group."""
    one, _, decision = data.get("one", "").partition(":")
    if one.isdecimal():
        return among.filter(pk=int(one)), decision
    which, _, value = data.get("which", "").partition(":")
    groups = {
        "undecided": among.filter(decision=Finding.Decision.NONE),
        "rule": among.filter(rule=value),
        "model": among.filter(model_name=value),
        "kind": among.filter(kind=value),
    }
    ticked = [int(pk) for pk in data.getlist("finding") if pk.isdecimal()]
    return groups.get(which, among.filter(pk__in=ticked)), data.get("decision", "")


def list_groups(findings: QuerySet[Finding]) -> dict[str, list[dict[str, Any]]]:
    """The rules and the models that findings share, the most frequent first, for a decision about all of one."""

    def count(field: str) -> list[dict[str, Any]]:
        rows = findings.order_by().exclude(**{field: ""}).values(field).annotate(number=Count("pk"))
        return [
            {"value": row[field], "number": row["number"]}
            for row in rows.order_by("-number", field)[:MOST_GROUPS]
        ]

    return {"rules": count("rule"), "models": count("model_name")}


def count_kinds(upload: Import) -> list[dict[str, Any]]:
    rows = upload.findings.order_by().values("kind").annotate(number=Count("pk"))
    counts = {row["kind"]: row["number"] for row in rows}
    return [{"kind": kind, "number": counts[kind]} for kind in Finding.Kind.values if kind in counts]
