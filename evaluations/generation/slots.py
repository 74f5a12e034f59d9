"""When the next requests may go out: so many a minute, so many at a time, over all workers.

A provider's row is the lock and holds the time of its next request; requests are spaced evenly. A waiting row that
has a slot holds a lease while the message for it is under way. The broker holds few messages at any time: the list of
what is to do is in the database, so that a lost message costs a minute and a doubled one nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from evaluations.generation.runs import lock_run
from evaluations.models import Generation, GenerationRun, Provider

State = Generation.State
# Slots are given out this far ahead; a message that has not come through after its time is sent again.
HORIZON = timedelta(seconds=10)
UNDER_WAY = timedelta(seconds=60)
# Beyond the time that a request may take: after that its worker is taken for dead.
MARGIN = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A message to send now, to be worked on after so many seconds."""

    generation_id: int
    countdown: float


def give_slots(*, now: datetime, provider_id: int | None = None) -> list[Slot]:
    """Slots for what waits, of one provider or of all."""
    providers = Provider.objects.order_by("pk").values_list("pk", flat=True)
    chosen = [provider_id] if provider_id else list(providers)
    return [slot for pk in chosen for slot in _give_slots(provider_id=pk, now=now)]


@transaction.atomic
def _give_slots(*, provider_id: int, now: datetime) -> list[Slot]:
    provider = lock_provider(provider_id)
    free = provider.concurrent_requests - count_running(provider=provider, now=now)
    free -= _of_provider(provider).filter(state=State.WAITING, leased_until__gt=now).count()
    rows = _list_due(provider=provider, now=now)[: max(free, 0)]
    slots = [
        Slot(generation_id=row.pk, countdown=(at - now).total_seconds())
        for row, at in _space(rows, provider, now)
    ]
    if slots:
        Provider.objects.filter(pk=provider.pk).update(next_request_at=provider.next_request_at)
    return slots


def _space(
    rows: Iterable[Generation], provider: Provider, now: datetime
) -> Iterator[tuple[Generation, datetime]]:
    for row in rows:
        at = max(now, provider.next_request_at or now)
        if at > now + HORIZON:
            return
        take_slot(provider=provider, at=at)
        Generation.objects.filter(pk=row.pk).update(not_before=at, leased_until=at + UNDER_WAY)
        yield row, at


def _list_due(*, provider: Provider, now: datetime) -> QuerySet[Generation]:
    unleased = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    due = _of_provider(provider).filter(
        unleased, state=State.WAITING, not_before__lte=now, run__state=GenerationRun.State.RUNNING
    )
    return due.order_by("not_before").only("pk")


def _of_provider(provider: Provider) -> QuerySet[Generation]:
    return Generation.objects.filter(model__provider=provider)


def count_running(*, provider: Provider, now: datetime) -> int:
    return _of_provider(provider).filter(state=State.RUNNING, leased_until__gt=now).count()


def lock_provider(pk: int) -> Provider:
    return Provider.objects.select_for_update(no_key=True).get(pk=pk)


def take_slot(*, provider: Provider, at: datetime) -> None:
    """The next request comes one interval later. The caller holds the lock, and saves."""
    provider.next_request_at = at + timedelta(seconds=60 / provider.requests_per_minute)


def pause_provider(*, provider_id: int, until: datetime) -> None:
    """It asked to come back later: nobody asks it anything before."""
    waiting = Q(next_request_at__isnull=True) | Q(next_request_at__lt=until)
    Provider.objects.filter(waiting, pk=provider_id).update(next_request_at=until)


def reclaim_lost(*, now: datetime, most_attempts: int) -> int:
    """What a worker took and never finished waits again. Its answer may have been paid for, so it counts as spent."""
    lost = list(
        Generation.objects.filter(state=State.RUNNING, leased_until__lte=now).values_list("pk", "run_id")
    )
    for pk, run_id in lost:
        _reclaim(pk=pk, run_id=run_id, now=now, most_attempts=most_attempts)
    return len(lost)


@transaction.atomic
def _reclaim(*, pk: int, run_id: int, now: datetime, most_attempts: int) -> None:
    run = lock_run(GenerationRun(pk=run_id))
    row = Generation.objects.select_for_update(no_key=True).get(pk=pk)
    if row.state != State.RUNNING or row.leased_until is None or row.leased_until > now:
        return
    row.cost, row.reserved = (row.cost or 0) + row.reserved, 0
    row.error, row.leased_until, row.not_before = "lost", None, now
    if run.state != GenerationRun.State.RUNNING:
        row.state, row.ended_at = State.CANCELLED, now
    elif row.attempts >= most_attempts:
        row.state, row.ended_at = State.FAILED, now
    else:
        row.state = State.WAITING
    row.save()
