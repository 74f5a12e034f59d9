"""Tasks: each calls one domain function. All may run twice, or at once, or be lost: the next one makes up for it."""

import logging

from celery import chain, shared_task
from celery.signals import worker_init
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from evaluations import ledger, snapshots
from evaluations.columns import refresh_columns
from evaluations.ranking import warm_kernels

logger = logging.getLogger(__name__)


@worker_init.connect
def warm_worker(**_: object) -> None:
    """Before the first task, so that no ranking waits for a compiler; the pool's processes inherit the loops."""
    warm_kernels()


@shared_task(time_limit=60, soft_time_limit=50)
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


def ask_for_recorded_votes() -> None:
    """Have recorded votes sealed and ranked now; where no broker answers, beat does it within the hour.

    They are older than what the frequent pass looks at.
    """
    try:
        chain(seal_stragglers.si(), refresh_leaderboards.si()).delay()
    except OperationalError:
        logger.warning("The broker does not answer; recorded votes are ranked when it does.")
