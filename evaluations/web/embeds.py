"""The frame: a small board that any other site can show, with a link to the snapshot that it is of."""

from typing import Final

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import condition, require_safe

from evaluations.leaderboards import fetch_board
from evaluations.web.boards import describe_board
from evaluations.web.elsewhere import show_elsewhere
from evaluations.web.preferences import THEMES
from evaluations.web.versions import tag_leaderboard

FEWEST: Final = 5
USUAL: Final = 10
MOST: Final = 20
# Of all answers this one alone may stand in a page of another site. It has no script and no form.
POLICY: Final = {"frame-ancestors": ["*"], "script-src": [NONE], "connect-src": [NONE], "form-action": [NONE]}


@require_safe
@xframe_options_exempt
@csp_replace(POLICY)  # type: ignore[arg-type] # its types know no view with arguments
@show_elsewhere
@condition(etag_func=tag_leaderboard)
def show_embed(request: HttpRequest, slug: str) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist."""
    most, theme = read_most(request), request.GET.get("theme", "")
    result = describe_board(board=fetch_board(slug=slug), most=most)
    context = {
        "result": result,
        # The site around it chooses, or the reader's system; not a cookie of ours.
        "theme": theme if theme in THEMES else "",
        "more": len(result.board.rows) - len(result.rows),
    }
    return render(request, "embeds/page.html", context)


def read_most(request: HttpRequest) -> int:
    """How many rows: from 5 to 20, and 10 where the address says no number."""
    asked = request.GET.get("most", "")
    return min(max(int(asked), FEWEST), MOST) if asked.isdecimal() and len(asked) < 4 else USUAL
