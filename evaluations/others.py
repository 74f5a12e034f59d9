"""How others voted on the same two responses: counts for a rater who knows the names, from LEAST votes on."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import OUTCOMES, Columns, map_columns
from evaluations.models import Battle, Outcome, Vote
from evaluations.quality.exclusions import find_exclusions
from evaluations.study_plans import COLUMNS_LIVE_SECONDS
from evaluations.votes import is_revealed

LEAST = 20
SWAPPED = {Outcome.LEFT: Outcome.RIGHT, Outcome.RIGHT: Outcome.LEFT}


@dataclass(frozen=True, kw_only=True)
class OthersVotes:
    """Votes of other raters by outcome, by the sides that this rater saw; none of it where there are too few."""

    total: int
    counts: dict[Outcome, int]


def count_others(*, vote: Vote, models: tuple[int, int], root: Path) -> OthersVotes | None:
    """How others voted; models are the ids of those shown left and right. None where this may not be shown.

    It may be where the study says so, and only once the rater knows the names. Votes are those of the ledger that
    stand and count: no repeats, no checks, none of raters who are left out, none of this rater's own. Read from the
    columns in this process: no query, and some milliseconds for millions of votes.
    """
    battle = vote.battle
    if not battle.study.shows_others or not is_revealed(vote=vote):
        return None
    columns = map_columns(root=root, oldest=time.time() - COLUMNS_LIVE_SECONDS)
    left, right = models
    rows = _find_others(columns=columns, battle=battle)
    same = rows[(columns.left[rows] == left) & (columns.right[rows] == right)]
    swapped = rows[(columns.left[rows] == right) & (columns.right[rows] == left)]
    counts = {
        outcome: _count(columns, same, outcome) + _count(columns, swapped, SWAPPED.get(outcome, outcome))
        for outcome in OUTCOMES
    }
    total = sum(counts.values())
    return OthersVotes(total=total, counts=counts) if total >= LEAST else OthersVotes(total=0, counts={})


def _find_others(*, columns: Columns, battle: Battle) -> NDArray[np.int64]:
    """Positions of the votes that others cast on the battle's prompt, without those that are left out."""
    rows = np.flatnonzero(columns.prompt == battle.prompt_id)
    rows = rows[(columns.study[rows] == battle.study_id) & (columns.rater[rows] != battle.rater_id)]
    left_out = find_exclusions(columns=columns, study_id=battle.study_id, size=columns.size).left_out
    return np.asarray(rows[~np.isin(columns.rater[rows], left_out)], dtype=np.int64)


def _count(columns: Columns, rows: NDArray[np.int64], outcome: Outcome) -> int:
    return int(np.count_nonzero(columns.outcome[rows] == OUTCOMES[outcome]))
