"""Studies that end by their own rule."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from evaluations.studies import stopping


@shared_task(name="evaluations.tasks.stop_studies", time_limit=60, soft_time_limit=50)
def stop_studies() -> None:
    stopping.stop_studies(columns_root=settings.COLUMNS_ROOT, now=timezone.now())
