"""A leaderboard's past: what its snapshots said, thinned to as many as a picture can show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django.db.models import Max
from django.db.models.functions import TruncHour

from evaluations.models import Snapshot
from evaluations.snapshots import describe_standing, read_document

MOST_POINTS: Final = 40


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What one snapshot said. models: [score, lower, upper, rank_low, rank_high] by slug; votes: counted. claims:
    [verdict, lower, upper, mean, observations] by number; None where the snapshot judges none."""

    at: datetime
    ledger_size: int
    votes: int
    models: Mapping[str, Sequence[float]]
    claims: Mapping[str, Sequence[Any]] | None = None


def list_standings(*, snapshot: Snapshot, most: int = MOST_POINTS) -> list[Standing]:
    """The snapshots of the same leaderboard and rule up to this one, which comes last: the last of each hour, then
    as many of these, evenly, as there is room for. Later snapshots change nothing of it: read once in a process."""
    return list(_list_once(snapshot, most))


@lru_cache(maxsize=16)
def _list_once(snapshot: Snapshot, most: int) -> tuple[Standing, ...]:
    before = Snapshot.objects.filter(
        leaderboard=snapshot.leaderboard_id,
        exclusions=snapshot.exclusions,
        ledger_size__lt=snapshot.ledger_size,
        created_at__lte=snapshot.created_at,
    )
    hours = before.annotate(hour=TruncHour("created_at")).values("hour").annotate(last=Max("pk"))
    ids = sorted(hours.order_by("hour").values_list("last", flat=True))
    return tuple(read_standing(item) for item in [*_fetch(_thin(ids, most=most - 1)), snapshot])


def count_snapshots(*, snapshot: Snapshot) -> int:
    """How many of the same leaderboard and rule there were when this one was published, itself among them."""
    return Snapshot.objects.filter(
        leaderboard=snapshot.leaderboard_id,
        exclusions=snapshot.exclusions,
        ledger_size__lte=snapshot.ledger_size,
        created_at__lte=snapshot.created_at,
    ).count()


def _thin(ids: Sequence[int], *, most: int) -> list[int]:
    """The first, the last, and evenly spread ones between them."""
    if len(ids) <= most:
        return list(ids)
    step = (len(ids) - 1) / (most - 1)
    return [ids[round(number * step)] for number in range(most)]


def _fetch(ids: Sequence[int]) -> Sequence[Snapshot]:
    """Without documents, which are large, but for snapshots that have no standing of their own."""
    rows = Snapshot.objects.filter(pk__in=ids).order_by("ledger_size", "created_at")
    return list(rows.defer("document"))


def read_standing(snapshot: Snapshot) -> Standing:
    said: dict[str, Any] = snapshot.standing or describe_standing(read_document(snapshot=snapshot))
    return Standing(
        at=snapshot.created_at,
        ledger_size=snapshot.ledger_size,
        votes=said["votes"],
        models=said["models"],
        claims=said.get("claims"),
    )
