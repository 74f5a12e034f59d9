"""The SDKs are loaded by whoever asks a provider, and by nobody else."""

import os
import subprocess
import sys


def test_pages_and_tasks_load_no_sdk():
    """Four web and worker processes would each pay seconds and a hundred megabytes for nothing."""
    code = (
        "import sys, django; django.setup(); import arena.urls, arena.celery, evaluations.tasks;"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "print(sorted({'openai', 'anthropic'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "arena.settings"},
    )

    assert found.stdout.strip() == "[]"
