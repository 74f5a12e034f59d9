"""A study's health for its staff: on time or not, and what waits for a person."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from evaluations.background import list_work
from evaluations.claims import fetch_claims
from evaluations.columns import refresh_columns
from evaluations.items import measure_coverage
from evaluations.models import Study, Vote, VoteEnding
from evaluations.permissions import has_role
from evaluations.personal.withdrawals import find_withdrawn
from evaluations.quality.decisions import fetch_newest, list_waiting
from evaluations.quality.health import count_pairs, list_days, measure_pace
from evaluations.quality.raters import fetch_quality
from evaluations.web.claim_rows import build_claim_rows
from evaluations.web.day_bars import draw_bars
from evaluations.web.health_words import describe_work, summarise_health
from evaluations.web.rater_rows import build_rows, link_sorts, list_review, read_sort, sort_raters
from evaluations.web.staff import study_role

RATERS_SHOWN = 10
QUEUE_SHOWN = 20


@require_GET
@study_role("viewer")
def show_health(request: HttpRequest, study: Study) -> HttpResponse:
    now = timezone.now()
    measured = _measure(request, study) if study.opened_at is not None else _count_pilot(study)
    context = {
        "study": study,
        "tab": "health",
        "may_decide": has_role(user=request.user, study=study, at_least="owner"),
        "may_keep": has_role(user=request.user, study=study, at_least="editor"),
        "work": [describe_work(work, now=now) for work in list_work(now=now)],
        **measured,
    }
    return render(request, "study_health/page.html", context)


def _count_pilot(study: Study) -> dict[str, Any]:
    """What a study that is not open has: votes that don't count."""
    votes = Vote.objects.filter(battle__study=study).exclude(ending__ending=VoteEnding.Ending.UNDONE)
    return {"summary": summarise_health(study=study, counted=votes.count(), pace=None, waiting=0, lacking=0)}


def _measure(request: HttpRequest, study: Study) -> dict[str, Any]:
    now = timezone.now()
    columns = refresh_columns(root=settings.COLUMNS_ROOT)
    quality = fetch_quality(study=study, columns=columns)
    newest = fetch_newest(study=study)
    waiting = list_waiting(raters=quality.raters, newest=newest)
    pairs = count_pairs(study=study, columns=columns)
    days = quality.measured.days
    running = study.closed_at is None and not study.recorded
    pace = measure_pace(study=study, days=days, counted=quality.counted, now=now) if running else None
    sort = read_sort(request)
    shown = sort_raters(quality=quality, sort=sort)[:RATERS_SHOWN]
    claims = fetch_claims(study=study, size=columns.size, columns_root=settings.COLUMNS_ROOT)
    target = pace.needed if pace and pace.deadline and quality.counted < study.target_votes else None
    return {
        "quality": quality,
        "summary": summarise_health(
            study=study, counted=quality.counted, pace=pace, waiting=len(waiting), lacking=pairs.lacking
        ),
        "active": quality.count_active(now=now),
        "review": list_review(waiting=waiting[:QUEUE_SHOWN], newest=newest, quality=quality),
        "unseen": max(len(waiting) - QUEUE_SHOWN, 0),
        "pace": pace,
        "chart": draw_bars(days=list_days(study=study, days=days, now=now), today=now.date(), target=target),
        "rows": build_rows(raters=shown, newest=newest, withdrawn=find_withdrawn(study=study)),
        "sorts": link_sorts(sort=sort, anchor="#raters"),
        "pairs": pairs,
        "claims": build_claim_rows(claims),
        "coverage": measure_coverage(study=study) if study.sampling == Study.Sampling.DESIGNED else None,
    }
