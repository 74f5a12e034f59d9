"""`python -m arena.embedded.prepare 'migrate --no-input' …`: commands of `manage.py`, one after the other.

One process for all of them, since half of what each takes is starting. Static files are collected when any has
changed.
"""

import hashlib
import os
import shlex
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings")
    django.setup()
    try:
        for command in sys.argv[1:]:
            print(f"{command}:", flush=True)
            call_command(*shlex.split(command))
        collect_static()
    except CommandError as error:
        sys.exit(f"{error}")


def collect_static() -> None:
    stamp, sources = Path(settings.STATIC_ROOT) / "sources.sha256", fingerprint_sources()
    if not (stamp.exists() and stamp.read_text() == sources):
        call_command("collectstatic", interactive=False, clear=True)
        stamp.write_text(sources)


def fingerprint_sources() -> str:
    """Of the names, sizes and times of all static files, ours and the packages'."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list(None):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
