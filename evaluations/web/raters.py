"""The rater behind a request: a signed cookie with an unguessable code, and nothing else."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from evaluations.access import is_admitted, require_admission
from evaluations.briefings.comprehension import has_failed
from evaluations.briefings.consents import describe_agreement
from evaluations.briefings.duration import tell_duration
from evaluations.briefings.practice import describe_practice, judge_choice
from evaluations.claims import fetch_published_claims
from evaluations.models import Rater, Study
from evaluations.raters import find_rater, give_consent
from evaluations.throttling import count_new_rater, name_caller
from evaluations.web.battle_forms import list_choices
from evaluations.web.claim_rows import ClaimRow, build_claim_rows
from evaluations.web.preferences import keep_keys

COOKIE = "arena_rater"
COOKIE_SALT = "rater"
COOKIE_AGE = timedelta(days=90)
# Before the code, in the same signature: by leaving out a cookie nobody gets rid of it. No code has a colon.
RETURNED = "returned:"


def read_rater_code(request: HttpRequest) -> str | None:
    """The code in the cookie, if it is there and was signed here."""
    kept = _read_cookie(request)
    return kept and kept.removeprefix(RETURNED)


def read_rater(request: HttpRequest) -> Rater | None:
    return find_rater(code=read_rater_code(request))


def is_returned(request: HttpRequest) -> bool:
    """Whether a panel's ids alone brought this rater back here: to rate on, not to what they did before."""
    return (_read_cookie(request) or "").startswith(RETURNED)


def _read_cookie(request: HttpRequest) -> str | None:
    kept: str | None = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE_SALT, max_age=COOKIE_AGE)
    return kept


def keep_rater(response: HttpResponse, rater: Rater, *, returned: bool = False) -> HttpResponse:
    response.set_signed_cookie(
        COOKIE,
        f"{RETURNED if returned else ''}{rater.code}",
        salt=COOKIE_SALT,
        max_age=COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.BEHIND_HTTPS,
    )
    return response


def show_start(request: HttpRequest, study: Study, *, consent_missing: bool = False) -> HttpResponse:
    """What a rater reads before the first comparison; again, where the box was not ticked.

    htmx, which asks for the answer to a practice choice, gets that part alone.
    """
    if getattr(request, "htmx", False) and study.takes_votes:
        return render(
            request, "studies/_practice.html", {"study": study, **_describe_practice(request, study)}
        )
    rater = read_rater(request)
    context = {
        "study": study,
        "failed": rater is not None and has_failed(study=study, rater=rater),
        "admitted": is_admitted(study=study, rater=rater),
        "agreement": describe_agreement(study=study, rater=rater),
        "consent_missing": consent_missing,
        "duration": tell_duration(comparisons=study.session_length),
        "claims": _list_claims(study),
        **(_describe_practice(request, study) if study.takes_votes else {}),
    }
    return render(request, "studies/page.html", context, status=422 if consent_missing else 200)


def _describe_practice(request: HttpRequest, study: Study) -> dict[str, Any]:
    """The practice battle, and what to say to the answer in the address, if there is one."""
    practice = describe_practice(study=study)
    choice = request.GET.get("practice", "")
    verdict = judge_choice(study=study, practice=practice, choice=choice)
    return {
        "practice": practice,
        "choices": list_choices(study=study),
        "choice": choice if verdict else "",
        "verdict": verdict,
    }


def _list_claims(study: Study) -> list[ClaimRow]:
    """Of a study that takes no more votes: a claim names models, and raters know none."""
    if study.closed_at is None and not study.recorded:
        return []
    return build_claim_rows(fetch_published_claims(study=study, columns_root=settings.COLUMNS_ROOT))


@require_POST
def agree_to_study(request: HttpRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study.objects.exclude(state=Study.State.DRAFT), slug=slug)
    rater = read_rater(request)
    require_admission(study=study, rater=rater)
    if "agree" not in request.POST:
        return show_start(request, study, consent_missing=True)
    returned = rater is not None and is_returned(request)
    if rater is None:
        count_new_rater(caller=name_caller(request.META), now=timezone.now())
    rater = give_consent(
        rater=rater,
        study=study,
        may_publish="may_publish" in request.POST,
        uses_keys="uses_keys" in request.POST,
        now=timezone.now(),
    )
    response = keep_rater(redirect("rate", slug=study.slug), rater, returned=returned)
    keys = "on" if "uses_keys" in request.POST else "off"
    return keep_keys(response, keys=keys)
