"""The claims of a study: what was registered, by which rule, where in the ledger, and what the votes say."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render

from evaluations.boards import Board
from evaluations.claims import JudgedClaim, fetch_board_claims
from evaluations.documents import list_claims
from evaluations.registrations import fetch_registrations
from evaluations.verdicts import PastVerdict, VerdictHistory, fetch_history
from evaluations.web.claim_rows import STATUSES, build_claim_rows, name_verdict
from evaluations.web.claim_words import describe_rule, summarise_claims
from evaluations.web.interval_marks import Mark
from evaluations.web.published_pages import PublishedRequest, serve_published
from evaluations.web.score_marks import AXIS
from evaluations.web.shown_boards import fetch_shown_board


@dataclass(frozen=True, kw_only=True)
class VerdictRow:
    """A past verdict as the page shows it; mark: None where there was no interval, or no vote."""

    past: PastVerdict
    verdict: str
    status: str
    mark: Mark | None


@serve_published()
def show_claims(request: PublishedRequest, slug: str) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist."""
    board = fetch_shown_board(request, slug=slug)
    judged = fetch_board_claims(board=board, columns_root=settings.COLUMNS_ROOT)
    context = {
        "board": board,
        "study": board.study,
        "claims": build_claim_rows(judged, slug=slug),
        "summary": summarise_claims(judged),
        "registrations": fetch_registrations(study=board.study),
    }
    return render(request, "claims/page.html", context)


@serve_published()
def show_claim(request: PublishedRequest, slug: str, number: int) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist."""
    board = fetch_shown_board(request, slug=slug)
    judged = fetch_board_claims(board=board, columns_root=settings.COLUMNS_ROOT)
    claim = next((claim for claim in judged if claim.number == number), None)
    if claim is None:
        raise Http404
    history = _fetch_history(board, claim)
    context = {
        "board": board,
        "study": board.study,
        "judged": claim,
        "claim": build_claim_rows([claim])[0],
        "rule": describe_rule(claim),
        "registered": fetch_registrations(study=board.study)[number],
        "compared": next(item for item in list_claims(study=board.study) if item["number"] == number),
        **{"history": history, "axis": AXIS, "past": _mark_past(history.past)},
    }
    return render(request, "claims/claim.html", context)


def _fetch_history(board: Board, claim: JudgedClaim) -> VerdictHistory:
    if board.snapshot is None:
        return VerdictHistory(past=(), since=None, unjudged=False)
    return fetch_history(snapshot=board.snapshot, number=claim.number)


def _mark_past(past: Sequence[PastVerdict]) -> list[VerdictRow]:
    """The newest first."""
    return [
        VerdictRow(
            past=item,
            verdict=name_verdict(item.verdict),
            status=STATUSES[item.verdict],
            mark=_mark(item),
        )
        for item in reversed(past)
    ]


def _mark(item: PastVerdict) -> Mark | None:
    if item.lower is None or item.upper is None or item.mean is None:
        return None
    return AXIS.mark(lower=100 * item.lower, score=100 * item.mean, upper=100 * item.upper)
