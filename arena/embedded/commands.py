"""A database for the time of one command of `manage.py`: the one that runs, or one started for it."""

import fcntl
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from arena.embedded.errors import HomeInUse, StartError
from arena.embedded.home import addresses, find_home, own_home
from arena.embedded.postgres import is_answering, run_cluster

WAIT_SECONDS = 120
# Commands that read or write no table.
NO_DATABASE = frozenset(
    {
        "check",
        "collectstatic",
        "compile_translations",
        "compilemessages",
        "diffsettings",
        "extract_translations",
        "findstatic",
        "help",
        "makemessages",
        "makemigrations",
        "rank",
        "spectacular",
        "startapp",
        "version",
    }
)


def needs_database(arguments: Sequence[str]) -> bool:
    """Whether this command line, less the program's name, uses the database."""
    if not arguments or not {"-h", "--help"}.isdisjoint(arguments):
        return False
    return not arguments[0].startswith("-") and arguments[0] not in NO_DATABASE


@contextmanager
def provide_database(arguments: Sequence[str]) -> Iterator[bool]:
    """Hold a database while a command runs; yields whether it was started for it, and so is to be migrated.

    Raises StartError where the embedded database is needed and can't be had.
    """
    if os.environ.get("DATABASE_URL") or not needs_database(arguments):
        yield False
        return
    home, end = find_home(), time.monotonic() + WAIT_SECONDS
    with ExitStack() as stack:
        while not _own(home, stack, purpose=f"manage.py {arguments[0]}"):
            if _become_guest(home, stack):
                yield False
                return
            _refuse_late(home, end=end)
            time.sleep(0.1)
        # The guests' lock comes first, to go last: nobody becomes a guest of a server that is stopping.
        guests = stack.enter_context(_open_guests(home))
        stack.enter_context(run_cluster(home=home))
        stack.callback(_wait_for_guests, guests)
        yield True


def _own(home: Path, stack: ExitStack, *, purpose: str) -> bool:
    try:
        stack.enter_context(own_home(home=home, purpose=purpose, patience=0))
    except HomeInUse:
        return False
    return True


def _become_guest(home: Path, stack: ExitStack) -> bool:
    """Use the owner's database, if it answers: a command's stays up until its guests have left."""
    guests = _open_guests(home)
    fcntl.flock(guests, fcntl.LOCK_SH)
    if not is_answering(addresses(home=home).database_url):
        guests.close()
        return False
    stack.enter_context(guests)
    return True


def _wait_for_guests(guests: TextIO) -> None:
    try:
        fcntl.flock(guests, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Waiting for another command that uses this database.", file=sys.stderr)
        fcntl.flock(guests, fcntl.LOCK_EX)


def _open_guests(home: Path) -> TextIO:
    return (home / "guests.lock").open("a")


def _refuse_late(home: Path, *, end: float) -> None:
    if time.monotonic() > end:
        raise StartError(
            f"Arena runs on {home}, but not with the embedded database. If it was started with DATABASE_URL, "
            "set the same for this command."
        )
