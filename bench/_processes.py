"""The product's processes while a bench runs: started as a person starts them, and how much processor each takes."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from _arena import ROOT

TICKS = os.sysconf("SC_CLK_TCK")
# By what a command line holds; the first that fits.
NAMES = (
    ("granian", "web"),
    ("postgres", "database"),
    ("valkey", "broker"),
    ("redis", "broker"),
    ("generate", "worker"),
    ("worker", "worker"),
    ("beat", "worker"),
)
START_SECONDS = 120


@contextmanager
def run_product(*, home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`make run` on this home, until the block ends. Raises SystemExit if it does not start."""
    environment = {name: value for name, value in os.environ.items() if name not in {"STATIC_FROM_SOURCE"}}
    environment |= {"ARENA_HOME": str(home), "PORT": str(port), "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "arena.embedded", "run"]
    log = (home / "run.log").open("wb")
    product = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(f"http://localhost:{port}/readyz", product=product)
        yield product
    finally:
        product.send_signal(signal.SIGINT)
        product.wait()
        log.close()


def _wait_for(address: str, *, product: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and product.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The product did not start.")


def read_processor_seconds(*, root: int) -> dict[str, float]:
    """Seconds of processor that the descendants of this process took so far, by what they are."""
    processes = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        # Its own time and that of its children that have ended.
        processes[int(folder.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / TICKS, words)
    taken: dict[str, float] = {}
    for process, (_parent, seconds, words) in processes.items():
        if _descends(process, root, processes):
            name = next((name for part, name in NAMES if part in words), "supervisor")
            taken[name] = taken.get(name, 0.0) + seconds
    return taken


def _descends(process: int, root: int, processes: dict[int, tuple[int, float, str]]) -> bool:
    while process in processes:
        if process == root:
            return True
        process = processes[process][0]
    return False
