"""The ledger: one sealer gives final votes and decisions their place, gapless and in one order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value

from evaluations.canonical import encode_canonical, hash_leaf
from evaluations.copying import copy_rows
from evaluations.models import Battle, LedgerEntry, Rater, Study, Vote, VoteEnding
from evaluations.raters import commit_to_rater

# "ARENA" in ASCII: the advisory lock that every writer of the ledger holds until its commit.
LEDGER_LOCK = 0x4152454E41
BATCH = 5_000
# What the ledger says of a vote, beside the commitments to its rater and receipt.
KEPT = (
    *("study", "protocol", "prompt", "left", "right", "left_digest", "right_digest"),
    *("outcome", "revision", "probability", "origin", "battle_kind"),
)
# How long a vote's transaction may take to become visible after its time. Later ones wait for the full pass.
RECENT = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class _Draft:
    kind: str
    study_id: int
    record: dict[str, Any]
    vote_id: int | None = None


def seal_votes(*, now: datetime, everything: bool = False) -> int:
    """Give a place to each vote that is final, oldest first; at most BATCH of them. Returns how many.

    Returns 0 at once while another sealer works. With `everything`, it waits for its turn, and looks at votes of
    any age.
    """
    with transaction.atomic():
        if not _lock_ledger(wait=everything):
            return 0
        votes = _find_sealable(now=now, since=None if everything else _recent_start(now=now))
        return _seal(vote_ids=list(votes.values_list("pk", flat=True)[:BATCH]), now=now)


def seal_all(*, now: datetime) -> int:
    """Seal until nothing is left to seal, whatever its age. Returns how many votes were sealed."""
    total = 0
    while sealed := seal_votes(now=now, everything=True):
        total += sealed
    return total


def settle_votes(*, rater: Rater, leaving: Collection[int], now: datetime) -> None:
    """Let nothing of this rater's votes change any more, in the caller's transaction: in the studies `leaving` (ids)
    what can still be taken back is; all that stands gets its place, while the rater has a salt to commit to."""
    with transaction.atomic():
        # Before any ending is written: the sealer holds this while it waits for one.
        _lock_ledger(wait=True)
        open_votes = Vote.objects.filter(
            battle__rater=rater, battle__study__in=leaving, ledger_entry__isnull=True, ending__isnull=True
        )
        _end_votes(vote_ids=open_votes.values_list("pk", flat=True), ending=VoteEnding.Ending.UNDONE, now=now)
        standing = _find_unsealed().filter(battle__rater=rater).exclude(ending__ending="undone")
        _seal(vote_ids=list(standing.values_list("pk", flat=True)), now=now)


def append_decision(*, kind: str, study: Study, record: dict[str, Any], now: datetime) -> LedgerEntry:
    """Write a decision (a study opened, closed) to the ledger, in the caller's transaction."""
    with transaction.atomic():
        _lock_ledger(wait=True)
        return _append(drafts=[_Draft(kind=kind, study_id=study.pk, record=record)], now=now)[0]


def _lock_ledger(*, wait: bool) -> bool:
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LEDGER_LOCK])
        return bool(cursor.fetchone()[0])


def _recent_start(*, now: datetime) -> datetime | None:
    """From when on to look for votes: the newest sealed vote's time, were it not in the future, and a margin."""
    newest = (
        LedgerEntry.objects.filter(vote__isnull=False).order_by("-position").values("vote__cast_at").first()
    )
    return min(newest["vote__cast_at"], now) - RECENT if newest else None


def _find_sealable(*, now: datetime, since: datetime | None) -> QuerySet[Vote]:
    """Votes without a place that are final, or whose undo window has passed."""
    window = ExpressionWrapper(
        F("battle__study__undo_seconds") * Value(timedelta(seconds=1)), output_field=DurationField()
    )
    # No commitment can be made to an erased rater: whose votes stay, they were sealed before.
    votes = (
        _find_unsealed()
        .filter(battle__rater__erased_at__isnull=True)
        .annotate(window_ends=ExpressionWrapper(F("cast_at") + window, output_field=DateTimeField()))
    )
    if since is not None:
        votes = votes.filter(cast_at__gte=since)
    final = Q(ending__isnull=True, window_ends__lte=now) | Q(ending__ending=VoteEnding.Ending.REVEALED)
    return votes.filter(final | Q(ending__ending=VoteEnding.Ending.SEALED)).order_by("cast_at", "pk")


def _find_unsealed() -> QuerySet[Vote]:
    """Votes without a place. Those of a pilot, and of practice, never reach the ledger."""
    lasting = Vote.objects.filter(battle__pilot=False).exclude(battle__kind=Battle.Kind.PRACTICE)
    return lasting.filter(ledger_entry__isnull=True)


def _seal(*, vote_ids: Sequence[int], now: datetime) -> int:
    """End these votes and give a place to those that were not undone. The caller holds the ledger's lock."""
    if not vote_ids:
        return 0
    _end_votes(vote_ids=vote_ids, ending=VoteEnding.Ending.SEALED, now=now)
    drafts = [_draft_vote(row) for row in _read_final_votes(vote_ids=vote_ids)]
    _append(drafts=drafts, now=now)
    return len(drafts)


def _end_votes(*, vote_ids: Iterable[int], ending: str, now: datetime) -> None:
    """Close the votes to undo. Where undo or reveal came first, their row stays."""
    endings = [VoteEnding(vote_id=pk, ending=ending, made_at=now) for pk in vote_ids]
    VoteEnding.objects.bulk_create(endings, ignore_conflicts=True)


def _read_final_votes(*, vote_ids: Sequence[int]) -> QuerySet[Vote, Any]:
    return (
        Vote.objects.filter(pk__in=vote_ids)
        .exclude(ending__ending=VoteEnding.Ending.UNDONE)
        .order_by("cast_at", "pk")
        .values(
            "pk",
            "outcome",
            "revision",
            "receipt",
            "cast_at",
            study_id=F("battle__study_id"),
            study=F("battle__study__slug"),
            protocol=F("battle__protocol_hash"),
            prompt=F("battle__prompt__key"),
            left=F("battle__left__model__slug"),
            right=F("battle__right__model__slug"),
            left_digest=F("battle__left__digest"),
            right_digest=F("battle__right__digest"),
            probability=F("battle__probability"),
            origin=F("battle__origin"),
            battle_kind=F("battle__kind"),
            salt=F("battle__rater__salt"),
            code=F("battle__rater__code"),
        )
    )


def _draft_vote(row: dict[str, Any]) -> _Draft:
    """The vote as the ledger keeps it. The receipt is hashed, so that reading the ledger gives nobody a receipt."""
    record = {name: row[name] for name in KEPT}
    record["rater"] = commit_to_rater(study=row["study"], salt=bytes(row["salt"]), code=row["code"])
    record["receipt"] = hash_leaf(row["receipt"].encode()).hex()
    record["cast_at"] = row["cast_at"].isoformat()
    return _Draft(kind=LedgerEntry.Kind.VOTE, study_id=row["study_id"], record=record, vote_id=row["pk"])


def _append(*, drafts: Iterable[_Draft], now: datetime) -> list[LedgerEntry]:
    """The next positions, in order. The caller holds the ledger's lock."""
    last = LedgerEntry.objects.order_by("-position").values_list("position", flat=True).first()
    entries = []
    for position, draft in enumerate(drafts, start=0 if last is None else last + 1):
        record = encode_canonical({"kind": draft.kind, "position": position, **draft.record})
        entries.append(
            LedgerEntry(
                position=position,
                previous_id=position - 1 if position else None,
                kind=draft.kind,
                study_id=draft.study_id,
                vote_id=draft.vote_id,
                record=record.decode(),
                leaf_hash=hash_leaf(record),
                sealed_at=now,
            )
        )
    return copy_rows(rows=entries)
