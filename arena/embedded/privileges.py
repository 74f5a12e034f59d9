"""PostgreSQL refuses to run as root: ways to start it as someone else without making users or opening folders."""

import ctypes
import os
import pwd
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
# What root is called inside the namespace: any number but 0.
INSIDE_UID = 1000
NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a server runs as. namespace: root under another number. uid: another user. Neither: whoever starts it."""

    namespace: bool = False
    uid: int | None = None

    def prepare(self, *, death_signal: int = signal.SIGTERM) -> Callable[[], None]:
        """What the child does between fork and exec: change identity, then ask to die with its parent."""

        def change() -> None:
            if self.namespace:
                _enter_namespace()
            elif self.uid is not None:
                os.setgroups([])
                os.setgid(self.uid)
                os.setuid(self.uid)
            # Last, because a change of identity clears it.
            _libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)

        return change

    def own(self, *paths: Path) -> None:
        """Give these folders to the identity. In a namespace they stay root's, which is what it is."""
        if self.uid is not None:
            for path in paths:
                os.chown(path, self.uid, self.uid)


def choose_identity(*, data: Path, program: Path) -> Identity:
    """Who runs the database: the caller, unless that is root. A data folder that exists keeps its owner."""
    if os.geteuid() != 0:
        return Identity()
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return Identity(uid=owner)
    if can_enter_namespace():
        return Identity(namespace=True)
    uid = _find_unprivileged_uid()
    return Identity(uid=uid) if _can_reach(uid, program) and _can_reach(uid, data.parent) else Identity()


def can_enter_namespace() -> bool:
    """Whether this kernel lets root become another number in a namespace of its own (not so in a chroot)."""
    pid = os.fork()
    if pid == 0:
        try:
            _enter_namespace()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _enter_namespace() -> None:
    if _libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{INSIDE_UID} 0 1")
    Path("/proc/self/gid_map").write_text(f"{INSIDE_UID} 0 1")


def _find_unprivileged_uid() -> int:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    return NOBODY


def _can_reach(uid: int, path: Path) -> bool:
    """Whether this user can pass every folder above the path."""
    for folder in path.resolve().parents:
        status = folder.stat()
        if not status.st_mode & (0o100 if status.st_uid == uid else 0o001):
            return False
    return True
