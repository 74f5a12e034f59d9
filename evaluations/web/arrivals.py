"""Ways into a study that is not open to everyone, and the way out of a panel's."""

from django.core.signing import BadSignature, dumps, loads
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from evaluations import access, panels
from evaluations.briefings.comprehension import has_failed
from evaluations.briefings.consents import describe_agreement
from evaluations.errors import StudyNotOpen
from evaluations.models import Rater, Study
from evaluations.raters import make_code
from evaluations.sessions import fetch_session
from evaluations.web.raters import is_returned, keep_rater, read_rater, read_rater_code

# The code that a newcomer will have, in the form from the start: sent twice, it is one person.
CODE_SALT = "join"
CODE_AGE = 24 * 60 * 60


@never_cache
@require_http_methods(["GET", "POST"])
def join_study(request: HttpRequest, secret: str) -> HttpResponse:
    """An invitation. Opening it changes nothing, so that a preview of the link takes no place."""
    invitation = access.find_invitation(secret=secret)
    rater = read_rater(request)
    if access.is_admitted(study=invitation.study, rater=rater):
        return redirect("study", invitation.study.slug)
    now = timezone.now()
    code = read_code(request)
    if code is None:
        refusal = access.explain_refusal(invitation=invitation, now=now)
        context = {"study": invitation.study, "refusal": refusal, "code": dumps(make_code(), salt=CODE_SALT)}
        return render(request, "access/join.html", context)
    returned = rater is not None and is_returned(request)
    rater = access.accept_invitation(invitation=invitation, rater=rater, code=code, now=now)
    return keep_rater(redirect("study", invitation.study.slug), rater, returned=returned)


def read_code(request: HttpRequest) -> str | None:
    """The code that the form carried; None where there was no form, or an old one."""
    try:
        code: str = loads(request.POST.get("code", ""), salt=CODE_SALT, max_age=CODE_AGE)
        return code
    except BadSignature:
        return None


@never_cache
@require_GET
def arrive(request: HttpRequest, slug: str) -> HttpResponse:
    """From the panel. On to an address without the ids at once, which no other site is told of."""
    study = get_object_or_404(Study.objects.exclude(state=Study.State.DRAFT), slug=slug)
    now = timezone.now()
    try:
        rater = panels.arrive(study=study, parameters=request.GET.dict(), now=now)
    except StudyNotOpen:
        return send_back(request, study)
    holds_code = read_rater_code(request) == rater.code and not is_returned(request)
    returned = not holds_code and panels.note_return(study=study, rater=rater, now=now)
    response = keep_rater(redirect("study", slug), rater, returned=returned)
    response["Referrer-Policy"] = "no-referrer"
    return response


def send_back(request: HttpRequest, study: Study) -> HttpResponse:
    """Sent too late or too early: with a code all the same, and nothing kept."""
    code, return_url = panels.fetch_way_back(study=study)
    context = {"study": study, "code": code, "return_url": return_url}
    response = render(request, "access/sent_back.html", context, status=409)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def leave_study(request: HttpRequest, slug: str) -> HttpResponse:
    """Out of a panel's study, with the code that fits; to be read again at any time."""
    panel_studies = Study.objects.filter(access=Study.Access.PANEL).exclude(state=Study.State.DRAFT)
    study = get_object_or_404(panel_studies, slug=slug)
    rater = read_rater(request)
    access.require_admission(study=study, rater=rater)
    assert isinstance(rater, Rater)  # noqa: S101 - admitted
    if request.method == "POST":
        panels.leave(study=study, rater=rater, now=timezone.now())
        return redirect("leave", slug)
    code, return_url = panels.fetch_exit(study=study, rater=rater)
    context = {
        "study": study,
        "code": code,
        "return_url": return_url,
        "session": fetch_session(study=study, rater=rater),
        "agreed": describe_agreement(study=study, rater=rater).consent is not None,
        "failed": has_failed(study=study, rater=rater),
    }
    return render(request, "access/leave.html", context)
