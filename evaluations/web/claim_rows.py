"""Claims as pages show them: the sentence, the verdict, and never one without its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.claims import JudgedClaim
from evaluations.sentences import write_number, write_percent
from evaluations.web.interval_marks import Axis, Mark
from evaluations.web.protocol_words import describe_claim
from evaluations.web.score_marks import AXIS

STATUSES = {"supported": "status-good", "refuted": "status-bad", "undecided": "status-open"}
LEVEL_SCORE = 0.5
# Above so many votes a forecast says of a lead only that it lies near the edge of the claim.
MOST_FORESEEN = 10_000


@dataclass(frozen=True, kw_only=True)
class ClaimChart:
    """The interval on the axis of every share of wins, in per cent; the band where the claim holds, as SVG takes it."""

    axis: Axis
    mark: Mark
    level_at: str
    band_from: str
    band_width: str


@dataclass(frozen=True, kw_only=True)
class ClaimRow:
    """chart: None without an interval or a vote. address: of its own page, "" where none was asked for."""

    number: int
    address: str
    sentence: str
    verdict: str
    status: str
    measured: str
    detail: str
    chart: ClaimChart | None


def name_verdict(verdict: str) -> str:
    words = {"supported": _("Supported"), "refuted": _("Refuted"), "undecided": _("Undecided")}
    return words[verdict]


def build_claim_rows(judged: Sequence[JudgedClaim], *, slug: str = "") -> list[ClaimRow]:
    """slug: of the leaderboard whose claims they are, so that each leads to its own page."""
    return [
        ClaimRow(
            number=claim.number,
            address=reverse("leaderboard-claim", args=[slug, claim.number]) if slug else "",
            sentence=describe_claim(
                kind=claim.kind,
                model=claim.model,
                rival=claim.rival,
                margin=claim.margin,
                alpha=claim.alpha,
            ),
            verdict=name_verdict(claim.verdict),
            status=STATUSES[claim.verdict],
            measured=_describe_interval(claim),
            detail=" ".join(part for part in (_count_votes(claim), _say_what_is_needed(claim)) if part),
            chart=_draw_chart(claim),
        )
        for claim in judged
    ]


def _describe_interval(claim: JudgedClaim) -> str:
    if claim.lower is None or claim.upper is None:
        return _("No score fits these votes, so there is no interval: see how they were collected.")
    values = {
        "rival": claim.rival,
        "level": write_percent(claim.level, decimals=0 if round(100 * claim.level, 1) % 1 == 0 else 1),
        "lower": write_percent(claim.lower, decimals=1),
        "upper": write_percent(claim.upper, decimals=1),
    }
    if claim.mean is None:
        return _("%(level)s interval of the score against %(rival)s: %(lower)s to %(upper)s.") % values
    measured = _("Score against %(rival)s: %(mean)s, %(level)s interval %(lower)s to %(upper)s.")
    sentence = measured % {**values, "mean": write_percent(claim.mean, decimals=1)}
    if claim.lower_points is None or claim.upper_points is None:
        return sentence
    points = _("As a lead in points: %(lower)s to %(upper)s.") % {
        "lower": write_number(claim.lower_points),
        "upper": write_number(claim.upper_points),
    }
    return f"{sentence} {points}"


def _count_votes(claim: JudgedClaim) -> str:
    if not claim.votes:
        return _("No vote on these two models is counted yet.")
    votes = ngettext(
        "%(number)s vote on these two models.", "%(number)s votes on these two models.", claim.votes
    ) % {"number": write_number(claim.votes)}
    judged = _("The first one of each rater is judged: %(number)s.") % {
        "number": write_number(claim.observations)
    }
    return f"{votes} {judged}"


def _say_what_is_needed(claim: JudgedClaim) -> str:
    if claim.verdict != "undecided" or not claim.votes or claim.lower is None:
        return ""
    if claim.still_needed is None:
        return _("No number of votes in sight decides it: the lead lies at the edge of the claim.")
    if claim.still_needed > MOST_FORESEEN:
        return _(
            "More than %(number)s more votes are needed, each by a new rater: the score lies too near the margin to "
            "say how many."
        ) % {"number": write_number(MOST_FORESEEN)}
    return ngettext(
        "About %(number)s more vote is needed, by a new rater, if scores go on as so far.",
        "About %(number)s more votes are needed, each by a new rater, if scores go on as so far.",
        claim.still_needed,
    ) % {"number": write_number(_round_up(claim.still_needed))}


def _round_up(count: int) -> int:
    """To two digits that mean something: a forecast knows no more."""
    unit = int(10 ** max(len(str(count)) - 2, 0))
    return -(-count // unit) * unit


def _draw_chart(claim: JudgedClaim) -> ClaimChart | None:
    if claim.lower is None or claim.upper is None or claim.mean is None:
        return None
    start, end = (AXIS.place(100 * edge) for edge in claim.holds)
    return ClaimChart(
        axis=AXIS,
        mark=AXIS.mark(lower=100 * claim.lower, score=100 * claim.mean, upper=100 * claim.upper),
        level_at=AXIS.place(100 * LEVEL_SCORE),
        band_from=start,
        band_width=f"{float(end.rstrip('%')) - float(start.rstrip('%')):.2f}%",
    )
