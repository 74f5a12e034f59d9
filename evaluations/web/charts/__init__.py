"""Pictures of a board: figures → places → marks. Each has its finding as title, its table, and files of both."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from sys import getsizeof
from typing import Final
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluations.boards import Board
from evaluations.errors import SnapshotError
from evaluations.history import Standing, count_snapshots, list_standings
from evaluations.models import Snapshot
from evaluations.publicity import shows_texts
from evaluations.sentences import is_provisional
from evaluations.web.charts import convergence, cost, heat_map, history, style_effect
from evaluations.web.charts.convergence import build_convergence
from evaluations.web.charts.cost import build_cost
from evaluations.web.charts.figures import Figure
from evaluations.web.charts.heat_map import build_heat_map
from evaluations.web.charts.history import build_history
from evaluations.web.charts.style_effect import build_style_effect
from evaluations.web.kept import Kept

__all__ = ["NAMES", "SNAPSHOT", "Figure", "build_figure", "build_figures", "write_pictures"]

# In the order of a page.
NAMES: Final = (style_effect.NAME, cost.NAME, heat_map.NAME, history.NAME, convergence.NAME)
# What an address of a file calls the snapshot that it is of.
SNAPSHOT: Final = "snapshot"
# Bytes of pictures that a process keeps: those of every analysis of a hundred models in two languages.
MOST_KEPT: Final = 64 * 1024 * 1024
KEPT: Final[Kept[SafeString]] = Kept(most=MOST_KEPT, weigh=getsizeof)


def write_pictures(*, board: Board) -> SafeString | str:
    """The part of a page with all pictures of a board, made once for each version of them; "" where there is none."""
    if board.snapshot is None or not board.rows:
        return ""
    version = _describe_version(board)
    written = KEPT.find(version)
    if written is None:
        context = {"figures": build_figures(board=board), "slug": board.leaderboard.slug}
        written = render_to_string("charts/_figures.html", context)
        KEPT.keep(version, written)
    return written


def build_figures(*, board: Board) -> list[Figure]:
    """All pictures of a board that ranks something."""
    if board.snapshot is None or not board.rows:
        return []
    standings = list_standings(snapshot=board.snapshot)
    return [_build(board, standings, name) for name in NAMES]


def _describe_version(board: Board) -> Hashable:
    """All that the pictures of a page are made of: another language, name or price makes others."""
    models = tuple(
        (model.slug, model.name, model.price_in, model.price_out, model.currency)
        for model in (row.model for row in board.rows)
    )
    goals = (board.study.minimum_votes, board.study.target_votes)
    return (
        board.snapshot and board.snapshot.pk,
        board.short_digest,
        board.analysis,
        get_language(),
        goals,
        shows_texts(study=board.study),
        models,
    )


def build_figure(*, board: Board, name: str) -> Figure:
    """One of NAMES. Raises Snapshot.DoesNotExist before the first one."""
    if board.snapshot is None:
        raise Snapshot.DoesNotExist
    return _build(board, list_standings(snapshot=board.snapshot), name)


def _build(board: Board, standings: Sequence[Standing], name: str) -> Figure:
    figure = replace(_build_one(board, standings, name), query=_write_query(board))
    if figure.picture and is_provisional(board):
        return replace(figure, title=_("So far: %(finding)s") % {"finding": figure.title})
    return figure


def _build_one(board: Board, standings: Sequence[Standing], name: str) -> Figure:
    match name:
        case style_effect.NAME:
            return _build_style_effect(board)
        case cost.NAME:
            return build_cost(board)
        case heat_map.NAME:
            return build_heat_map(board)
        case history.NAME:
            published = count_snapshots(snapshot=board.snapshot) if board.snapshot else 0
            return build_history(board, standings, published=published)
        case _convergence:
            return build_convergence(board, standings)


def _build_style_effect(board: Board) -> Figure:
    try:
        return build_style_effect(board)
    except SnapshotError as error:
        return Figure(name=style_effect.NAME, title=_("Style control"), note=str(error))


def _write_query(board: Board) -> str:
    """A file of this snapshot, by this analysis: what it shows never changes."""
    return urlencode({**board.analysis.as_query(), SNAPSHOT: board.short_digest})
