"""What a ranking was asked to be: every parameter, checked, and printed with the result."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Final, Literal, TypeAlias

from evaluations.errors import UnsupportedParameter
from evaluations.ranking.elo import MOST_ORDERINGS, MOST_POINTS, POINTS
from evaluations.ranking.pairs import BothBad

Method: TypeAlias = Literal["bradley-terry", "elo"]
Ties: TypeAlias = Literal["half", "davidson"]
Interval: TypeAlias = Literal["sandwich", "bootstrap", "orderings"]
Cluster: TypeAlias = Literal["rater", "prompt", "both"] | None
Weights: TypeAlias = Literal["inverse-probability"] | None

OFFERED: Final[Mapping[str, tuple[str | None, ...]]] = {
    "method": ("bradley-terry", "elo"),
    "ties": ("half", "davidson"),
    "both_bad": ("tie", "out"),
    "interval": ("sandwich", "bootstrap", "orderings"),
    "cluster": ("rater", "prompt", "both", None),
    "weights": ("inverse-probability", None),
}
FEWEST_ROUNDS: Final = 20
MOST_LEVEL: Final = 0.999999
MOST_SEED: Final = 2**63


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
    style: Sequence[str] = ()
    position: bool = False
    weights: Weights = None
    k: float = POINTS

    def __post_init__(self) -> None:
        for name, values in OFFERED.items():
            if getattr(self, name) not in values:
                offered = " or ".join(repr(value) for value in values)
                raise UnsupportedParameter(f"{name} is {getattr(self, name)!r}; it can be {offered}.")
        _require(
            _number(self.level) and 0 < self.level <= MOST_LEVEL,
            f"level is a probability between 0 and {MOST_LEVEL}",
            self.level,
        )
        _require(
            _number(self.prior) and 0 <= self.prior < math.inf, "prior is a precision, 0 or more", self.prior
        )
        _require(
            _whole(self.rounds, FEWEST_ROUNDS, MOST_ORDERINGS),
            f"rounds is a whole number from {FEWEST_ROUNDS} to {MOST_ORDERINGS:,}",
            self.rounds,
        )
        _require(_whole(self.seed, 0, MOST_SEED), "seed is a whole number from 0", self.seed)
        _require(isinstance(self.position, bool), "position is true or false", self.position)
        _require(
            _number(self.k) and 0 < self.k <= MOST_POINTS,
            f"k is a number of points above 0, {MOST_POINTS:g} at most",
            self.k,
        )
        _require(_named(self.style), "style is a list of different names of covariates", self.style)
        plain = {"style": tuple(self.style), "rounds": int(self.rounds), "seed": int(self.seed)}
        for name in ("level", "prior", "k"):
            plain[name] = float(
                getattr(self, name)
            )  # numpy's scalars are numbers too, and JSON has none of them
        for name, value in plain.items():
            object.__setattr__(self, name, value)
        self._check_elo()

    def _check_elo(self) -> None:
        if (self.method == "elo") != (self.interval == "orderings"):
            raise UnsupportedParameter(
                'method="elo" goes with interval="orderings" and with no other: '
                "its spread is that of the order of the votes."
            )
        extras = (self.prior, self.anchor, self.cluster, self.style, self.position, self.weights)
        if self.method == "elo" and (any(extras) or self.ties != "half"):
            raise UnsupportedParameter(
                'method="elo" takes ties="half" and cluster=None, and no prior, anchor, style, position or weights.'
            )
        if self.method != "elo" and self.k != POINTS:
            raise UnsupportedParameter(f'k is of method="elo" alone; it was {self.k!r}.')


def _require(holds: bool, rule: str, value: object) -> None:
    if not holds:
        raise UnsupportedParameter(f"{rule}; it was {value!r}.")


def _number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and least <= int(value) <= most


def _named(value: object) -> bool:
    """A tuple, or a list as JSON has it, of different names."""
    return (
        isinstance(value, tuple | list)
        and all(isinstance(name, str) and name.strip() for name in value)
        and len(set(value)) == len(value)
    )
