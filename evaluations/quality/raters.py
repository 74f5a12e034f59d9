"""The quality of raters: each one's figures with intervals, and the limits of the study's plan that they cross.

All is computed from one prefix of the ledger.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import Columns
from evaluations.documents import list_received
from evaluations.models import LedgerEntry, Study
from evaluations.quality.exclusions import find_exclusions, name_rater, number_raters
from evaluations.quality.flags import FEWEST_VOTES, Flag, find_flags
from evaluations.quality.measurements import Measurements, Trials, measure_votes
from evaluations.quality.suspicions import Pattern, find_patterns
from evaluations.ranking import (
    Agreement,
    Figure,
    RaterShare,
    Shares,
    measure_accuracy,
    measure_agreement,
    measure_conformity,
    measure_consistency,
)
from evaluations.ranking.agreement import wilson_intervals
from evaluations.studies.limits import LIMITS

LEVEL: Final = 0.95
WEEK: Final = timedelta(days=7)
UNKNOWN: Final = Figure(value=None, lower=None, upper=None)
NO_TRIALS: Final = Trials(trials=0, hits=0)


@dataclass(frozen=True, kw_only=True)
class RaterQuality:
    """One rater in a study. Shares are in [0, 1]; votes are without repeats and checks, seconds the median of a vote.

    agreement: how often others who judged the same pair on the same prompt voted alike.
    """

    number: int
    rater_id: int
    votes: int
    excluded: bool
    left: Figure
    seconds: float | None
    last_at: datetime
    agreement: RaterShare
    checks: RaterShare
    repeats: RaterShare
    pattern: Pattern | None
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


# What this process measured last: a pure function of a prefix of the ledger, which its last leaf names.
_measured: OrderedDict[tuple[Any, ...], Quality] = OrderedDict()
MOST_KEPT: Final = 8


def fetch_quality(*, study: Study, columns: Columns) -> Quality:
    """`measure_quality`, from this process's memory while the ledger has not grown."""
    leaf = LedgerEntry.objects.filter(position=columns.size - 1).values_list("leaf_hash", flat=True).first()
    key = (study.pk, json.dumps(study.limits, sort_keys=True), columns.size, bytes(leaf or b""))
    quality = _measured.get(key)
    if quality is None:
        quality = _measured[key] = measure_quality(study=study, columns=columns)
        while len(_measured) > MOST_KEPT:
            _measured.popitem(last=False)
    return quality


def measure_quality(*, study: Study, columns: Columns) -> Quality:
    """Measure every rater. Two queries, whose cost grows with the study's votes and whose answer with its raters."""
    ids = number_raters(columns=columns, study_id=study.pk)
    excluded = find_exclusions(columns=columns, study_id=study.pk, size=columns.size).raters
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
        measured=measured,
        left=_share_left(outcome=columns.outcome[positions], rater=rater, raters=len(ids)),
        votes=np.bincount(rater, minlength=len(ids)),
        agreement=_by_rater(conformity),
        checks=_by_rater(_measure_checks(checks)),
        repeats=_by_rater(_measure_repeats(repeats)),
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
        checks=_measure_checks({place: checks[place] for place in kept}).overall,
        repeats=_measure_repeats({place: repeats[place] for place in kept}).overall,
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
        measure = self.measured.raters[pk]
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
            last_at=measure.last_at,
            flags=tuple(find_flags(votes=votes, others=self.others, limits=self.limits, **figures)),
            **figures,
        )


def _share_left(*, outcome: NDArray[np.int8], rater: NDArray[np.int64], raters: int) -> list[Figure]:
    """Of each rater's votes for a side, the share of those for the left one."""
    sided = outcome < 2
    trials = np.bincount(rater[sided], minlength=raters)
    hits = np.bincount(rater[sided], outcome[sided] == 0, minlength=raters)
    share = hits / np.maximum(trials, 1)
    lower, upper = wilson_intervals(share=share, trials=np.maximum(trials, 1).astype(np.float64), level=LEVEL)
    rows = zip(trials.tolist(), share.tolist(), lower.tolist(), upper.tolist(), strict=True)
    return [Figure(value=at, lower=low, upper=up) if tried else UNKNOWN for tried, at, low, up in rows]


def _measure_checks(checks: Mapping[int, Trials]) -> Shares:
    rater, hit = _spread(checks)
    return measure_accuracy(given=hit, known=np.ones_like(hit), rater=rater, level=LEVEL)


def _measure_repeats(repeats: Mapping[int, Trials]) -> Shares:
    """Each repeat is an item of its own, voted on twice: alike where it is a hit."""
    rater, hit = _spread(repeats)
    item = np.tile(np.arange(len(hit)), 2)
    value = np.concatenate([np.ones_like(hit), hit])
    return measure_consistency(item=item, rater=np.tile(rater, 2), value=value, level=LEVEL)


def _spread(trials: Mapping[int, Trials]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(trials,) of whom it is, and 1 where it is a hit."""
    tried = [(place, trial.trials, trial.hits) for place, trial in trials.items() if trial.trials]
    rater = np.repeat([place for place, _, _ in tried], [count for _, count, _ in tried]).astype(np.int64)
    hits = [np.arange(count) < hit for _, count, hit in tried]
    return rater, np.concatenate(hits).astype(np.int64) if hits else np.empty(0, dtype=np.int64)
