"""The leaderboard page: the sentence first, then ranges and intervals, then how they were computed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_GET

from evaluations.claims import fetch_claims
from evaluations.leaderboards import Board, BoardRow, fetch_board, list_exclusions, read_exclusions
from evaluations.models import LanguageModel, Leaderboard, Snapshot
from evaluations.sentences import VoteKind, describe_leaders, describe_method, describe_reason, summarise
from evaluations.snapshots import read_document
from evaluations.web.claim_rows import ClaimRow, build_claim_rows
from evaluations.web.interval_marks import Axis, MarkedRow, mark_rows
from evaluations.web.versions import tag_page

PAGE_SIZE = 20

# By what a board can be sorted, and which end comes first: the best one, or the first letter.
SORTS: dict[str, tuple[Callable[[BoardRow], float | str], bool]] = {
    "score": (lambda row: row.score, True),
    "model": (lambda row: row.model.name.casefold(), False),
    "votes": (lambda row: row.votes, True),
    "win": (lambda row: row.win_rate, True),
    "both-bad": (lambda row: row.both_bad / row.votes if row.votes else 0.0, True),
}
DEFAULT_SORT = "score"

# What a leaderboard has to show before its first vote.
NO_DOCUMENT: dict[str, Any] = {"ranking": [], "votes": {}, "parameters": {}}
RAW = Snapshot.Exclusions.NONE


@dataclass(frozen=True, kw_only=True)
class SortLink:
    """What a column's header leads to, and how the column is sorted now (for aria-sort), if it is."""

    query: str
    sorted: str


@dataclass(frozen=True, kw_only=True)
class Unplaced:
    """A model without a place, and the reason in the reader's language."""

    model: LanguageModel
    reason: str
    votes: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """A board as a page shows it."""

    board: Board
    sentence: str
    detail: str
    axis: Axis
    rows: Sequence[MarkedRow]
    unplaced: Sequence[Unplaced]
    # (name of a model, on what its interval rests)
    cautions: Sequence[tuple[str, str]]
    method: Sequence[str]

    @property
    def counted(self) -> int:
        return self.board.votes.get("counted", 0)

    @property
    def simulated(self) -> bool:
        return name_kind(self.board) == "simulated"


def tag_leaderboard(request: HttpRequest, slug: str) -> str | None:
    """The page's ETag: its snapshot, and all else that changes what it says. None without such a board.

    Both snapshots of a prefix are there together, so that the one with exclusions stands for the raw one too.
    """
    found = (
        Leaderboard.objects.filter(slug=slug)
        .filter(Q(snapshots=None) | Q(snapshots__exclusions=Snapshot.Exclusions.APPLIED))
        .order_by("-snapshots__ledger_size", "-snapshots__created_at")
        .values_list("pk", "snapshots__pk", "snapshots__result_digest", "study__state")
        .first()
    )
    return None if found is None else tag_page(request, *map(str, found))


@require_GET
@cache_control(private=True, no_cache=True)
@condition(etag_func=tag_leaderboard)
def show_leaderboard(request: HttpRequest, slug: str) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist, which the middleware shows as a missing page."""
    sort, raw = read_sort(request), request.GET.get("exclusions") == RAW
    board = fetch_board(slug=slug, exclusions=RAW if raw else Snapshot.Exclusions.APPLIED)
    context = {
        "result": describe_board(board=board, sort=sort),
        "sorts": link_sorts(sort=sort, also="&exclusions=none" if raw else ""),
        "exclusions": list_exclusions(board=board),
        "claims": _list_claims(board),
    }
    return render(request, "leaderboards/page.html", context)


def _list_claims(board: Board) -> list[ClaimRow]:
    """Judged on what the board shows, so that one version of the page says one thing. Raw figures judge nothing."""
    if board.is_raw:
        return []
    size = board.snapshot.ledger_size if board.snapshot else 0
    return build_claim_rows(fetch_claims(study=board.study, size=size, columns_root=settings.COLUMNS_ROOT))


@require_GET
def list_leaderboards(request: HttpRequest) -> HttpResponse:
    leaderboards = Leaderboard.objects.select_related("study")
    page = Paginator(leaderboards, PAGE_SIZE).get_page(request.GET.get("page"))
    boards = read_boards(list(page.object_list))
    context = {
        "page": page,
        "results": [(board, summarise_board(board)) for board in boards],
        "some_simulated": any(name_kind(board) == "simulated" for board in boards),
    }
    return render(request, "leaderboards/list.html", context)


def describe_board(*, board: Board, sort: str = DEFAULT_SORT, most: int | None = None) -> Result:
    """All rows on one axis, then sorted, then the first `most` of them."""
    axis, marked = mark_rows(board.rows)
    key, descending = SORTS[sort.removeprefix("-")]
    rows = sorted(marked, key=lambda item: key(item.row), reverse=descending != sort.startswith("-"))
    unplaced = [
        Unplaced(model=item.model, reason=describe_reason(item.reason), votes=item.votes)
        for item in board.unplaced
    ]
    return Result(
        board=board,
        sentence=summarise_board(board),
        detail=describe_leaders(rows=board.rows),
        axis=axis,
        rows=rows[:most],
        unplaced=unplaced,
        cautions=[(name, describe_reason(caution)) for name, caution in board.cautions],
        method=describe_method(board.parameters) if board.parameters else [],
    )


def summarise_board(board: Board) -> str:
    return summarise(
        rows=board.rows,
        counted=board.votes.get("counted", 0),
        minimum=board.study.minimum_votes,
        kind=name_kind(board),
    )


def name_kind(board: Board) -> VoteKind:
    """One simulated vote makes a board a simulated one; one from elsewhere takes the word “blind” away."""
    if board.study.simulated or board.votes.get("simulated"):
        return "simulated"
    return "recorded" if board.study.recorded or board.votes.get("recorded") else "blind"


def read_boards(leaderboards: Sequence[Leaderboard]) -> list[Board]:
    """Boards of many leaderboards by two queries, without the models that have no place and the cautions."""
    published = Snapshot.objects.filter(leaderboard__in=leaderboards, exclusions=Snapshot.Exclusions.APPLIED)
    newest = published.distinct("leaderboard_id")
    snapshots = newest.order_by("leaderboard_id", "-ledger_size", "-created_at")
    documents = {item.leaderboard_id: (item, read_document(snapshot=item)) for item in snapshots}
    slugs = {row["model"] for _snapshot, document in documents.values() for row in document["ranking"]}
    models = LanguageModel.objects.in_bulk(slugs, field_name="slug")
    boards = []
    for leaderboard in leaderboards:
        snapshot, document = documents.get(leaderboard.pk, (None, NO_DOCUMENT))
        rows = (BoardRow(**{**row, "model": models[row["model"]]}) for row in document["ranking"])
        boards.append(
            Board(
                leaderboard=leaderboard,
                study=leaderboard.study,
                snapshot=snapshot,
                rows=tuple(rows),
                unplaced=(),
                cautions=(),
                votes=document["votes"],
                parameters=document["parameters"],
                exclusions=read_exclusions(document),
            )
        )
    return boards


def read_sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", DEFAULT_SORT)
    return sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT


def link_sorts(*, sort: str, also: str = "") -> dict[str, SortLink]:
    """By column. The column that is sorted leads to the other direction, the others to their natural one; `also` is
    the rest of the query."""
    links = {}
    for name, (_key, descending) in SORTS.items():
        reverse = sort.startswith("-")
        if name != sort.removeprefix("-"):
            links[name.replace("-", "_")] = SortLink(query=f"?sort={name}{also}", sorted="")
            continue
        direction = "descending" if descending != reverse else "ascending"
        links[name.replace("-", "_")] = SortLink(
            query=f"?sort={name if reverse else '-' + name}{also}", sorted=direction
        )
    return links
