"""The supervisor: starts the processes in order, stops them all when one ends or when it is asked to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from arena.embedded.errors import StartError
from arena.embedded.guard import Guard
from arena.embedded.privileges import Identity

STOP_SECONDS = 12
POLL_SECONDS = 0.2
LOG_LINES = 12


@dataclass(frozen=True, kw_only=True)
class Child:
    """One process, leader of its own session and group."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: int
    log: Path


class Supervisor:
    """Runs children until one ends or a signal comes, then stops them in reverse order.

    A second signal kills at once. If the supervisor itself is killed, its guard does the stopping.
    """

    def __init__(self, *, logs: Path) -> None:
        self._logs = logs
        self._children: list[Child] = []
        self._signals = 0
        logs.mkdir(parents=True, exist_ok=True)
        # Before any child and any handler: it must hold none of their ends, and be deaf to the terminal.
        self._guard = Guard()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)

    @property
    def is_asked_to_stop(self) -> bool:
        return self._signals > 0

    def start(
        self,
        *,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        stop_signal: int = signal.SIGTERM,
        identity: Identity | None = None,
    ) -> Child:
        log = self._logs / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=(identity or Identity()).prepare(death_signal=stop_signal),
            )
        self._guard.watch(group=process.pid, stop_signal=stop_signal)
        child = Child(name=name, process=process, stop_signal=stop_signal, log=log)
        self._children.append(child)
        return child

    def run_once(self, *, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Run a command to its end. Raises StartError with its last lines if it fails."""
        child = self.start(name=name, command=command, environment=environment)
        self.wait_until(lambda: child.process.poll() is not None)
        self._children.remove(child)
        if child.process.returncode:
            raise StartError(f"{name} failed. Its log ends with:\n{read_end(child.log)}")

    def wait_until(self, condition: Callable[[], bool], *, seconds: float = 600) -> None:
        """Poll until true. Raises StartError when a child ends first, or it takes too long; Interrupted by a signal."""
        end = time.monotonic() + seconds
        while not condition():
            if self.is_asked_to_stop:
                raise Interrupted
            self.check()
            if time.monotonic() > end:
                raise StartError("Starting takes too long. See the logs in " + str(self._logs))
            time.sleep(POLL_SECONDS / 4)

    def check(self) -> None:
        """Raises StartError if a child or the guard has ended."""
        for child in self._children:
            code = child.process.poll()
            if code is not None and child.log.stem in LASTING:
                raise StartError(
                    f"The {child.name} process ended ({describe_exit(code)}); all is stopped, and nothing that was "
                    f"committed is lost. Start again. The log {child.log} ends with:\n{read_end(child.log)}"
                )
        if not self._guard.is_alive():
            raise StartError("The guard process was killed; all is stopped. Nothing is lost. Start again.")

    def serve(self) -> None:
        """Stay until a signal comes. Raises StartError when a child ends."""
        while not self.is_asked_to_stop:
            self.check()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop all, newest first."""
        for child in reversed(self._children):
            with suppress(ProcessLookupError):
                child.process.send_signal(child.stop_signal)
            self._wait_for(child)
            # Also when the leader is gone: its children are in its group.
            with suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self._children.clear()
        self._guard.dismiss()

    def _wait_for(self, child: Child) -> None:
        before, end = self._signals, time.monotonic() + STOP_SECONDS
        while child.process.poll() is None and time.monotonic() < end and self._signals == before:
            time.sleep(0.05)

    def _note_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1


class Interrupted(Exception):
    """A signal asked to stop while starting."""


# Processes that are meant to stay; commands that run to their end are not.
LASTING = {"database", "broker", "web", "worker", "beat"}


def read_end(log: Path) -> str:
    """The last lines of a log, indented."""
    lines = log.read_text(errors="replace").splitlines()[-LOG_LINES:] if log.exists() else []
    return "\n".join(f"    {line}" for line in lines) or "    (empty)"


def describe_exit(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
