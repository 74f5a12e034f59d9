"""Imports: drop files in, see every fault by its line, then import."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from evaluations import imports
from evaluations.errors import IngestError
from evaluations.findings import count_left_out, count_undecided
from evaluations.ingest.fault_tables import write_fault_table
from evaluations.models import Import, ImportFault
from evaluations.sentences import join_names, write_number
from evaluations.tasks import ask_for_check, ask_for_store
from evaluations.web.coverage import shade_coverage
from evaluations.web.import_forms import ImportForm
from evaluations.web.staff import staff_only
from evaluations.workers import is_worker_alive

FAULTS_SHOWN = 25
IMPORTS_SHOWN = 20
WORKING = (Import.State.RECEIVED, Import.State.CHECKING, Import.State.IMPORTING)


@require_GET
@staff_only
def list_imports(request: HttpRequest) -> HttpResponse:
    page = Paginator(Import.objects.all(), IMPORTS_SHOWN).get_page(request.GET.get("page"))
    working = any(is_working(upload) for upload in page)
    context = {"page": page, "working": working, "section": "imports", "current": "page"}
    return render(request, "imports/list.html", {**context, "worker": is_worker_alive(now=timezone.now())})


@require_http_methods(["GET", "POST"])
@staff_only
def start_import(request: HttpRequest) -> HttpResponse:
    sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if sent else ImportForm(initial=request.GET.dict())
    if form.is_bound and form.is_valid():
        try:
            upload = form.receive(user=request.user, now=timezone.now())
        except IngestError as error:
            form.add_error(None, str(error))
        else:
            if upload.state == Import.State.RECEIVED:
                transaction.on_commit(lambda: ask_for_check(upload=upload))
            return redirect("import", upload.token)
    background = Import.objects.filter(state__in=WORKING)[:IMPORTS_SHOWN]
    context = {"form": form, "limit": settings.IMPORT_MAX_MB, "section": "imports", "current": "true"}
    return render(
        request, "imports/new.html", {**context, "background": background}, status=422 if sent else 200
    )


@require_GET
@vary_on_headers("HX-Request")
@staff_only
def show_import(request: HttpRequest, token: str) -> HttpResponse:
    upload = get_object_or_404(Import.objects.select_related("prompt_set", "study"), token=token)
    if request.htmx:  # type: ignore[attr-defined]
        # The page asks how far it is; at the end it is loaded anew, whole.
        if not is_working(upload):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "imports/_progress.html", describe_progress(upload))
    context = describe_progress(upload) if is_working(upload) else describe_checked(request, upload)
    return render(request, "imports/page.html", {**context, "section": "imports", "current": "true"})


@require_POST
@staff_only
def confirm_import(request: HttpRequest, token: str) -> HttpResponse:
    upload = get_object_or_404(Import, token=token)
    upload = imports.request_import(upload=upload, user=request.user, now=timezone.now())
    if upload.state == Import.State.IMPORTING:
        transaction.on_commit(lambda: ask_for_store(upload=upload))
    return redirect("import", upload.token)


@require_POST
@staff_only
def check_again(request: HttpRequest, token: str) -> HttpResponse:
    upload = imports.request_check(upload=get_object_or_404(Import, token=token))
    transaction.on_commit(lambda: ask_for_check(upload=upload))
    return redirect("import", upload.token)


@require_POST
@staff_only
def discard_import(request: HttpRequest, token: str) -> HttpResponse:
    upload = get_object_or_404(Import, token=token)
    imports.discard_import(upload=upload, user=request.user, now=timezone.now())
    return redirect("imports")


@require_GET
@staff_only
def download_faults(request: HttpRequest, token: str) -> StreamingHttpResponse:
    upload = get_object_or_404(Import, token=token)
    lines = write_fault_table(faults=upload.faults.iterator())
    name = f"faults-{upload.target}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def is_working(upload: Import) -> bool:
    """Whether a worker is at it, or will be."""
    return upload.state in WORKING and not upload.trouble


def describe_progress(upload: Import) -> dict[str, Any]:
    now = timezone.now()
    silent = upload.seen_at is not None and now - upload.seen_at > imports.SILENCE
    return {
        "upload": upload,
        "working": True,
        "share": min(100, 100 * upload.done // upload.total) if upload.total else 0,
        "worker": is_worker_alive(now=now),
        "silent": silent,
    }


def describe_checked(request: HttpRequest, upload: Import) -> dict[str, Any]:
    """What the check found: every fault, what waits for a decision, what the files would make and change."""
    severity = request.GET.get("severity", "")
    faults = find_faults(upload, severity=severity)
    difference = upload.difference
    return {
        "upload": upload,
        "content": describe_content(upload),
        "only_fault": upload.faults.first() if upload.counts.get("errors") == 1 else None,
        "coverage": shade_coverage(upload.counts.get("coverage", {}).get("rows", [])),
        "models": upload.counts.get("coverage", {}).get("models", []),
        "by_prompt": upload.counts.get("models_coverage", {}),
        "difference": difference if difference.get("counts") else None,
        "findings": upload.findings.count(),
        "undecided": count_undecided(upload=upload),
        "left_out": count_left_out(upload=upload),
        "mappable": imports.can_map(upload=upload),
        "page": Paginator(faults, FAULTS_SHOWN).get_page(request.GET.get("page")),
        "severity": severity,
    }


def find_faults(upload: Import, *, severity: str) -> QuerySet[ImportFault]:
    """Errors first, each kind in the order of the files."""
    faults = upload.faults.order_by("severity", "id")
    return faults.filter(severity=severity) if severity in ImportFault.Severity.values else faults


def describe_content(upload: Import) -> str:
    """“19 prompts and 1,133 responses”, or “8,931 votes by 124 raters”."""
    counts = {name: count for name, count in upload.counts.items() if isinstance(count, int)}
    if upload.kind == Import.Kind.VOTES:
        votes = ngettext("%(number)s vote", "%(number)s votes", counts.get("votes", 0))
        raters = ngettext("%(number)s rater", "%(number)s raters", counts.get("raters", 0))
        values = {
            "votes": _fill(votes, counts.get("votes", 0)),
            "raters": _fill(raters, counts.get("raters", 0)),
        }
        return _("%(votes)s by %(raters)s") % values
    prompts = ngettext("%(number)s prompt", "%(number)s prompts", counts.get("prompts", 0))
    responses = ngettext("%(number)s response", "%(number)s responses", counts.get("responses", 0))
    parts = [_fill(prompts, counts.get("prompts", 0)), _fill(responses, counts.get("responses", 0))]
    if upload.kind == Import.Kind.RESPONSES:
        return parts[1]
    return join_names(parts if counts.get("responses") else parts[:1])


def _fill(template: str, number: int) -> str:
    return template % {"number": write_number(number)}
