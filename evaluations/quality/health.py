"""A study's health: how far it is, whether it will be done in time, and what it lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import Columns
from evaluations.documents import list_counted
from evaluations.models import Entry, Study

# The pace is that of the last days; before so much of a study has passed it says nothing.
PACE_DAYS: Final = 7
FIRST_DAYS: Final = 2
DAYS_SHOWN: Final = 30
# Below this part of its share a pair has too few votes.
ENOUGH: Final = 0.75
# A larger table is no longer read; the pairs with the fewest votes are listed instead.
MOST_MODELS: Final = 30
FEWEST_SHOWN: Final = 20


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Votes a day over the last days, and where that leads. ends_on: the day of the last vote; None: never, or too
    early to say. deadline: the day on which the study ends by its plan; then `needed` votes a day are, and `expected`
    is how many there will be. early: too early to say."""

    per_day: float
    early: bool
    ends_on: date | None
    deadline: date | None
    needed: float | None
    expected: int | None

    @property
    def is_late(self) -> bool:
        """Whether it will lack votes on its last day."""
        if self.deadline is None or self.early or self.needed is None or self.needed == 0:
            return False
        return self.ends_on is None or self.ends_on > self.deadline


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two models and their votes; level: full, most, low, or none where a model has retired and nothing is asked."""

    one: str
    other: str
    votes: int
    level: str


@dataclass(frozen=True, kw_only=True)
class PairTable:
    """Rows of a triangle: each model with those before it. needed: votes that the plan asks of each pair; low: below
    which a pair lacks votes now. fewest: instead of rows, where there are too many models."""

    names: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Pair]]]
    needed: int
    low: int
    lacking: int
    fewest: Sequence[Pair]


def measure_pace(*, study: Study, days: dict[date, int], counted: int, now: datetime) -> Pace:
    """days: counted votes by day. Today is left out of the pace: it isn't over."""
    today = now.date()
    opened = (study.opened_at or now).date()
    first = max(opened, today - timedelta(days=PACE_DAYS))
    length = (today - first).days
    recent = sum(votes for day, votes in days.items() if first <= day < today)
    per_day = recent / length if length else 0.0
    missing = max(study.target_votes - counted, 0)
    early = now - (study.opened_at or now) < timedelta(days=FIRST_DAYS)
    rule = study.stopping or {}
    deadline = date.fromisoformat(rule["ends_on"]) if rule.get("ends_on") else None
    left = max((deadline - today).days + 1, 1) if deadline else None
    return Pace(
        per_day=per_day,
        early=early,
        ends_on=None if early or not per_day else today + timedelta(days=ceil(missing / per_day)),
        deadline=deadline,
        needed=missing / left if left else None,
        expected=round(counted + per_day * left) if left else None,
    )


def list_days(*, study: Study, days: dict[date, int], now: datetime) -> list[tuple[date, int]]:
    """Every day of the last month since the study was opened, also those without a vote; a closed one's last month."""
    last = (study.closed_at or now).date()
    if study.recorded and days:
        last = max(days)
    start = min([day for day in days if day <= last], default=last)
    first = max(start, last - timedelta(days=DAYS_SHOWN - 1))
    return [
        (first + timedelta(days=place), days.get(first + timedelta(days=place), 0))
        for place in range((last - first).days + 1)
    ]


def count_pairs(*, study: Study, columns: Columns) -> PairTable:
    """Votes on each pair of the study's models, against what the plan asks of it."""
    entries = list(Entry.objects.filter(study=study).select_related("model").order_by("model__name"))
    ids = np.array([entry.model_id for entry in entries], dtype=np.int64)
    active = np.array([entry.retired_at is None for entry in entries], dtype=np.bool_)
    counts = _count(columns=columns, study=study, ids=ids)
    asked = np.outer(active, active) & ~np.eye(len(ids), dtype=np.bool_)
    pairs = max(int(asked.sum()) // 2, 1)
    needed = ceil(study.target_votes / pairs)
    low = _find_low(study=study, share=int(counts[asked].sum()) / 2 / pairs, needed=needed)

    def describe(i: int, j: int) -> Pair:
        votes = int(counts[i, j])
        level = "full" if votes >= needed else "most" if votes >= low else "low"
        return Pair(
            one=entries[i].model.name,
            other=entries[j].model.name,
            votes=votes,
            level=level if asked[i, j] else "none",
        )

    whole = len(entries) <= MOST_MODELS
    places = np.argwhere(np.triu(asked))
    order = np.argsort(counts[places[:, 0], places[:, 1]], kind="stable")[:FEWEST_SHOWN]
    rows = [
        (entries[i].model.name, [describe(i, j) for j in range(i)]) for i in range(1, len(entries)) if whole
    ]
    return PairTable(
        names=[entry.model.name for entry in entries][:-1],
        rows=rows,
        needed=needed,
        low=low,
        lacking=int((counts[places[:, 0], places[:, 1]] < low).sum()),
        fewest=[] if whole else [describe(int(i), int(j)) for i, j in places[order]],
    )


def _find_low(*, study: Study, share: float, needed: int) -> int:
    """Adaptive sampling gives pairs unequal votes on purpose: there a pair lacks votes only while it has none."""
    if study.sampling == Study.Sampling.ADAPTIVE or study.recorded:
        return 1 if share else 0
    return ceil(ENOUGH * min(needed, share))


def _count(*, columns: Columns, study: Study, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """(K, K) votes on each pair whichever way round, without those of excluded raters."""
    counted, _ = list_counted(columns=columns, study_id=study.pk, size=columns.size)
    counts = np.zeros((len(ids), len(ids)), dtype=np.int64)
    order = np.argsort(ids)
    left, right = (
        order[np.searchsorted(ids, side[counted], sorter=order)] for side in (columns.left, columns.right)
    )
    np.add.at(counts, (left, right), 1)
    return counts + counts.T
