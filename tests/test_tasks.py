from datetime import timedelta

import numpy as np
import pytest
from celery import current_app
from celery.signals import worker_init
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from arena.celery import app
from evaluations import tasks
from evaluations.leaderboards import fetch_board
from evaluations.ranking import Votes, rank
from evaluations.ranking.fits import kernels, likelihood, scores
from tests.factories import make_battle, make_study, make_vote


def seconds(entry):
    schedule = entry["schedule"]
    return schedule.total_seconds() if isinstance(schedule, timedelta) else schedule


def test_a_worker_compiles_the_loops_of_the_ranking_before_its_first_task():
    """After it a ranking of Arena's columns has nothing left to compile."""
    assert tasks.warm_worker in worker_init._live_receivers(None)
    tasks.warm_worker()
    loops = [
        loop
        for module in (kernels, likelihood, scores)
        for loop in vars(module).values()
        if hasattr(loop, "signatures")
    ]
    compiled = [len(loop.signatures) for loop in loops]
    columns = np.arange(12)
    votes = Votes.from_codes(
        models=("x", "y", "z"), a=columns % 3, b=(columns + 1) % 3, outcome=columns % 2, rater=columns % 4
    )
    rank(votes, prior=1.0)

    assert kernels.score_groups.signatures
    assert [len(loop.signatures) for loop in loops] == compiled


def test_every_scheduled_task_exists():
    current_app.loader.import_default_modules()

    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in current_app.tasks


def test_no_task_is_told_off_before_it_may_be_sent():
    """Celery refuses to send a task whose soft limit, its own or the common one, is above its hard one."""
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if name.startswith("evaluations.")]

    assert len(ours) >= 3
    for task in ours:
        soft = task.soft_time_limit or app.conf.task_soft_time_limit
        hard = task.time_limit or app.conf.task_time_limit
        assert soft <= hard, task.name


@pytest.mark.django_db
def test_a_vote_is_on_the_board_within_a_minute():
    """The undo window, the wait for the sealer, the wait for the refresh, and time for both to work."""
    window = make_study().undo_seconds
    schedule = settings.CELERY_BEAT_SCHEDULE

    assert window + seconds(schedule["seal votes"]) + seconds(schedule["refresh leaderboards"]) <= 50


@pytest.mark.django_db
def test_tasks_bring_a_vote_to_the_board_whatever_their_order_and_number():
    study = make_study(names=("alpha", "beta"))
    earlier = timezone.now() - timedelta(minutes=1)
    for outcome in ["left", "right", "left", "tie"] * 3:
        make_vote(battle=make_battle(study=study), outcome=outcome, now=earlier)
    for task in [tasks.refresh_leaderboards, tasks.seal_votes, tasks.seal_votes, tasks.seal_stragglers]:
        task()
    assert fetch_board(slug=study.slug).snapshot is None
    for _ in range(2):
        tasks.refresh_leaderboards()
    board = fetch_board(slug=study.slug)

    assert board.votes["counted"] == 12
    assert study.leaderboards.get().snapshots.count() == 1
    assert [row.model.slug for row in board.rows] == ["alpha", "beta"]


def test_recorded_votes_are_kept_when_no_broker_answers(monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr(tasks.seal_stragglers.app, "send_task", fail)
    monkeypatch.setattr("celery.canvas._chain.apply_async", fail)
    tasks.ask_for_recorded_votes()

    assert "broker does not answer" in caplog.text
