"""How many votes a study will take, before there is one: for its claims, and for intervals of a given width."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from scipy.stats import norm

from evaluations.errors import UnsupportedParameter
from evaluations.ranking import plan_claim
from evaluations.ranking.claims import Kind
from evaluations.ranking.scales import PER_LOGIT
from evaluations.studies.protocols import PRIMARY_ANALYSIS

# What a vote takes on average, reading included.
SECONDS_PER_VOTE: Final = 48
LEVEL: Final = float(PRIMARY_ANALYSIS["level"])  # type: ignore[arg-type]
KINDS: Final[dict[str, Kind]] = {
    "superior": "superior",
    "non_inferior": "non-inferior",
    "equivalent": "equivalent",
}


@dataclass(frozen=True, kw_only=True)
class Design:
    """What decides how votes spread: models compared, comparisons in a session of one rater."""

    models: int
    session_length: int

    @property
    def pairs(self) -> int:
        return self.models * (self.models - 1) // 2

    @property
    def chance_of_a_pair(self) -> float:
        """That a rater who does a whole session is shown a given pair at least once, pairs drawn alike."""
        return 1.0 - (1.0 - 1.0 / self.pairs) ** self.session_length


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """What is expected of the votes: points that the first model leads by, share of ties, power of the test."""

    lead: float
    ties: float
    power: float = 0.8


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """A claim without its models: kind as in Claim, margin in points, alpha."""

    kind: str
    margin: float
    alpha: float = 0.05


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What one aim takes. head_to_head: votes on the pair, one a rater; votes: in the whole study; raters likewise.

    All None where no number of votes in sight would do. verdict: that a claim would get.
    """

    verdict: str
    head_to_head: int | None
    raters: int | None
    votes: int | None


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What a number of votes takes of people. cost: None without a pay."""

    votes: int
    sessions: int
    hours: float
    cost: float | None


def plan_hypothesis(*, hypothesis: Hypothesis, design: Design, assumption: Assumption) -> Requirement:
    """Votes and raters until the claim has its verdict. Raises UnsupportedParameter.

    A rater's votes on one pair count as one observation, the first of them, so raters are needed as much as votes.
    """
    check_design(design)
    plan = plan_claim(
        kind=KINDS[hypothesis.kind],
        margin=hypothesis.margin,
        points=assumption.lead,
        ties=assumption.ties,
        level=1 - hypothesis.alpha,
        power=assumption.power,
    )
    if plan.observations is None:
        return Requirement(verdict=plan.verdict, head_to_head=None, raters=None, votes=None)
    raters = ceil(plan.observations / design.chance_of_a_pair)
    return Requirement(
        verdict=plan.verdict,
        head_to_head=plan.observations,
        raters=raters,
        votes=raters * design.session_length,
    )


def plan_half_width(*, half_width: float, design: Design, ties: float) -> int:
    """Votes until each interval is ± half_width points, were the models equal and the votes independent.

    Var θ_i = 2 (1 − ties) (K − 1)² / (K n): the sandwich of n votes spread alike over the pairs of K equal models,
    whose Laplacian has the pseudo-inverse (I − 11ᵀ/K) / K. Raises UnsupportedParameter.
    """
    check_design(design)
    if half_width <= 0:
        raise UnsupportedParameter(f"A half-width is a number of points above 0; it was {half_width!r}.")
    reach = PER_LOGIT * float(norm.ppf(0.5 + LEVEL / 2)) / half_width
    return ceil(reach**2 * 2 * (1 - ties) * (design.models - 1) ** 2 / design.models)


def measure_effort(*, votes: int, design: Design, pay: float | None) -> Effort:
    """Sessions and hours of rating, and what they cost at this pay an hour."""
    hours = votes * SECONDS_PER_VOTE / 3600
    return Effort(
        votes=votes,
        sessions=ceil(votes / design.session_length),
        hours=hours,
        cost=None if pay is None else hours * pay,
    )


def find_most(requirements: Sequence[Requirement], *others: int) -> int | None:
    """The votes that meet all aims; None where one of them can't be met, or there is none."""
    votes = [requirement.votes for requirement in requirements]
    known = [number for number in votes if number is not None] + list(others)
    return max(known, default=None) if len(known) == len(votes) + len(others) else None


def check_design(design: Design) -> None:
    if design.models < 2 or design.session_length < 1:
        raise UnsupportedParameter(
            "A study compares two models or more, in sessions of one comparison or more."
        )
