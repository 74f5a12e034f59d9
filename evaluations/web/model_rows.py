"""One model by many analyses, as rows of a table on one axis."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from evaluations.boards import Board, BoardRow
from evaluations.models import LanguageModel
from evaluations.publishing.analyses import PRIMARY, Analysis
from evaluations.sentences import describe_reason, describe_refusal, name_language
from evaluations.sentences.parts import capitalise
from evaluations.slices import ModelResult
from evaluations.web.interval_marks import Axis, Mark, fit_axis


@dataclass(frozen=True, kw_only=True)
class ResultRow:
    """address: of the board by this analysis. votes: on the model; None where nobody is ranked. Without a row and its
    mark, `reason` says why, in words."""

    part: str
    analysis: str
    address: str
    votes: int | None
    row: BoardRow | None
    mark: Mark | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Results:
    axis: Axis
    rows: Sequence[ResultRow]


def mark_primary(board: Board, model: LanguageModel) -> list[ModelResult]:
    """The model on the board itself, before all others."""
    counted = board.votes.get("counted", 0)
    for row in board.rows:
        if row.model.slug == model.slug:
            return [ModelResult(analysis=PRIMARY, counted=counted, votes=row.votes, row=row)]
    unplaced = next((item for item in board.unplaced if item.model.slug == model.slug), None)
    votes, reason = (unplaced.votes, unplaced.reason) if unplaced else (0, "has no vote yet")
    return [ModelResult(analysis=PRIMARY, counted=counted, votes=votes, reason=reason)]


def build_results(board: Board, results: Sequence[ModelResult]) -> Results:
    axis = fit_axis((item.row.lower, item.row.upper) for item in results if item.row)
    return Results(axis=axis, rows=[_build_row(board, item, axis=axis) for item in results])


def name_analysis(analysis: Analysis) -> str:
    """What it changes; the primary one changes nothing."""
    if analysis.style:
        return _("Style held equal")
    if analysis.method == "elo":
        return _("Elo, the mean over random orders")
    words: dict[str, Any] = {
        "half": _("As the protocol says"),
        "davidson": _("Ties with a parameter of their own"),
        "out": _("Ties left out"),
    }
    return str(words[analysis.ties])


def name_part(analysis: Analysis) -> str:
    """“explain, French”; all votes where it is not a part of them."""
    language = name_language(analysis.language)
    words = [analysis.category, language if analysis.category else capitalise(language)]
    return ", ".join(word for word in words if word) or _("All votes")


def _build_row(board: Board, item: ModelResult, *, axis: Axis) -> ResultRow:
    row, address = item.row, reverse("leaderboard", args=[board.leaderboard.slug])
    return ResultRow(
        part=name_part(item.analysis),
        analysis=name_analysis(item.analysis),
        address=f"{address}?{item.analysis.key}" if item.analysis.key else address,
        votes=item.votes,
        row=row,
        mark=axis.mark(lower=row.lower, score=row.score, upper=row.upper) if row else None,
        reason="" if row else _say_why(board, item),
    )


def _say_why(board: Board, item: ModelResult) -> str:
    if not item.refused:
        return _("No place: this model %(reason)s.") % {"reason": describe_reason(item.reason)}
    asked = replace(board, analysis=item.analysis, refused=item.refused, votes={"counted": item.counted})
    return describe_refusal(asked)
