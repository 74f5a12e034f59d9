"""Slots of designed studies that were leased and never voted on."""

from celery import shared_task
from django.utils import timezone

from evaluations import items


@shared_task(name="evaluations.tasks.return_slots", time_limit=60, soft_time_limit=50)
def return_slots() -> None:
    items.return_all_slots(now=timezone.now())
