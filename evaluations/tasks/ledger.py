"""Votes into the ledger, and the leaderboards that follow."""

import logging

from celery import chain, shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from evaluations import ledger, snapshots
from evaluations.analyses import keep_analyses
from evaluations.columns import refresh_columns
from evaluations.models import Leaderboard
from evaluations.workers import SCORES, SEALING, note_work

logger = logging.getLogger(__name__)


@shared_task(name="evaluations.tasks.seal_votes", time_limit=60, soft_time_limit=50)
def seal_votes() -> None:
    """Give new votes their place, and bring this machine's columns up to date for the draw of battles."""
    with note_work(name=SEALING):
        while ledger.seal_votes(now=timezone.now()) == ledger.BATCH:
            pass
        refresh_columns(root=settings.COLUMNS_ROOT)


@shared_task(name="evaluations.tasks.seal_stragglers", time_limit=300)
def seal_stragglers() -> None:
    ledger.seal_all(now=timezone.now())


@shared_task(name="evaluations.tasks.refresh_leaderboards", time_limit=300)
def refresh_leaderboards() -> None:
    with note_work(name=SCORES):
        snapshots.refresh_leaderboards(columns_root=settings.COLUMNS_ROOT, now=timezone.now())
    # Every board has its snapshot before the first of the other analyses is made.
    for board in Leaderboard.objects.select_related("study"):
        keep_analyses(leaderboard=board, columns_root=settings.COLUMNS_ROOT)


def ask_for_recorded_votes() -> None:
    """Have recorded votes sealed and ranked now; where no broker answers, beat does it within the hour.

    They are older than what the frequent pass looks at.
    """
    try:
        chain(seal_stragglers.si(), refresh_leaderboards.si()).delay()
    except OperationalError:
        logger.warning("The broker does not answer; recorded votes are ranked when it does.")
