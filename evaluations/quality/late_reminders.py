"""Reminders that need the votes of others to be seen: made in the background, shown before the next battle."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db.models import Count, F, Q

from evaluations.columns import Columns, refresh_columns
from evaluations.models import Reminder, Study
from evaluations.quality.flags import FEWEST_VOTES, is_below_others
from evaluations.quality.raters import Quality, RaterQuality, fetch_quality
from evaluations.quality.reminders import MOST, make_reminders

# Only who voted lately may vote again soon; a pass that was lost is made up for by the next ones.
LATELY: Final = timedelta(minutes=15)
# A word comes earlier than a flag would, and these figures, which rest on all votes, change slowly.
FEWEST: Final = FEWEST_VOTES // 2


def make_late_reminders(*, columns_root: Path, now: datetime) -> int:
    """For the raters of every study that took votes lately. Returns how many were made."""
    since = now - LATELY
    rated = Study.objects.filter(state=Study.State.OPEN, recorded=False, paused_at=None)
    studies = list(rated.filter(battles__votes__cast_at__gte=since).distinct())
    columns = refresh_columns(root=columns_root) if studies else None
    return sum(_remind(study=study, columns=columns, since=since, now=now) for study in studies if columns)


def _remind(*, study: Study, columns: Columns, since: datetime, now: datetime) -> int:
    quality = fetch_quality(study=study, columns=columns)
    kinds = {
        rater.rater_id: kind
        for rater in quality.raters
        if rater.last_at >= since and (kind := find_late_reminder(rater=rater, quality=quality))
    }
    numbers = _find_numbers(study=study, kinds=kinds)
    due = [(rater, number, kinds[rater]) for rater, number in numbers.items()]
    make_reminders(study=study, reminders=due, now=now)
    return len(due)


def find_late_reminder(*, rater: RaterQuality, quality: Quality) -> str | None:
    """Whether the rater votes unlike the others, or as no honest taste would; None of who is left out already, or
    can't be reminded."""
    if rater.excluded or rater.reminded is None or rater.votes < FEWEST:
        return None
    agreement = rater.agreement
    if (
        agreement.trials >= FEWEST
        and (agreement.share.value or 0) < quality.limits["agreement"]
        and is_below_others(agreement=agreement, others=quality.conformity)
    ):
        return Reminder.Kind.AGREEMENT
    return Reminder.Kind.PATTERN if rater.pattern is not None else None


def _find_numbers(*, study: Study, kinds: Mapping[int, str]) -> dict[int, int]:
    """The next reminder's number, by rater; of who has one, only when it was seen, and enough votes followed."""
    since = Q(rater__battles__study=study, rater__battles__votes__cast_at__gt=F("seen_at"))
    made = Reminder.objects.filter(study=study, rater__in=kinds).order_by("number")
    numbers = dict.fromkeys(kinds, 1)
    for reminder in made.annotate(votes=Count("rater__battles__votes", filter=since)):
        due = reminder.seen_at is not None and reminder.votes >= FEWEST and reminder.number < MOST
        numbers[reminder.rater_id] = reminder.number + 1 if due else 0
    return {rater: number for rater, number in numbers.items() if number}
