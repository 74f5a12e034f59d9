"""Snapshots: rankings as published. A pure function of a ledger prefix and parameters: same input, same bytes."""

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from evaluations.canonical import encode_canonical, hash_canonical
from evaluations.columns import Columns, refresh_columns
from evaluations.documents import CODE_VERSION, compute_document
from evaluations.errors import RankingError
from evaluations.models import Leaderboard, Snapshot
from evaluations.quality.exclusions import find_exclusions

__all__ = [
    "CODE_VERSION",
    "build_snapshot",
    "compute_document",
    "measure_prefix",
    "read_document",
    "refresh_leaderboard",
    "refresh_leaderboards",
]

logger = logging.getLogger(__name__)


def refresh_leaderboard(*, leaderboard: Leaderboard, columns_root: Path, now: datetime) -> Snapshot | None:
    """Publish a snapshot of the votes sealed so far; return the newest one, None while there is no vote.

    Once a rater was excluded there are two: with the exclusions, which is the one returned, and without any.
    Reads from the database only the ledger entries that are new. Doing it twice, or at once, is doing it once.
    """
    columns = refresh_columns(root=columns_root)
    size = measure_prefix(columns=columns, study_id=leaderboard.study_id)
    if size == 0:
        return None
    publish = partial(_publish, leaderboard=leaderboard, columns=columns, size=size, now=now)
    if find_exclusions(columns=columns, study_id=leaderboard.study_id, size=size).decided:
        publish(exclusions=Snapshot.Exclusions.NONE)
    return publish(exclusions=Snapshot.Exclusions.APPLIED)


def _publish(
    *, leaderboard: Leaderboard, columns: Columns, size: int, exclusions: str, now: datetime
) -> Snapshot:
    place: dict[str, Any] = {
        "ledger_size": size,
        "parameters_digest": hash_canonical({**leaderboard.parameters, "exclusions": exclusions}),
        "code_version": CODE_VERSION,
        "exclusions": exclusions,
    }
    published = leaderboard.snapshots.filter(**place).first()
    if published is None:
        document = compute_document(
            leaderboard=leaderboard, columns=columns, size=size, exclusions=exclusions
        )
        snapshot = build_snapshot(leaderboard=leaderboard, document=document, place=place, now=now)
        Snapshot.objects.bulk_create([snapshot], ignore_conflicts=True)
        published = leaderboard.snapshots.get(**place)
    return published


def refresh_leaderboards(*, columns_root: Path, now: datetime) -> int:
    """Refresh every leaderboard. Returns how many of them have a snapshot.

    One that can't be computed keeps its last snapshot, is named in the log, and keeps no other one back.
    """
    refreshed = 0
    for board in Leaderboard.objects.select_related("study"):
        try:
            snapshot = refresh_leaderboard(leaderboard=board, columns_root=columns_root, now=now)
        except RankingError:
            logger.exception("The leaderboard “%s” was not refreshed.", board.slug)
        else:
            refreshed += snapshot is not None
    return refreshed


def measure_prefix(*, columns: Columns, study_id: int) -> int:
    """The ledger's size just after this study's last vote, or the last decision about one of its raters: the shortest
    prefix that holds all of them. 0 while there is no vote."""
    mine = columns.study == study_id
    voted = mine & (columns.outcome >= 0)
    last = np.flatnonzero(voted | (mine & (columns.decision > 0)))
    return int(last[-1]) + 1 if voted.any() else 0


def build_snapshot(
    *, leaderboard: Leaderboard, document: dict[str, Any], place: Mapping[str, Any], now: datetime
) -> Snapshot:
    data = encode_canonical(document)
    return Snapshot(
        leaderboard=leaderboard,
        input_digest=document["input_digest"],
        result_digest=hashlib.sha256(data).hexdigest(),
        document=data.decode(),
        created_at=now,
        **place,
    )


def read_document(*, snapshot: Snapshot) -> dict[str, Any]:
    return _parse_document(snapshot.document)


@lru_cache(maxsize=64)
def _parse_document(document: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(document)
    return parsed
