"""Rows of raters: figures, the mark of the side chosen, a word on the quality; sorted by what the address says."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from evaluations.models import RaterDecision
from evaluations.quality.decisions import list_waiting
from evaluations.quality.flags import Flag
from evaluations.quality.raters import Quality, RaterQuality
from evaluations.ranking import Figure
from evaluations.web.interval_marks import Axis, Mark
from evaluations.web.rater_words import (
    describe_evidence,
    name_flag,
    write_reminded,
    write_seconds,
    write_share,
)

# From all A, on the left, to all B.
SIDES = Axis(start=0.0, step=0.25, parts=4)


def _number(figure: Figure) -> float:
    """What is unknown comes last."""
    return -1.0 if figure.value is None else figure.value


# By what raters can be sorted, the most first.
SORTS: dict[str, Callable[[RaterQuality], float]] = {
    "votes": lambda rater: rater.votes,
    "agreement": lambda rater: _number(rater.agreement.share),
    "checks": lambda rater: _number(rater.checks.share),
    "time": lambda rater: -1.0 if rater.seconds is None else rater.seconds,
    "rater": lambda rater: -rater.number,
    "quality": lambda rater: 0 if rater.excluded else len(rater.flags),
}
DEFAULT_SORT = "votes"


@dataclass(frozen=True, kw_only=True)
class RaterRow:
    """A rater as a table shows it. status: the class of the mark; word: what it says."""

    rater: RaterQuality
    agreement: str
    checks: str
    left: str
    seconds: str
    mark: Mark | None
    warned: bool
    reminded: str
    status: str
    word: str


@dataclass(frozen=True, kw_only=True)
class ReviewItem:
    """A rater who waits for a decision, and what speaks against the votes. after: the decision that holds now."""

    rater: RaterQuality
    flags: Sequence[str]
    evidence: str
    after: int


@dataclass(frozen=True, kw_only=True)
class SortLink:
    query: str
    sorted: str


def read_sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", DEFAULT_SORT)
    return sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT


def link_sorts(*, sort: str, anchor: str = "") -> dict[str, SortLink]:
    """By column. The column that is sorted leads to the other direction."""
    links = {}
    for name in SORTS:
        query, direction = f"?sort={name}{anchor}", ""
        if name == sort.removeprefix("-"):
            backwards = sort.startswith("-")
            # The first rater is the one with the smallest number.
            direction = "ascending" if backwards != (name == "rater") else "descending"
            query = query if backwards else f"?sort=-{name}{anchor}"
        links[name] = SortLink(query=query, sorted=direction)
    return links


def sort_raters(*, quality: Quality, sort: str) -> list[RaterQuality]:
    key = SORTS[sort.removeprefix("-")]
    return sorted(quality.raters, key=key, reverse=not sort.startswith("-"))


def build_rows(
    *, raters: Iterable[RaterQuality], newest: Mapping[int, RaterDecision], withdrawn: Collection[int]
) -> list[RaterRow]:
    """Only of those that are shown: words and figures of a thousand take longer than all else on a page.

    withdrawn: ids of raters who are gone, whether or not their votes are.
    """
    return [build_row(rater=rater, newest=newest, withdrawn=withdrawn) for rater in raters]


def build_row(
    *, rater: RaterQuality, newest: Mapping[int, RaterDecision], withdrawn: Collection[int]
) -> RaterRow:
    status, word = _judge(rater=rater, newest=newest, withdrawn=withdrawn)
    return RaterRow(
        rater=rater,
        agreement=write_share(rater.agreement.share),
        checks=write_share(rater.checks.share),
        left=write_share(rater.left),
        seconds=write_seconds(rater.seconds),
        mark=_mark(rater.left),
        warned=any(flag.kind == "one_side" for flag in rater.flags),
        reminded=write_reminded(rater.reminded),
        status=status,
        word=word,
    )


def list_review(
    *,
    waiting: Sequence[tuple[RaterQuality, tuple[Flag, ...]]],
    newest: Mapping[int, RaterDecision],
    quality: Quality,
) -> list[ReviewItem]:
    return [
        ReviewItem(
            rater=rater,
            flags=[name_flag(flag.kind) for flag in flags],
            evidence=describe_evidence(rater=rater, flags=flags, quality=quality),
            after=newest[rater.rater_id].pk if rater.rater_id in newest else 0,
        )
        for rater, flags in waiting
    ]


def _mark(left: Figure) -> Mark | None:
    """The share of B, so that the mark leans to the side that is chosen."""
    if left.value is None or left.lower is None or left.upper is None:
        return None
    return SIDES.mark(lower=1 - left.upper, score=1 - left.value, upper=1 - left.lower)


def _judge(
    *, rater: RaterQuality, newest: Mapping[int, RaterDecision], withdrawn: Collection[int]
) -> tuple[str, str]:
    if rater.excluded and not rater.withdrew:
        return "status-bad", _("Left out")
    if list_waiting(raters=[rater], newest=dict(newest)):
        return "status-warn", _("Flagged")
    if rater.rater_id in withdrawn:
        return "", _("Withdrew")
    if rater.flags:
        return "status-good", _("Kept")
    if rater.is_early:
        return "", _("Too early")
    return "status-good", _("Good")
