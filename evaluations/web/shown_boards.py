"""The board that a public page shows: read once in a process for each version of it, however many pages show it."""

from typing import Final

from evaluations.boards import Board
from evaluations.leaderboards import fetch_board
from evaluations.web.kept import Kept
from evaluations.web.published_pages import PublishedRequest

# What an address says of the analysis, and of exclusions.
BOARD_QUERY: Final = ("category", "language", "style", "ties", "method", "exclusions")
# All analyses of a large study, and some more.
KEPT: Final[Kept[Board]] = Kept(most=128)


def fetch_shown_board(request: PublishedRequest, *, slug: str, digest: str | None = None) -> Board:
    """Read-only: other threads show it too. Raises what `fetch_board` raises."""
    query = {name: request.GET[name] for name in BOARD_QUERY if name in request.GET}
    version = (slug, digest, tuple(query.items()), request.version)
    board = KEPT.find(version)
    if board is None:
        board = fetch_board(slug=slug, query=query, digest=digest)
        KEPT.keep(version, board)
    return board
