"""The supervisor over small stand-ins for the product's processes."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.embedded.processes import find_processes, wait_for

# Two children, each with a child of its own that hears no polite signal.
FAMILY = """
import os, sys
from pathlib import Path
from arena.embedded.__main__ import Interrupted, StartError, Supervisor, say
home = Path(os.environ["ARENA_HOME"]); home.mkdir()
supervisor = Supervisor(logs=home / "logs", folder=Path.cwd())
try:
    for name in ("first", "second"):
        deaf = "trap '' TERM INT HUP; sleep 100 & wait" if "deaf" in sys.argv else "sleep 100 & wait"
        supervisor.start(name, ["sh", "-c", f"echo {name} says this; {deaf}"], environment=dict(os.environ))
    say("running")
    supervisor.serve()
except Interrupted:
    say("interrupted")
    if "late" in sys.argv:
        import time
        time.sleep(1)
except StartError as error:
    say(error)
finally:
    supervisor.stop()
    say("stopped")
"""


@pytest.fixture
def family(start, home):
    def start_family(*arguments):
        supervisor = start("-c", FAMILY, *arguments)
        assert supervisor.stdout.readline() == "running\n"
        wait_for(lambda: len(find_processes(home)) == 6)
        return supervisor

    return start_family


def children_of(pid):
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(number) for number in text.split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_all(family, home, number):
    supervisor = family()
    supervisor.send_signal(number)

    assert supervisor.communicate(timeout=10)[0] == "interrupted\nstopped\n"
    assert find_processes(home) == {}


@pytest.mark.parametrize("late", [[], ["late"]])
def test_second_signal_hurries(family, home, late):
    """Be it before the stopping has begun."""
    supervisor = family("deaf", *late)
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.stdout.readline() == "interrupted\n"
    start = time.monotonic()
    supervisor.send_signal(signal.SIGINT)

    assert supervisor.communicate(timeout=10)[0] == "stopped\n"
    assert time.monotonic() - start < 5
    assert find_processes(home) == {}


def test_death_of_one_stops_all_and_shows_its_log(family, home):
    supervisor = family()
    first = children_of(supervisor.pid)[1]
    os.kill(first, signal.SIGKILL)
    shown = supervisor.communicate(timeout=10)[0]

    assert shown.startswith("The first process ended (signal SIGKILL), so all is stopped")
    assert "first says this" in shown
    assert find_processes(home) == {}


@pytest.mark.parametrize("deafness", [[], ["deaf"]])
def test_killed_supervisor_leaves_nothing(family, home, deafness):
    supervisor = family(*deafness)
    supervisor.kill()

    wait_for(lambda: not find_processes(home), seconds=10)


def test_killed_guard_stops_all(family, home):
    supervisor = family()
    os.kill(children_of(supervisor.pid)[0], signal.SIGKILL)

    assert supervisor.communicate(timeout=10)[0].startswith("The guard process was killed")
    assert find_processes(home) == {}


def test_terminal_that_goes_away_stops_all(start, home):
    """As when a window is closed: the terminal hangs up, and what is printed fails."""
    script = 'script -qec \'exec "$PYTHON" -c "$FAMILY"\' /dev/null'
    terminal = subprocess.Popen(
        ["sh", "-c", script],
        env={**os.environ, "ARENA_HOME": str(home), "FAMILY": FAMILY, "PYTHON": os.sys.executable},
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(lambda: len([line for line in find_processes(home).values() if "sleep 100" in line]) >= 2)
    os.killpg(terminal.pid, signal.SIGKILL)
    terminal.communicate()

    wait_for(lambda: not find_processes(home), seconds=10)
