"""The one folder that holds an installation's data: paths, addresses and secrets. Starts nothing."""

import hashlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

# A socket's path fits in sockaddr_un: 107 bytes and the final zero. PostgreSQL's name is the longest.
LONGEST_SOCKET = 107
SOCKET_NAMES = (".s.PGSQL.5432", "broker.sock")
DATABASE = "arena"
DATABASE_USER = "arena"


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the embedded servers of a home listen, running or not."""

    database_url: str
    broker_url: str


def addresses(*, home: Path) -> Addresses:
    """Addresses of the embedded servers of this home: unix sockets, no port."""
    sockets = socket_folder(home=home)
    return Addresses(
        database_url=f"postgresql://{DATABASE_USER}@/{DATABASE}?host={quote(str(sockets), safe='')}",
        broker_url=f"redis+socket://{sockets / 'broker.sock'}",
    )


def socket_folder(*, home: Path) -> Path:
    """The folder of the sockets: inside the home, or under the temporary folder where that path is too long."""
    inside = home.resolve() / "run"
    if max(len(os.fsencode(inside / name)) for name in SOCKET_NAMES) <= LONGEST_SOCKET:
        return inside
    digest = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"arena-{os.getuid()}-{digest}"


def make_private_folder(path: Path) -> Path:
    """The folder, made if need be, open to its owner only."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def read_or_make_secret(*, home: Path, name: str) -> str:
    """A secret of this installation, made once and readable by its owner only."""
    path = home / name
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        new = home / f"{name}.{secrets.token_hex(4)}"
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            # A link fails where another process was quicker; then its secret is the one.
            os.link(new, path)
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return path.read_text().strip()
