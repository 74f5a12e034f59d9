"""Who comes behind the leaders, and how far: only where the ranges of ranks leave no doubt of the order."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from evaluations.boards import BoardRow
from evaluations.sentences.numbers import join_names, write_number

MOST_NAMES: Final = 3
# Points that distances are rounded to, those with “or more” down, and below which there is nothing to say.
STEP: Final = 5
LEAST: Final = 10


def describe_followers(*, rows: Sequence[BoardRow]) -> str:
    """“C and D follow; from sixth place down, every model is about 70 points or more behind the lead.”

    A distance is said only across a place that no range of ranks crosses, and as what the best of those behind it
    lacks to the last of the leaders. Nothing where all could lead.
    """
    ordered = sorted(rows, key=lambda row: -row.score)
    leaders = [row for row in ordered if row.rank_low == 1]
    rest = [row for row in ordered if row.rank_low > 1]
    if not leaders or not rest:
        return ""
    best = min(row.rank_low for row in rest)
    followers = [row for row in rest if row.rank_low == best]
    if rest[: len(followers)] != followers:
        # One with a wider range could come sooner than one with a higher score: who follows is in doubt.
        return ""
    lead = min(row.score for row in leaders)
    if len(followers) > MOST_NAMES:
        return _say_all_others(ordered, leaders=len(leaders), lead=lead)
    tail = _say_tail(ordered, after=len(leaders) + len(followers), lead=lead)
    said = _say_followers(followers, ordered=ordered, leaders=len(leaders), lead=lead)
    if not tail:
        return f"{said}."
    return _("%(followers)s; %(others)s.") % {"followers": said, "others": tail}


def _say_followers(
    followers: Sequence[BoardRow], *, ordered: Sequence[BoardRow], leaders: int, lead: float
) -> str:
    values = {"names": join_names([row.model.name for row in followers])}
    gap = _measure_gap(ordered, place=leaders, lead=lead)
    if gap is None:
        return ngettext("%(names)s follows", "%(names)s follow", len(followers)) % values
    points = _write_about(gap) if len(followers) == 1 else _write_at_least(gap)
    behind = ngettext(
        "%(names)s follows, about %(points)s points behind",
        "%(names)s follow, about %(points)s points or more behind",
        len(followers),
    )
    return behind % {**values, "points": points}


def _say_tail(ordered: Sequence[BoardRow], *, after: int, lead: float) -> str:
    """The models below the first gap behind the followers."""
    for place in range(after, len(ordered)):
        gap = _measure_gap(ordered, place=place, lead=lead)
        if gap is None:
            continue
        if place == len(ordered) - 1:
            words = _("%(name)s is about %(points)s points behind the lead")
            return words % {"name": ordered[place].model.name, "points": _write_about(gap)}
        words = _("from %(place)s down, every model is about %(points)s points or more behind the lead")
        return words % {"place": _name_place(place + 1), "points": _write_at_least(gap)}
    return ""


def _say_all_others(ordered: Sequence[BoardRow], *, leaders: int, lead: float) -> str:
    gap = _measure_gap(ordered, place=leaders, lead=lead)
    if gap is None:
        return ""
    words = _("Every other model is about %(points)s points or more behind.")
    return words % {"points": _write_at_least(gap)}


def _measure_gap(ordered: Sequence[BoardRow], *, place: int, lead: float) -> float | None:
    """Points from the lead down to the first model behind the first `place` ones; None where a range of ranks
    crosses from one side to the other, or there is no distance to speak of."""
    above, below = ordered[:place], ordered[place:]
    if max(row.rank_high for row in above) > place or min(row.rank_low for row in below) <= place:
        return None
    points = lead - max(row.score for row in below)
    return points if points >= LEAST else None


def _write_about(points: float) -> str:
    return write_number(round(points / STEP) * STEP)


def _write_at_least(points: float) -> str:
    return write_number(points // STEP * STEP)


def _name_place(place: int) -> str:
    words = {
        3: pgettext("from … down", "third place"),
        4: pgettext("from … down", "fourth place"),
        5: pgettext("from … down", "fifth place"),
        6: pgettext("from … down", "sixth place"),
        7: pgettext("from … down", "seventh place"),
        8: pgettext("from … down", "eighth place"),
        9: pgettext("from … down", "ninth place"),
        10: pgettext("from … down", "tenth place"),
        11: pgettext("from … down", "eleventh place"),
        12: pgettext("from … down", "twelfth place"),
    }
    number = pgettext("from … down", "place %(number)s") % {"number": write_number(place)}
    return words.get(place, number)
