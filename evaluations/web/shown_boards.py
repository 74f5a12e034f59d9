"""The board that a public page shows: read once in a process for each version of it, however many pages show it."""

from typing import Final

from evaluations.boards import Board
from evaluations.leaderboards import choose_analysis, fetch_primary_board, read_rule
from evaluations.web.kept import Kept
from evaluations.web.published_pages import PublishedRequest

# What an address says of the analysis, and of exclusions.
BOARD_QUERY: Final = ("category", "language", "style", "ties", "method", "exclusions")
# All analyses of a large study, and some more.
KEPT: Final[Kept[Board]] = Kept(most=128)
PRIMARY: Final[Kept[Board]] = Kept(most=8)


def fetch_shown_board(request: PublishedRequest, *, slug: str, digest: str | None = None) -> Board:
    """Read-only: other threads show it too. Raises what `fetch_board` raises."""
    query = {name: request.GET[name] for name in BOARD_QUERY if name in request.GET}
    version = (slug, digest, tuple(query.items()), request.version)
    board = KEPT.find(version)
    if board is None:
        primary = _fetch_primary(slug=slug, digest=digest, rule=read_rule(query), version=request.version)
        board = choose_analysis(primary, query=query)
        KEPT.keep(version, board)
    return board


def _fetch_primary(*, slug: str, digest: str | None, rule: str, version: tuple[str, ...]) -> Board:
    """All analyses of a snapshot share its models and its document."""
    whole = (slug, digest, rule, version)
    board = PRIMARY.find(whole)
    if board is None:
        board = fetch_primary_board(slug=slug, rule=rule, digest=digest)
        PRIMARY.keep(whole, board)
    return board
