"""A web process is ready when it says so."""

import subprocess
import sys

from django.conf import settings

SAID = (
    "import sys, arena.wsgi; print(*sorted(name for name in sys.modules if name.startswith('evaluations.')))"
)


def test_views_are_there_before_the_first_request():
    """Else the first visitor of each process waits for their imports."""
    command = [sys.executable, "-c", SAID]
    imported = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert {"evaluations.web.battles", "evaluations.web.leaderboards", "evaluations.api.battles"} <= set(
        imported.stdout.split()
    )
