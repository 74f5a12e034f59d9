"""The card: the picture that stands for a leaderboard where someone shares its address (Open Graph)."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from evaluations.boards import Board
from evaluations.leaderboards import fetch_board
from evaluations.sentences import (
    is_provisional,
    name_board_votes,
    name_kind,
    summarise_board,
    write_number,
    write_percent,
)
from evaluations.templatetags.figures import day, ranks
from evaluations.web.card_images import ROWS_SHOWN, Card, CardRow, draw_card
from evaluations.web.elsewhere import show_elsewhere
from evaluations.web.interval_marks import MarkedRow, mark_rows
from evaluations.web.versions import tag_leaderboard

LONGEST: Final = 200


@require_safe
@show_elsewhere
@condition(etag_func=tag_leaderboard)
def show_card(request: HttpRequest, slug: str) -> HttpResponse:
    """Of the newest snapshot, or of the one that `snapshot` names.

    Raises Leaderboard.DoesNotExist, Snapshot.DoesNotExist.
    """
    board = fetch_board(slug=slug, digest=request.GET.get("snapshot") or None)
    return HttpResponse(draw_card(describe_card(board)), content_type="image/png")


def describe_card(board: Board) -> Card:
    _axis, marked = mark_rows(board.rows)
    return Card(
        title=board.leaderboard.title[:LONGEST],
        sentence=summarise_board(board),
        warning=_warn(board),
        rows=tuple(_describe_row(item) for item in marked[:ROWS_SHOWN]),
        note=_write_note(board),
    )


def _describe_row(item: MarkedRow) -> CardRow:
    row, mark = item.row, item.mark
    low, point, high = (float(place.rstrip("%")) / 100 for place in (mark.low, mark.point, mark.high))
    return CardRow(
        rank=ranks(row),
        name=row.model.name,
        score=write_number(row.score),
        interval=f"{write_number(row.lower)}–{write_number(row.upper)}",
        low=low,
        point=point,
        high=high,
    )


def _warn(board: Board) -> str:
    match name_kind(board):
        case "simulated":
            return _("Simulated votes")
        case "recorded":
            return _("Recorded votes")
        case "blind":
            return _("Provisional") if board.rows and is_provisional(board) else ""


def _write_note(board: Board) -> str:
    """“18,420 blind votes. Bars are 95% intervals. 21 November 2026.”"""
    if board.snapshot is None:
        return ""
    values = {
        "votes": name_board_votes(board),
        "shown": write_number(min(len(board.rows), ROWS_SHOWN)),
        "models": write_number(len(board.rows)),
        "level": write_percent(board.parameters["level"]),
        "day": day(board.snapshot.created_at),
    }
    if not board.rows:
        return f"{values['votes']}, {values['day']}"
    return _("%(shown)s of %(models)s models, %(votes)s, %(day)s. Bars are %(level)s intervals.") % values
