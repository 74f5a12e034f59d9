"""What a board rests on: how often each model was shown, which were ever entered, whose votes were left out and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from evaluations.exposure import (
    Exposure,
    list_entered,
    list_exposures,
    list_maker_exposures,
    list_moves,
    list_reasons,
)
from evaluations.sentences import describe_reason, name_board_votes, write_percent
from evaluations.web.interval_marks import Axis, fit_axis
from evaluations.web.published_pages import PublishedRequest, serve_published
from evaluations.web.shown_boards import fetch_shown_board


@dataclass(frozen=True, kw_only=True)
class Bar:
    """An exposure; how long its bar is, and where an equal share would end."""

    exposure: Exposure
    length: str
    equal_at: str


@dataclass(frozen=True, kw_only=True)
class Bars:
    axis: Axis
    rows: Sequence[Bar]


@serve_published()
def show_exposure(request: PublishedRequest, slug: str) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist."""
    board = fetch_shown_board(request, slug=slug)
    exposures = list_exposures(board=board)
    entered = list_entered(board=board)
    context = {
        "board": board,
        "kind": name_board_votes(board),
        "sentence": summarise_exposure(exposures),
        "models": draw_bars(exposures),
        "makers": draw_bars(list_maker_exposures(board=board)),
        "entered": [(item, describe_reason(item.reason)) for item in entered],
        "reasons": list_reasons(board=board, columns_root=settings.COLUMNS_ROOT),
        "moves": list_moves(board=board),
    }
    return render(request, "exposure/page.html", context)


def draw_bars(exposures: Sequence[Exposure]) -> Bars:
    """On one axis, in per cent of all places in battles."""
    axis = fit_axis([(0.0, 100 * max((max(item.share, item.equal) for item in exposures), default=0.0))])
    return Bars(
        axis=axis,
        rows=[
            Bar(exposure=item, length=axis.place(100 * item.share), equal_at=axis.place(100 * item.equal))
            for item in exposures
        ],
    )


def summarise_exposure(exposures: Sequence[Exposure]) -> str:
    """Between what shares the models lie, beside an equal one."""
    if not any(item.votes for item in exposures):
        return _("No vote is counted yet, so no model has been shown more than another.")
    most, least = exposures[0], exposures[-1]
    if write_percent(most.share, decimals=1) == write_percent(least.share, decimals=1):
        return _("All models were shown alike, each in %(share)s of all places.") % {
            "share": write_percent(most.share, decimals=1)
        }
    return _(
        "%(most)s was shown most often, in %(high)s of all places, and %(least)s least often, in %(low)s; shown "
        "alike, each would have %(equal)s."
    ) % {
        "most": most.name,
        "high": write_percent(most.share, decimals=1),
        "least": least.name,
        "low": write_percent(least.share, decimals=1),
        "equal": write_percent(most.equal, decimals=1),
    }
