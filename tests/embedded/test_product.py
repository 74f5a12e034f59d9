"""The whole product, as `make run` starts it: killed in each of its parts, started again, nothing lost."""

import os
import re
import signal
import socket
import threading
import urllib.request
from pathlib import Path

import psycopg
import pytest

from arena.embedded.home import addresses
from arena.embedded.postgres import run_cluster
from tests.embedded.processes import find_processes, wait_for


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def run(start, made_home, port):
    def run_product(**environment):
        product = start("-m", "arena.embedded", "run", PORT=str(port), STATIC_FROM_SOURCE="1", **environment)
        said = ""
        while "Ctrl-C" not in said:
            line = product.stdout.readline()
            assert line, said
            said += line
        product.said = said
        return product

    return run_product


class Writer(threading.Thread):
    """Commits number after number until the database goes away; knows which were acknowledged."""

    def __init__(self, home):
        super().__init__()
        self.home, self.acknowledged = home, []

    def run(self):
        try:
            with psycopg.connect(addresses(home=self.home).database_url, autocommit=True) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
                while True:
                    connection.execute("INSERT INTO kept VALUES (%s)", [len(self.acknowledged)])
                    self.acknowledged.append(len(self.acknowledged))
        except psycopg.OperationalError:
            pass


def start_writing(home):
    writer = Writer(home)
    writer.start()
    wait_for(lambda: len(writer.acknowledged) > 20)
    return writer


def take_kept(home):
    with psycopg.connect(addresses(home=home).database_url, autocommit=True) as connection:
        rows = connection.execute("SELECT number FROM kept").fetchall()
        connection.execute("TRUNCATE kept")
    return {number for (number,) in rows}


def find(home, pattern, *, leader):
    """The process of this home whose command fits, itself a session's leader or not."""
    fitting = [pid for pid, command in find_processes(home).items() if re.search(pattern, command)]
    return next((pid for pid in fitting if (os.getsid(pid) == pid) is leader), None)


def read(port, path="/readyz"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        return response.status


PARTS = [
    ("database", r"bin/postgres -D"),
    ("broker", r"valkey-server"),
    ("web", r"-m granian"),
    ("worker", r"celery -A arena worker .*-Q celery"),
    ("generate", r"celery -A arena worker .*-Q generate"),
    ("beat", r"celery -A arena beat"),
]


def test_kill_of_any_part_stops_all_loses_nothing_and_starts_again(run, made_home, port):
    for name, pattern in PARTS:
        product = run()
        assert read(port) == 200
        writer = start_writing(made_home)
        os.kill(find(made_home, pattern, leader=True), signal.SIGKILL)
        said = product.communicate(timeout=40)[0]
        writer.join()

        assert f"The {name} process ended (signal SIGKILL), so all is stopped" in said
        assert product.returncode == 1
        assert find_processes(made_home) == {}
        expect_kept(made_home, writer)


def expect_kept(home, writer):
    """Read with the database alone, started as a command would."""
    with run_cluster(home=home):
        assert set(writer.acknowledged) <= take_kept(home)


def test_killed_supervisor_leaves_nothing_and_its_successor_takes_over_at_once(run, made_home, port):
    first = run()
    writer = start_writing(made_home)
    first.kill()
    second = run()
    writer.join()

    assert set(writer.acknowledged) <= take_kept(made_home)
    assert read(port) == 200
    second.send_signal(signal.SIGINT)
    assert second.communicate(timeout=40)[0] == "\nStopping …\nStopped. Nothing is left running.\n"
    assert second.returncode == 0


def test_killed_helpers_of_web_server_and_worker_are_replaced(run, made_home, port):
    product = run()
    for pattern in (r"-m granian", r"celery -A arena worker .*-Q celery"):
        helper = wait_for(lambda pattern=pattern: find(made_home, pattern, leader=False))
        os.kill(helper, signal.SIGKILL)
        wait_for(lambda helper=helper: not Path(f"/proc/{helper}").exists())
        wait_for(lambda pattern=pattern: find(made_home, pattern, leader=False))
    assert wait_for(lambda: read(port)) == 200

    product.send_signal(signal.SIGTERM)
    assert "Stopped." in product.communicate(timeout=40)[0]
    assert product.returncode == 0


def test_what_is_printed_leads_to_the_product(run, made_home, port):
    product = run()
    password = (made_home / "staff_password").read_text().strip()

    assert f"Arena runs. Open  http://localhost:{port}/\n" in product.said
    assert password in product.said
    assert (made_home / "staff_password").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in (made_home / "logs").iterdir()} >= {
        "web.log",
        "worker.log",
        "generate.log",
        "beat.log",
    }


def test_port_that_is_taken_is_said_in_a_sentence(start, home, port):
    with socket.create_server(("127.0.0.1", port)):
        product = start("-m", "arena.embedded", "demo", PORT=str(port))
        said = product.communicate()[0]

    assert f"Port {port} of 127.0.0.1 can't be had (Address already in use)" in said
    assert f"make demo PORT={port + 1}" in said
    assert product.returncode == 1
    assert not (home / "postgres").exists()


@pytest.mark.parametrize("port", ["none", "0", "65536"])
def test_port_that_is_none_is_said_in_a_sentence(start, port):
    said = start("-m", "arena.embedded", "run", PORT=port).communicate()[0]

    assert f"PORT is “{port}”; it must be a number from 1 to 65535." in said
