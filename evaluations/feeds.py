"""What a feed tells: the snapshots as they were published, one an hour."""

from collections.abc import Sequence
from typing import Final

from django.db.models import Max
from django.db.models.functions import TruncHour

from evaluations.models import Leaderboard, Snapshot

MOST_ENTRIES: Final = 50


def list_published(*, leaderboard: Leaderboard | None = None, most: int = MOST_ENTRIES) -> Sequence[Snapshot]:
    """The last snapshot of each hour with exclusions applied, of one leaderboard or of each, the newest first.

    Without documents, which are large: who needs one reads it.
    """
    published = Snapshot.objects.filter(exclusions=Snapshot.Exclusions.APPLIED)
    if leaderboard is not None:
        published = published.filter(leaderboard=leaderboard)
    hours = published.annotate(hour=TruncHour("created_at")).values("leaderboard", "hour")
    newest = hours.annotate(last=Max("pk")).order_by("-hour", "-last").values_list("last", flat=True)[:most]
    found = Snapshot.objects.filter(pk__in=list(newest)).select_related("leaderboard__study")
    return list(found.defer("document").order_by("-created_at", "-pk"))
