"""A pytest plugin (`-p tests.postgres`): a PostgreSQL of its own for the run, before Django reads its settings.

With DATABASE_URL in the environment, that server is used instead.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from arena.embedded.broker import broker_command
from arena.embedded.home import addresses
from arena.embedded.postgres import own_home, run_cluster

# Lost with the run anyway: speed over durability.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "100"}

_stack = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    home = Path(tempfile.mkdtemp(prefix="arena-tests-"))
    # Who else must reach it: the unprivileged user that PostgreSQL runs as when the tests run as root.
    home.chmod(0o755)
    _stack.callback(shutil.rmtree, home, ignore_errors=True)
    os.environ["ARENA_HOME"] = str(home)
    if not os.environ.get("DATABASE_URL"):
        _stack.enter_context(own_home(home=home))
        _stack.enter_context(run_cluster(home=home, settings=FAST))
        os.environ["DATABASE_URL"] = addresses(home=home).database_url


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _stack.close()


@pytest.fixture(scope="session")
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real broker, started once for the tests that need one."""
    home = tmp_path_factory.mktemp("broker")
    url = addresses(home=home).broker_url
    socket = Path(url.removeprefix("redis+socket://"))
    server = subprocess.Popen(broker_command(home=home), stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        while not socket.exists():
            assert server.poll() is None, "the broker ended"
        yield url
    finally:
        server.terminate()
        server.wait()
