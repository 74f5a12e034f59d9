import os
import signal

import pytest

from arena.embedded.commands import needs_database
from arena.embedded.home import own_home
from tests.embedded.processes import find_processes, wait_for

COUNT = "from django.contrib.auth.models import User; print('users', User.objects.count(), flush=True)"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], False),
        (["help"], False),
        (["--version"], False),
        (["rank", "votes.csv"], False),
        (["import_prompts", "--help"], False),
        (["import_prompts", "prompts.csv"], True),
        (["migrate"], True),
        (["runserver"], True),
    ],
)
def test_which_commands_need_the_database(arguments, expected):
    assert needs_database(arguments) is expected


def test_command_brings_its_database_when_nothing_runs(start, home):
    shown = start("manage.py", "shell", "-v0", "-c", COUNT).communicate()[0]

    assert shown == "users 0\n"
    assert find_processes(home) == {}


def test_command_without_need_of_a_database_starts_none(start, home):
    command = start("manage.py", "help")

    assert "load_sample" in command.communicate()[0]
    assert not (home / "postgres").exists()


def test_commands_at_the_same_time_share_one_database(start, made_home):
    first = start("manage.py", "shell", "-v0", "-c", f"{COUNT}; import time; time.sleep(1)")
    assert first.stdout.readline() == "users 0\n"
    second = start("manage.py", "shell", "-v0", "-c", f"{COUNT}; import time; time.sleep(3); {COUNT}")
    assert second.stdout.readline() == "users 0\n"

    assert first.communicate()[0] == "Waiting for another command that uses this database.\n"
    assert second.communicate()[0] == "users 0\n"
    assert (first.returncode, second.returncode) == (0, 0)


def test_interrupted_command_stops_its_database(start, made_home):
    command = start("manage.py", "shell", "-v0", "-c", f"{COUNT}; import time; time.sleep(60)")
    assert command.stdout.readline() == "users 0\n"

    command.send_signal(signal.SIGINT)
    assert command.wait(timeout=20) == 130
    assert find_processes(made_home) == {}


def test_home_run_on_another_database_is_said_in_a_sentence(start, home):
    code = "import sys, manage, arena.embedded.commands as c; c.WAIT_SECONDS = 0.5; manage.main()"
    with own_home(home=home):
        shown = start("-c", code, "migrate").communicate()[0]

    assert shown.startswith(
        f"Arena runs on {home}, but not with the embedded database. If it was started with"
    )


def test_given_database_is_used_as_it_is(start, home):
    shown = start(
        "manage.py", "shell", "-v0", "-c", "print('started')", DATABASE_URL=os.environ["DATABASE_URL"]
    ).communicate()[0]

    assert shown == "started\n"
    assert not (home / "postgres").exists()


def test_killed_command_leaves_nothing(start, made_home):
    command = start("manage.py", "shell", "-v0", "-c", f"{COUNT}; import time; time.sleep(60)")
    assert command.stdout.readline() == "users 0\n"

    command.kill()
    wait_for(lambda: not find_processes(made_home))
