"""A study's settings: the whole protocol, what is missing, and its life from pilot to close."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from evaluations import studies
from evaluations.models import Study
from evaluations.permissions import has_role
from evaluations.studies.drafts import find_gaps
from evaluations.studies.protocols import describe_protocol
from evaluations.web.protocol_words import describe_terms
from evaluations.web.staff import study_role
from evaluations.web.wizard import list_steps


@require_GET
@study_role("viewer")
def show_settings(request: HttpRequest, study: Study) -> HttpResponse:
    opened = study.opened_at is not None
    protocol = study.protocol if opened else describe_protocol(study=study)
    gaps = [] if opened else find_gaps(study=study)
    context = {
        "study": study,
        "tab": "settings",
        "steps": list_steps(),
        "step": "review",
        "terms": describe_terms(protocol=protocol or {}),
        "protocol_json": json.dumps(protocol, indent=2, ensure_ascii=False),
        "gaps": gaps,
        "blocked": any(gap.blocking for gap in gaps),
        "amendments": study.amendments.select_related("made_by"),
        "may_edit": has_role(user=request.user, study=study, at_least="editor"),
        "may_decide": has_role(user=request.user, study=study, at_least="owner"),
    }
    return render(request, "study_settings/page.html", context)


def _act(function: Callable[..., Study]) -> Any:
    """The view of one act of a study's life, for its owners; back to where its state is shown."""

    @require_POST
    @study_role("owner")
    def act(request: HttpRequest, study: Study) -> HttpResponse:
        study = function(study=study, now=timezone.now(), user=request.user)
        return redirect("study-settings", study.slug)

    return act


start_pilot = _act(studies.start_pilot)
open_study = _act(studies.open_study)
pause = _act(studies.pause_study)
resume = _act(studies.resume_study)
close = _act(studies.close_study)
