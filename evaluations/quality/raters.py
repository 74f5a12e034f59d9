"""The quality of raters: each one's figures with intervals, and the limits of the study's plan that they cross.

All is computed from one prefix of the ledger, and from how many reminders each rater has seen.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db.models import Count, Subquery
from numpy.typing import NDArray

from evaluations.columns import Columns
from evaluations.documents import list_received
from evaluations.models import LedgerEntry, Reminder, Study
from evaluations.quality.exclusions import find_exclusions, name_rater, number_raters
from evaluations.quality.flags import FEWEST_VOTES, Flag, find_flags
from evaluations.quality.measurements import Measurements, Trials, measure_votes
from evaluations.quality.shares import LEVEL, UNKNOWN, share_checks, share_left, share_repeats
from evaluations.quality.suspicions import Pattern, find_patterns
from evaluations.ranking import (
    Agreement,
    Figure,
    RaterShare,
    Shares,
    measure_agreement,
    measure_conformity,
)
from evaluations.studies.limits import LIMITS

WEEK: Final = timedelta(days=7)
NO_TRIALS: Final = Trials(trials=0, hits=0)


@dataclass(frozen=True, kw_only=True)
class RaterQuality:
    """One rater in a study. Shares are in [0, 1]; votes are without repeats and checks, seconds the median of a vote.

    agreement: how often others who judged the same pair on the same prompt voted alike; reminded: reminders seen, None
    of who can't be reminded.
    """

    number: int
    rater_id: int
    votes: int
    excluded: bool
    withdrew: bool
    left: Figure
    seconds: float | None
    last_at: datetime
    agreement: RaterShare
    checks: RaterShare
    repeats: RaterShare
    pattern: Pattern | None
    reminded: int | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def code(self) -> str:
        return name_rater(self.number)

    @property
    def is_early(self) -> bool:
        return self.votes < FEWEST_VOTES


@dataclass(frozen=True, kw_only=True)
class Quality:
    """All raters in the order of their numbers, and what those who are not excluded come to together.

    received, counted: votes without repeats and checks, all and without those of excluded raters.
    """

    raters: tuple[RaterQuality, ...]
    size: int
    received: int
    counted: int
    agreement: Agreement
    conformity: Figure
    checks: Figure
    repeats: Figure
    measured: Measurements
    limits: Mapping[str, float] = field(default_factory=dict)

    def count_active(self, *, now: datetime) -> int:
        """Raters who voted within the last seven days."""
        return sum(rater.last_at >= now - WEEK for rater in self.raters)


# What this process measured last: a pure function of a prefix of the ledger, which its last leaf names, and of the
# reminders that raters have seen, of which there are only ever more.
_measured: OrderedDict[tuple[Any, ...], Quality] = OrderedDict()
MOST_KEPT: Final = 8


def fetch_quality(*, study: Study, columns: Columns) -> Quality:
    """`measure_quality`, from this process's memory while nothing is new. One query to know that."""
    seen = Reminder.objects.filter(study=study, seen_at__isnull=False).order_by().values("study")
    last = LedgerEntry.objects.filter(position=columns.size - 1).annotate(
        seen=Subquery(seen.annotate(number=Count("pk")).values("number"))
    )
    leaf, reminders = last.values_list("leaf_hash", "seen").first() or (b"", None)
    key = (study.pk, json.dumps(study.limits, sort_keys=True), columns.size, bytes(leaf), reminders)
    quality = _measured.get(key)
    if quality is None:
        quality = _measured[key] = measure_quality(study=study, columns=columns)
        while len(_measured) > MOST_KEPT:
            _measured.popitem(last=False)
    return quality


def measure_quality(*, study: Study, columns: Columns) -> Quality:
    """Measure every rater. Four queries, whose cost grows with the study's votes and whose answer with its raters."""
    ids = number_raters(columns=columns, study_id=study.pk)
    exclusions = find_exclusions(columns=columns, study_id=study.pk, size=columns.size)
    excluded = exclusions.left_out
    measured = measure_votes(study_id=study.pk, size=columns.size, excluded=excluded.tolist())
    positions = list_received(columns=columns, study_id=study.pk, size=columns.size)
    rater = _find_places(ids=ids, raters=columns.rater[positions])
    counts = ~np.isin(columns.rater[positions], excluded)
    item, value = encode_items(columns=columns, positions=positions)
    conformity = measure_conformity(item=item, rater=rater, value=value, others=counts, level=LEVEL)
    checks = {place: measured.raters[pk].checks for place, pk in enumerate(ids.tolist())}
    repeats = {place: measured.repeats.get(pk, NO_TRIALS) for place, pk in enumerate(ids.tolist())}
    found = _Found(
        ids=ids,
        excluded=set(excluded.tolist()),
        withdrawn=set(exclusions.withdrawn.tolist()),
        measured=measured,
        left=share_left(outcome=columns.outcome[positions], rater=rater, raters=len(ids)),
        votes=np.bincount(rater, minlength=len(ids)),
        agreement=_by_rater(conformity),
        checks=_by_rater(share_checks(checks)),
        repeats=_by_rater(share_repeats(repeats)),
        patterns=find_patterns(columns=columns, positions=positions, rater=rater, counts=counts),
        others=conformity.overall,
        limits={**LIMITS, **study.limits},
    )
    kept = np.flatnonzero(~np.isin(ids, excluded)).tolist()
    return Quality(
        raters=tuple(found.build(place) for place in range(len(ids))),
        size=columns.size,
        received=len(positions),
        counted=int(counts.sum()),
        agreement=measure_agreement(item=item[counts], rater=rater[counts], value=value[counts], level=LEVEL),
        conformity=conformity.overall,
        checks=share_checks({place: checks[place] for place in kept}).overall,
        repeats=share_repeats({place: repeats[place] for place in kept}).overall,
        measured=measured,
        limits=found.limits,
    )


def _find_places(*, ids: NDArray[np.int64], raters: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N,) the place in `ids` of each."""
    order = np.argsort(ids)
    return order[np.searchsorted(ids, raters, sorter=order)] if len(raters) else np.empty(0, dtype=np.int64)


def _by_rater(shares: Shares) -> dict[int, RaterShare]:
    return {share.rater: share for share in shares.by_rater}


def encode_items(
    *, columns: Columns, positions: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(N,) items, a pair on a prompt whichever way round; (N,) values: 0 the model that was on the left when the item
    was first shown, 1 the other, 2 a tie, 3 both bad.

    Sides are drawn at random, so that by chance two raters agree as often as coins do. With the model itself as the
    value, votes on different pairs could not be equal, and alpha would take that for agreement; in a fixed order of
    the models, the better one could always be the first, and alpha would take agreement for chance.
    """
    left = columns.left[positions].astype(np.int64)
    right = columns.right[positions].astype(np.int64)
    outcome = columns.outcome[positions].astype(np.int64)
    models = int(max(left.max(initial=0), right.max(initial=0))) + 1
    pair = np.minimum(left, right) * models + np.maximum(left, right)
    code = columns.prompt[positions].astype(np.int64) * models**2 + pair
    _, first, item = np.unique(code, return_index=True, return_inverse=True)
    swapped = left != left[first][item]
    return item.astype(np.int64), np.where((outcome < 2) & swapped, 1 - outcome, outcome)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """Every rater's figures, by place in `ids`."""

    ids: NDArray[np.int64]
    excluded: set[int]
    withdrawn: set[int]
    measured: Measurements
    left: Sequence[Figure]
    votes: NDArray[np.int64]
    agreement: Mapping[int, RaterShare]
    checks: Mapping[int, RaterShare]
    repeats: Mapping[int, RaterShare]
    patterns: Mapping[int, Pattern]
    others: Figure
    limits: Mapping[str, float]

    def build(self, place: int) -> RaterQuality:
        pk, votes = int(self.ids[place]), int(self.votes[place])
        measure, reminded = self.measured.raters[pk], self.measured.reminded.get(pk)
        figures: dict[str, Any] = {
            "seconds": measure.seconds,
            "left": self.left[place],
            **{
                name: getattr(self, name).get(place) or RaterShare(rater=place, trials=0, share=UNKNOWN)
                for name in ("agreement", "checks", "repeats")
            },
            "pattern": self.patterns.get(place),
        }
        return RaterQuality(
            number=place + 1,
            rater_id=pk,
            votes=votes,
            excluded=pk in self.excluded,
            withdrew=pk in self.withdrawn,
            last_at=measure.last_at,
            reminded=reminded,
            flags=tuple(
                find_flags(votes=votes, others=self.others, limits=self.limits, reminded=reminded, **figures)
            ),
            **figures,
        )
