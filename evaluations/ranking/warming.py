"""Compile every loop ahead, by ranking a handful of votes in each way that has loops of its own."""

from __future__ import annotations

import numpy as np

from evaluations.ranking.rankings import rank
from evaluations.ranking.votes import Votes


def warm_kernels() -> None:
    """Compile the loops, or load them from disk, for the columns that Arena has. Some seconds, once a machine."""
    numbers = np.arange(40)
    votes = Votes.from_codes(
        models=("x", "y", "z"),
        a=numbers.astype(np.int32) % 3,
        b=(numbers.astype(np.int32) + 1 + numbers.astype(np.int32) // 20) % 3,
        outcome=(numbers // 3 % 4).astype(np.int8),
        rater=numbers % 7,
        prompt=numbers % 5,
        side=1,
        probability=np.full(40, 0.5),
        covariates={"length": np.sin(numbers)},
    )
    rank(votes, cluster="both", rounds=20)
    rank(votes, interval="bootstrap", rounds=20, prior=1.0)
    rank(votes, style=("length",), position=True, ties="davidson", weights="inverse-probability", rounds=20)
    rank(votes, method="elo", interval="orderings", cluster=None, rounds=100)
