#!/usr/bin/env python
"""Django's command line. Where no database is given and none runs, it runs the embedded one for the command's time."""

import os
import sys
from contextlib import nullcontext
from pathlib import Path

import django
from django.core.management import call_command, execute_from_command_line

from arena.embedded.errors import StartError
from arena.embedded.postgres import own_home, run_cluster

# Commands that read or write no table.
NO_DATABASE = {
    "check",
    "collectstatic",
    "compile_translations",
    "extract_translations",
    "help",
    "makemigrations",
    "rank",
    "spectacular",
    "--help",
    "-h",
    "version",
    "--version",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in NO_DATABASE or os.environ.get("DATABASE_URL") or "--help" in sys.argv:
        execute_from_command_line(sys.argv)
        return
    home = Path(os.environ.get("ARENA_HOME") or Path(__file__).resolve().parent / "var").resolve()
    with own_home(home=home) as owned:
        try:
            with run_cluster(home=home) if owned else nullcontext():
                if owned and command != "migrate":
                    migrate_quietly()
                execute_from_command_line(sys.argv)
        except StartError as error:
            sys.exit(f"{error}")


def migrate_quietly() -> None:
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


if __name__ == "__main__":
    main()
