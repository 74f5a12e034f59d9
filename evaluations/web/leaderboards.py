"""The leaderboard page: the sentence first, then ranges and intervals, then how they were computed."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from evaluations.boards import Board
from evaluations.claims import fetch_board_claims
from evaluations.leaderboards import find_counterpart, find_newer, list_exclusions
from evaluations.models import Leaderboard, Snapshot
from evaluations.sentences import is_provisional, name_kind, summarise_board
from evaluations.web.boards import describe_board, read_boards
from evaluations.web.charts import write_pictures
from evaluations.web.claim_rows import ClaimRow, build_claim_rows
from evaluations.web.filters import RAW, build_filters, build_query, summarise_selection
from evaluations.web.provenance import describe_provenance
from evaluations.web.published_pages import PublishedRequest, serve_published
from evaluations.web.shown_boards import BOARD_QUERY, fetch_shown_board
from evaluations.web.sorting import DEFAULT_SORT, link_sorts, read_sort
from evaluations.web.trends import fetch_trends

PAGE_SIZE = 20


@serve_published(*BOARD_QUERY, "sort", "snapshot")
def show_leaderboard(request: PublishedRequest, slug: str) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist and UnknownAnalysis, which the middleware shows as missing pages, and what
    `show_snapshot` raises where the address asks for one, as those of files do."""
    if digest := request.GET.get("snapshot"):
        board = fetch_shown_board(request, slug=slug, digest=digest)
        query = build_query(board, raw=request.GET.get("exclusions") == RAW, **_keep_sort(request))
        return redirect(reverse("snapshot", args=[slug, board.short_digest]) + query)
    board = fetch_shown_board(request, slug=slug)
    raw = request.GET.get("exclusions") == RAW
    return render(request, "leaderboards/page.html", describe_page(request, board=board, raw=raw))


@serve_published(*BOARD_QUERY, "sort")
def show_snapshot(request: PublishedRequest, slug: str, digest: str) -> HttpResponse:
    """The same page of one snapshot, for good. One with other exclusions is another snapshot, with its own address.

    Raises what `show_leaderboard` raises, and Snapshot.DoesNotExist.
    """
    board = fetch_shown_board(request, slug=slug, digest=digest)
    if board.snapshot is None:
        raise Snapshot.DoesNotExist
    other = _find_other(board, exclusions=request.GET.get("exclusions", ""))
    if other is not None:
        address = reverse("snapshot", args=[slug, replace(board, snapshot=other).short_digest])
        return redirect(address + build_query(board, raw=False, **_keep_sort(request)))
    newer = find_newer(snapshot=board.snapshot)
    context = describe_page(request, board=board, raw=board.is_raw, usual_rule=board.snapshot.exclusions)
    context |= {"permanent": True, "newer": newer, "newest_address": link_board(board)}
    return render(request, "leaderboards/page.html", context)


def _find_other(board: Board, *, exclusions: str) -> Snapshot | None:
    """The snapshot of the same votes by the rule that is asked for, where it is another one."""
    if board.snapshot is None or exclusions in ("", board.snapshot.exclusions):
        return None
    return find_counterpart(snapshot=board.snapshot, exclusions=exclusions)


def describe_page(
    request: HttpRequest, *, board: Board, raw: bool, usual_rule: str = Snapshot.Exclusions.APPLIED
) -> dict[str, Any]:
    """raw: whether the figures without exclusions are asked for; usual_rule: of the address as it comes."""
    sort = read_sort(request)
    trends = fetch_trends(board)
    return {
        "board": board,
        "result": describe_board(board=board, sort=sort, trends=trends),
        "filters": build_filters(board, raw=raw, usual_rule=usual_rule),
        "selection": summarise_selection(board, raw=raw) if board.snapshot else "",
        "sort": _keep_sort(request),
        "sorts": link_sorts(board, raw=raw, sort=sort),
        "exclusions": list_exclusions(board=board),
        "claims": _list_claims(board),
        "pictures": write_pictures(board=board),
        **describe_provenance(request, board=board),
    }


def link_board(board: Board) -> str:
    """The leaderboard as it is now, by the same analysis and the same rule."""
    return reverse("leaderboard", args=[board.leaderboard.slug]) + build_query(board, raw=board.is_raw)


def _keep_sort(request: HttpRequest) -> dict[str, str]:
    sort = read_sort(request)
    return {} if sort == DEFAULT_SORT else {"sort": sort}


def _list_claims(board: Board) -> list[ClaimRow]:
    """The protocol's claims are about all votes, by its own analysis and exclusions: no other board shows them."""
    if board.is_raw or not board.analysis.is_primary:
        return []
    judged = fetch_board_claims(board=board, columns_root=settings.COLUMNS_ROOT)
    return build_claim_rows(judged, slug=board.leaderboard.slug)


@serve_published("page")
def list_leaderboards(request: PublishedRequest) -> HttpResponse:
    leaderboards = Leaderboard.objects.select_related("study")
    page = Paginator(leaderboards, PAGE_SIZE).get_page(request.GET.get("page"))
    boards = read_boards(list(page.object_list))
    context = {
        "page": page,
        "results": [(board, summarise_board(board), is_provisional(board)) for board in boards],
        "some_simulated": any(name_kind(board) == "simulated" for board in boards),
    }
    return render(request, "leaderboards/list.html", context)
