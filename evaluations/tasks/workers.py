"""A worker's life: what it does when it starts, and how it says that it lives."""

import os
from typing import Any, Final

from celery.signals import heartbeat_sent, worker_init
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from evaluations.ranking import warm_kernels
from evaluations.workers import GENERATOR, WORKER, note_worker

NICENESS: Final = 10
KINDS = {"celery": WORKER, "generate": GENERATOR}  # by the queue that is read


@worker_init.connect
def warm_worker(sender: object = None, **_: object) -> None:
    """Before the first task, so that no ranking waits for a compiler; the pool's processes inherit the loops.

    A worker named generate@… asks providers and ranks nothing.
    """
    if not str(getattr(sender, "hostname", "")).startswith("generate@"):
        warm_kernels()


@worker_init.connect
def step_back(**_: object) -> None:
    """Where the web server runs on the same machine, a rater's next pair comes before a ranking; the pool's processes
    inherit it."""
    os.setpriority(os.PRIO_PROCESS, 0, NICENESS)


@heartbeat_sent.connect
def say_alive(sender: Any, **_: object) -> None:
    """Every few seconds, from the worker's own process. A database that is away is told of elsewhere."""
    close_old_connections()
    try:
        for queue in KINDS.keys() & sender.eventer.app.amqp.queues.consume_from.keys():
            note_worker(now=timezone.now(), kind=KINDS[queue])
    except DatabaseError:
        return
