"""The raters of a study, each one's votes, and decisions about them, which a person takes."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from evaluations.columns import refresh_columns
from evaluations.models import Rater, RaterDecision, Study, Vote, VoteEnding
from evaluations.permissions import has_role
from evaluations.personal.withdrawals import find_withdrawn
from evaluations.quality.decisions import LONGEST_REASON, decide_rater, fetch_newest, list_waiting
from evaluations.quality.exclusions import read_number
from evaluations.quality.flags import FEWEST_TRIALS, FEWEST_VOTES
from evaluations.quality.raters import Quality, RaterQuality, fetch_quality
from evaluations.web.rater_rows import build_row, build_rows, link_sorts, read_sort, sort_raters
from evaluations.web.rater_words import describe_evidence, name_flag
from evaluations.web.staff import study_role

RATERS_A_PAGE = 50
VOTES_A_PAGE = 50


@require_GET
@study_role("viewer")
def list_raters(request: HttpRequest, study: Study) -> HttpResponse:
    quality = _fetch_quality(study)
    newest = fetch_newest(study=study)
    sort = read_sort(request)
    page = Paginator(sort_raters(quality=quality, sort=sort), RATERS_A_PAGE).get_page(request.GET.get("page"))
    waiting = list_waiting(raters=quality.raters, newest=newest)
    context = {
        "study": study,
        "tab": "raters",
        "quality": quality,
        "page": page,
        "rows": build_rows(raters=page.object_list, newest=newest, withdrawn=find_withdrawn(study=study)),
        "also": f"&sort={sort}",
        "sorts": link_sorts(sort=sort),
        "waiting": len(waiting),
        "excluded": sum(rater.excluded for rater in quality.raters),
        "fewest_votes": FEWEST_VOTES,
        "fewest_trials": FEWEST_TRIALS,
    }
    return render(request, "study_health/raters.html", context)


@require_GET
@study_role("viewer")
def show_rater(request: HttpRequest, study: Study, code: str) -> HttpResponse:
    quality = _fetch_quality(study)
    rater = _find_rater(quality, code)
    newest = fetch_newest(study=study)
    votes = Paginator(_list_votes(study, rater), VOTES_A_PAGE).get_page(request.GET.get("page"))
    decisions = RaterDecision.objects.filter(study=study, rater_id=rater.rater_id)
    context = {
        "study": study,
        "tab": "raters",
        "rater": rater,
        "row": build_row(rater=rater, newest=newest, withdrawn=find_withdrawn(study=study)),
        "flags": [name_flag(flag.kind) for flag in rater.flags],
        "evidence": describe_evidence(rater=rater, flags=rater.flags, quality=quality),
        "decisions": decisions.select_related("made_by").order_by("-pk"),
        "after": newest[rater.rater_id].pk if rater.rater_id in newest else 0,
        "page": votes,
        **_list_rights(request, study),
    }
    return render(request, "study_health/rater.html", context)


@require_POST
@study_role("editor")
def decide(request: HttpRequest, study: Study, code: str) -> HttpResponse:
    """To keep a rater's votes is an editor's; to leave votes out, or to take them back in, an owner's."""
    decision, after = request.POST.get("decision", ""), request.POST.get("after", "")
    if decision != RaterDecision.Decision.KEEP and not has_role(
        user=request.user, study=study, at_least="owner"
    ):
        raise PermissionDenied
    rater = _find_rater(_fetch_quality(study), code)
    decide_rater(
        study=study,
        rater=Rater.objects.get(pk=rater.rater_id),
        number=rater.number,
        decision=decision,
        reason=request.POST.get("reason", ""),
        flags=rater.flags,
        after=int(after) if after.isascii() and after.isdigit() else 0,
        user=request.user,
        now=timezone.now(),
    )
    if request.POST.get("back") == "health":
        return redirect(reverse("study-health", args=[study.slug]) + "#queue")
    return redirect("study-rater", study.slug, rater.code)


def _fetch_quality(study: Study) -> Quality:
    return fetch_quality(study=study, columns=refresh_columns(root=settings.COLUMNS_ROOT))


def _find_rater(quality: Quality, code: str) -> RaterQuality:
    number = read_number(code)
    if number is None or number > len(quality.raters):
        raise Http404
    return quality.raters[number - 1]


def _list_votes(study: Study, rater: RaterQuality) -> Any:
    """Standing votes, the newest first."""
    votes = Vote.objects.filter(battle__study=study, battle__rater=rater.rater_id, battle__pilot=False)
    standing = votes.exclude(ending__ending=VoteEnding.Ending.UNDONE).order_by("-cast_at", "-pk")
    return standing.select_related("battle__prompt", "battle__left__model", "battle__right__model")


def _list_rights(request: HttpRequest, study: Study) -> dict[str, Any]:
    return {
        "may_decide": has_role(user=request.user, study=study, at_least="owner"),
        "may_keep": has_role(user=request.user, study=study, at_least="editor"),
        "longest_reason": LONGEST_REASON,
    }
