"""A leaderboard as it is shown: its newest snapshot, with the names of the models."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluations.models import Entry, LanguageModel, Leaderboard, LedgerEntry, Snapshot, Study
from evaluations.snapshots import read_document

NO_EXCLUSIONS: dict[str, Any] = {
    "rule": Snapshot.Exclusions.APPLIED.value,
    "raters": 0,
    "votes": 0,
    "positions": [],
    "withdrawn": {"raters": 0, "votes": 0},
}


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One ranked model. Scores in points, win rate in [0, 1] with ties as halves."""

    model: LanguageModel
    rank_low: int
    rank_high: int
    strength: float
    score: float
    lower: float
    upper: float
    votes: int
    wins: int
    losses: int
    ties: int
    both_bad: int
    win_rate: float


@dataclass(frozen=True, kw_only=True)
class UnplacedModel:
    """A model that the votes can't place, and why."""

    model: LanguageModel
    reason: str
    votes: int


@dataclass(frozen=True, kw_only=True)
class Board:
    """What the page and the API show. Without a snapshot there are no rows yet."""

    leaderboard: Leaderboard
    study: Study
    snapshot: Snapshot | None
    rows: tuple[BoardRow, ...]
    unplaced: tuple[UnplacedModel, ...]
    # (name, sentence) where an interval rests on an assumption.
    cautions: tuple[tuple[str, str], ...]
    # received, counted, shown, recorded, simulated, ties, both_bad, raters, prompts
    votes: Mapping[str, int]
    parameters: Mapping[str, Any]
    # rule (applied, none); raters and votes left out; positions of the decisions; withdrawn: raters and votes that went
    exclusions: Mapping[str, Any]

    @property
    def provisional(self) -> bool:
        return self.votes.get("counted", 0) < self.study.minimum_votes

    @property
    def is_raw(self) -> bool:
        return bool(self.exclusions["rule"] == Snapshot.Exclusions.NONE)


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """A rater whose votes are left out: by what name, why, and where in the ledger that was decided."""

    code: str
    reason: str
    position: int


def fetch_board(*, slug: str, exclusions: str = Snapshot.Exclusions.APPLIED) -> Board:
    """The board of this leaderboard, with what was excluded left out or not. Raises Leaderboard.DoesNotExist.

    Where nobody was ever excluded there is one snapshot, which is both.
    """
    leaderboard = Leaderboard.objects.select_related("study").get(slug=slug)
    snapshots = leaderboard.snapshots.order_by("-ledger_size", "-created_at")
    snapshot = snapshots.filter(exclusions=exclusions).first()
    if snapshot is None and exclusions != Snapshot.Exclusions.APPLIED:
        snapshot = snapshots.filter(exclusions=Snapshot.Exclusions.APPLIED).first()
    return build_board(leaderboard=leaderboard, snapshot=snapshot)


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


def read_exclusions(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the document says of them. Before arena-3 nothing was left out, before arena-4 nobody had withdrawn."""
    return {**NO_EXCLUSIONS, **document.get("exclusions", {})}


def build_board(*, leaderboard: Leaderboard, snapshot: Snapshot | None) -> Board:
    entries = Entry.objects.filter(study=leaderboard.study).select_related("model").order_by("model__name")
    models = {entry.model.slug: entry.model for entry in entries}
    if snapshot is None:
        waiting = [{"model": slug, "reason": "has no vote yet", "votes": 0} for slug in models]
        document: dict[str, Any] = {
            "ranking": [],
            "unplaced": waiting,
            "cautions": [],
            "votes": {},
            "parameters": {},
            "exclusions": NO_EXCLUSIONS,
        }
    else:
        document = read_document(snapshot=snapshot)
    return Board(
        leaderboard=leaderboard,
        study=leaderboard.study,
        snapshot=snapshot,
        rows=tuple(BoardRow(**{**row, "model": models[row["model"]]}) for row in document["ranking"]),
        unplaced=tuple(
            UnplacedModel(**{**row, "model": models[row["model"]]}) for row in document["unplaced"]
        ),
        # A caution may be on an effect (of the position), which has no name but its own.
        cautions=tuple(
            (models[row["model"]].name if row["model"] in models else row["model"], row["caution"])
            for row in document["cautions"]
        ),
        votes=document["votes"],
        parameters=document["parameters"],
        exclusions=read_exclusions(document),
    )
