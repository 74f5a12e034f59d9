"""A study's exports: what there is, its codebook, and each file as it is made."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from evaluations import exports
from evaluations.audit import record_event
from evaluations.errors import ExportError
from evaluations.exports.codebook import list_rules
from evaluations.exports.columns import name_type
from evaluations.models import Study
from evaluations.permissions import has_role
from evaluations.web.staff import study_role


@require_GET
@study_role("viewer")
def list_exports(request: HttpRequest, study: Study) -> HttpResponse:
    size = exports.measure_ledger()
    listed = exports.list_exports(study=study, ledger_size=size)
    context = {
        "study": study,
        "tab": "exports",
        "ledger_size": size,
        "votes": listed[0].rows,
        "files": [(each, OptionsForm(only=each.file.options)) for each in listed],
        "may_download": has_role(user=request.user, study=study, at_least="editor"),
    }
    return render(request, "exports/list.html", context)


@require_GET
@study_role("viewer")
def show_codebook(request: HttpRequest, study: Study) -> HttpResponse:
    files = [
        (file, [(column, name_type(column.type)) for column in file.columns]) for file in exports.DATA_FILES
    ]
    context = {"study": study, "tab": "exports", "files": files, "rules": list_rules()}
    return render(request, "exports/codebook.html", context)


@require_GET
@study_role("viewer")
def download_codebook(request: HttpRequest, study: Study, suffix: str) -> StreamingHttpResponse:
    return send_export(request, study, f"codebook-{suffix}")


@require_GET
@study_role("editor")
def download_export(request: HttpRequest, study: Study, name: str) -> StreamingHttpResponse:
    return send_export(request, study, name)


def send_export(request: HttpRequest, study: Study, name: str) -> StreamingHttpResponse:
    """Written down before the first byte leaves: an answer that is broken off was given all the same."""
    export = exports.open_export(study=study, name=name, options=OptionsForm(request.GET).take())
    record_event(
        kind="export_downloaded",
        user=request.user,
        now=timezone.now(),
        study=study,
        subject=export.filename,
        details=exports.describe_export(export=export),
    )
    headers = {
        "Content-Disposition": f'attachment; filename="{export.filename}"',
        "Cache-Control": "private, no-store",
    }
    return StreamingHttpResponse(export.chunks, content_type=export.content_type, headers=headers)


class OptionsForm(forms.Form):
    """The options of one file; all of them where the answer is read."""

    normal_only = forms.BooleanField(required=False, label=_("Leave out repeats and checks"))
    kept_only = forms.BooleanField(required=False, label=_("Leave out the votes of excluded raters"))
    publishable_only = forms.BooleanField(
        required=False, label=_("Only votes of raters who agreed that theirs be published")
    )
    texts = forms.BooleanField(required=False, label=_("Add prompts and responses to each row"))
    by_pair = forms.BooleanField(
        required=False, label=_("One row a pair of responses, by majority, not one a vote")
    )
    minimum_votes = forms.IntegerField(
        required=False, min_value=1, max_value=10_000, initial=3, label=_("Votes that a pair needs")
    )

    def __init__(self, *args: Any, only: tuple[str, ...] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if only is not None:
            for name in set(self.fields) - set(only):
                del self.fields[name]

    def take(self) -> exports.ExportOptions:
        """Raises ExportError for a number that is none."""
        if not self.is_valid():
            raise ExportError(" ".join(str(error) for errors in self.errors.values() for error in errors))
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return exports.ExportOptions(**given)
