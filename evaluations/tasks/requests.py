"""Counts of requests whose windows are over."""

from celery import shared_task
from django.utils import timezone

from evaluations import throttling


@shared_task(name="evaluations.tasks.sweep_requests", time_limit=60, soft_time_limit=50)
def sweep_requests() -> None:
    throttling.sweep_requests(now=timezone.now())
