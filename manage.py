#!/usr/bin/env python
"""Django's command line. Where no database is given and none runs, the embedded one runs for the command."""

import os
import signal
import sys

import django
from django.core.management import call_command, execute_from_command_line

from arena.embedded.commands import provide_database
from arena.embedded.errors import StartError

MIGRATE_THEMSELVES = {"migrate", "showmigrations", "sqlmigrate", "squashmigrations"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings")
    # Leave through the finally clauses, which stop the database.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with provide_database(sys.argv[1:]) as fresh:
            if fresh and sys.argv[1] not in MIGRATE_THEMSELVES:
                django.setup()
                call_command("migrate", verbosity=0, interactive=False)
            execute_from_command_line(sys.argv)
    except StartError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
