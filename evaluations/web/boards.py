"""A board as a page shows it: its sentence, its rows on one axis, and what is to be known beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from evaluations.boards import Board, BoardRow, build_rows, build_unplaced, read_exclusions
from evaluations.models import LanguageModel, Leaderboard, Snapshot
from evaluations.sentences import (
    describe_board_leaders,
    describe_method,
    describe_reason,
    is_provisional,
    name_kind,
    summarise_board,
)
from evaluations.snapshots import read_document
from evaluations.web.interval_marks import Axis, Mark, mark_rows
from evaluations.web.sorting import DEFAULT_SORT, sort_rows
from evaluations.web.trends import Trend, Trends

# What a leaderboard has to show before its first vote.
NO_DOCUMENT: dict[str, Any] = {"ranking": [], "unplaced": [], "votes": {}, "parameters": {}}


@dataclass(frozen=True, kw_only=True)
class BoardLine:
    """A row of the table. address: of the model's page. both_bad: share of its votes. trend: None without one."""

    row: BoardRow
    mark: Mark
    address: str
    both_bad: float
    trend: Trend | None


@dataclass(frozen=True, kw_only=True)
class Unplaced:
    """A model without a place, and the reason in the reader's language."""

    model: LanguageModel
    reason: str
    votes: int | None


@dataclass(frozen=True, kw_only=True)
class Result:
    """A board as a page shows it. detail: what follows the sentence. both_bad: share of all votes that are shown."""

    board: Board
    sentence: str
    detail: str
    axis: Axis
    rows: Sequence[BoardLine]
    unplaced: Sequence[Unplaced]
    # (name of a model, on what its interval rests)
    cautions: Sequence[tuple[str, str]]
    method: Sequence[str]
    provisional: bool
    both_bad: float
    trends: Trends | None

    @property
    def counted(self) -> int:
        return self.board.votes.get("counted", 0)

    @property
    def simulated(self) -> bool:
        return name_kind(self.board) == "simulated"


def describe_board(
    *, board: Board, sort: str = DEFAULT_SORT, most: int | None = None, trends: Trends | None = None
) -> Result:
    """All rows on one axis, then sorted, then the first `most` of them."""
    axis, marked = mark_rows(board.rows)
    lines = trends.lines if trends else {}
    # The same for all models but for its end: to look each up costs more than the rest of its row.
    start = reverse("leaderboard-model", args=[board.leaderboard.slug, "_"]).removesuffix("_/")
    rows = [
        _build_line(row=item.row, mark=item.mark, lines=lines, address=f"{start}{item.row.model.slug}/")
        for item in sort_rows(marked, sort=sort)[:most]
    ]
    counted = board.votes.get("counted", 0)
    return Result(
        board=board,
        sentence=summarise_board(board),
        detail=describe_board_leaders(board),
        axis=axis,
        rows=rows,
        unplaced=_describe_unplaced(board),
        cautions=[(name, describe_reason(caution)) for name, caution in board.cautions],
        method=describe_method(board.parameters, analysis=board.analysis) if board.parameters else [],
        provisional=bool(board.rows) and is_provisional(board),
        both_bad=board.votes["both_bad"] / counted if counted else 0.0,
        trends=trends,
    )


def _build_line(*, row: BoardRow, mark: Mark, lines: Mapping[str, Trend], address: str) -> BoardLine:
    return BoardLine(
        row=row, mark=mark, address=address, both_bad=row.both_bad_share, trend=lines.get(row.model.slug)
    )


def _describe_unplaced(board: Board) -> list[Unplaced]:
    """None where the analysis was refused: then the sentence says why, of all models at once."""
    if board.refused:
        return []
    return [
        Unplaced(model=item.model, reason=describe_reason(item.reason), votes=item.votes)
        for item in board.unplaced
    ]


def read_boards(leaderboards: Sequence[Leaderboard]) -> list[Board]:
    """Boards of many leaderboards by two queries, without the cautions."""
    published = Snapshot.objects.filter(leaderboard__in=leaderboards, exclusions=Snapshot.Exclusions.APPLIED)
    newest = published.distinct("leaderboard_id")
    snapshots = newest.order_by("leaderboard_id", "-ledger_size", "-created_at")
    documents = {item.leaderboard_id: (item, read_document(snapshot=item)) for item in snapshots}
    slugs = {
        row["model"]
        for _snapshot, document in documents.values()
        for row in (*document["ranking"], *document["unplaced"])
    }
    models = LanguageModel.objects.in_bulk(slugs, field_name="slug")
    boards = []
    for leaderboard in leaderboards:
        snapshot, document = documents.get(leaderboard.pk, (None, NO_DOCUMENT))
        rows = build_rows(document["ranking"], models=models, parameters=document["parameters"])
        boards.append(
            Board(
                leaderboard=leaderboard,
                study=leaderboard.study,
                snapshot=snapshot,
                rows=rows,
                unplaced=build_unplaced(document["unplaced"], models=models),
                cautions=(),
                votes=document["votes"],
                parameters=document["parameters"],
                exclusions=read_exclusions(document),
            )
        )
    return boards
