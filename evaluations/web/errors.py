"""The one table from the exceptions of the house to pages.

A full request gets `error.html` with the table's status. An htmx request gets the fragment `_error.html`
with the same status and two headers, `HX-Retarget: #main` and `HX-Reswap: innerHTML show:window:top`, so
that the message takes the place of the page's content wherever the request came from. htmx swaps answers
from 400 on only where its configuration says so (`responseHandling` in the meta element `htmx-config`).

What is not in the table is a fault of ours: Django logs it and shows `500.html`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations import errors
from evaluations.models import Battle, Study


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """A status, a title, and the sentence shown where the exception carries none."""

    status: int
    title: str | Promise
    sentence: str | Promise


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What to do now: a link and the words on it."""

    address: str
    label: str


CONFLICT = gettext_lazy("Nothing was changed")

# The first class that fits decides, so a class stands before its parents.
PAGES: dict[type[Exception], ErrorPage] = {
    errors.BattleUnknown: ErrorPage(
        status=404,
        title=gettext_lazy("This comparison is not here"),
        sentence=gettext_lazy("There is no such comparison. Nothing was recorded."),
    ),
    errors.BattleForeign: ErrorPage(
        status=403,
        title=gettext_lazy("This comparison is not yours"),
        sentence=gettext_lazy("It was shown in another browser. Nothing was recorded."),
    ),
    errors.BattleExpired: ErrorPage(
        status=410,
        title=gettext_lazy("This comparison has expired"),
        sentence=gettext_lazy("It waited too long. Nothing was recorded; your earlier votes are kept."),
    ),
    errors.AccessError: ErrorPage(
        status=403,
        title=gettext_lazy("This study is not open to everyone"),
        sentence=gettext_lazy("Nobody is let in this way. Nothing is lost."),
    ),
    errors.OutcomeUnknown: ErrorPage(
        status=400,
        title=gettext_lazy("This answer is not offered here"),
        sentence=gettext_lazy("Nothing was recorded. Choose again."),
    ),
    errors.RevisionStale: ErrorPage(
        status=409, title=CONFLICT, sentence=gettext_lazy("A newer answer is already recorded. It stands.")
    ),
    errors.UndoRefused: ErrorPage(
        status=409, title=CONFLICT, sentence=gettext_lazy("This vote can no longer be taken back. It stands.")
    ),
    errors.VoteClosed: ErrorPage(
        status=409, title=CONFLICT, sentence=gettext_lazy("This comparison takes no more votes.")
    ),
    errors.VotingError: ErrorPage(
        status=409,
        title=CONFLICT,
        sentence=gettext_lazy("The vote could not be taken. Your earlier votes are kept."),
    ),
    errors.StudyNotOpen: ErrorPage(
        status=409,
        title=gettext_lazy("This study is not open"),
        sentence=gettext_lazy("It takes no votes now. The votes that were recorded are kept."),
    ),
    errors.ComprehensionMissing: ErrorPage(
        status=409,
        title=gettext_lazy("A few questions come first"),
        sentence=gettext_lazy("This study begins with questions about its instructions. Answer them first."),
    ),
    errors.StudyError: ErrorPage(
        status=409, title=CONFLICT, sentence=gettext_lazy("The study does not allow this.")
    ),
    errors.ExportError: ErrorPage(
        status=422,
        title=gettext_lazy("This was not exported"),
        sentence=gettext_lazy("No file was made. Choose again from the exports."),
    ),
    errors.GenerationError: ErrorPage(
        status=409,
        title=CONFLICT,
        sentence=gettext_lazy("Responses can not be generated this way. What is there is kept."),
    ),
    errors.ImportDone: ErrorPage(
        status=422,
        title=gettext_lazy("This import stays as it is"),
        sentence=gettext_lazy("It is confirmed or made already. Nothing was changed."),
    ),
    errors.IngestError: ErrorPage(
        status=422,
        title=gettext_lazy("This file was not imported"),
        sentence=gettext_lazy("Nothing was imported. Change the file, then upload it again."),
    ),
    errors.NotPublished: ErrorPage(
        status=403,
        title=gettext_lazy("This is not public"),
        sentence=gettext_lazy("It is not public, or not yet. The leaderboard and its figures are."),
    ),
    errors.TooManyRequests: ErrorPage(
        status=429,
        title=gettext_lazy("Too many at once"),
        sentence=gettext_lazy("Nothing was recorded. Try again later."),
    ),
    errors.UnknownAnalysis: ErrorPage(
        status=404,
        title=gettext_lazy("This page is not here"),
        sentence=gettext_lazy("The votes are not ranked in this way. Choose again on the leaderboard."),
    ),
    errors.SnapshotError: ErrorPage(
        status=409,
        title=gettext_lazy("This can not be shown"),
        sentence=gettext_lazy("The snapshot does not allow this. Its figures stay as they were published."),
    ),
    errors.AccountError: ErrorPage(
        status=409, title=CONFLICT, sentence=gettext_lazy("The account does not allow this.")
    ),
    ObjectDoesNotExist: ErrorPage(
        status=404,
        title=gettext_lazy("This page is not here"),
        sentence=gettext_lazy("The address may be old or mistyped. Nothing is lost."),
    ),
}


class ArenaErrorMiddleware:
    """Answers with the page of an exception that the table knows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        page = find_page(exception)
        return None if page is None else show_error(request, exception, page)


def find_page(exception: Exception) -> ErrorPage | None:
    return next((page for kind, page in PAGES.items() if isinstance(exception, kind)), None)


def show_error(request: HttpRequest, exception: Exception, page: ErrorPage) -> HttpResponse:
    # Only the exceptions of the house are written for the person who reads them.
    said = str(exception) if isinstance(exception, errors.ArenaError) else ""
    context = {
        "title": page.title,
        "sentence": said or page.sentence,
        "next": find_next_step(request, exception),
    }
    # Absent where the exception comes from before the htmx middleware.
    fragment = bool(getattr(request, "htmx", False))
    response = render(request, "_error.html" if fragment else "error.html", context, status=page.status)
    if isinstance(exception, errors.TooManyRequests):
        response["Retry-After"] = str(exception.retry_after)
    if fragment:
        response["HX-Retarget"] = "#main"
        response["HX-Reswap"] = "innerHTML show:window:top"
    return response


def find_next_step(request: HttpRequest, exception: Exception) -> NextStep:
    """On with the session where there is one; else back to where the thing would be listed."""
    given = request.resolver_match.kwargs if request.resolver_match else {}
    if isinstance(exception, errors.AccountError):
        return find_way_back(given)
    if isinstance(exception, errors.SnapshotError) and "slug" in given:
        return NextStep(address=reverse("leaderboard", args=[given["slug"]]), label=_("See the leaderboard"))
    if isinstance(exception, errors.GenerationError):
        return NextStep(address=reverse("generations"), label=_("See all runs of generation"))
    if isinstance(exception, errors.IngestError):
        return NextStep(address=reverse("imports"), label=_("See all imports"))
    if isinstance(exception, errors.StudyNotOpen) and "token" in given:
        return find_way_out(token=given["token"])
    if isinstance(exception, errors.ComprehensionMissing) and "slug" in given:
        return NextStep(
            address=reverse("comprehension", args=[given["slug"]]), label=_("Answer the questions")
        )
    if isinstance(exception, errors.AccessError):
        return NextStep(address=reverse("studies"), label=_("See all studies"))
    if isinstance(exception, errors.ExportError) and "slug" in given:
        return NextStep(address=reverse("study-exports", args=[given["slug"]]), label=_("See the exports"))
    if isinstance(exception, errors.DecisionRefused) and "code" in given:
        return NextStep(
            address=reverse("study-rater", args=[given["slug"], given["code"]]), label=_("Look at this rater")
        )
    staff = request.resolver_match and (request.resolver_match.url_name or "").startswith("study-")
    if isinstance(exception, errors.StudyError) and staff and "slug" in given:
        return NextStep(address=reverse("study-settings", args=[given["slug"]]), label=_("See the protocol"))
    if isinstance(exception, errors.StudyError):
        return NextStep(address=reverse("studies"), label=_("See all studies"))
    if isinstance(exception, errors.VotingError) and not isinstance(exception, errors.BattleForeign):
        slug = Battle.objects.filter(token=given.get("token")).values_list("study__slug", flat=True).first()
        if slug is not None:
            return NextStep(address=reverse("rate", args=[slug]), label=_("Go on to the next comparison"))
    if isinstance(exception, errors.VotingError):
        return NextStep(address=reverse("studies"), label=_("See all studies"))
    return NextStep(address=reverse("home"), label=_("Go to the home page"))


def find_way_out(*, token: str) -> NextStep:
    """Where a study stopped before its rater did: who came from a panel still needs a code to go back with."""
    study = Study.objects.filter(battles__token=token, access=Study.Access.PANEL).first()
    if study is None:
        return NextStep(address=reverse("studies"), label=_("See all studies"))
    return NextStep(address=reverse("leave", args=[study.slug]), label=_("Get your completion code"))


def find_way_back(given: dict[str, Any]) -> NextStep:
    """From a change to an account or a role: to the people of the study, or of the site."""
    if "slug" in given:
        return NextStep(
            address=reverse("study-people", args=[given["slug"]]), label=_("See the study’s people")
        )
    return NextStep(address=reverse("people"), label=_("See all people"))
