"""Shares of wins as marks on one axis: from 0 to 100, with a line at 50, which is level."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evaluations.publishing.comparisons import LEVEL_SCORE, Score
from evaluations.web.interval_marks import Axis, Mark

# The same on every page: the same share lies at the same place.
AXIS: Final = Axis(start=0.0, step=25.0, parts=4)


@dataclass(frozen=True, kw_only=True)
class MarkedScore:
    """A thing with its share of wins and the mark of it; neither where nothing is known."""

    item: Any
    score: Score | None
    mark: Mark | None


@dataclass(frozen=True, kw_only=True)
class MarkedScores:
    rows: Sequence[MarkedScore]
    axis: Axis = AXIS
    level_at: str = AXIS.place(100 * LEVEL_SCORE)


def mark_scores(scores: Iterable[tuple[Any, Score | None]]) -> MarkedScores:
    return MarkedScores(
        rows=[MarkedScore(item=item, score=score, mark=mark_score(score)) for item, score in scores]
    )


def mark_score(score: Score | None) -> Mark | None:
    if score is None:
        return None
    return AXIS.mark(lower=100 * score.lower, score=100 * score.score, upper=100 * score.upper)
