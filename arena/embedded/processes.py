"""One child process: a session and a log of its own, how it is asked to stop and how it is made to."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from arena.embedded.privileges import Identity, prepare_child

LARGEST_LOG = 10_000_000
LOG_LINES = 12


@dataclass(frozen=True, kw_only=True)
class Stopping:
    """How a program is stopped: the signal that asks, the seconds it is given, the signal that forces."""

    ask: signal.Signals = signal.SIGTERM
    seconds: float = 12
    force: signal.Signals = signal.SIGKILL


@dataclass(frozen=True, kw_only=True)
class Child:
    """One process, leader of its own session and group."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stopping: Stopping

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def ask(self) -> None:
        """Ask the leader, which tells its own children."""
        if self.is_running:
            self.process.send_signal(self.stopping.ask)

    def force(self) -> None:
        self._signal_group(self.stopping.force)

    def finish(self) -> None:
        """End what is left of the group, also where its leader has long gone."""
        self._signal_group(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask, wait, force, wait, kill."""
        for act, seconds in ((self.ask, self.stopping.seconds), (self.force, 6.0)):
            act()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
                break
        self.finish()

    def _signal_group(self, number: signal.Signals) -> None:
        # No such group, or on some systems one of zombies only.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def describe_end(self) -> str:
        code = self.process.returncode
        return f"signal {signal.Signals(-code).name}" if code and code < 0 else f"exit code {code}"


def spawn(
    command: Sequence[str | os.PathLike[str]],
    *,
    name: str,
    log: Path,
    folder: Path,
    environment: Mapping[str, str],
    identity: Identity | None = None,
    stopping: Stopping | None = None,
    keep: Sequence[int] = (),
) -> Child:
    """Start a program in `folder`, writing to `log`; it dies with us. `keep` are descriptors it inherits."""
    stopping = stopping or Stopping()
    prepare = prepare_child(identity=identity, folder=folder, death_signal=stopping.force)
    with open_log(log) as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,
            pass_fds=keep,
            preexec_fn=prepare,
        )
    return Child(name=name, process=process, log=log, stopping=stopping)


def open_log(path: Path) -> BinaryIO:
    """The log, to be added to. One that has grown large is set aside, and the one set aside before goes."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def read_end(log: Path) -> str:
    """The last lines of a log, indented."""
    with suppress(OSError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_000))
        lines = file.read().decode(errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join(f"    {line}" for line in lines) or "    (empty)"
    return "    (no log)"


def wait_for_groups(groups: Sequence[int], *, seconds: float) -> None:
    """Until no process of these groups is left, or the time is over."""
    end = time.monotonic() + seconds
    while any(group_exists(group) for group in groups) and time.monotonic() < end:
        time.sleep(0.02)


def group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
