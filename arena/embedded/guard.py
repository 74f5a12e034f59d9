"""A process that outlives its supervisor for one purpose: to end what a killed one would leave running."""

import os
import signal
from contextlib import suppress

from arena.embedded.processes import Child, wait_for_groups

GRACE_SECONDS = 8


class Guard:
    """The supervisor's end of the pipe. When it closes unasked, the guard ends every group it was told of.

    It is forked before any child, and inherits the home's lock: nobody can take the home before it is done.
    """

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._writing)
            _stand_guard(reading)
        os.close(reading)

    def watch(self, child: Child) -> None:
        self._tell(f"watch {child.process.pid} {child.stopping.force:d}")

    def forget(self, child: Child) -> None:
        """It has ended: its number may become another's."""
        self._tell(f"forget {child.process.pid} 0")

    def dismiss(self) -> None:
        """All is stopped: the guard has nothing left to do."""
        self._tell("done 0 0")
        os.close(self._writing)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def is_alive(self) -> bool:
        try:
            return os.waitpid(self.pid, os.WNOHANG)[0] == 0
        except ChildProcessError:
            return False

    def _tell(self, line: str) -> None:
        with suppress(BrokenPipeError):
            os.write(self._writing, f"{line}\n".encode())


def _stand_guard(reading: int) -> None:
    """The guard's whole life. Never returns."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    with os.fdopen(reading) as lines:
        for line in lines:
            match line.split():
                case ["watch", group, force]:
                    groups[int(group)] = int(force)
                case ["forget", group, _]:
                    groups.pop(int(group), None)
                case _:
                    os._exit(0)
    _end(groups)
    os._exit(0)


def _end(groups: dict[int, int]) -> None:
    """Newest first: what uses the servers goes before them."""
    for group, force in reversed(groups.items()):
        _signal(group, force)
    wait_for_groups(list(groups), seconds=GRACE_SECONDS)
    for group in groups:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
