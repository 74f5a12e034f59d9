"""What happens between fork and exec: giving up root, and asking to die with the parent.

PostgreSQL refuses to run as root, so root starts the servers as `nobody`. Where the home or the program lies
under a folder closed to others (/root, 0700), they keep the one capability that lets them pass, and no
other. That opens no folder and adds no user, and works in a chroot and in a container, where a user namespace
does not; nor does it leave the server the owner of all that is root's, as a namespace does.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from arena.embedded.errors import StartError

SET_DEATH_SIGNAL, KEEP_CAPABILITIES, AMBIENT, RAISE = 1, 8, 47, 2  # prctl(2)
PASS_AND_READ, PASS_READ_AND_WRITE = 2, 1  # CAP_DAC_READ_SEARCH; CAP_DAC_OVERRIDE, all that Docker leaves
CAPABILITY_VERSION = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Identity:
    """Whom a server runs as; `None` in its place means whoever we are."""

    uid: int
    gid: int
    capability: int | None = None


def own_folder(folder: Path, *, program: Path, identity: Identity | None = None) -> Identity | None:
    """Make a folder that only the server may enter, and say whom the server runs as.

    That is us, or if we are root whoever has the folder already, or nobody; `identity` is that answer, where
    it is known. Raises StartError where the folder is another user's, or root cannot be given up.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.lstat().st_uid
    if os.geteuid() != 0:
        _refuse_foreign(folder, owner=owner, allowed={os.geteuid()})
        return None
    identity = identity or _choose_identity(folder, owner=owner, program=program)
    _refuse_foreign(folder, owner=owner, allowed={0, identity.uid})
    if owner == 0:
        os.chown(folder, identity.uid, identity.gid, follow_symlinks=False)
    folder.chmod(0o700)
    return identity


def _refuse_foreign(folder: Path, *, owner: int, allowed: set[int]) -> None:
    if owner not in allowed or not folder.is_dir() or folder.is_symlink():
        raise StartError(
            f"{folder} belongs to the user {_name(owner)}. Run Arena as that user, or set ARENA_HOME to "
            "another folder."
        )


def _choose_identity(folder: Path, *, owner: int, program: Path) -> Identity:
    uid, gid = _unprivileged(owner)
    # A folder that is still root's is handed over later: what counts is whether its parent can be entered.
    entered = folder if owner else folder.parent
    for capability in (None, PASS_AND_READ, PASS_READ_AND_WRITE):
        identity = Identity(uid=uid, gid=gid, capability=capability)
        if _can_run(identity, folder=entered, program=program):
            return identity
    raise StartError(
        f"PostgreSQL does not run as root, and the user {_name(uid)} may not enter {folder} or run "
        f"{program}. Run Arena as an ordinary user, or move it and ARENA_HOME where others may enter."
    )


def _unprivileged(owner: int) -> tuple[int, int]:
    """The folder's owner, if a server has already been given it, else nobody."""
    if owner != 0:
        return owner, owner
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise StartError(
            "PostgreSQL does not run as root, and this system has no user `nobody` to run it. "
            "Run Arena as an ordinary user."
        ) from None
    return nobody.pw_uid, nobody.pw_gid


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _can_run(identity: Identity, *, folder: Path, program: Path) -> bool:
    """Tried rather than worked out: access lists and security modules have their say too."""
    try:
        subprocess.run(
            [program, "--version"],
            check=True,
            capture_output=True,
            preexec_fn=prepare_child(identity=identity, folder=folder, death_signal=signal.SIGKILL),
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def prepare_child(
    *, identity: Identity | None, folder: Path, death_signal: signal.Signals
) -> Callable[[], None]:
    """What a child does before it becomes the server. Built here, so that the child allocates little."""
    parent = os.getpid()

    def prepare() -> None:
        if identity is not None:
            _become(identity)
        # After the change of user: that change clears it.
        _prctl(SET_DEATH_SIGNAL, death_signal)
        if os.getppid() != parent:
            os._exit(1)
        os.chdir(folder)
        os.umask(0o077)

    return prepare


def _become(identity: Identity) -> None:
    if identity.capability is not None:
        _prctl(KEEP_CAPABILITIES, 1)
    os.setgroups([])
    os.setresgid(identity.gid, identity.gid, identity.gid)
    os.setresuid(identity.uid, identity.uid, identity.uid)
    if identity.capability is not None:
        _keep_only(identity.capability)


def _keep_only(capability: int) -> None:
    bit = 1 << capability
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)  # effective, permitted, inheritable; then 32 and up
    if _libc.capset(header, sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(AMBIENT, RAISE, capability)


def _prctl(option: int, *values: int) -> None:
    if sys.platform != "linux":
        return
    arguments = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if _libc.prctl(option, *arguments) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
