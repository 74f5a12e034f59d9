"""Two snapshots of a leaderboard: what their documents say, and what the ledger holds between them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from evaluations.errors import SnapshotError
from evaluations.leaderboards import find_snapshot
from evaluations.models import Entry, Leaderboard, LedgerEntry, Snapshot, Study
from evaluations.publishing.changes import Changes, compare_documents
from evaluations.snapshots import read_document

Kind = LedgerEntry.Kind
# What stands in the ledger about a whole study, or about a rater's votes.
PROTOCOLS: Final = (Kind.STUDY_OPENED, Kind.STUDY_AMENDED)
EVENTS: Final = (
    *(Kind.STUDY_AMENDED, Kind.STUDY_PAUSED, Kind.STUDY_RESUMED, Kind.STUDY_CLOSED),
    *(Kind.RATER_EXCLUDED, Kind.RATER_RESTORED, Kind.RATER_WITHDRAWN),
)


@dataclass(frozen=True, kw_only=True)
class LedgerEvent:
    """A decision in the ledger. code: of the rater, "" where it is about none or about one who withdrew; reason: ""
    where none is given; number: of the amendment, else 0."""

    kind: str
    position: int
    code: str = ""
    reason: str = ""
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class SnapshotDifference:
    """changes: of the documents. events: of the study, in the ledger between the two prefixes. retired: slugs of
    models that are no longer compared since. names: of all models ever entered, by slug."""

    leaderboard: Leaderboard
    earlier: Snapshot
    later: Snapshot
    changes: Changes
    events: Sequence[LedgerEvent] = ()
    retired: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_same(self) -> bool:
        return self.earlier.result_digest == self.later.result_digest

    @property
    def is_backwards(self) -> bool:
        """Whether the one that was called the earlier is the later of the two."""
        return _order(self.earlier) > _order(self.later)


def fetch_difference(*, slug: str, later: str, earlier: str) -> SnapshotDifference:
    """The difference of two snapshots by their digests, or the first digits of these.

    Raises Leaderboard.DoesNotExist, Snapshot.DoesNotExist; SnapshotError where they are of two leaderboards.
    """
    leaderboard = Leaderboard.objects.select_related("study").get(slug=slug)
    after = find_snapshot(leaderboard=leaderboard, exclusions=Snapshot.Exclusions.APPLIED, digest=later)
    before = _find_earlier(leaderboard=leaderboard, digest=earlier)
    if after is None or before is None:
        raise Snapshot.DoesNotExist
    sizes = sorted((before.ledger_size, after.ledger_size))
    entries = Entry.objects.filter(study=leaderboard.study_id).values_list("model__slug", "model__name")
    return SnapshotDifference(
        leaderboard=leaderboard,
        earlier=before,
        later=after,
        changes=compare_documents(read_document(snapshot=before), read_document(snapshot=after)),
        events=_list_events(study=leaderboard.study, start=sizes[0], end=sizes[1]),
        retired=_list_retired(study=leaderboard.study, start=sizes[0], end=sizes[1]),
        names=dict(entries),
    )


def _order(snapshot: Snapshot) -> tuple[Any, ...]:
    return snapshot.ledger_size, snapshot.created_at, snapshot.pk


def _find_earlier(*, leaderboard: Leaderboard, digest: str) -> Snapshot | None:
    try:
        return find_snapshot(leaderboard=leaderboard, exclusions=Snapshot.Exclusions.APPLIED, digest=digest)
    except Snapshot.DoesNotExist:
        elsewhere = Snapshot.objects.filter(result_digest__startswith=digest).exclude(leaderboard=leaderboard)
        found = elsewhere.select_related("leaderboard").first()
        if found is None:
            raise
    values = {"title": leaderboard.title, "other": found.leaderboard.title}
    raise SnapshotError(
        _(
            "These two snapshots are of two leaderboards, “%(title)s” and “%(other)s”: other votes, other scores. "
            "Choose two of the same leaderboard."
        )
        % values
    )


def _list_events(*, study: Study, start: int, end: int) -> list[LedgerEvent]:
    """In the ledger's order. Who withdrew is named by nothing."""
    entries = LedgerEntry.objects.filter(
        study=study, kind__in=EVENTS, position__gte=start, position__lt=end
    ).order_by("position")
    return [
        LedgerEvent(
            kind=kind,
            position=position,
            **{name: said[name] for name in ("code", "reason", "number") if name in said},
        )
        for kind, position, said in _read(entries.values_list("kind", "position", "record"))
    ]


def _list_retired(*, study: Study, start: int, end: int) -> list[str]:
    """Models that the protocol in force after `end` entries no longer compares, and that after `start` did."""
    entries = LedgerEntry.objects.filter(study=study, kind__in=PROTOCOLS, position__lt=end)
    gone: dict[bool, set[str]] = {False: set(), True: set()}
    for _kind, position, said in _read(
        entries.order_by("position").values_list("kind", "position", "record")
    ):
        retired = {model["slug"] for model in said["protocol"]["models"] if model["retired"]}
        for later in (False, True) if position < start else (True,):
            gone[later] = retired
    return sorted(gone[True] - gone[False])


def _read(rows: Iterable[tuple[str, int, str]]) -> Iterable[tuple[str, int, dict[str, Any]]]:
    return ((kind, position, json.loads(record)) for kind, position, record in rows)
