import os
import pwd
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from arena.embedded.errors import StartError
from arena.embedded.home import addresses, own_home, socket_folder
from arena.embedded.postgres import find_programs, launch_postgres, run_cluster, wait_for_postgres
from arena.embedded.privileges import PASS_AND_READ, Identity, prepare_child
from tests.embedded.conftest import ROOT
from tests.embedded.processes import ask_each, find_processes, wait_for

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give up being root")


def connect(home):
    return psycopg.connect(addresses(home=home).database_url, autocommit=True)


def ask(home, question):
    with connect(home) as connection:
        return connection.execute(question).fetchone()[0]


def test_data_outlive_the_server_and_nothing_else_does(home):
    with run_cluster(home=home), connect(home) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    assert find_processes(home) == {}

    with run_cluster(home=home):
        assert ask(home, "SELECT number FROM kept") == 42


def test_acknowledged_commits_survive_the_kill_of_the_server(made_home):
    acknowledged = []

    def insert():
        with connect(made_home) as connection:
            for number in range(100_000):
                connection.execute("INSERT INTO kept VALUES (%s)", [number])
                acknowledged.append(number)

    def insert_until_killed():
        with pytest.raises(psycopg.OperationalError):
            insert()

    with own_home(home=made_home) as lock:
        server = launch_postgres(home=made_home, lock=lock)
        wait_for_postgres(server, home=made_home)
        with connect(made_home) as connection:
            connection.execute("CREATE TABLE kept (number int)")
        writer = threading.Thread(target=insert_until_killed)
        writer.start()
        wait_for(lambda: len(acknowledged) > 50)
        server.process.kill()
        writer.join()
        server.stop()

    with run_cluster(home=made_home), connect(made_home) as connection:
        kept = {number for (number,) in connection.execute("SELECT number FROM kept")}
    assert set(acknowledged) <= kept


def test_pid_file_of_a_dead_server_is_cleared_whoever_has_its_number(made_home):
    with run_cluster(home=made_home):
        pid_file = made_home / "postgres" / "data" / "postmaster.pid"
        left = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *left[1:]]))

    with run_cluster(home=made_home):
        assert ask(made_home, "SELECT 1") == 1


def test_half_made_data_are_made_anew(home):
    (home / "postgres" / "data.new").mkdir(parents=True)
    (home / "postgres" / "data.new" / "PG_VERSION").write_text("18\n")

    with run_cluster(home=home):
        assert ask(home, "SELECT 1") == 1
    assert [path.name for path in (home / "postgres").iterdir()] == ["data"]


def test_home_with_a_long_strange_path(home):
    home = home / "a, b & 50%25 'é'" / ("long" * 30)
    with run_cluster(home=home):
        assert ask(home, "SELECT 1") == 1
        assert stat.S_IMODE(socket_folder(home=home).stat().st_mode) == 0o700
    socket_folder(home=home).rmdir()


def test_server_is_private_durable_and_deterministic(home, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "never to be seen")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    with run_cluster(home=home):
        assert ask(home, "SHOW listen_addresses") == ""
        assert [ask(home, f"SHOW {name}") for name in ("fsync", "synchronous_commit")] == ["on", "on"]
        assert ask(home, "SHOW timezone") == "UTC"
        assert ask(home, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert (
            ask(home, "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{b,B,a,é,Z}'::text[]) x") == "BZabé"
        )
        environments = ask_each(home, lambda pid: Path(f"/proc/{pid}/environ").read_bytes())
        assert environments
        assert not any(b"never to be seen" in environment for environment in environments)


def test_programs_of_another_version_are_said_in_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "PG_VERSION").write_text("9\n")
    with pytest.raises(
        StartError, match=r"was made by PostgreSQL 9; what is here is \d+ in .* Set PG_BINDIR"
    ):
        find_programs(data=tmp_path)

    monkeypatch.setenv("PG_BINDIR", "/nowhere")
    with pytest.raises(StartError, match="No PostgreSQL was found"):
        find_programs(data=tmp_path)


def test_server_that_does_not_start_shows_the_end_of_its_log(made_home):
    cluster = run_cluster(home=made_home, settings={"shared_buffers": "few"})
    with pytest.raises(StartError, match=r"(?s)did not start.*invalid value for parameter"), cluster:
        pass


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_server_dies_with_its_owner(start, made_home, number):
    owner = start("-c", RUN)
    assert owner.stdout.readline() == "running\n"
    assert len(find_processes(made_home)) > 4

    owner.send_signal(number)
    wait_for(lambda: not find_processes(made_home))
    with run_cluster(home=made_home):
        assert ask(made_home, "SELECT 1") == 1


RUN = (
    "import sys, time; from arena.embedded.home import find_home\n"
    "from arena.embedded.postgres import run_cluster\n"
    "with run_cluster(home=find_home()): print('running', flush=True); time.sleep(100)"
)


@as_root
def test_root_gives_up_root(home):
    with run_cluster(home=home):
        owners = ask_each(home, read_owner)
        capabilities = ask_each(home, read_capabilities)
    assert owners == {pwd.getpwnam("nobody").pw_uid}
    assert capabilities == {0}


@as_root
def test_root_needs_nobody_else_to_see_its_home(home):
    home.parent.chmod(0o700)
    with run_cluster(home=home):
        owners = ask_each(home, read_owner)
        capabilities = ask_each(home, read_capabilities)
        assert ask(home, "SELECT 1") == 1
    assert owners == {pwd.getpwnam("nobody").pw_uid}
    assert capabilities == {1 << PASS_AND_READ}
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
    assert home.parent.stat().st_uid == home.stat().st_uid == 0


def read_owner(pid):
    return Path(f"/proc/{pid}").stat().st_uid


def read_capabilities(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("CapEff")).split()[1], 16)


@as_root
def test_ordinary_user_runs_it_as_itself(home):
    nobody = pwd.getpwnam("nobody")
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    # The capability is for Python's own folder, which may be root's; the user has none of root's rights.
    someone = Identity(uid=nobody.pw_uid, gid=nobody.pw_gid, capability=PASS_AND_READ)
    prepare = prepare_child(identity=someone, folder=ROOT, death_signal=signal.SIGKILL)
    shown = subprocess.run(
        [sys.executable, "-c", RUN.replace("time.sleep(100)", "print(__import__('os').geteuid())")],
        env={"ARENA_HOME": str(home), "PATH": os.defpath},
        preexec_fn=prepare,
        capture_output=True,
        text=True,
        check=False,
    )

    assert shown.stdout.split() == ["running", str(nobody.pw_uid)], shown.stderr


@as_root
def test_folder_of_another_user_is_refused(home):
    nobody = pwd.getpwnam("nobody")
    (home / "postgres").mkdir(parents=True)
    run = home / "run"
    run.mkdir()
    os.chown(run, nobody.pw_uid + 1, -1)

    with pytest.raises(StartError, match=rf"{run} belongs to the user \d+"), run_cluster(home=home):
        pass
