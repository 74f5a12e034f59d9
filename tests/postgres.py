"""A pytest plugin (`-p tests.postgres`): a PostgreSQL of its own for the run, before settings are read.

With DATABASE_URL in the environment, that server is used instead.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from arena.embedded.broker import run_broker
from arena.embedded.home import addresses
from arena.embedded.postgres import run_cluster

# Lost with the run anyway: speed over durability.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.hookimpl(wrapper=True, tryfirst=True)  # wrappers go before the rest, pytest-django's among them
def pytest_load_initial_conftests(early_config):
    stack = early_config._cleanup_stack  # closed at the very end, after Ctrl-C too
    home = Path(tempfile.mkdtemp(prefix="arena-tests-"))
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    home.chmod(0o711)  # root's PostgreSQL runs as another user, who must pass
    os.environ["ARENA_HOME"] = str(home)
    if not os.environ.get("DATABASE_URL"):
        stack.enter_context(run_cluster(home=home, settings=FAST))
        os.environ["DATABASE_URL"] = addresses(home=home).database_url
    return (yield)


@pytest.fixture(scope="session")
def broker_url(tmp_path_factory):
    """A real broker, started once for the tests that need one."""
    home = tmp_path_factory.mktemp("broker")
    with run_broker(home=home):
        yield addresses(home=home).broker_url
