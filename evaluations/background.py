"""What works behind the pages: imports, responses, sealing and scores, each working, idle, slow or down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Q

from evaluations.models import Generation, Heartbeat, Import
from evaluations.workers import GENERATOR, SCORES, SEALING, is_worker_alive

IMPORTS, RESPONSES = "imports", "responses"
WORKING, IDLE, SLOW, DOWN = "working", "idle", "slow", "down"
# What waits longer than this, while a worker lives, is slow.
PATIENCE: Final = timedelta(minutes=2)
# How often beat asks for it; three times that without a run is slow.
EVERY: Final = {SEALING: timedelta(seconds=2), SCORES: timedelta(seconds=30)}
LATE: Final = 3
# Beat's own messages expire, and a worker may be busy with something long: no run is late before this.
GRACE: Final = timedelta(seconds=20)


@dataclass(frozen=True, kw_only=True)
class Work:
    """One kind of work. last_at, seconds: when it last ended, and how long it took; problem: a class of error."""

    kind: str
    state: str
    running: int = 0
    waiting: int = 0
    last_at: datetime | None = None
    seconds: float | None = None
    problem: str = ""


def list_work(*, now: datetime) -> list[Work]:
    """Every kind of background work, in the order in which the page shows it."""
    alive = is_worker_alive(now=now)
    beats = Heartbeat.objects.in_bulk([SCORES, SEALING])
    return [
        _look_at_imports(alive=alive, now=now),
        _look_at_responses(alive=is_worker_alive(now=now, kind=GENERATOR), now=now),
        *(_look_at_beat(name=name, beat=beats.get(name), alive=alive, now=now) for name in (SCORES, SEALING)),
    ]


def _look_at_imports(*, alive: bool, now: datetime) -> Work:
    running = Import.objects.filter(state__in=[Import.State.CHECKING, Import.State.IMPORTING]).count()
    received = Import.objects.filter(state=Import.State.RECEIVED)
    last = Import.objects.aggregate(imported=Max("imported_at"), checked=Max("checked_at"))
    ended = [at for at in last.values() if at is not None]
    return Work(
        kind=IMPORTS,
        state=_name_state(
            alive=alive, running=running, late=received.filter(created_at__lt=now - PATIENCE).exists()
        ),
        running=running,
        waiting=received.count(),
        last_at=max(ended, default=None),
    )


def _look_at_responses(*, alive: bool, now: datetime) -> Work:
    states = Generation.State
    rows = Generation.objects.filter(state__in=[states.RUNNING, states.WAITING])
    running = rows.filter(state=states.RUNNING).count()
    waiting = rows.filter(state=states.WAITING)
    # An answer that failed waits for its next attempt; one that nobody has asked for is only in the queue.
    late = waiting.filter(Q(attempts__gt=0) | Q(not_before__lt=now - PATIENCE)).order_by("-attempts").first()
    return Work(
        kind=RESPONSES,
        state=_name_state(alive=alive, running=running, late=late is not None),
        running=running,
        waiting=waiting.count(),
        last_at=Generation.objects.aggregate(last=Max("ended_at"))["last"],
        problem=late.error if late is not None else "",
    )


def _look_at_beat(*, name: str, beat: Heartbeat | None, alive: bool, now: datetime) -> Work:
    if beat is None:
        return Work(kind=name, state=IDLE if alive else DOWN)
    overdue = now - beat.seen_at > max(LATE * EVERY[name], GRACE)
    runs = not beat.problem and (beat.finished_at is None or beat.finished_at < beat.seen_at)
    late = overdue or bool(beat.problem) or (beat.seconds or 0) > EVERY[name].total_seconds() * LATE
    return Work(
        kind=name,
        state=_name_state(alive=alive, running=int(runs and not overdue), late=late),
        last_at=beat.finished_at,
        seconds=beat.seconds,
        problem=beat.problem,
    )


def _name_state(*, alive: bool, running: int, late: bool) -> str:
    if not alive:
        return DOWN
    return SLOW if late else WORKING if running else IDLE
