"""One model in every part of a snapshot's votes, and by every other analysis of all of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from evaluations.analyses import fetch_analysis
from evaluations.boards import Board, BoardRow, build_row
from evaluations.errors import SnapshotError
from evaluations.models import KeptAnalysis, LanguageModel, Snapshot
from evaluations.publishing.analyses import PRIMARY, Analysis
from evaluations.publishing.documents import list_ranked

TOO_FEW: Final = "too few votes"
# One thing changed at a time.
VARIANTS: Final = (
    Analysis(style=True),
    Analysis(ties="davidson"),
    Analysis(ties="out"),
    Analysis(method="elo"),
)


@dataclass(frozen=True, kw_only=True)
class ModelResult:
    """What one analysis says of a model. votes: those on it, None where nobody is ranked; counted: those that the
    analysis counts, on all models.

    row: its place. Without one, `refused` says why nobody has one, or `reason` why this model has none.
    """

    analysis: Analysis
    counted: int
    votes: int | None = None
    row: BoardRow | None = None
    refused: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class _Ranked:
    """One analysis: records of the ranked and of the others by slug, or the reason why there is no ranking."""

    votes: int
    parameters: Mapping[str, Any]
    rows: Mapping[str, Mapping[str, Any]]
    unplaced: Mapping[str, Mapping[str, Any]]
    refused: str


def list_slices(*, board: Board, model: LanguageModel, columns_root: Path) -> list[ModelResult]:
    """The model in each part of the votes but the whole, in the order of the filters: by category, then by language,
    all of either before its parts. Those that are not ranked say so."""
    parts = sorted(
        (part for part in board.document.get("parts", []) if part["category"] or part["language"]),
        key=lambda part: (part["category"], part["language"]),
    )
    analyses = [replace(PRIMARY, category=part["category"], language=part["language"]) for part in parts]
    found = _read_analyses(board, analyses, columns_root=columns_root)
    return [
        _describe(analysis, found.get(analysis.key), model=model, votes=part["votes"])
        for analysis, part in zip(analyses, parts, strict=True)
    ]


def list_variants(*, board: Board, model: LanguageModel, columns_root: Path) -> list[ModelResult]:
    """The model by other analyses of all votes, each of which changes one thing; none of a snapshot that only another
    version of the code could analyse."""
    if board.snapshot is None or "analyses" not in board.document:
        return []
    try:
        found = _read_analyses(board, VARIANTS, columns_root=columns_root)
    except SnapshotError:
        return []
    votes = board.votes.get("counted", 0)
    return [_describe(analysis, found.get(analysis.key), model=model, votes=votes) for analysis in VARIANTS]


def _describe(analysis: Analysis, ranked: _Ranked | None, *, model: LanguageModel, votes: int) -> ModelResult:
    if ranked is None or ranked.refused:
        return ModelResult(analysis=analysis, counted=votes, refused=ranked.refused if ranked else TOO_FEW)
    if model.slug in ranked.rows:
        row = build_row(ranked.rows[model.slug], model=model, parameters=ranked.parameters)
        return ModelResult(analysis=analysis, counted=ranked.votes, votes=row.votes, row=row)
    unplaced = ranked.unplaced.get(model.slug, {"reason": "has no votes", "votes": 0})
    return ModelResult(
        analysis=analysis, counted=ranked.votes, votes=unplaced["votes"], reason=unplaced["reason"]
    )


def _read_analyses(
    board: Board, analyses: Sequence[Analysis], *, columns_root: Path
) -> Mapping[str, _Ranked]:
    """Those of them that the snapshot has, by key."""
    if board.snapshot is None:
        return {}
    ranked = [("", ""), *list_ranked(board.document.get("parts", []))]
    there = tuple(analysis for analysis in analyses if (analysis.category, analysis.language) in ranked)
    return _read_once(board.snapshot.pk, there, columns_root)


# As many analyses as a snapshot has parts, for one snapshot and the next: it never changes.
@lru_cache(maxsize=8)
def _read_once(snapshot_id: int, analyses: tuple[Analysis, ...], columns_root: Path) -> Mapping[str, _Ranked]:
    keys = [analysis.key for analysis in analyses]
    kept = KeptAnalysis.objects.filter(snapshot=snapshot_id, key__in=keys).values_list("key", "document")
    records = {key: json.loads(document) for key, document in kept}
    for analysis in analyses:
        if analysis.key not in records:
            snapshot = Snapshot.objects.select_related("leaderboard__study").get(pk=snapshot_id)
            records[analysis.key] = fetch_analysis(
                snapshot=snapshot, analysis=analysis, columns_root=columns_root
            )
    return {key: _condense(record) for key, record in records.items()}


def _condense(record: Mapping[str, Any]) -> _Ranked:
    return _Ranked(
        votes=record["votes"]["counted"],
        parameters=record["parameters"],
        rows={row["model"]: row for row in record["ranking"]},
        unplaced={item["model"]: item for item in record["unplaced"]},
        refused=record["refused"] or "",
    )
