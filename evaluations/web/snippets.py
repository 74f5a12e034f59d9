"""Lines of HTML that put a leaderboard into another site's page: to be copied, so that they are shown as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluations.boards import Board
from evaluations.web.embeds import USUAL

# Pixels of a frame: what stands around its rows, and each of them; a narrow one needs more.
AROUND: Final = 290
ROW: Final = 54


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """What it is, what can be changed in it, the line to copy; `shown`: an address of a picture to show it with."""

    title: str
    sentence: str
    line: str
    shown: str = ""


def write_snippets(request: HttpRequest, board: Board) -> Sequence[Snippet]:
    """The frame, the badges and the feed, in the reader's language whoever sees them."""
    slug, page = board.leaderboard.slug, request.build_absolute_uri(board.leaderboard.get_absolute_url())
    badge = _address("leaderboard-badge", slug)
    snippets = [
        _write_frame(request, board),
        Snippet(
            title=_("Badge of the leaderboard"),
            sentence=_("A line that says how many models lead, as a picture."),
            line=_write_badge(request.build_absolute_uri(badge), page, title=board.leaderboard.title),
            shown=badge,
        ),
    ]
    if board.rows:
        model = board.rows[0].model
        of_model = _address("leaderboard-badge", slug, model=model.slug)
        snippets.append(
            Snippet(
                title=_("Badge of a model"),
                sentence=_(
                    "Its range of ranks, never a bare rank. Put any model’s short name after “model=”."
                ),
                line=_write_badge(request.build_absolute_uri(of_model), page, title=model.name),
                shown=of_model,
            )
        )
    return [*snippets, _write_feed(request, slug)]


def _write_frame(request: HttpRequest, board: Board) -> Snippet:
    address = request.build_absolute_uri(
        _address("leaderboard-embed", board.leaderboard.slug, most=str(USUAL), theme="auto")
    )
    height = AROUND + ROW * min(len(board.rows), USUAL)
    return Snippet(
        title=_("Frame"),
        sentence=_(
            "The top of the board, always the newest. “most” is from 5 to 20 models; “theme” is light, dark or auto; "
            "“language” is en or fr. It sets no cookie and runs no script."
        ),
        line=f'<iframe src="{escape(address)}" title="{escape(board.leaderboard.title)}" width="100%" '
        f'height="{height}" loading="lazy"></iframe>',
    )


def _write_badge(address: str, page: str, *, title: str) -> str:
    return f'<a href="{escape(page)}"><img src="{escape(address)}" alt="{escape(title)}" height="20"></a>'


def _write_feed(request: HttpRequest, slug: str) -> Snippet:
    return Snippet(
        title=_("Feed"),
        sentence=_("Every hour with a new snapshot as an entry, for readers of Atom feeds and for programs."),
        line=request.build_absolute_uri(_address("leaderboard-feed", slug)),
    )


def _address(name: str, slug: str, **query: str) -> str:
    words = "&".join(f"{key}={value}" for key, value in {**query, "language": get_language() or ""}.items())
    return f"{reverse(name, args=[slug])}?{words}"
