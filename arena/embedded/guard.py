"""A process that outlives its supervisor for one purpose: to end what a killed supervisor would leave running."""

import os
import signal
import time
from contextlib import suppress

GRACE_SECONDS = 8


class Guard:
    """The supervisor's end of the pipe. When it closes unasked, the guard ends every group it was told of."""

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._writing)
            _stand_guard(reading)
        os.close(reading)

    def watch(self, *, group: int, stop_signal: int) -> None:
        """Tell the guard of a process group and of the signal that asks it to stop."""
        os.write(self._writing, f"{group} {stop_signal}\n".encode())

    def dismiss(self) -> None:
        """All is stopped: the guard has nothing left to do."""
        with suppress(BrokenPipeError):
            os.write(self._writing, b"done\n")
        os.close(self._writing)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def is_alive(self) -> bool:
        try:
            return os.waitpid(self.pid, os.WNOHANG)[0] == 0
        except ChildProcessError:
            return False


def end_groups(groups: list[tuple[int, int]], *, grace: float) -> None:
    """Ask the groups to stop, newest first, one after the other; kill what remains of each, leader or not."""
    for group, stop_signal in reversed(groups):
        with suppress(ProcessLookupError):
            os.kill(group, stop_signal)
        end = time.monotonic() + grace
        while time.monotonic() < end and _is_there(group):
            time.sleep(0.05)
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _stand_guard(reading: int) -> None:
    """The guard's whole life. Never returns."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: list[tuple[int, int]] = []
    with os.fdopen(reading) as lines:
        for line in lines:
            if line == "done\n":
                os._exit(0)
            group, stop_signal = line.split()
            groups.append((int(group), int(stop_signal)))
    end_groups(groups, grace=GRACE_SECONDS)
    os._exit(0)
