"""`manage.py compile_translations`: from the catalogues that people edit to those that programs read."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Needs no gettext tools and no database."""

    help = "Compile every locale/*/LC_MESSAGES/django.po to the .mo file beside it."
    requires_system_checks = ()
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/django.po")):
                compile_catalogue(source=source)
                if options["verbosity"] > 1:
                    self.stdout.write(f"{source} is compiled.")


def compile_catalogue(*, source: Path) -> None:
    """Written aside and renamed: a server that starts meanwhile reads the old file or the new one."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    unfinished = source.with_suffix(".mo.new")
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(source.with_suffix(".mo"))
