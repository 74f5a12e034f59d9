"""A rater's own part: votes, ranking, agreement, data to take along, and the way out. Behind the rater's cookie."""

import json
from datetime import date
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from evaluations.columns import refresh_columns
from evaluations.models import Rater, Study, Vote
from evaluations.panels import leave_all
from evaluations.personal.agreements import measure_own_agreement
from evaluations.personal.data import collect_data
from evaluations.personal.parts import list_parts
from evaluations.personal.rankings import OwnRanking, rank_own_votes
from evaluations.personal.votes import describe_votes, has_closed, list_votes
from evaluations.personal.withdrawals import withdraw_rater
from evaluations.sentences import describe_reason
from evaluations.web.interval_marks import mark_rows
from evaluations.web.preferences import KEYS_COOKIE
from evaluations.web.proofs import own_browser
from evaluations.web.rater_words import write_share
from evaluations.web.raters import COOKIE, read_rater, read_rater_code

PAGE_SIZE = 25
WITHDRAWN_COOKIE = "arena_withdrawn"


@never_cache
@require_GET
@own_browser
def list_mine(request: HttpRequest) -> HttpResponse:
    rater = read_rater(request)
    parts = list_parts(rater=rater) if rater else []
    return render(request, "mine/list.html", {"rater": rater, "parts": parts})


@never_cache
@require_GET
@own_browser
def show_mine(request: HttpRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study.objects.exclude(state=Study.State.DRAFT), slug=slug)
    rater, now = read_rater(request), timezone.now()
    votes = list_votes(study=study, rater=rater) if rater else Vote.objects.none()
    page = Paginator(votes, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "study": study,
        "rater": rater,
        "page": page,
        "votes": describe_votes(study=study, rater=rater, votes=page, now=now) if rater else [],
        "closed": has_closed(study=study),
        **(describe_results(study=study, rater=rater) if rater else {}),
    }
    return render(request, "mine/page.html", context)


@never_cache
@require_GET
@own_browser
def download_data(request: HttpRequest) -> HttpResponse:
    rater = read_rater(request)
    if rater is None:
        return redirect("mine-all")
    data = json.dumps(collect_data(rater=rater, now=timezone.now()), ensure_ascii=False, indent=1)
    response = HttpResponse(data, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="arena-my-data.json"'
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@own_browser
def withdraw(request: HttpRequest) -> HttpResponse:
    """To leave for good. The answer to the form is the last page that knows who it was."""
    rater = read_rater(request)
    if request.method == "POST" and rater is not None and "withdraw" in request.POST:
        return show_withdrawn(request, rater)
    parts = list_parts(rater=rater) if rater else []
    context = {
        "rater": rater,
        "staying": [part for part in parts if part.study.withdrawal == Study.Withdrawal.KEEP],
        "leaving": [part for part in parts if part.study.withdrawal == Study.Withdrawal.REMOVE],
        "from_panel": any(part.study.access == Study.Access.PANEL for part in parts),
        "unticked": request.method == "POST" and rater is not None,
        **(recall_withdrawal(request) if rater is None else {}),
    }
    return render(request, "mine/withdraw.html", context, status=422 if context["unticked"] else 200)


def show_withdrawn(request: HttpRequest, rater: Rater) -> HttpResponse:
    now = timezone.now()
    # Afterwards nobody knows any more which code is theirs.
    exits = leave_all(rater=rater, now=now)
    made = withdraw_rater(rater=rater, now=now)
    response = render(request, "mine/withdrawn.html", {"withdrawals": made, "exits": exits})
    for name in (COOKIE, KEYS_COOKIE):
        response.delete_cookie(name, samesite="Lax")
    # The day and no more: a moment would lead to the row of the withdrawal.
    response.set_signed_cookie(
        WITHDRAWN_COOKIE,
        timezone.localdate().isoformat(),
        salt=WITHDRAWN_COOKIE,
        httponly=True,
        samesite="Lax",
        secure=settings.BEHIND_HTTPS,
    )
    return response


def recall_withdrawal(request: HttpRequest) -> dict[str, Any]:
    """Whether whoever uses this browser has withdrawn, and on which day, which this browser alone knows.

    A code that no rater has any more is that of one who withdrew: the same form, sent twice at once.
    """
    day = request.get_signed_cookie(WITHDRAWN_COOKIE, default="", salt=WITHDRAWN_COOKIE)
    return {
        "has_withdrawn": bool(day) or read_rater_code(request) is not None,
        "withdrawn_on": date.fromisoformat(day) if day else None,
    }


def describe_results(*, study: Study, rater: Rater) -> dict[str, Any]:
    """The rater's own ranking and agreement, as far as they may be told now."""
    ranking = rank_own_votes(study=study, rater=rater)
    agreement = None
    if has_closed(study=study):
        columns = refresh_columns(root=settings.COLUMNS_ROOT)
        agreement = measure_own_agreement(study=study, rater=rater, columns=columns)
    return {
        "ranking": ranking,
        "result": ranking and lay_out(ranking),
        "unplaced": [
            {"model": item.model, "reason": describe_reason(item.reason), "votes": item.votes}
            for item in (ranking.unplaced if ranking else ())
        ],
        "cautions": [(name, describe_reason(said)) for name, said in (ranking.cautions if ranking else ())],
        "waits": "" if ranking else say_when(study=study),
        "agreement": agreement,
        "agreement_share": write_share(agreement.share) if agreement else "",
    }


def lay_out(ranking: OwnRanking) -> dict[str, Any]:
    """As the table of a leaderboard takes it."""
    axis, rows = mark_rows(ranking.rows)
    return {"axis": axis, "rows": rows, "board": {"parameters": {"level": ranking.level}}}


def say_when(*, study: Study) -> str:
    """Why there is no ranking of one's own yet."""
    if has_closed(study=study):
        return _("None of your votes in this study counts in a ranking.")
    if study.reveals_after_vote:
        return _("Your ranking is made of the votes whose models you asked to see. There is none yet.")
    return _("Your ranking is shown once this study has closed: until then raters know no models.")
