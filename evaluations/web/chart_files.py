"""Pictures and their tables as files: a picture for a newspaper's page, a table for whoever draws it anew."""

import base64
import hashlib
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from evaluations.boards import Board
from evaluations.leaderboards import fetch_board
from evaluations.sentences import name_board_votes
from evaluations.templatetags.figures import moment
from evaluations.web.charts import NAMES, SNAPSHOT, Figure, build_figure
from evaluations.web.charts.files import write_style, write_svg
from evaluations.web.filters import describe_selection
from evaluations.web.versions import tag_leaderboard

DARK = "dark"


@require_safe
@cache_control(private=True, no_cache=True)
@condition(etag_func=lambda request, slug, **_file: tag_leaderboard(request, slug))
def download_chart(request: HttpRequest, slug: str, name: str, suffix: str) -> HttpResponseBase:
    """By what is chosen in the query, as on the page; of its snapshot, else of the newest one; SVG light or dark.

    Raises Leaderboard.DoesNotExist, Snapshot.DoesNotExist and UnknownAnalysis, which are missing pages.
    """
    if name not in NAMES or suffix not in ("svg", "csv"):
        raise Http404
    board = fetch_board(slug=slug, query=request.GET.dict(), digest=request.GET.get(SNAPSHOT))
    figure = build_figure(board=board, name=name)
    answer = (
        answer_svg(figure, board=board, dark=request.GET.get("theme") == DARK)
        if suffix == "svg"
        else answer_csv(figure)
    )
    named = f"{slug}-{board.short_digest}-{name}.{suffix}"
    answer["Content-Disposition"] = f'inline; filename="{named}"'
    return answer


def answer_svg(figure: Figure, *, board: Board, dark: bool) -> HttpResponse:
    """Its own style sheet is let in by its digest, and nothing else."""
    picture = write_svg(figure, source=list(list_sources(board)), dark=dark, language=get_language() or "en")
    answer = HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")
    digest = base64.b64encode(hashlib.sha256(write_style(dark=dark).encode()).digest()).decode()
    answer._csp_replace = {"style-src": [f"'sha256-{digest}'"]}  # type: ignore[attr-defined]
    return answer


def answer_csv(figure: Figure) -> HttpResponse:
    table = figure.file_table
    lines = table.list_lines() if table is not None else ()
    return HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")


def list_sources(board: Board) -> Iterator[str]:
    """What is chosen; how many votes and of what kind; the leaderboard and its snapshot."""
    yield describe_selection(board, raw=board.is_raw)
    values = {
        "title": board.leaderboard.title,
        "votes": name_board_votes(board),
        "digest": board.short_digest,
        "moment": moment(board.snapshot.created_at) if board.snapshot else "",
    }
    yield _("%(title)s: %(votes)s. Arena, snapshot %(digest)s of %(moment)s.") % values
