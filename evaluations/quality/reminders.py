"""Reminders: two unhurried words to a rater, between two battles, before anyone is asked to look at their votes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Final

from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from evaluations.errors import BattleForeign
from evaluations.models import Battle, Outcome, Rater, Reminder, Study
from evaluations.sessions import Session, SessionBattle, SessionReminder
from evaluations.studies.limits import LIMITS

MOST: Final = 2
# Votes are looked at in rounds of this many, counted from the last reminder: the moment of a reminder tells nothing of
# the battle before it, be it a check, and two reminders are never closer.
ROUND: Final = 5
FEWEST_SIDED: Final = 10
FEWEST_TRIALS: Final = 2
SIDES: Final = (Outcome.LEFT, Outcome.RIGHT)


def remind_rater(*, study: Study, rater: Rater, session: Session, now: datetime) -> SessionReminder | None:
    """The reminder that is to be shown before the next battle, mostly none. One INSERT where it is new, else no query.

    In a pilot too, which tries the study out: what it reminded of is forgotten when the study opens.
    """
    unseen = next((reminder for reminder in session.reminders if reminder.seen_at is None), None)
    if unseen is not None:
        return unseen
    kind = find_reminder(session=session, limits={**LIMITS, **study.limits})
    if kind is None:
        return None
    number = len(session.reminders) + 1
    make_reminders(study=study, reminders=[(rater.pk, number, kind)], now=now)
    return SessionReminder(number=number, kind=kind, seen_at=None)


def find_reminder(*, session: Session, limits: Mapping[str, float]) -> str | None:
    """Which of the study's limits the votes since the last reminder cross, if any; None after two reminders, and while
    one waits to be seen."""
    if len(session.reminders) >= MOST or any(reminder.seen_at is None for reminder in session.reminders):
        return None
    since = session.reminders[-1].seen_at if session.reminders else None
    cast = [battle for battle in session.battles if battle.cast_at and (not since or battle.cast_at > since)]
    cast.sort(key=lambda battle: (battle.cast_at, battle.number))
    rounds = cast[: len(cast) // ROUND * ROUND]
    first = {battle.pk: battle for battle in session.battles}
    crossed: dict[str, Callable[[], bool]] = {
        Reminder.Kind.FAST: lambda: _is_fast(rounds, limit=limits["fastest_seconds"]),
        Reminder.Kind.ONE_SIDE: lambda: _is_one_sided(rounds, limit=limits["one_side"]),
        Reminder.Kind.CHECKS: lambda: _is_below(_list_checks(rounds), limit=limits["checks"]),
        Reminder.Kind.REPEATS: lambda: _is_below(_list_repeats(rounds, first), limit=limits["repeats"]),
    }
    return next((kind for kind, is_crossed in crossed.items() if is_crossed()), None)


def make_reminders(*, study: Study, reminders: Iterable[tuple[int, int, str]], now: datetime) -> None:
    """Of (rater's id, number, kind). Where the number is taken, that reminder stays as it is."""
    rows = [
        Reminder(study=study, rater_id=rater, number=number, kind=kind, made_at=now)
        for rater, number, kind in reminders
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def see_reminder(*, study: Study, rater: Rater | None, number: int, now: datetime) -> Rater:
    """The rater has read it; twice is once. Returns the rater. Raises BattleForeign where it was shown to another."""
    mine = Reminder.objects.filter(study=study, rater=rater, number=number)
    if rater is None or not mine.exists():
        raise BattleForeign(_("This was shown in another browser. Nothing was recorded."))
    # Clocks of two machines differ a little.
    mine.filter(seen_at=None).update(seen_at=Greatest(Value(now), F("made_at")))
    return rater


def _is_fast(battles: Sequence[SessionBattle], *, limit: float) -> bool:
    return bool(battles) and median(map(_measure_seconds, battles)) < limit


def _measure_seconds(battle: SessionBattle) -> float:
    """As in `measurements`: the browser's word, and never more than what passed here."""
    assert battle.cast_at is not None  # noqa: S101 - only of votes
    passed = (battle.cast_at - battle.created_at).total_seconds()
    return passed if battle.active_ms is None else min(battle.active_ms / 1000, passed)


def _is_one_sided(battles: Sequence[SessionBattle], *, limit: float) -> bool:
    sides = [
        battle.outcome == Outcome.LEFT
        for battle in battles
        if battle.kind == Battle.Kind.NORMAL and battle.outcome in SIDES
    ]
    left = sum(sides)
    return len(sides) >= FEWEST_SIDED and max(left, len(sides) - left) / len(sides) > limit


def _is_below(hits: Sequence[bool], *, limit: float) -> bool:
    return len(hits) >= FEWEST_TRIALS and sum(hits) / len(hits) < limit


def _list_checks(battles: Sequence[SessionBattle]) -> list[bool]:
    return [battle.outcome == battle.expected for battle in battles if battle.kind == Battle.Kind.CHECK]


def _list_repeats(battles: Sequence[SessionBattle], first: Mapping[int, SessionBattle]) -> list[bool]:
    """Whether each repeat chose the same response as the battle that it repeats, or none in the same way."""
    pairs = [(battle, first.get(battle.repeats_id or 0)) for battle in battles]
    return [_choose(again) == _choose(before) for again, before in pairs if before and before.voted]


def _choose(battle: SessionBattle) -> int | str | None:
    """The response that was preferred, or the word for none."""
    match battle.outcome:
        case Outcome.LEFT:
            return battle.seen.left_id
        case Outcome.RIGHT:
            return battle.seen.right_id
        case word:
            return word
