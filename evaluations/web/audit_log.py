"""Who did what: on a page, and as a file."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from evaluations.audit import list_events
from evaluations.audit_sentences import NAMES, list_names, write_event
from evaluations.models import AuditEvent
from evaluations.permissions import list_studies
from evaluations.spreadsheets import MARK, write_line
from evaluations.web.staff import staff_only

ROWS = 50
CHUNK = 2000


class FilterForm(forms.Form):
    """What to look for. Anything that can't be read is left out, and said."""

    kind = forms.CharField(required=False, max_length=40)
    person = forms.CharField(required=False, max_length=150)
    study = forms.SlugField(required=False)
    since = forms.DateField(
        required=False, error_messages={"invalid": gettext_lazy("Write a day: 2026-03-31.")}
    )
    until = forms.DateField(
        required=False, error_messages={"invalid": gettext_lazy("Write a day: 2026-03-31.")}
    )

    def read(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@require_GET
@staff_only
def show_events(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    chosen = form.read()
    page = Paginator(list_events(user=request.user, **chosen), ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "filtered": bool(chosen),
        "page": page,
        "rows": [{"event": event, "sentence": write_event(event)} for event in page],
        "kinds": list_names(),
        "studies": list_studies(user=request.user).order_by("title"),
    }
    return render(request, "audit_log/page.html", context)


@require_GET
@staff_only
def download_events(request: HttpRequest) -> StreamingHttpResponse:
    """The events that the filters leave, as CSV."""
    events = list_events(user=request.user, **FilterForm(request.GET).read())
    headers = {"Content-Disposition": 'attachment; filename="audit-log.csv"'}
    return StreamingHttpResponse(
        write_lines(events.iterator(chunk_size=CHUNK)),
        content_type="text/csv; charset=utf-8",
        headers=headers,
    )


def write_lines(events: Iterator[AuditEvent]) -> Iterator[str]:
    names = [_("Time"), _("Who"), _("Kind"), _("What"), _("Study"), _("About")]
    yield MARK + write_line(names)
    for event in events:
        kind = str(NAMES.get(event.kind, event.kind))
        study = event.study.slug if event.study else ""
        cells = [event.at.isoformat(), event.user_name, kind, write_event(event), study, event.subject]
        yield write_line(cells)
