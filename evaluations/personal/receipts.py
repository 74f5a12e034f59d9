"""Receipts: whoever holds one can see that the vote is in, where, and what became of it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from evaluations.columns import Columns
from evaluations.models import Admission, Battle, LedgerEntry, Rater, Snapshot, Study, Vote, Withdrawal
from evaluations.personal.votes import OwnVote, describe_vote, has_closed
from evaluations.quality.exclusions import find_exclusions

LENGTH = 12
# Crockford's base 32 as people copy it: what looks alike is alike.
ALIKE = str.maketrans("OIL", "011")


@dataclass(frozen=True, kw_only=True)
class FoundVote:
    """A vote by its receipt. entry: its place in the ledger; withdrawn_at: the position of its rater's withdrawal.

    Once the study has closed: excluded_at, the position of the decision that leaves its rater out, and snapshot, the
    first ranking that counts the vote. Before, neither may be said of a normal vote alone: it would tell the others.
    """

    own: OwnVote
    study: Study
    entry: LedgerEntry | None
    withdrawn_at: int | None
    excluded_at: int | None
    snapshot: Snapshot | None

    @property
    def leaf(self) -> str:
        """The entry's leaf hash, in hexadecimal."""
        return bytes(self.entry.leaf_hash).hex() if self.entry else ""


def read_receipt(text: str) -> str | None:
    """The receipt that is meant, however it was copied: case, spaces and dashes don't matter; None of what is none."""
    code = re.sub(r"[\s‐-―−-]", "", text).upper().translate(ALIKE)
    if len(code) != LENGTH or not re.fullmatch(r"[0-9A-HJKMNP-TV-Z]+", code):
        return None
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def find_vote(*, receipt: str, columns: Columns, now: datetime) -> FoundVote | None:
    """The vote of a receipt as `read_receipt` writes it. A few look-ups by index; the columns are read once."""
    votes = Vote.objects.select_related(
        "ending",
        "names_shown",
        "ledger_entry",
        "battle__study",
        "battle__left__model",
        "battle__right__model",
    )
    vote = votes.filter(receipt=receipt).exclude(battle__kind=Battle.Kind.PRACTICE).first()
    if vote is None:
        return None
    battle, entry = vote.battle, getattr(vote, "ledger_entry", None)
    counts = entry is not None and has_closed(study=battle.study) and battle.kind == Battle.Kind.NORMAL
    withdrawn_at = _find_withdrawal(battle=battle)
    excluded_at = _find_exclusion(battle=battle, columns=columns) if counts else None
    snapshot = None
    if entry is not None and counts:
        ends = [place for place in (withdrawn_at, excluded_at) if place is not None]
        snapshot = _find_snapshot(study=battle.study, position=entry.position, until=min(ends, default=None))
    return FoundVote(
        own=describe_vote(vote=vote, now=now),
        study=battle.study,
        entry=entry,
        withdrawn_at=withdrawn_at,
        excluded_at=excluded_at,
        snapshot=snapshot,
    )


def is_own_receipt(*, receipt: str, rater: Rater) -> bool:
    """Whether holding this receipt shows that one is this rater, whom a panel's ids brought back in a new browser.

    Of a vote that could not be undone any more when they first did: whoever has the ids gets a receipt by voting in the
    new browser, and may be shown the one of a vote that can still be undone.
    """
    found = Vote.objects.filter(receipt=receipt, battle__rater=rater).exclude(
        battle__kind=Battle.Kind.PRACTICE
    )
    vote = found.select_related("battle__study").first()
    returned = Admission.objects.filter(rater=rater).aggregate(first=Min("returned_at"))["first"]
    if vote is None or returned is None:
        return False
    return bool(vote.cast_at + timedelta(seconds=vote.battle.study.undo_seconds) <= returned)


def _find_withdrawal(*, battle: Battle) -> int | None:
    gone = Withdrawal.objects.filter(study=battle.study_id, rater=battle.rater_id)
    return gone.values_list("entry", flat=True).first()


def _find_exclusion(*, battle: Battle, columns: Columns) -> int | None:
    exclusions = find_exclusions(columns=columns, study_id=battle.study_id, size=columns.size)
    places = dict(zip(exclusions.raters.tolist(), exclusions.positions.tolist(), strict=True))
    return places.get(battle.rater_id)


def _find_snapshot(*, study: Study, position: int, until: int | None) -> Snapshot | None:
    """The first published ranking whose part of the ledger holds this position, and not yet what leaves it out."""
    published = Snapshot.objects.filter(
        leaderboard__study=study, exclusions=Snapshot.Exclusions.APPLIED, ledger_size__gt=position
    )
    if until is not None:
        published = published.filter(ledger_size__lte=until)
    return published.order_by("ledger_size", "created_at").first()
