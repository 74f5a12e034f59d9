"""Votes in Arena's own export that its leaderboards do not count: repeats, checks, and those of excluded raters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from evaluations.ranking.files.columns import Labels, Mask
from evaluations.ranking.files.outcomes import UNKNOWN, Fault, decode_flags

KIND: Final = "battle_kind"
EXCLUDED: Final = "excluded"
UNCOUNTED: Final = (KIND, EXCLUDED)
NORMAL: Final = "normal"


class Named(Protocol):
    """A file whose columns have names."""

    def has(self, name: str) -> bool: ...


@dataclass(frozen=True, eq=False, kw_only=True)
class Uncounted:
    """rows: (N,) the votes that are not counted. counts: how many of them, by reason, each vote once.

    fault: the votes of which the file does not say whether they are.
    """

    rows: Mask
    counts: Mapping[str, int]
    fault: Fault


def choose_uncounted(file: Named) -> tuple[str, ...]:
    """The columns that say it, where the file has all of them, as only Arena's export does."""
    return UNCOUNTED if all(map(file.has, UNCOUNTED)) else ()


def find_uncounted(*, labels: Mapping[str, Labels]) -> Uncounted:
    """What a leaderboard leaves out: each vote that is not normal, and the others of excluded raters."""
    kind, excluded = labels[KIND], labels[EXCLUDED]
    normal = kind.look_up(np.array([*(name == NORMAL for name in kind.names.to_pylist()), False]))
    flags = decode_flags(labels=excluded)
    barred = normal & (flags == 1)
    unsaid = Fault(
        rows=normal & (flags == UNKNOWN),
        say=lambda row: f"has {excluded.text(row)!r} in {EXCLUDED}: that is true or false.",
    )
    return Uncounted(
        rows=~normal | barred,
        counts={
            "repeats_and_checks": int(np.count_nonzero(~normal)),
            "excluded": int(np.count_nonzero(barred)),
        },
        fault=unsaid,
    )
