"""Votes: one INSERT, and what may still happen to it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from evaluations.errors import (
    ArenaError,
    BattleExpired,
    OutcomeUnknown,
    StudyError,
    StudyNotOpen,
    UndoRefused,
    VoteClosed,
    VotingError,
)
from evaluations.models import Battle, NamesShown, Outcome, Rater, Study, Vote, VoteEnding
from evaluations.reasons import check_active_ms, choose_reasons, clean_comment
from evaluations.vote_rows import has_place, insert_vote

# Crockford's base 32: no letter that reads as a digit.
RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, kw_only=True)
class CastVote:
    """What a rater gets for a vote: the row that counts, and whether this call made it, or gave another answer."""

    vote: Vote
    created: bool
    undone: bool
    differs: bool = False


def make_receipt() -> str:
    """Twelve characters in three groups: 60 bits, so that a receipt can't be guessed."""
    code = "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(12))
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def cast_vote(
    *,
    battle: Battle,
    outcome: str,
    revision: int,
    now: datetime,
    reasons: Mapping[str, Sequence[str]] | None = None,
    comment: str = "",
    active_ms: int | None = None,
) -> CastVote:
    """Record the vote, or return the one that already stands at this revision: same row, same receipt.

    Reasons are {"left": [tags], "right": [tags]}; tags that the study does not offer are dropped, and so is a
    time in milliseconds that can't be. A vote that comes after its battle's lease is taken all the same, unless its
    place went to somebody else or its rater has seen names meanwhile: a browser keeps votes while it is offline.

    Raises OutcomeUnknown, BattleExpired, StudyNotOpen, VoteClosed (skipped), RevisionStale. Nothing changes then.
    """
    if outcome not in Outcome.values or outcome not in battle.study.outcomes:
        raise OutcomeUnknown(
            _("This answer is not one of those offered. Nothing was recorded. Choose again.")
        )
    refusal = find_refusal(battle=battle, now=now)
    if refusal is None:
        vote = Vote(
            battle=battle,
            revision=revision,
            outcome=outcome,
            receipt=make_receipt(),
            cast_at=now,
            reasons=choose_reasons(given=reasons, offered=battle.study.reason_tags),
            comment=clean_comment(comment),
            active_ms=check_active_ms(active_ms),
        )
        if insert_vote(vote=vote):
            return CastVote(vote=vote, created=True, undone=False)
    # A replay of a vote that was taken gets its receipt, even after the lease or the study has ended.
    standing = Vote.objects.select_related("ending").filter(battle=battle, revision=revision).first()
    if standing is None:
        raise refusal or _say_expired()
    return CastVote(
        vote=standing,
        created=False,
        undone=is_undone(vote=standing),
        differs=standing.outcome != outcome,
    )


def undo_vote(*, vote: Vote, now: datetime) -> None:
    """Take the vote back. Doing it twice is doing it once.

    Raises UndoRefused once the names were shown, or when the window has passed. The vote stands then.
    """
    ending: VoteEnding | None
    if now < vote.cast_at + timedelta(seconds=vote.battle.study.undo_seconds):
        ending = end_vote(vote=vote, ending=VoteEnding.Ending.UNDONE, now=now)
    else:
        ending = VoteEnding.objects.filter(vote=vote).first()
    match ending.ending if ending else None:
        case VoteEnding.Ending.UNDONE:
            return
        case VoteEnding.Ending.REVEALED:
            raise UndoRefused(
                _("The names of the models were shown, so this vote can no longer change. It stands.")
            )
        case _:
            raise UndoRefused(_("The time to undo has passed. Your vote stands."))


def reveal_models(*, vote: Vote, now: datetime) -> None:
    """Make the vote final because its rater now sees the names; write it down where the ledger made it final before.

    Raises UndoRefused if it was taken back (names stay hidden), StudyError if the study hides names until its end,
    VotingError while a comparison waits whose authors they would give away.
    """
    if not vote.battle.study.shows_names:
        raise StudyError(_("This study shows the names of the models when it has closed."))
    if _gives_away_another(battle=vote.battle, now=now):
        raise VotingError(_("Vote on the comparison that waits for you first. Then the names can be shown."))
    ending = end_vote(vote=vote, ending=VoteEnding.Ending.REVEALED, now=now)
    if ending.ending == VoteEnding.Ending.UNDONE:
        raise UndoRefused(_("You took this vote back. Vote again to see the names."))
    if ending.ending == VoteEnding.Ending.SEALED:
        NamesShown.objects.bulk_create([NamesShown(vote=vote, made_at=now)], ignore_conflicts=True)


def _gives_away_another(*, battle: Battle, now: datetime) -> bool:
    """Whether this rater can still vote on another battle that shows one of the same responses, as a repeat does."""
    if not battle.study.takes_votes:
        return False
    shown = [battle.left_id, battle.right_id]
    others = Battle.objects.filter(study=battle.study_id, rater=battle.rater_id, expires_at__gt=now)
    waiting = others.filter(votes=None, skip=None).exclude(pk=battle.pk)
    return waiting.filter(Q(left__in=shown) | Q(right__in=shown)).exists()


def end_vote(*, vote: Vote, ending: str, now: datetime) -> VoteEnding:
    """The vote's one ending: this one, or the one that came first."""
    row = VoteEnding(vote=vote, ending=ending, made_at=now)
    VoteEnding.objects.bulk_create([row], ignore_conflicts=True)
    return VoteEnding.objects.get(vote=vote)


def fetch_vote(*, battle: Battle) -> Vote | None:
    """The newest vote of this battle, with its ending, undone or not, and whether names were shown."""
    votes = Vote.objects.select_related("ending", "names_shown").filter(battle=battle)
    vote = votes.order_by("-revision").first()
    if vote is not None:
        vote.battle = battle
    return vote


def fetch_standing_vote(*, battle: Battle) -> Vote:
    """The newest vote of this battle. Raises VotingError where there is none yet."""
    vote = fetch_vote(battle=battle)
    if vote is None:
        raise VotingError(_("There is no vote on this comparison yet. Vote first."))
    return vote


def fetch_last_vote(*, study: Study, rater: Rater) -> Vote | None:
    """This rater's newest vote in the study, with its ending, undone or not."""
    votes = Vote.objects.select_related("ending", "battle__study")
    return votes.filter(battle__study=study, battle__rater=rater).order_by("-cast_at", "-pk").first()


def is_undone(*, vote: Vote) -> bool:
    ending = getattr(vote, "ending", None)
    return ending is not None and ending.ending == VoteEnding.Ending.UNDONE


def is_revealed(*, vote: Vote) -> bool:
    """Whether the rater knows the names."""
    ending = getattr(vote, "ending", None)
    if ending is not None and ending.ending == VoteEnding.Ending.REVEALED:
        return True
    return getattr(vote, "names_shown", None) is not None


def tells_names(*, vote: Vote, now: datetime) -> bool:
    """Whether the rater may read the names unasked: they know them, or the study has closed, and the vote is final."""
    if is_revealed(vote=vote):
        return True
    study = vote.battle.study
    ended = getattr(vote, "ending", None) is not None or now >= vote.cast_at + timedelta(
        seconds=study.undo_seconds
    )
    return study.closed_at is not None and ended and not is_undone(vote=vote)


def count_undo_seconds(*, vote: Vote, now: datetime) -> int:
    """Whole seconds in which the vote can still be taken back; 0 when it can't."""
    if getattr(vote, "ending", None) is not None:
        return 0
    left = vote.cast_at + timedelta(seconds=vote.battle.study.undo_seconds) - now
    return max(0, int(left.total_seconds()))


def find_refusal(*, battle: Battle, now: datetime) -> ArenaError | None:
    """Why this battle takes no vote now, or None. No query while its lease lasts."""
    if not battle.study.takes_votes:
        return StudyNotOpen(say_why_closed(study=battle.study))
    if battle.pilot and battle.study.state != Study.State.PILOT:
        return BattleExpired(
            _("This comparison was part of a pilot, which is over. Nothing was recorded. Go on to the next.")
        )
    if hasattr(battle, "skip"):
        return VoteClosed(_("You skipped this comparison. Nothing was recorded. Go on to the next."))
    if now < battle.expires_at:
        return None
    if not has_place(battle=battle):
        return _say_expired()
    # Names wait for what waits (`reveal_models`), and not for what has expired: that waits for names.
    if _was_given_away(battle=battle):
        return BattleExpired(
            _(
                "This comparison waited too long: you have seen who wrote one of its responses. Nothing was recorded. "
                "Go on to the next."
            )
        )
    return None


def _was_given_away(*, battle: Battle) -> bool:
    """Whether this rater asked for the names of another battle that shows one of the same responses."""
    shown = [battle.left_id, battle.right_id]
    others = Vote.objects.filter(battle__study=battle.study_id, battle__rater=battle.rater_id)
    others = others.filter(Q(battle__left__in=shown) | Q(battle__right__in=shown)).exclude(battle=battle.pk)
    return others.filter(Q(ending__ending=VoteEnding.Ending.REVEALED) | Q(names_shown__isnull=False)).exists()


def say_why_closed(*, study: Study) -> str:
    """Why a study takes no votes now, and what to do."""
    if study.closed_at is not None:
        return _("This study has closed and takes no more votes. The votes that were recorded are kept.")
    if study.paused_at is not None:
        return _(
            "This study is paused and takes no votes now. The votes that were recorded are kept. Come back later."
        )
    return _("This study takes no votes now. Nothing was recorded.")


def _say_expired() -> BattleExpired:
    return BattleExpired(
        _("This comparison waited too long and has expired. Nothing was recorded. Go on to the next.")
    )
