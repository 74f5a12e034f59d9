"""`manage.py extract_translations`: bring the catalogues up to the strings of code and templates."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

WIDTH = 110
PYTHON_FOLDERS = ("arena", "evaluations")
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
# Which arguments of each function are the message, its plural and its context.
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


class Command(BaseCommand):
    """Adds what is new, without a translation; drops what is gone. Never guesses."""

    help = "Add new strings to every locale/*/LC_MESSAGES/django.po and list those without a translation."
    requires_system_checks = ()
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        messages = extract_messages()
        for folder in settings.LOCALE_PATHS:
            for path in sorted(Path(folder).glob("*/LC_MESSAGES/django.po")):
                catalogue = update_catalogue(path=path, messages=messages)
                for message in list_untranslated(catalogue):
                    self.stdout.write(f"{path.parent.parent.name}: {message.id!r}")


def extract_messages() -> Catalog:
    """Every string of the project that a reader may see, with the files that hold it."""
    catalogue = Catalog()
    for path, source in _read_sources():
        name = path.relative_to(settings.BASE_DIR).as_posix()
        for _line, message, _comments, context in extract("python", BytesIO(source), keywords=KEYWORDS):
            catalogue.add(message, locations=[(name, 0)], context=context)
    return catalogue


def update_catalogue(*, path: Path, messages: Catalog) -> Catalog:
    catalogue = read_catalogue(path=path)
    catalogue.update(messages, no_fuzzy_matching=True, update_header_comment=False)
    write_catalogue(path=path, catalogue=catalogue)
    return catalogue


def write_catalogue(*, path: Path, catalogue: Catalog) -> None:
    """Sorted, without line numbers and dates, so that a change of one string is a change of a few lines."""
    header = HEADER.format(language=catalogue.locale_identifier, plurals=catalogue.plural_forms)
    with path.open("wb") as file:
        file.write(header.encode())
        write_po(
            file,
            catalogue,
            width=WIDTH,
            omit_header=True,
            sort_output=True,
            ignore_obsolete=True,
            include_lineno=False,
        )


def list_untranslated(catalogue: Catalog) -> list[Message]:
    """Messages without a translation, with half of one, or with one that nobody has confirmed."""
    return [
        message for message in catalogue if message.id and (message.fuzzy or not all(list_forms(message)))
    ]


def list_forms(message: Message) -> list[str]:
    """The translation in each of its plural forms."""
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    return [string or "" for string in strings]


def read_catalogue(*, path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def _read_sources() -> Iterator[tuple[Path, bytes]]:
    """Python as it is; templates as the Python that Django makes of them for this purpose."""
    for folder in PYTHON_FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*.py")):
            yield path, path.read_bytes()
    templates = settings.BASE_DIR / "templates"
    for path in sorted([*templates.rglob("*.html"), *templates.rglob("*.txt")]):
        source = templatize(path.read_text(), origin=str(path))
        # Babel's reader, unlike xgettext, trips over lines that are indented as HTML is.
        yield path, "\n".join(map(str.strip, source.splitlines())).encode()
