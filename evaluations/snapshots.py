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
from django.db import transaction

from evaluations.canonical import hash_canonical
from evaluations.columns import Columns, refresh_columns
from evaluations.documents import CODE_VERSION, compute_published
from evaluations.errors import RankingError
from evaluations.models import KeptAnalysis, Leaderboard, Snapshot
from evaluations.pacing import keeps_votes_back
from evaluations.publishing.documents import Published
from evaluations.quality.exclusions import find_exclusions

__all__ = [
    "CODE_VERSION",
    "compute_published",
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
        computed = compute_published(
            leaderboard=leaderboard, columns=columns, size=size, exclusions=exclusions
        )
        published = _insert(leaderboard=leaderboard, computed=computed, place=place, now=now)
    return published


@transaction.atomic
def _insert(
    *, leaderboard: Leaderboard, computed: Published, place: Mapping[str, Any], now: datetime
) -> Snapshot:
    """The snapshot with its analyses; those of the snapshots before it are no longer kept."""
    snapshot = build_snapshot(leaderboard=leaderboard, document=computed.document, place=place, now=now)
    Snapshot.objects.bulk_create([snapshot], ignore_conflicts=True)
    published = leaderboard.snapshots.get(**place)
    kept = (
        KeptAnalysis(
            snapshot=published, key=key, digest=hashlib.sha256(data).hexdigest(), document=data.decode()
        )
        for key, data in computed.analyses.items()
    )
    KeptAnalysis.objects.bulk_create(kept, ignore_conflicts=True, batch_size=100)
    before = leaderboard.snapshots.filter(
        exclusions=place["exclusions"], ledger_size__lt=place["ledger_size"]
    )
    KeptAnalysis.objects.filter(snapshot__in=before).delete()
    return published


def refresh_leaderboards(*, columns_root: Path, now: datetime) -> int:
    """Refresh every leaderboard that has enough new votes (pacing.py). Returns how many of those have a snapshot.

    One that can't be computed keeps its last snapshot, is named in the log, and keeps no other one back.
    """
    refreshed, columns = 0, refresh_columns(root=columns_root)
    for board in Leaderboard.objects.select_related("study"):
        if keeps_votes_back(leaderboard=board, columns=columns):
            continue
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
    *, leaderboard: Leaderboard, document: bytes, place: Mapping[str, Any], now: datetime
) -> Snapshot:
    said = json.loads(document)
    return Snapshot(
        leaderboard=leaderboard,
        input_digest=said["input_digest"],
        result_digest=hashlib.sha256(document).hexdigest(),
        document=document.decode(),
        standing=describe_standing(said),
        created_at=now,
        **place,
    )


def describe_standing(document: Mapping[str, Any]) -> dict[str, Any]:
    """The few figures of a snapshot that a history shows: counted votes, by model [score, lower, upper, rank_low,
    rank_high], by number of the claim [verdict, lower, upper, mean, observations]; no claims where none are judged."""
    names = ("score", "lower", "upper", "rank_low", "rank_high")
    models = {row["model"]: [row[name] for name in names] for row in document["ranking"]}
    said = {"votes": document["votes"].get("counted", 0), "models": models}
    if "claims" not in document:
        return said
    judged = ("verdict", "lower", "upper", "mean", "observations")
    claims = {str(claim["number"]): [claim[name] for name in judged] for claim in document["claims"]}
    return {**said, "claims": claims}


def read_document(*, snapshot: Snapshot) -> dict[str, Any]:
    return parse_document(snapshot.document)


@lru_cache(maxsize=64)
def parse_document(document: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(document)
    return parsed
