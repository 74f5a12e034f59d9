"""Answers of providers: one task a prompt and model, and the pass that sends them."""

import logging
from random import SystemRandom

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from evaluations.generation import attempts, slots

logger = logging.getLogger(__name__)


@shared_task(name="evaluations.tasks.generate_response", time_limit=1800, soft_time_limit=1700)
def generate_response(*, generation_id: int) -> None:
    """Ask for one answer; then the provider takes the next. The message may be doubled, or come too late."""
    provider_id = attempts.generate(generation_id=generation_id, clock=timezone.now, random=SystemRandom())
    if provider_id is not None:
        ask_for_generations(provider_id=provider_id)


@shared_task(name="evaluations.tasks.send_generations", time_limit=60, soft_time_limit=50)
def send_generations() -> None:
    """What waits and has no message under way gets one; what a dead worker held waits again."""
    attempts.sweep_generations(now=timezone.now())
    ask_for_generations()


def ask_for_generations(*, provider_id: int | None = None) -> bool:
    """Send the messages that are due; False where no broker answers. Then the next pass of beat sends them."""
    for slot in slots.give_slots(now=timezone.now(), provider_id=provider_id):
        try:
            generate_response.apply_async(
                kwargs={"generation_id": slot.generation_id}, countdown=slot.countdown
            )
        except OperationalError:
            logger.warning("The broker does not answer; responses are generated when it does.")
            return False
    return True
