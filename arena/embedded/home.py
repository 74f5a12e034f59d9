"""The one folder that holds an installation's data: addresses, secrets, its one owner. Starts nothing."""

import fcntl
import hashlib
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from arena.embedded.errors import HomeInUse, StartError

# What fits in a socket's address with the closing zero: 107 bytes on Linux, 103 elsewhere.
LONGEST_SOCKET = 103
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
DATABASE = DATABASE_USER = "arena"


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the embedded servers of a home listen, running or not."""

    database_url: str
    broker_url: str


def find_home() -> Path:
    """ARENA_HOME, by default `var` beside the code."""
    default = Path(__file__).resolve().parents[2] / "var"
    return Path(os.environ.get("ARENA_HOME") or default).resolve()


def addresses(*, home: Path) -> Addresses:
    """Addresses of the embedded servers of this home: Unix sockets, no port."""
    sockets = socket_folder(home=home)
    return Addresses(
        database_url=f"postgresql://{DATABASE_USER}@/{DATABASE}?host={quote(str(sockets), safe='')}",
        broker_url=f"redis+socket://{quote(str(sockets / 'broker.sock'))}",
    )


def socket_folder(*, home: Path) -> Path:
    """The folder of the sockets: in the home, or one named after its hash where that path is too long."""
    inside = home.resolve() / "run"
    if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET:
        return inside
    digest = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]
    # Not the folder that TMPDIR names: every process has to come to the same one.
    return Path("/tmp") / f"arena-{digest}"  # noqa: S108 - a private folder, its owner is checked


def make_home(home: Path) -> None:
    """Make the folder if it isn't there. Raises StartError."""
    try:
        home.mkdir(mode=0o711, parents=True, exist_ok=True)  # others may pass through, not look
    except OSError as error:
        raise StartError(
            f"The folder {home} can't be made ({error.strerror}). Set ARENA_HOME to one you may write to."
        ) from error


def read_or_make_secret(*, home: Path, name: str, length: int = 48) -> str:
    """A secret of this installation, made once of `length` random bytes, readable by its owner only.

    Raises StartError where the file can be neither read nor made.
    """
    make_home(home)
    path = home / name
    try:
        if not path.exists():
            _write_secret(path, secrets.token_urlsafe(length))
        return path.read_text().strip()
    except OSError as error:
        raise StartError(
            f"The secret {path} can't be used ({error.strerror}). Run Arena as the owner of its folder, or "
            "set ARENA_HOME to another one."
        ) from error


def _write_secret(path: Path, secret: str) -> None:
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{secret}\n")
    try:
        # A link fails where another process was quicker; then its secret is the one.
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()


_owned: dict[Path, int] = {}


@contextmanager
def own_home(
    *, home: Path, purpose: str = "", patience: float = 15, pause: Callable[[float], None] = time.sleep
) -> Iterator[int]:
    """Be the one owner of the home's servers; yields the lock's descriptor, to be handed on to each of them.

    Whoever has it open holds the home: after a kill -9 of the owner it comes free when the last server has
    ended, so what they left on disk is stale for certain once the lock is got. Within the owner it may be
    entered again. Raises HomeInUse if another owner lives, StartError if the folder can't be used.
    """
    if home in _owned:
        yield _owned[home]
        return
    purpose = purpose or Path(sys.argv[0]).name
    _owned[home] = _take_lock(home, purpose=purpose, patience=patience, pause=pause)
    try:
        yield _owned[home]
    finally:
        os.close(_owned.pop(home))


def _take_lock(home: Path, *, purpose: str, patience: float, pause: Callable[[float], None]) -> int:
    make_home(home)
    lock = _open_lock(home / "owner.lock")
    end = time.monotonic() + patience
    while not _try_lock(lock):
        owner = os.pread(lock, 200, 0).decode(errors="replace").strip()
        if _is_alive(owner) or time.monotonic() > end:
            os.close(lock)
            raise HomeInUse(
                f"Arena already runs on {home} (process {owner or 'unknown'}). Stop it first, or set "
                "ARENA_HOME to another folder."
            )
        pause(0.05)
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}, {purpose}\n".encode(), 0)
    return lock


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StartError(
            f"{path} can't be opened ({error.strerror}). Run Arena as the owner of that folder, or set "
            "ARENA_HOME to another one."
        ) from error


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(owner: str) -> bool:
    """Whether the process that the lock names still runs: a killed one's servers outlive it by a moment.

    Ours is not counted: it gave the home up, and what still holds the lock is a server of before that is ending.
    """
    try:
        pid = int(owner.partition(",")[0])
        if pid == os.getpid():
            return False
        os.kill(pid, 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Dead, but not yet buried by its parent."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state == "Z"
