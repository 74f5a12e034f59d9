"""Background work as seen from a page: whether a worker lives, and when each kind of work last ran."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic

from django.utils import timezone

from evaluations.models import Heartbeat

# Two kinds, which may live and die apart: one asks providers, the other does all the rest.
WORKER, GENERATOR = "worker", "generator"
SEALING, SCORES = "sealing", "scores"
# A worker says that it lives every few seconds; one that is silent for longer is down.
SILENCE = timedelta(seconds=15)


def note_worker(*, now: datetime, kind: str = WORKER) -> None:
    """A worker of this kind lives."""
    Heartbeat.objects.update_or_create(name=kind, defaults={"seen_at": now})


def is_worker_alive(*, now: datetime, kind: str = WORKER) -> bool:
    """Whether work that is asked for now will be taken up. A page says so; it never waits."""
    return Heartbeat.objects.filter(name=kind, seen_at__gte=now - SILENCE).exists()


@contextmanager
def note_work(*, name: str) -> Iterator[None]:
    """Write down that this kind of work ran, how long it took, and by which class of error it failed."""
    start = monotonic()
    Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})
    try:
        yield
    except Exception as error:
        failure = {"failed_at": timezone.now(), "problem": type(error).__name__}
        Heartbeat.objects.filter(name=name).update(**failure)
        raise
    done = {"finished_at": timezone.now(), "seconds": monotonic() - start, "problem": ""}
    Heartbeat.objects.filter(name=name).update(**done)
