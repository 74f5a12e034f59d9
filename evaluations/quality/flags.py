"""Flags: the limits of a study's plan that a rater crosses. A question to a person: nobody is left out by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from evaluations.quality.reminders import MOST
from evaluations.quality.suspicions import Pattern
from evaluations.ranking import Figure, RaterShare

# Below these counts a figure is too early to flag anyone: votes, and checks or repeats.
FEWEST_VOTES: Final = 20
FEWEST_TRIALS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A limit that is crossed: fast, one_side, checks, agreement or repeats; or a pattern that no honest taste has.

    trials: on how many votes (or checks, or repeats) it rests.
    """

    kind: str
    value: float
    limit: float
    trials: int


def find_flags(
    *,
    votes: int,
    seconds: float | None,
    left: Figure,
    agreement: RaterShare,
    checks: RaterShare,
    repeats: RaterShare,
    pattern: Pattern | None,
    others: Figure,
    limits: Mapping[str, float],
    reminded: int | None,
) -> list[Flag]:
    """The limits that are crossed, by figures that rest on enough; none with few votes, and none before the rater has
    seen two reminders.

    others: how often raters agree in this study; reminded: reminders seen, None where nobody can be reminded.
    """
    if votes < FEWEST_VOTES or (reminded is not None and reminded < MOST):
        return []
    flags = []
    if seconds is not None and seconds < limits["fastest_seconds"]:
        flags.append(Flag(kind="fast", value=seconds, limit=limits["fastest_seconds"], trials=votes))
    side = max(left.value, 1 - left.value) if left.value is not None else 0.0
    if side > limits["one_side"]:
        flags.append(Flag(kind="one_side", value=side, limit=limits["one_side"], trials=votes))
    shares = [("checks", checks, FEWEST_TRIALS), ("repeats", repeats, FEWEST_TRIALS)]
    if is_below_others(agreement=agreement, others=others):
        shares.append(("agreement", agreement, FEWEST_VOTES))
    for kind, found, fewest in shares:
        if found.trials >= fewest and found.share.value is not None and found.share.value < limits[kind]:
            flags.append(Flag(kind=kind, value=found.share.value, limit=limits[kind], trials=found.trials))
    if pattern is not None:
        flags.append(Flag(kind="pattern", value=pattern.log_e, limit=pattern.level, trials=pattern.decided))
    return flags


def is_below_others(*, agreement: RaterShare, others: Figure) -> bool:
    """Whether the whole interval is below what raters agree to. Where few do, an honest one may be below the limit."""
    return agreement.share.upper is not None and agreement.share.upper < (others.value or 0)
