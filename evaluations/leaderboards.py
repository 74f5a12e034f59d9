"""A leaderboard as it is shown: its newest snapshot, with the names of the models."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from evaluations.analyses import fetch_analysis
from evaluations.boards import SHORT_DIGEST, Board, build_board, build_cautions, build_rows, build_unplaced
from evaluations.errors import UnknownAnalysis
from evaluations.models import Leaderboard, LedgerEntry, Snapshot
from evaluations.publishing.analyses import Analysis, parse_analysis


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """A rater whose votes are left out: by what name, why, and where in the ledger that was decided."""

    code: str
    reason: str
    position: int


def fetch_board(
    *,
    slug: str,
    query: Mapping[str, str] = MappingProxyType({}),
    digest: str | None = None,
    columns_root: Path | None = None,
) -> Board:
    """The board that a query asks for: its analysis (category, language, style, ties, method), and exclusions.

    digest: of the snapshot, whole or its first SHORT_DIGEST digits or more; without one, the newest. Where nobody was
    ever excluded there is one snapshot of a prefix, which is both with and without exclusions. columns_root: where an
    analysis that is not kept is computed from; None is this installation's.

    Raises Leaderboard.DoesNotExist, Snapshot.DoesNotExist, UnknownAnalysis, SnapshotError.
    """
    board = fetch_primary_board(slug=slug, rule=read_rule(query), digest=digest)
    return choose_analysis(board, query=query, columns_root=columns_root)


def fetch_primary_board(*, slug: str, rule: str, digest: str | None = None) -> Board:
    """As the study ranks all votes. Raises Leaderboard.DoesNotExist, Snapshot.DoesNotExist."""
    leaderboard = Leaderboard.objects.select_related("study").get(slug=slug)
    snapshot = find_snapshot(leaderboard=leaderboard, exclusions=rule, digest=digest)
    return build_board(leaderboard=leaderboard, snapshot=snapshot)


def choose_analysis(board: Board, *, query: Mapping[str, str], columns_root: Path | None = None) -> Board:
    """The same snapshot by the analysis that a query asks for. Raises UnknownAnalysis, SnapshotError."""
    analysis = read_analysis(query, document=board.document)
    return (
        board
        if analysis.is_primary
        else apply_analysis(board, analysis=analysis, columns_root=columns_root or settings.COLUMNS_ROOT)
    )


def read_rule(query: Mapping[str, str]) -> str:
    """The rule of exclusions that a query asks for. Raises UnknownAnalysis, in words."""
    rule = query.get("exclusions", Snapshot.Exclusions.APPLIED)
    if rule not in Snapshot.Exclusions.values:
        raise UnknownAnalysis(
            _("Exclusions are applied, or there are none. Choose again on the leaderboard.")
        )
    return rule


def find_snapshot(*, leaderboard: Leaderboard, exclusions: str, digest: str | None = None) -> Snapshot | None:
    """The newest snapshot by this rule, or the one of this digest, whose prefix may have another of this rule.

    Raises Snapshot.DoesNotExist.
    """
    snapshots = leaderboard.snapshots.order_by("-ledger_size", "-created_at")
    if digest is not None:
        if len(digest) < SHORT_DIGEST:
            raise Snapshot.DoesNotExist
        named = snapshots.filter(result_digest__startswith=digest).first()
        if named is None:
            raise Snapshot.DoesNotExist
        return named
    snapshot = snapshots.filter(exclusions=exclusions).first()
    if snapshot is None and exclusions != Snapshot.Exclusions.APPLIED:
        snapshot = snapshots.filter(exclusions=Snapshot.Exclusions.APPLIED).first()
    return snapshot


def find_newer(*, snapshot: Snapshot) -> Snapshot | None:
    """The newest snapshot of the same leaderboard by the same rule, without its document; None for the newest one."""
    newest = Snapshot.objects.filter(leaderboard=snapshot.leaderboard_id, exclusions=snapshot.exclusions)
    found = newest.order_by("-ledger_size", "-created_at").defer("document", "standing").first()
    return None if found == snapshot else found


def find_counterpart(*, snapshot: Snapshot, exclusions: str) -> Snapshot | None:
    """The snapshot of the same prefix by this rule, without its document; None where there is no other one."""
    same = Snapshot.objects.filter(
        leaderboard=snapshot.leaderboard_id,
        ledger_size=snapshot.ledger_size,
        code_version=snapshot.code_version,
        exclusions=exclusions,
    )
    return same.defer("document", "standing").order_by("-created_at").first()


def read_analysis(query: Mapping[str, str], *, document: Mapping[str, Any]) -> Analysis:
    """The analysis that a query asks for, of those that this snapshot has. Raises UnknownAnalysis, in words."""
    try:
        return parse_analysis(
            query, categories=list_names(document, "category"), languages=list_names(document, "language")
        )
    except UnknownAnalysis as error:
        raise UnknownAnalysis(
            _("The votes are not ranked in this way. Choose again on the leaderboard.")
        ) from error


def list_names(document: Mapping[str, Any], noun: str) -> list[str]:
    """Categories or languages that the snapshot's votes have, in order. noun: "category" or "language"."""
    return sorted({part[noun] for part in document.get("parts", []) if part[noun]})


def apply_analysis(board: Board, *, analysis: Analysis, columns_root: Path) -> Board:
    """The same board by another analysis of the same snapshot. Raises SnapshotError."""
    if board.snapshot is None:
        return replace(board, analysis=analysis)
    record = fetch_analysis(snapshot=board.snapshot, analysis=analysis, columns_root=columns_root)
    return replace(
        board,
        analysis=analysis,
        rows=build_rows(record["ranking"], models=board.models, parameters=record["parameters"]),
        unplaced=build_unplaced(record["unplaced"], models=board.models),
        cautions=build_cautions(record["cautions"], models=board.models),
        votes={**record["votes"], "received": board.votes["received"]},
        parameters=record["parameters"],
        effects=tuple(record["effects"]),
        refused=record["refused"] or "",
    )


def list_exclusions(*, board: Board) -> list[Exclusion]:
    """The decisions behind the votes that this board leaves out, as the ledger has them."""
    positions = board.exclusions["positions"]
    if not positions:
        return []
    records = LedgerEntry.objects.filter(position__in=positions).order_by("position")
    said = [(position, json.loads(record)) for position, record in records.values_list("position", "record")]
    return [Exclusion(code=record["code"], reason=record["reason"], position=at) for at, record in said]


def fetch_latest_board() -> Board | None:
    """The board with the newest snapshot, for the home page."""
    snapshots = Snapshot.objects.filter(exclusions=Snapshot.Exclusions.APPLIED)
    snapshot = snapshots.select_related("leaderboard__study").order_by("-created_at", "-id").first()
    return None if snapshot is None else build_board(leaderboard=snapshot.leaderboard, snapshot=snapshot)
