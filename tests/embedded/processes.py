"""Looking at real processes: who belongs to a home, and waiting for what must come to be."""

import os
import time
from contextlib import suppress
from pathlib import Path


def wait_for(condition, *, seconds=30, otherwise="it never came to be"):
    """What the condition gives as soon as it is true; fails at the deadline."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)
    return found


def find_processes(home):
    """Every live process that has to do with this home: `{pid: command line}`."""
    return {
        int(entry.name): _read(entry / "cmdline")
        for entry in Path("/proc").iterdir()
        if entry.name.isdecimal() and int(entry.name) != os.getpid() and _belongs(entry, str(home))
    }


def ask_each(home, question):
    """What question(pid) gives for every process of this home; of those that end meanwhile nothing."""
    answers = set()
    for pid in find_processes(home):
        with suppress(FileNotFoundError, ProcessLookupError):
            answers.add(question(pid))
    return answers


def _belongs(entry, home):
    if home in _read(entry / "cmdline") or home in _read(entry / "environ"):
        return True
    try:
        return str((entry / "cwd").readlink()).startswith(home)
    except OSError:
        return False


def _read(path):
    try:
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
