"""A real worker, killed while providers answer: what it held is taken up, nothing is asked for twice that was kept."""

import os
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from celery import Celery
from django.utils import timezone

from evaluations.generation.runs import start_generation
from evaluations.models import Generation
from tests.generation.conftest import make_prompts, make_provider, make_served
from tests.providers.server import Behaviour
from tests.test_exactly_once import kill_group, wait_for, write_database_url

PROMPTS = 24


@contextmanager
def run_worker(*, broker, home, settings, host):
    environment = {
        **os.environ,
        "DATABASE_URL": write_database_url(),
        "CELERY_BROKER_URL": broker,
        "ARENA_HOME": str(home),
        "PROVIDER_KEY_SECRETS": ",".join(settings.PROVIDER_KEY_SECRETS),
        "PROVIDER_HOSTS_ALLOWED": host,
        "OPENAI_LOG": "debug",
    }
    command = [sys.executable, "-m", "celery", "-A", "arena", "worker", "--pool", "threads"]
    command += ["--concurrency", "4", "-Q", "generate,celery", "-l", "DEBUG"]
    with (home / "worker.log").open("ab") as log:
        worker = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            yield worker
        finally:
            kill_group(worker)


@pytest.mark.django_db(transaction=True)
def test_killed_worker_is_made_up_for(broker_url, tmp_path, fake, settings):
    provider = make_provider(fake, concurrent_requests=4)
    fake.default = Behaviour(wait=0.3)
    run = start_generation(
        prompt_set=make_prompts(PROMPTS),
        models=[make_served(provider)],
        budget=Decimal(1),
        user=None,
        now=timezone.now(),
    )
    rows = run.generations
    celery = Celery(broker=broker_url)
    options = {"broker": broker_url, "home": tmp_path, "settings": settings, "host": fake.host}
    with run_worker(**options) as worker:
        celery.send_task("evaluations.tasks.send_generations")
        wait_for(lambda: rows.filter(state="done").count() >= 4 and rows.filter(state="running").exists())
        kill_group(worker)
    held = set(rows.filter(state="running").values_list("pk", flat=True))
    kept = dict(rows.filter(state="done").values_list("pk", "ended_at"))
    assert held
    # As if the leases had run out.
    past = timezone.now() - timedelta(seconds=1)
    Generation.objects.filter(leased_until__isnull=False).update(leased_until=past)
    with run_worker(**options):
        celery.send_task("evaluations.tasks.send_generations")
        wait_for(lambda: rows.filter(state="done").count() == PROMPTS)
    celery.close()
    run.refresh_from_db()

    assert run.state == "done"
    assert fake.most_running <= 4
    asked = Counter(request.body["messages"][0]["content"] for request in fake.requests)
    texts = {row.pk: row.prompt.messages[0]["content"] for row in rows.select_related("prompt")}
    # What was kept is never asked for again; one that was killed may have died before its request went out.
    assert {asked[texts[pk]] for pk in texts.keys() - held} == {1}
    assert {asked[texts[pk]] for pk in held} <= {1, 2}
    assert {pk: rows.get(pk=pk).ended_at for pk in kept} == kept
    assert {rows.get(pk=pk).attempts for pk in held} == {2}
    log = (tmp_path / "worker.log").read_text()
    assert "sk-canary" not in log
