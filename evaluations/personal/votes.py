"""A rater's own votes in a study, and where each of them stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from evaluations.models import Battle, Rater, Study, Vote
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

    kind: of its comparison, once the study has closed; empty before, when all look alike.
    """

    vote: Vote
    place: Place
    position: int | None
    names: tuple[str, str] | None
    kind: str


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


def describe_vote(*, vote: Vote, now: datetime) -> OwnVote:
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
