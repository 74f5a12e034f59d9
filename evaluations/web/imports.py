"""Imports: drop files in, see every fault by its line, then import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evaluations import imports
from evaluations.ingest.fault_tables import write_fault_table
from evaluations.ingest.kept_files import Upload
from evaluations.models import Import, ImportFault, PromptSet
from evaluations.sentences import join_names, write_number
from evaluations.tasks import ask_for_recorded_votes
from evaluations.web.staff import staff_only

FAULTS_SHOWN = 25
IMPORTS_SHOWN = 20
# From this share of the prompts on, what is missing is worth a shade and no alarm.
NEARLY_ALL = 0.95


@require_GET
@staff_only
def list_imports(request: HttpRequest) -> HttpResponse:
    page = Paginator(Import.objects.all(), IMPORTS_SHOWN).get_page(request.GET.get("page"))
    return render(request, "imports/list.html", {"page": page, "section": "imports", "current": "page"})


@require_http_methods(["GET", "POST"])
@staff_only
def start_import(request: HttpRequest) -> HttpResponse:
    sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if sent else ImportForm()
    if form.is_bound and form.is_valid():
        upload = form.take(user=request.user, now=timezone.now())
        return redirect("import", upload.token)
    context = {"form": form, "limit": settings.IMPORT_MAX_MB, "section": "imports", "current": "true"}
    return render(request, "imports/new.html", context, status=422 if sent else 200)


@require_GET
@staff_only
def show_import(request: HttpRequest, token: str) -> HttpResponse:
    upload = get_object_or_404(Import.objects.select_related("prompt_set", "study"), token=token)
    severity = request.GET.get("severity", "")
    page = Paginator(find_faults(upload, severity=severity), FAULTS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "upload": upload,
        "content": describe_content(upload),
        "only_fault": upload.faults.first() if upload.counts.get("errors") == 1 else None,
        "coverage": shade_coverage(upload.counts.get("coverage", {}).get("rows", [])),
        "page": page,
        "severity": severity,
        "section": "imports",
        "current": "true",
    }
    return render(request, "imports/page.html", context)


@require_POST
@staff_only
def confirm_import(request: HttpRequest, token: str) -> HttpResponse:
    upload = get_object_or_404(Import, token=token)
    upload = imports.confirm_import(upload=upload, now=timezone.now())
    if upload.kind == Import.Kind.VOTES:
        transaction.on_commit(ask_for_recorded_votes)
    return redirect("import", upload.token)


@require_GET
@staff_only
def download_faults(request: HttpRequest, token: str) -> StreamingHttpResponse:
    upload = get_object_or_404(Import, token=token)
    lines = write_fault_table(faults=upload.faults.iterator())
    name = f"faults-{upload.target}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several, at least one."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in given] or [
            super().clean(None, initial)
        ]


class ImportForm(forms.Form):
    """Files, what to call what they make, and, for votes, the prompt set that they are about."""

    title = forms.CharField(
        max_length=200, error_messages={"required": gettext_lazy("Write a title, for staff and raters.")}
    )
    slug = forms.SlugField(
        max_length=imports.LONGEST_SLUG,
        error_messages={
            "required": gettext_lazy("Write a short name."),
            "invalid": gettext_lazy("Use letters, digits, hyphens and underscores only."),
        },
    )
    prompt_set = forms.ModelChoiceField(queryset=PromptSet.objects.none(), required=False)
    file = FilesField(
        widget=SeveralFiles,
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose one or several CSV or JSONL files.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prompt_set"].queryset = PromptSet.objects.order_by("-created_at")  # type: ignore[attr-defined]

    def take(self, *, user: Any, now: datetime) -> Import:
        """Receive and check: prompts, or votes where a prompt set was chosen."""
        data = self.cleaned_data
        uploads = [Upload(name=file.name or "", chunks=file.chunks()) for file in data["file"]]
        given = {"uploads": uploads, "title": data["title"], "user": user, "now": now}
        if data["prompt_set"] is None:
            return imports.take_prompts(slug=data["slug"], **given)
        return imports.take_votes(study_slug=data["slug"], prompt_set_slug=data["prompt_set"].slug, **given)


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
    return join_names(parts if counts.get("responses") else parts[:1])


def _fill(template: str, number: int) -> str:
    return template % {"number": write_number(number)}


@dataclass(frozen=True, kw_only=True)
class CoverageCell:
    """How many responses, and the level that shades it: full, most, low, none."""

    count: int
    level: str


@dataclass(frozen=True, kw_only=True)
class CoverageRow:
    """A category: its cells in the order of the models, and its prompts."""

    category: str
    cells: list[CoverageCell]
    prompts: int


def shade_coverage(rows: Sequence[dict[str, Any]]) -> list[CoverageRow]:
    def shade(count: int, prompts: int) -> CoverageCell:
        levels = [("full", 1.0), ("most", NEARLY_ALL), ("low", 1 / prompts)]
        level = next((name for name, share in levels if count >= share * prompts), "none")
        return CoverageCell(count=count, level=level)

    return [
        CoverageRow(
            category=row["category"],
            cells=[shade(count, row["prompts"]) for count in row["responses"]],
            prompts=row["prompts"],
        )
        for row in rows
    ]
