"""The examples of docs/api.md are run as they stand there, against a server."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from evaluations.api_tokens import make_token
from evaluations.models import Claim, Import, Membership, Rater, Vote
from evaluations.studies import open_study
from evaluations.studies.drafts import ClaimPlan, register_claims
from tests.factories import NOW, make_study
from tests.web.boards import add_votes, publish

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/api.md"


def read_program(language):
    """All examples in this language, one after the other: the later ones use what the earlier ones define."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT.read_text(), flags=re.S | re.M)
    assert len(blocks) == 3
    return "\n".join(blocks)


@pytest.fixture
def study(transactional_db, settings):
    with transaction.atomic():
        study = make_study(opened=False, slug="everyday-tasks", prompts=4)
        alpha, beta, _gamma = [entry.model for entry in study.entries.order_by("model__slug")]
        plan = ClaimPlan(kind="superior", model=alpha, rival=beta, margin=0, alpha=0.05)
        study = open_study(study=register_claims(study=study, claims=[plan], now=NOW), now=NOW)
        assert Claim.objects.exists()
        add_votes(study=study)
    publish(columns_root=settings.COLUMNS_ROOT)
    return study


@pytest.fixture
def run(live_server, study, tmp_path, monkeypatch):
    # No worker is here to check what is uploaded; that it waits for one is all that the examples look at.
    monkeypatch.setattr("evaluations.api.imports.ask_for_check", lambda upload: None)
    user = get_user_model().objects.create_user("program", is_staff=True)
    Membership.objects.create(study=study, user=user, role="editor", created_at=NOW)
    token = make_token(user=user, now=timezone.now())
    environment = {**os.environ, "V1": f"{live_server.url}/api/v1", "ARENA_TOKEN": token, "LC_ALL": "C.UTF-8"}

    def run_one(*command):
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    return run_one


def test_the_shell_s_examples(run, tmp_path):
    said = run("bash", "-euo", "pipefail", "-c", read_program("bash"))
    receipts = re.findall(r'"receipt":"([^"]+)"', said)
    assert len(receipts) == 2
    assert len(set(receipts)) == 1
    assert Vote.objects.filter(battle__rater__kind=Rater.Kind.HEADLESS).count() == 1
    assert Import.objects.get().target == "new-tasks"
    assert (tmp_path / "votes.csv").read_text("utf-8-sig").startswith("ledger_position,")


def test_python_s_examples(run):
    said = run(sys.executable, "-W", "error", "-c", read_program("python"))
    assert re.search(r"^1–\d  Alpha  \d+ \[\d+, \d+\]$", said, flags=re.M)
    assert "alpha superior beta" in said
    assert "30 votes" in said
    assert Vote.objects.filter(comment="Hard to say.").count() == 1
    assert Import.objects.get().target == "more-tasks"
