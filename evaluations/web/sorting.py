"""By what a leaderboard's rows can be sorted, and the links in the header that do it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from evaluations.boards import Board, BoardRow
from evaluations.web.filters import build_query
from evaluations.web.interval_marks import MarkedRow

# Which end comes first: the best one, or the first letter.
SORTS: dict[str, tuple[Callable[[BoardRow], float | str], bool]] = {
    "score": (lambda row: row.score, True),
    "model": (lambda row: row.model.name.casefold(), False),
    "votes": (lambda row: row.votes, True),
    "win": (lambda row: row.win_rate, True),
    "both-bad": (lambda row: row.both_bad_share, True),
}
DEFAULT_SORT = "score"


@dataclass(frozen=True, kw_only=True)
class SortLink:
    """What a column's header leads to, and how the column is sorted now (for aria-sort), if it is."""

    query: str
    sorted: str


def read_sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", DEFAULT_SORT)
    return sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT


def sort_rows(marked: Sequence[MarkedRow], *, sort: str) -> list[MarkedRow]:
    key, descending = SORTS[sort.removeprefix("-")]
    return sorted(marked, key=lambda item: key(item.row), reverse=descending != sort.startswith("-"))


def link_sorts(board: Board, *, raw: bool, sort: str) -> dict[str, SortLink]:
    """By column. The column that is sorted leads to the other direction, the others to their natural one; each keeps
    the filters."""
    return {
        name.replace("-", "_"): _link(board, raw=raw, sort=sort, name=name, descending=descending)
        for name, (_key, descending) in SORTS.items()
    }


def _link(board: Board, *, raw: bool, sort: str, name: str, descending: bool) -> SortLink:
    if name != sort.removeprefix("-"):
        return SortLink(query=build_query(board, raw=raw, sort=name), sorted="")
    reverse = sort.startswith("-")
    return SortLink(
        query=build_query(board, raw=raw, sort=name if reverse else f"-{name}"),
        sorted="descending" if descending != reverse else "ascending",
    )
