"""Who works on an import now, without a lock held: a worker says again and again that it lives.

Whoever takes an import writes the time into its row, and with each sign of life that time anew. A worker that finds
another time there was taken for dead, and stops: two never write about one import.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet
from django.utils import timezone

from evaluations.models import Import

# A worker that said nothing for so long is dead, and another may take its work.
SILENCE = timedelta(seconds=60)
# Seconds between two signs of life.
PULSE = 0.5
UPDATE_PROGRESS = "UPDATE evaluations_import SET done = %s, seen_at = %s WHERE id = %s AND state = %s"


class LeaseLost(Exception):  # noqa: N818 - reads as what happened; never leaves the package
    """Somebody else works on this import now, or it was discarded."""


class CheckLease:
    """The right to check an import: every write about it goes through here."""

    def __init__(self, *, pk: int, seen_at: datetime) -> None:
        self.pk, self.seen_at, self.done = pk, seen_at, 0
        self.last = monotonic()

    def note(self, done: int) -> None:
        """So many bytes are checked. Written at most twice a second, for whoever looks at the page."""
        self.done = done
        self.pulse()

    def pulse(self) -> None:
        """A sign of life."""
        if monotonic() - self.last < PULSE:
            return
        self._renew()
        self.last = monotonic()

    @contextmanager
    def hold(self) -> Iterator[Import]:
        """A transaction in which the import is surely ours. Raises LeaseLost."""
        with transaction.atomic():
            upload = self._find().select_for_update(of=("self",)).first()
            if upload is None:
                raise LeaseLost
            yield upload

    def _renew(self) -> None:
        now = timezone.now()
        if not self._find().update(done=self.done, seen_at=now):
            raise LeaseLost
        self.seen_at = now

    def _find(self) -> QuerySet[Import]:
        return Import.objects.filter(pk=self.pk, state=Import.State.CHECKING, seen_at=self.seen_at)


def take_check(*, upload: Import, total: int) -> CheckLease | None:
    """The right to check it, or None: it is not to be checked, or a living worker is at it."""
    now = timezone.now()
    free = Q(state=Import.State.RECEIVED) | Q(state=Import.State.CHECKING, seen_at__lt=now - SILENCE)
    values = {"state": Import.State.CHECKING, "seen_at": now, "done": 0, "total": total, "trouble": ""}
    taken = Import.objects.filter(free, pk=upload.pk).update(**values)
    return CheckLease(pk=upload.pk, seen_at=now) if taken else None


class StoreProgress:
    """How far the one transaction of an import is, written through a connection of its own for others to see."""

    def __init__(self, *, pk: int) -> None:
        self.pk = pk
        self.last = monotonic()
        self.beside: BaseDatabaseWrapper | None = None

    def note(self, done: int) -> None:
        if monotonic() - self.last < PULSE:
            return
        self.beside = self.beside or connection.copy()
        with self.beside.cursor() as cursor:
            cursor.execute(UPDATE_PROGRESS, [done, timezone.now(), self.pk, Import.State.IMPORTING])
        self.last = monotonic()

    def close(self) -> None:
        if self.beside is not None:
            self.beside.close()
