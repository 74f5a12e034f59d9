"""Rating: each address serves the page, and to htmx the stage alone. Without JavaScript a POST ends in a redirect."""

import secrets
from urllib.parse import urlencode

import numpy as np
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.middleware import HtmxDetails

from evaluations import battles, panels, votes
from evaluations.access import require_admission
from evaluations.errors import ComprehensionMissing
from evaluations.models import Battle, Rater, Study, Vote
from evaluations.quality.reminders import remind_rater
from evaluations.raters import find_consent
from evaluations.reasons import SIDES
from evaluations.sessions import Session, fetch_session
from evaluations.votes import CastVote
from evaluations.web.battle_forms import build_battle, describe_last
from evaluations.web.moulds import Moulded
from evaluations.web.raters import read_rater, read_rater_code
from evaluations.web.stages import Stage, build_closed, build_done, build_reminder, build_stage


class HtmxRequest(HttpRequest):
    """A request as the htmx middleware leaves it."""

    htmx: HtmxDetails


@never_cache
@require_GET
def rate_study(request: HtmxRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study.objects.exclude(state=Study.State.DRAFT), slug=slug)
    rater = read_rater(request)
    require_admission(study=study, rater=rater)
    if rater is None or find_consent(rater=rater, study=study) is None:
        return redirect("study", slug=slug)
    if not study.takes_votes and study.access == Study.Access.PANEL:
        return redirect("leave", slug=slug)
    last = votes.fetch_last_vote(study=study, rater=rater)
    try:
        stage = next_stage(study=study, rater=rater, last=last)
        return show_stage(request, stage, status=200 if study.takes_votes else 409)
    except ComprehensionMissing:
        # In a fragment the error's own page leads there.
        if request.htmx:
            raise
        return redirect("comprehension", slug=slug)


@never_cache
@require_GET
def show_battle(request: HtmxRequest, token: str) -> HttpResponse:
    """Where a battle stands: its vote, with the names once they may be known; or its form, while it takes a vote."""
    battle, other = fetch_battle(request, token), request.GET.get("other", "")
    return show_stage(request, build_stage(battle=battle, now=timezone.now(), other=other))


@never_cache
@require_POST
def cast_vote(request: HtmxRequest, token: str) -> HttpResponse:
    battle, outcome = fetch_battle(request, token), request.POST.get("outcome", "")
    cast = votes.cast_vote(
        battle=battle,
        outcome=outcome,
        revision=read_revision(request),
        reasons={side: request.POST.getlist(f"reasons_{side}") for side in SIDES},
        comment=request.POST.get("comment", ""),
        active_ms=read_active_ms(request),
        now=timezone.now(),
    )
    if "shown" in request.POST:
        response = answer_behind(request, cast, shown=request.POST["shown"], outcome=outcome)
    elif cast.undone or cast.differs:
        response = go_to_battle(request, battle, other=outcome)
    elif battle.study.reveals_after_vote:
        response = go_to_battle(request, battle)
    else:
        response = go_on(request, battle, last=cast.vote)
    # The page keeps its copy of the vote until it reads this: any machine in between can answer with a success.
    response["X-Vote-Receipt"] = cast.vote.receipt
    return response


@never_cache
@require_POST
def skip_battle(request: HtmxRequest, token: str) -> HttpResponse:
    battle = fetch_battle(request, token)
    battles.skip_battle(battle=battle, reason=request.POST.get("skip_reason", ""), now=timezone.now())
    return go_on(request, battle, last=None)


@never_cache
@require_POST
def undo_vote(request: HtmxRequest, token: str) -> HttpResponse:
    battle = fetch_battle(request, token)
    votes.undo_vote(vote=votes.fetch_standing_vote(battle=battle), now=timezone.now())
    return go_to_battle(request, battle)


@never_cache
@require_POST
def reveal_models(request: HtmxRequest, token: str) -> HttpResponse:
    battle = fetch_battle(request, token)
    votes.reveal_models(vote=votes.fetch_standing_vote(battle=battle), now=timezone.now())
    return go_to_battle(request, battle)


@never_cache
@require_GET
def hold_next(request: HtmxRequest, token: str) -> HttpResponse:
    """What comes after this battle, for the page to hold until then; 204 while there is nothing to say yet."""
    battle = fetch_battle(request, token)
    stage, _session = find_stage(study=battle.study, rater=battle.rater, after=battle.token)
    return HttpResponse(status=204) if stage is None else HttpResponse(stage.render(request))


def fetch_battle(request: HttpRequest, token: str) -> Battle:
    return battles.fetch_battle(token=token, rater_code=read_rater_code(request))


def read_revision(request: HttpRequest) -> int:
    """The revision that the form carried; a form without one is the first."""
    text = request.POST.get("revision", "0")
    return int(text) if text.isdecimal() and len(text) < 4 else 0


def read_active_ms(request: HttpRequest) -> int | None:
    """The time that the page's script measured; None without one."""
    text = request.POST.get("active_ms", "")
    return int(text) if text.isdecimal() and len(text) < 9 else None


def next_stage(*, study: Study, rater: Rater, last: Vote | None) -> Stage | Moulded:
    now = timezone.now()
    if not study.takes_votes:
        return build_closed(study=study, session=fetch_session(study=study, rater=rater), last=last, now=now)
    stage, session = find_stage(study=study, rater=rater, last=last)
    if stage is not None:
        return stage
    if study.access == Study.Access.PANEL:
        panels.finish(study=study, rater=rater, now=now)
    return build_done(study=study, rater=rater, session=session, last=last, now=now)


def find_stage(
    *, study: Study, rater: Rater, last: Vote | None = None, after: str = ""
) -> tuple[Stage | Moulded | None, Session]:
    """The stage that is next, or next after the battle with this token; None where there is none."""
    now = timezone.now()
    battle, session = battles.show_next(
        study=study,
        rater=rater,
        columns_root=settings.COLUMNS_ROOT,
        # Seeded by the operating system: sides and pairs can't be foreseen.
        generator=np.random.default_rng(secrets.randbits(128)),
        now=now,
        after=after,
    )
    if battle is None:
        return None, session
    reminder = remind_rater(study=study, rater=rater, session=session, now=now)
    if reminder is not None:
        return build_reminder(battle=battle, reminder=reminder, session=session, last=last, now=now), session
    # A battle whose vote was taken back comes with what was said on it.
    revision = session.find_revision(number=battle.number)
    undone = votes.fetch_vote(battle=battle) if revision else None
    stage = build_battle(battle=battle, session=session, revision=revision, last=last, now=now, undone=undone)
    return stage, session


def answer_behind(request: HtmxRequest, cast: CastVote, *, shown: str, outcome: str) -> HttpResponse:
    """To a page that has gone on by itself: what became of the vote, and what to hold ready after what it shows."""
    battle = cast.vote.battle
    held, session = None, None
    # A vote that was taken before the study closed has its answer after it, too.
    if battle.study.takes_votes:
        held, session = find_stage(study=battle.study, rater=battle.rater, after=shown or "nothing")
    session = session or fetch_session(study=battle.study, rater=battle.rater)
    # One that was taken back may have been cast anew since, in another tab.
    last = (votes.fetch_vote(battle=battle) if cast.undone else None) or cast.vote
    context = {
        **describe_last(last=last, session=session, now=timezone.now()),
        "last": last,
        "undone": votes.is_undone(vote=last),
        "differs": last.outcome != outcome,
        "study": battle.study,
    }
    strip = render_to_string("battles/_strip.html", context, request)
    # Rendered already, some of it from a mould, which a template would escape.
    ready = "" if held is None else f"<template data-held>{held.render(request)}</template>"
    return HttpResponse(strip + ready)


def go_on(request: HtmxRequest, battle: Battle, *, last: Vote | None) -> HttpResponse:
    """On to the next battle: in this answer for htmx, by a redirect without."""
    address = reverse("rate", args=[battle.study.slug])
    if not request.htmx:
        return redirect(address)
    response = show_stage(request, next_stage(study=battle.study, rater=battle.rater, last=last))
    return name_address(request, response, address)


def go_to_battle(request: HtmxRequest, battle: Battle, *, other: str = "") -> HttpResponse:
    """To this battle's own page, where its vote can be undone or its models named; `other` is what was not counted."""
    address = reverse("battle", args=[battle.token])
    if not request.htmx:
        return redirect(f"{address}?{urlencode({'other': other})}" if other else address)
    response = show_stage(request, build_stage(battle=battle, now=timezone.now(), other=other))
    return name_address(request, response, address)


def name_address(request: HtmxRequest, response: HttpResponse, address: str) -> HttpResponse:
    """Where the browser now is, if that is news to it."""
    if request.htmx.current_url_abs_path != address:
        response["HX-Replace-Url"] = address
    return response


def show_stage(request: HtmxRequest, stage: Stage | Moulded, *, status: int = 200) -> HttpResponse:
    if request.htmx:
        return HttpResponse(stage.render(request), status=status)
    return render(request, "battles/page.html", {"stage": stage, **stage.context}, status=status)
