import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.embedded.processes import find_processes, wait_for

ROOT = Path(__file__).resolve().parents[2]
OURS = {
    "ARENA_HOME",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "PORT",
    "HOST",
    "SECRET_KEY",
    "DJANGO_SETTINGS_MODULE",
}


def run_python(*arguments, home, **environment):
    """Start `python …` for this home, in a session of its own."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**inherited, "ARENA_HOME": str(home), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@contextmanager
def make_folder():
    """A folder with a short path that others may pass; nothing may run in it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="arena-home-"))
    folder.chmod(0o711)
    yield folder
    try:
        wait_for(lambda: not find_processes(folder), otherwise=f"left running: {find_processes(folder)}")
    finally:
        for pid in find_processes(folder):
            os.kill(pid, 9)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home():
    """A home that does not exist yet."""
    with make_folder() as folder:
        yield folder / "home"


@pytest.fixture(scope="session")
def model_home():
    """A home with tables, made once to be copied."""
    with make_folder() as folder:
        process = run_python("manage.py", "migrate", "-v0", home=folder / "home")
        assert process.communicate()[0] == ""
        yield folder / "home"


@pytest.fixture
def made_home(home, model_home):
    """A home that has run before, and so need not be made."""
    subprocess.run(["cp", "-a", model_home, home], check=True)
    return home


@pytest.fixture
def start(home):
    """Starts `python …` for the home; kills it at the end if a test did not stop it."""
    started = []

    def start_one(*arguments, **environment):
        process = run_python(*arguments, home=home, **environment)
        started.append(process)
        return process

    yield start_one
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()
