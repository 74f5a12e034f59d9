"""Words to raters that only the votes of others can tell the need of."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from evaluations.quality.late_reminders import make_late_reminders


@shared_task(name="evaluations.tasks.remind_raters", time_limit=300, soft_time_limit=270)
def remind_raters() -> None:
    make_late_reminders(columns_root=settings.COLUMNS_ROOT, now=timezone.now())
