"""Starts the processes in order; stops them all when one ends or when it is asked to."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from arena.embedded.errors import StartError
from arena.embedded.guard import Guard
from arena.embedded.processes import Child, read_end, spawn

POLL_SECONDS = 0.1
SERVERS = ("database", "broker")


class Interrupted(Exception):  # noqa: N818 - not an error: somebody asked
    """A signal asked to stop."""


class Supervisor:
    """Children that live and die together.

    Asked to stop by a signal, it stops them in reverse order; a second signal hurries it. Should it be killed
    itself, its guard does the stopping.
    """

    def __init__(self, *, logs: Path, folder: Path) -> None:
        self._logs, self._folder = logs, folder
        self._children: list[Child] = []
        self._signals = 0
        # Of these, how many had come when the stop began: one that comes later hurries it, be it before `stop` runs.
        self._heeded = 0
        self._guard = Guard()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's
                signal.signal(number, self._note_signal)

    def start(self, name: str, command: Sequence[str], *, environment: Mapping[str, str]) -> Child:
        """Start a process of ours and watch over it."""
        log = self._logs / f"{name}.log"
        return self.adopt(spawn(command, name=name, log=log, folder=self._folder, environment=environment))

    def adopt(self, child: Child) -> Child:
        """Watch over a child that was started already."""
        self._guard.watch(child)
        self._children.append(child)
        return child

    def run_once(self, name: str, command: Sequence[str], *, environment: Mapping[str, str]) -> None:
        """Run a command to its end. Raises StartError with its last lines if it fails."""
        log = self._logs / f"{name}.log"
        child = spawn(command, name=name, log=log, folder=self._folder, environment=environment)
        self._guard.watch(child)
        try:
            while child.is_running:
                self.pause(POLL_SECONDS / 2)
        finally:
            child.stop()
            self._guard.forget(child)
        if child.process.returncode:
            raise StartError(f"The step “{name}” failed. Its log {log} ends with:\n{read_end(log)}")

    def pause(self, seconds: float) -> None:
        """Sleep. Raises Interrupted if a signal came, StartError if a child has ended."""
        if self._signals:
            self._heeded = self._signals
            raise Interrupted
        for child in self._children:
            if not child.is_running:
                raise StartError(
                    f"The {child.name} process ended ({child.describe_end()}), so all is stopped; nothing "
                    "that was committed is lost. Start again. "
                    f"The log {child.log} ends with:\n{read_end(child.log)}"
                )
        if not self._guard.is_alive():
            raise StartError("The guard process was killed, so all is stopped; nothing is lost. Start again.")
        time.sleep(seconds)

    def wait_until(self, condition: Callable[[], bool], *, seconds: float, otherwise: str) -> None:
        """Poll until true. Raises what pause raises, and StartError saying `otherwise` when it takes too long."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise StartError(f"{otherwise} See the logs in {self._logs}.")
            self.pause(POLL_SECONDS)

    def serve(self) -> None:
        """Stay until a signal or a child's end, which pause raises."""
        while True:
            self.pause(POLL_SECONDS)

    def stop(self) -> None:
        """Stop all: ours together, then the servers they use, the newest first. Leaves nothing running."""
        enough = max(self._heeded, 1) + 1
        self._stop([child for child in self._children if child.name not in SERVERS], enough=enough)
        for child in reversed([child for child in self._children if child.name in SERVERS]):
            self._stop([child], enough=enough)
        self._children.clear()
        self._guard.dismiss()

    def _stop(self, children: Sequence[Child], *, enough: int) -> None:
        for child in children:
            child.ask()
        self._wait(
            children, seconds=max((child.stopping.seconds for child in children), default=0), enough=enough
        )
        for child in children:
            child.force()
        self._wait(children, seconds=6, enough=enough + 1)
        for child in children:
            child.finish()

    def _wait(self, children: Sequence[Child], *, seconds: float, enough: int) -> None:
        end = time.monotonic() + seconds
        while (
            any(child.is_running for child in children) and time.monotonic() < end and self._signals < enough
        ):
            time.sleep(POLL_SECONDS / 5)

    def _note_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1
