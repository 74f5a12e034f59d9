"""Tasks: each calls one domain function. All may run twice, or at once, or be lost: the next one makes up for it."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from evaluations import ledger, snapshots
from evaluations.columns import refresh_columns


@shared_task(time_limit=60)
def seal_votes() -> None:
    """Give new votes their place, and bring this machine's columns up to date for the draw of battles."""
    while ledger.seal_votes(now=timezone.now()) == ledger.BATCH:
        pass
    refresh_columns(root=settings.COLUMNS_ROOT)


@shared_task(time_limit=300)
def seal_stragglers() -> None:
    ledger.seal_all(now=timezone.now())


@shared_task(time_limit=300)
def refresh_leaderboards() -> None:
    snapshots.refresh_leaderboards(columns_root=settings.COLUMNS_ROOT, now=timezone.now())
