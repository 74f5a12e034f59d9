"""The badge: a model's range of ranks, or how many models lead, in one line that other sites show as a picture."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import condition, require_safe

from evaluations.boards import Board
from evaluations.leaderboards import fetch_board
from evaluations.models import LanguageModel
from evaluations.sentences import (
    is_provisional,
    join_names,
    list_ahead,
    name_board_votes,
    name_kind,
    write_number,
)
from evaluations.templatetags.figures import ranks
from evaluations.web.elsewhere import show_elsewhere
from evaluations.web.letters import load_font, spell
from evaluations.web.versions import tag_leaderboard

# Letters at this size are as broad as a browser's own are at 11.
MEASURED_SIZE: Final = 12
PADDING: Final = 7
LONGEST_NAME: Final = 32
BRAND: Final = "Arena"
SVG: Final = "image/svg+xml; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the badge: where its ground begins, how wide it is, where its text lies, as SVG takes it."""

    text: str
    start: str
    width: str
    text_at: str
    text_width: str


@require_safe
@show_elsewhere
@condition(etag_func=tag_leaderboard)
def show_badge(request: HttpRequest, slug: str) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist, LanguageModel.DoesNotExist."""
    board = fetch_board(slug=slug)
    model = request.GET.get("model", "")
    said = describe_place(board, slug=model) if model else describe_lead(board)
    warning = warn(board)
    parts = place_parts([BRAND, *([warning] if warning else []), said])
    context = {
        "title": f"{BRAND}, {board.leaderboard.title} – {' – '.join(each for each in (said, warning) if each)}",
        "brand": parts[0],
        "warning": parts[1] if warning else None,
        "said": parts[-1],
        "width": str(int(parts[-1].start) + int(parts[-1].width)),
    }
    return render(request, "badges/badge.svg", context, content_type=SVG)


def describe_place(board: Board, *, slug: str) -> str:
    """“Delphi L: rank 1–2 of 12”. Raises LanguageModel.DoesNotExist for a model that never entered."""
    if slug not in board.models:
        raise LanguageModel.DoesNotExist
    name = shorten(board.models[slug].name)
    row = next((row for row in board.rows if row.model.slug == slug), None)
    if row is None:
        return _("%(model)s: not placed yet") % {"model": name}
    values = {"model": name, "ranks": ranks(row), "models": write_number(len(board.rows))}
    return _("%(model)s: rank %(ranks)s of %(models)s") % values


def describe_lead(board: Board) -> str:
    """“2 lead of 12, 18,420 votes”; every model leads, or could, where none is better than another."""
    counted = board.votes.get("counted", 0)
    leaders = sum(row.rank_low == 1 for row in board.rows)
    values = {
        "leaders": write_number(leaders),
        "models": write_number(len(board.rows)),
        "votes": name_board_votes(board),
        "counted": write_number(counted),
        "minimum": write_number(board.study.minimum_votes),
    }
    if not board.rows:
        return _("no result yet: %(counted)s of %(minimum)s votes") % values
    if ahead := list_ahead(board):
        unbeaten = ngettext(
            "%(names)s unbeaten and not placed, %(votes)s",
            "%(names)s unbeaten and not placed, %(votes)s",
            len(ahead),
        )
        return unbeaten % {**values, "names": join_names([shorten(name, longest=16) for name in ahead[:2]])}
    if leaders == len(board.rows):
        return _("no lead among %(models)s, %(votes)s") % values
    leading = ngettext(
        "%(leaders)s leads of %(models)s, %(votes)s", "%(leaders)s lead of %(models)s, %(votes)s", leaders
    )
    return leading % values


def warn(board: Board) -> str:
    """What nobody may miss: that the votes are simulated or from elsewhere, or too few."""
    match name_kind(board):
        case "simulated":
            return _("simulated")
        case "recorded":
            return _("recorded")
        case "blind":
            return _("provisional") if board.rows and is_provisional(board) else ""


def place_parts(texts: list[str]) -> list[Part]:
    """Side by side, each as wide as its text."""
    parts, start = [], 0
    for text in texts:
        width = measure(text)
        parts.append(
            Part(
                text=text,
                start=str(start),
                width=str(width + 2 * PADDING),
                text_at=str(start + PADDING),
                text_width=str(width),
            )
        )
        start += width + 2 * PADDING
    return parts


def shorten(name: str, *, longest: int = LONGEST_NAME) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1].rstrip()}…"


def measure(text: str) -> int:
    """Pixels. The browser's own font is a little different: the picture tells it to take this much room."""
    return round(load_font("text", MEASURED_SIZE).getlength(spell(text, face="text")))
