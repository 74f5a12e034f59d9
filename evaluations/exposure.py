"""How often each model was shown, which were ever entered, and whose votes were left out: what a board rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluations.boards import Board, BoardRow
from evaluations.columns import refresh_columns
from evaluations.documents import list_received
from evaluations.leaderboards import Exclusion, fetch_board, list_exclusions
from evaluations.models import Entry, LanguageModel, Snapshot
from evaluations.quality.exclusions import find_exclusions


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """A model, or all of a maker's. votes: those on it; each vote shows two models, so that shares of all models sum
    to 1. equal: its share if all models had been shown alike."""

    name: str
    models: int
    votes: int
    share: float
    equal: float


@dataclass(frozen=True, kw_only=True)
class Entered:
    """A model that was ever entered: its place on the board, or the reason why it has none."""

    entry: Entry
    votes: int
    row: BoardRow | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExclusionReason:
    """Raters who were left out for one reason, and the votes that went with them."""

    reason: str
    votes: int
    decisions: Sequence[Exclusion]


@dataclass(frozen=True, kw_only=True)
class Move:
    """A model on the board with exclusions, and without them; None where it has no place."""

    model: LanguageModel
    applied: BoardRow | None
    raw: BoardRow | None

    @property
    def points(self) -> float | None:
        """By how many points the exclusions change its score."""
        return None if self.applied is None or self.raw is None else self.applied.score - self.raw.score


def list_exposures(*, board: Board) -> list[Exposure]:
    """Every model ever entered, the most often shown first."""
    votes = _count_votes(board)
    exposures = [_expose(model.name, [votes.get(slug, 0)], board) for slug, model in board.models.items()]
    return sorted(exposures, key=lambda item: (-item.votes, item.name.casefold()))


def list_maker_exposures(*, board: Board) -> list[Exposure]:
    """Every maker, the most often shown first; models without one are together under an empty name."""
    votes, makers = _count_votes(board), dict[str, list[int]]()
    for slug, model in board.models.items():
        makers.setdefault(model.maker, []).append(votes.get(slug, 0))
    exposures = [_expose(maker, counts, board) for maker, counts in makers.items()]
    return sorted(exposures, key=lambda item: (-item.votes, item.name.casefold()))


def list_entered(*, board: Board) -> list[Entered]:
    """In the order in which they were entered."""
    rows = {row.model.slug: row for row in board.rows}
    reasons = {item.model.slug: item.reason for item in board.unplaced}
    votes = _count_votes(board)
    entries = Entry.objects.filter(study=board.study).select_related("model")
    return [
        Entered(
            entry=entry,
            votes=votes.get(entry.model.slug, 0),
            row=rows.get(entry.model.slug),
            reason=reasons.get(entry.model.slug, "has no vote yet"),
        )
        for entry in entries.order_by("entered_at", "model__name")
    ]


def list_reasons(*, board: Board, columns_root: Path) -> list[ExclusionReason]:
    """Why votes are left out, the most votes first."""
    if board.snapshot is None or not board.exclusions["positions"]:
        return []
    votes = _count_by_decision(board.snapshot, columns_root=columns_root)
    reasons = dict[str, list[Exclusion]]()
    for exclusion in list_exclusions(board=board):
        reasons.setdefault(exclusion.reason, []).append(exclusion)
    found = [
        ExclusionReason(
            reason=reason,
            votes=sum(votes.get(decision.position, 0) for decision in decisions),
            decisions=decisions,
        )
        for reason, decisions in reasons.items()
    ]
    return sorted(found, key=lambda item: (-item.votes, item.reason))


def list_moves(*, board: Board) -> list[Move]:
    """Every model with a place on the board or without exclusions, in the board's order; nothing where none is made.

    Raises as `fetch_board`.
    """
    if not board.exclusions["positions"]:
        return []
    raw_board = fetch_board(slug=board.leaderboard.slug, query={"exclusions": Snapshot.Exclusions.NONE})
    raw = {row.model.slug: row for row in raw_board.rows}
    applied = {row.model.slug: row for row in board.rows}
    slugs = [*applied, *(slug for slug in raw if slug not in applied)]
    return [Move(model=board.models[slug], applied=applied.get(slug), raw=raw.get(slug)) for slug in slugs]


def _expose(name: str, votes: Sequence[int], board: Board) -> Exposure:
    shown = 2 * board.votes.get("counted", 0)
    return Exposure(
        name=name,
        models=len(votes),
        votes=sum(votes),
        share=sum(votes) / shown if shown else 0.0,
        equal=len(votes) / len(board.models),
    )


def _count_votes(board: Board) -> dict[str, int]:
    """Votes by slug, of every model that the snapshot knows."""
    ranked = {row.model.slug: row.votes for row in board.rows}
    return ranked | {item.model.slug: item.votes or 0 for item in board.unplaced}


def _count_by_decision(snapshot: Snapshot, *, columns_root: Path) -> dict[int, int]:
    """How many votes each decision that holds leaves out, by its position."""
    study, size = snapshot.leaderboard.study_id, snapshot.ledger_size
    columns = refresh_columns(root=columns_root)
    found = find_exclusions(columns=columns, study_id=study, size=size)
    raters = columns.rater[list_received(columns=columns, study_id=study, size=size)]
    numbers, counts = np.unique(raters, return_counts=True)
    votes = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    pairs = zip(found.positions.tolist(), found.raters.tolist(), strict=True)
    return {position: votes.get(rater, 0) for position, rater in pairs}
