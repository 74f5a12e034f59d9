"""A rater's own votes in a study, and where each of them stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from evaluations.models import Battle, Rater, Study, Vote
from evaluations.sessions import fetch_session
from evaluations.votes import count_undo_seconds, is_revealed, is_undone


class Place(StrEnum):
    """Where a vote stands: still to be undone, waiting for its place, in the ledger, taken back; or of a pilot."""

    OPEN = "open"
    WAITING = "waiting"
    SEALED = "sealed"
    UNDONE = "undone"
    PILOT = "pilot"


@dataclass(frozen=True, kw_only=True)
class OwnVote:
    """One vote. position: in the ledger. names: of the left and the right model, where they may be told.

    kind: of its comparison, once the study has closed; empty before, when all look alike. number: which vote of the
    session it is, as the rating page said; 0 where nobody asked.
    """

    vote: Vote
    place: Place
    position: int | None
    names: tuple[str, str] | None
    kind: str
    number: int


def list_votes(*, study: Study, rater: Rater) -> QuerySet[Vote]:
    """All of this rater's votes in the study, those taken back too, the newest first."""
    votes = Vote.objects.filter(battle__study=study, battle__rater=rater)
    votes = votes.exclude(battle__kind=Battle.Kind.PRACTICE).order_by("-cast_at", "-pk")
    return votes.select_related(
        "ending",
        "names_shown",
        "ledger_entry",
        "battle__study",
        "battle__left__model",
        "battle__right__model",
    )


def describe_votes(*, study: Study, rater: Rater, votes: Iterable[Vote], now: datetime) -> list[OwnVote]:
    """Some of this rater's votes in the study, each with its number. One query for a pilot's, one for the others."""
    listed = list(votes)
    sessions = {
        pilot: fetch_session(study=study, rater=rater, pilot=pilot)
        for pilot in {vote.battle.pilot for vote in listed}
    }
    numbers = [sessions[vote.battle.pilot].place(number=vote.battle.number, now=now) for vote in listed]
    return [
        describe_vote(vote=vote, now=now, number=number) for vote, number in zip(listed, numbers, strict=True)
    ]


def describe_vote(*, vote: Vote, now: datetime, number: int = 0) -> OwnVote:
    """Of a vote with its ending, its entry, its battle and both models."""
    battle = vote.battle
    entry = getattr(vote, "ledger_entry", None)
    told = may_tell_names(vote=vote)
    return OwnVote(
        vote=vote,
        place=find_place(vote=vote, now=now),
        position=entry.position if entry else None,
        names=(battle.left.model.name, battle.right.model.name) if told else None,
        kind=battle.kind if has_closed(study=battle.study) else "",
        number=number,
    )


def has_closed(*, study: Study) -> bool:
    """Whether nobody judges blind in it any more."""
    return study.closed_at is not None


def may_tell_names(*, vote: Vote) -> bool:
    """Whether this vote's rater may know who wrote what: the study has closed, or the rater asked and can't go back."""
    return is_revealed(vote=vote) or has_closed(study=vote.battle.study)


def find_place(*, vote: Vote, now: datetime) -> Place:
    if is_undone(vote=vote):
        return Place.UNDONE
    if getattr(vote, "ledger_entry", None) is not None:
        return Place.SEALED
    if vote.battle.pilot:
        return Place.PILOT
    return Place.OPEN if count_undo_seconds(vote=vote, now=now) else Place.WAITING
