"""A thousand votes, two workers that seal and refresh all the time, one of them killed: each vote counted once."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from urllib.parse import quote

import numpy as np
import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from django.utils import timezone

from evaluations.battles import show_next
from evaluations.columns import refresh_columns
from evaluations.ledger import seal_all
from evaluations.models import LedgerEntry, Snapshot, Vote
from evaluations.raters import create_rater
from evaluations.snapshots import compute_published, refresh_leaderboard
from evaluations.tasks.workers import NICENESS
from evaluations.votes import cast_vote
from tests.factories import make_study

VOTES_EACH = 125
RATERS = 8


def write_database_url():
    database = connection.settings_dict
    user = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
    host, port = quote(str(database["HOST"]), safe=""), database["PORT"]
    query = f"?host={host}" + (f"&port={port}" if port else "")
    return f"postgresql://{user}@/{quote(database['NAME'])}{query}"


@contextmanager
def run_workers(*, broker, home, count):
    environment = {
        **os.environ,
        "DATABASE_URL": write_database_url(),
        "CELERY_BROKER_URL": broker,
        "ARENA_HOME": str(home),
    }
    command = [sys.executable, "-m", "celery", "-A", "arena", "worker", "--concurrency", "2", "-l", "ERROR"]
    log = (home / "workers.log").open("wb")
    workers = [
        subprocess.Popen(
            [*command, "-n", f"worker{number}"],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        for number in range(count)
    ]
    try:
        yield workers
    finally:
        for worker in workers:
            kill_group(worker)
        log.close()


def kill_group(process):
    """The worker and its children, at once, as a machine that loses power would."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def wait_for(condition, *, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this took too long"
        threading.Event().wait(0.05)


def rate_and_close(*, study, seed, failures):
    """One rater: draws and votes, each vote sent twice as a double click would."""
    try:
        generator = np.random.default_rng(seed)
        rater = create_rater(now=timezone.now())
        for _ in range(VOTES_EACH):
            battle, _ = show_next(
                study=study,
                rater=rater,
                columns_root=settings.COLUMNS_ROOT,
                generator=generator,
                now=timezone.now(),
            )
            outcome = ["left", "right", "tie", "both_bad"][int(generator.integers(4))]
            receipts = {
                cast_vote(battle=battle, outcome=outcome, revision=0, now=timezone.now()).vote.receipt
                for _ in range(2)
            }
            assert len(receipts) == 1
    except BaseException as failure:
        failures.append(failure)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_every_vote_once_while_a_worker_is_killed(broker_url, tmp_path):
    study = make_study(names=("a", "b", "c", "d"), prompts=30, session_length=1000, undo_seconds=0)
    celery = Celery(broker=broker_url)
    failures = []
    raters = [
        threading.Thread(target=rate_and_close, kwargs={"study": study, "seed": seed, "failures": failures})
        for seed in range(RATERS)
    ]
    with run_workers(broker=broker_url, home=tmp_path, count=2) as workers:
        wait_for(lambda: len(celery.control.ping(timeout=0.5)) == 2, seconds=60)
        # A web server beside them comes first.
        assert {os.getpriority(os.PRIO_PROCESS, worker.pid) for worker in workers} == {NICENESS}
        for rater in raters:
            rater.start()
        killed = False
        while any(rater.is_alive() for rater in raters):
            for task in ["seal_votes", "refresh_leaderboards"] * 2:
                celery.send_task(f"evaluations.tasks.{task}")
            if not killed and LedgerEntry.objects.count() > 200:
                kill_group(workers[0])
                killed = True
            threading.Event().wait(0.02)
        assert not failures
        assert killed
        celery.send_task("evaluations.tasks.seal_stragglers")
        wait_for(lambda: LedgerEntry.objects.filter(kind="vote").count() == RATERS * VOTES_EACH)
    celery.close()

    check_ledger()
    check_snapshots(study=study, root=tmp_path / "afresh")


def check_ledger():
    positions = list(LedgerEntry.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(RATERS * VOTES_EACH + 1))
    assert Vote.objects.count() == RATERS * VOTES_EACH
    assert seal_all(now=timezone.now()) == 0


def check_snapshots(*, study, root):
    """Each snapshot that was published on the way is what its prefix gives, read anew."""
    board = study.leaderboards.get()
    refresh_leaderboard(leaderboard=board, columns_root=root, now=timezone.now())
    columns = refresh_columns(root=root)
    snapshots = list(Snapshot.objects.all())
    assert len(snapshots) > 1
    assert max(snapshot.ledger_size for snapshot in snapshots) == RATERS * VOTES_EACH + 1
    for snapshot in snapshots:
        again = compute_published(leaderboard=board, columns=columns, size=snapshot.ledger_size)
        assert snapshot.document == again.document.decode()
