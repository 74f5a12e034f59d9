"""An Arena of its own for a bench: embedded database in a temporary home, tables made, nothing in them."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings")
os.environ.setdefault("STATIC_FROM_SOURCE", "1")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from arena.embedded.postgres import run_cluster  # noqa: E402


@contextmanager
def run_arena() -> Iterator[Path]:
    """The product's tables in a database with the product's own settings, fsync on."""
    with make_home() as home, run_database(home=home):
        yield home


@contextmanager
def make_home() -> Iterator[Path]:
    """An empty home, which settings name from now on."""
    with tempfile.TemporaryDirectory(prefix="arena-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        os.environ["ARENA_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        yield home


@contextmanager
def run_database(*, home: Path) -> Iterator[None]:
    """The home's database with the product's tables, for this process alone."""
    with run_cluster(home=home):
        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        yield
        connection.close()


def time_median(action: Callable[[], object], *, rounds: int) -> float:
    """Median seconds of one call."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
