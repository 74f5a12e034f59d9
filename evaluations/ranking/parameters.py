"""What a ranking was asked to be: every parameter, checked, and printed with the result."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from evaluations.errors import UnsupportedParameter
from evaluations.ranking.pairs import BothBad

Method: TypeAlias = Literal["bradley-terry", "elo"]
Ties: TypeAlias = Literal["half"]
Interval: TypeAlias = Literal["sandwich", "bootstrap", "orderings"]
Cluster: TypeAlias = Literal["rater"] | None

OFFERED: Final[Mapping[str, tuple[str | None, ...]]] = {
    "method": ("bradley-terry", "elo"),
    "ties": ("half",),
    "both_bad": ("tie", "out"),
    "interval": ("sandwich", "bootstrap", "orderings"),
    "cluster": ("rater", None),
}
FEWEST_ROUNDS: Final = 20


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The parameters of a ranking; `rank` says what each means. Raises UnsupportedParameter."""

    method: Method = "bradley-terry"
    ties: Ties = "half"
    both_bad: BothBad = "tie"
    interval: Interval = "sandwich"
    cluster: Cluster = "rater"
    level: float = 0.95
    prior: float = 0.0
    anchor: str | None = None
    rounds: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        for name, values in OFFERED.items():
            if getattr(self, name) not in values:
                offered = " or ".join(repr(value) for value in values)
                raise UnsupportedParameter(f"{name} is {getattr(self, name)!r}; it can be {offered}.")
        _require(
            _number(self.level) and 0 < self.level < 1, "level is a probability between 0 and 1", self.level
        )
        _require(
            _number(self.prior) and 0 <= self.prior < math.inf, "prior is a precision, 0 or more", self.prior
        )
        _require(
            _whole(self.rounds, FEWEST_ROUNDS), f"rounds is a whole number from {FEWEST_ROUNDS}", self.rounds
        )
        _require(_whole(self.seed, 0), "seed is a whole number from 0", self.seed)
        if (self.method == "elo") != (self.interval == "orderings"):
            raise UnsupportedParameter(
                'method="elo" goes with interval="orderings" and with no other: '
                "its spread is that of the order of the votes."
            )
        if self.method == "elo" and (self.prior or self.anchor or self.cluster):
            raise UnsupportedParameter('method="elo" takes no prior, no anchor and cluster=None.')


def _require(holds: bool, rule: str, value: object) -> None:
    if not holds:
        raise UnsupportedParameter(f"{rule}; it was {value!r}.")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
