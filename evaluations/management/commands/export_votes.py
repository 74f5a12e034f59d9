"""`manage.py export_votes STUDY --format csv`: a study's votes as a file, whatever their number."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluations.errors import ArenaError
from evaluations.exports import FILES, Export, ExportOptions, open_export
from evaluations.models import Study

NAMES = list(chain.from_iterable(file.formats for file in FILES))


class Command(BaseCommand):
    help = "Export a study's votes, texts or preference pairs to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", metavar="STUDY", help="the study's short name")
        parser.add_argument("--format", default="csv", choices=NAMES, help="the file and its format")
        parser.add_argument(
            "--output",
            metavar="FILE",
            help="where to; - is standard output; else a name that says what it is",
        )
        parser.add_argument("--ledger-size", type=int, metavar="N", help="only the ledger's first N entries")
        for name, what in [
            ("normal-only", "leave out repeats and checks"),
            ("kept-only", "leave out the votes of excluded raters"),
            ("publishable-only", "only votes of raters who agreed that theirs be published"),
            ("texts", "add prompts and responses to each row"),
            ("by-pair", "preferences: one row a pair of responses, by majority"),
        ]:
            parser.add_argument(f"--{name}", action="store_true", help=what)
        parser.add_argument(
            "--minimum-votes", type=int, default=3, metavar="N", help="votes that a pair needs"
        )

    def handle(self, *args: object, **options: Any) -> None:
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            raise CommandError(f"There is no study “{options['study']}”.")
        try:
            export = self.open(study, options)
            target = options["output"] or export.filename
            self.write(export, target)
        except ArenaError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror or error}.") from error

    def open(self, study: Study, options: dict[str, Any]) -> Export:
        names = ("normal_only", "kept_only", "publishable_only", "texts", "by_pair", "minimum_votes")
        chosen = ExportOptions(**{name: options[name] for name in names})
        return open_export(
            study=study, name=options["format"], options=chosen, ledger_size=options["ledger_size"]
        )

    def write(self, export: Export, target: str) -> None:
        """A file appears under its name when it is whole."""
        if target == "-":
            write_chunks(export.chunks, sys.stdout.buffer)
            return
        part = Path(f"{target}.part")
        try:
            with part.open("wb") as file:
                write_chunks(export.chunks, file)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        said = f"{export.rows:,} rows, ledger size {export.ledger_size:,}"
        self.stdout.write(self.style.SUCCESS(f"Written to {target}: {said}."))


def write_chunks(chunks: Iterable[bytes], file: Any) -> None:
    for chunk in chunks:
        file.write(chunk)
