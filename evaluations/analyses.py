"""Analyses of snapshots: kept ones are read, others computed anew from the ledger's prefix."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from evaluations.canonical import encode_canonical
from evaluations.documents import CODE_VERSION
from evaluations.errors import SnapshotError
from evaluations.models import KeptAnalysis, Leaderboard, Snapshot
from evaluations.prefixes import open_prefix
from evaluations.publishing.analyses import Analysis, list_variants
from evaluations.publishing.documents import NOTHING_RANKED, REFUSED, describe_analysis, list_ranked
from evaluations.publishing.votes import CountedVotes
from evaluations.snapshots import parse_document, read_document


def fetch_analysis(*, snapshot: Snapshot, analysis: Analysis, columns_root: Path) -> dict[str, Any]:
    """The record of this analysis of the snapshot's votes.

    A part with too few votes has a record without a ranking: `refused` is "too few votes", `votes` says how many.
    Raises SnapshotError where it is not kept, and another version of the code than the snapshot's would compute it.
    """
    document = read_document(snapshot=snapshot)
    part = (analysis.category, analysis.language)
    if part != ("", "") and part not in list_ranked(document.get("parts", [])):
        return _describe_too_few(document, analysis=analysis)
    kept = KeptAnalysis.objects.filter(snapshot=snapshot, key=analysis.key).values_list("document", flat=True)
    found = kept.first()
    return parse_document(found or _compute(snapshot=snapshot, analysis=analysis, columns_root=columns_root))


def list_digests(*, snapshot: Snapshot) -> dict[str, str | None]:
    """Every analysis of the snapshot besides its primary one, by key, with its digest; None where none was made yet."""
    document = read_document(snapshot=snapshot)
    if "analyses" not in document:
        return {}
    kept = dict(snapshot.analyses.values_list("key", "digest"))
    variants = list_variants(list_ranked(document["parts"]))
    return {**document["analyses"], **{analysis.key: kept.get(analysis.key) for analysis in variants}}


def keep_analyses(*, leaderboard: Leaderboard, columns_root: Path) -> int:
    """Compute what the newest snapshots lack of their analyses, and keep it; returns how many that were.

    Stops where a newer snapshot has come. Doing it twice, or at once, is doing it once.
    """
    return sum(
        _keep_analyses_of(snapshot, columns_root=columns_root)
        for rule in Snapshot.Exclusions.values
        if (snapshot := _find_newest(leaderboard=leaderboard, rule=rule)) is not None
    )


def _keep_analyses_of(snapshot: Snapshot, *, columns_root: Path) -> int:
    parts = list_ranked(read_document(snapshot=snapshot).get("parts", []))
    kept = set(snapshot.analyses.values_list("key", flat=True))
    missing = [analysis for analysis in list_variants(parts) if analysis.key not in kept]
    if not missing or snapshot.code_version != CODE_VERSION:
        return 0
    votes = _read_counted(snapshot=snapshot, columns_root=columns_root)
    for done, analysis in enumerate(missing):
        if _find_newest(leaderboard=snapshot.leaderboard, rule=snapshot.exclusions) != snapshot:
            return done
        _keep(snapshot=snapshot, analysis=analysis, votes=votes)
    return len(missing)


def _find_newest(*, leaderboard: Leaderboard, rule: str) -> Snapshot | None:
    snapshots = leaderboard.snapshots.select_related("leaderboard__study").filter(exclusions=rule)
    return snapshots.order_by("-ledger_size", "-created_at").first()


def _keep(*, snapshot: Snapshot, analysis: Analysis, votes: CountedVotes) -> None:
    parameters = read_document(snapshot=snapshot)["parameters"]
    data = encode_canonical(describe_analysis(votes, analysis=analysis, parameters=parameters))
    record = KeptAnalysis(
        snapshot=snapshot, key=analysis.key, digest=hashlib.sha256(data).hexdigest(), document=data.decode()
    )
    KeptAnalysis.objects.bulk_create([record], ignore_conflicts=True)


def _read_counted(*, snapshot: Snapshot, columns_root: Path) -> CountedVotes:
    prefix = open_prefix(snapshot_id=snapshot.pk, columns_root=columns_root)
    return prefix.read(prefix.positions)


def _describe_too_few(document: dict[str, Any], *, analysis: Analysis) -> dict[str, Any]:
    asked = (analysis.category, analysis.language)
    votes = next(
        (
            part["votes"]
            for part in document.get("parts", [])
            if (part["category"], part["language"]) == asked
        ),
        0,
    )
    # How many of these votes each model has is not said: the snapshot counts them for parts that are ranked.
    waiting = [{"model": model, "reason": REFUSED, "votes": None} for model in document["models"]]
    return {
        **NOTHING_RANKED,
        "unplaced": waiting,
        "votes": {"counted": votes, "ties": 0, "both_bad": 0, "raters": 0, "prompts": 0},
        "parameters": document["parameters"],
        "refused": "too few votes",
    }


def _compute(*, snapshot: Snapshot, analysis: Analysis, columns_root: Path) -> str:
    if snapshot.code_version != CODE_VERSION:
        raise SnapshotError(
            _(
                "This analysis of an earlier snapshot is no longer kept, and was made by the code %(version)s. Its "
                "main figures stand; whoever runs that version on the snapshot’s votes gets this analysis again."
            )
            % {"version": snapshot.code_version}
        )
    return _compute_once(snapshot.pk, analysis, columns_root)


@lru_cache(maxsize=32)
def _compute_once(snapshot_id: int, analysis: Analysis, columns_root: Path) -> str:
    """The canonical document, as text. A snapshot never changes, so that neither does this."""
    snapshot = Snapshot.objects.select_related("leaderboard__study").get(pk=snapshot_id)
    votes = _read_counted(snapshot=snapshot, columns_root=columns_root)
    parameters = read_document(snapshot=snapshot)["parameters"]
    return encode_canonical(describe_analysis(votes, analysis=analysis, parameters=parameters)).decode()
