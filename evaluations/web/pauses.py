"""The pause: how far a rater is, what waits, and the ways on and out."""

from datetime import datetime
from math import floor

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from evaluations.access import require_admission
from evaluations.models import Study
from evaluations.raters import find_consent
from evaluations.sentences import write_number
from evaluations.sessions import Session, fetch_session
from evaluations.votes import say_why_closed
from evaluations.web.raters import read_rater

HOUR = 60
# Up to here a time is said in minutes.
MOST_MINUTES = 90


@never_cache
@require_GET
def pause_study(request: HttpRequest, slug: str) -> HttpResponse:
    """A page that can stay open for as long as it takes. It changes nothing."""
    study = get_object_or_404(Study.objects.exclude(state=Study.State.DRAFT), slug=slug)
    rater = read_rater(request)
    require_admission(study=study, rater=rater)
    if rater is None or find_consent(rater=rater, study=study) is None:
        return redirect("study", slug=slug)
    session = fetch_session(study=study, rater=rater)
    context = {
        "study": study,
        "session": session,
        "left": session.length - session.votes,
        "waits": say_how_long(session=session, now=timezone.now()),
        "why_closed": "" if study.takes_votes else say_why_closed(study=study),
    }
    return render(request, "battles/pause.html", context)


def say_how_long(*, session: Session, now: datetime) -> str:
    """“more than 1 hour”: how long the comparison on screen is still kept, never too much; empty where none waits."""
    ends = [battle.expires_at for battle in session.battles if battle.is_waiting(now=now)]
    minutes = floor((min(ends) - now).total_seconds() / 60) if ends else 0
    if not minutes:
        return ""
    if minutes <= MOST_MINUTES:
        number, words = minutes, ngettext("%(number)s minute", "%(number)s minutes", minutes)
    else:
        number = minutes // HOUR
        words = ngettext("more than %(number)s hour", "more than %(number)s hours", number)
    return words % {"number": write_number(number)}
