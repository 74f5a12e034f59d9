"""`manage.py import_votes FILE … --study SLUG --prompt-set SLUG`: recorded votes, ranked at once."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evaluations import imports, ledger, snapshots
from evaluations.errors import ArenaError
from evaluations.management.import_reports import describe_refusal, list_uploads, write_faults
from evaluations.models import Import, Leaderboard


class Command(BaseCommand):
    help = "Import recorded votes into a study, made and opened where it is new, and refresh its leaderboard."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", help="CSV, JSONL, JSON, Parquet or XLSX")
        parser.add_argument("--study", required=True, metavar="SLUG", help="the study the votes belong to")
        parser.add_argument("--prompt-set", required=True, metavar="SLUG", help="what the votes are about")
        parser.add_argument(
            "--title", default="", help="the title of a new study; the prompt set's where there is none"
        )
        parser.add_argument("--source", default="", help="where the votes come from, for the public page")
        parser.add_argument("--check", action="store_true", help="only check: nothing is imported")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            self.import_files(options)
        except ArenaError as error:
            raise CommandError(str(error)) from error

    def import_files(self, options: dict[str, Any]) -> None:
        upload = imports.take_votes(
            uploads=list_uploads(options["files"]),
            study_slug=options["study"],
            prompt_set_slug=options["prompt_set"],
            title=options["title"],
            now=timezone.now(),
        )
        if upload.state == Import.State.IMPORTED:
            self.stdout.write(f"Already imported into the study “{upload.study}”: nothing to do.")
        else:
            self.confirm(upload, options)
        if upload.state != Import.State.CHECKED or not options["check"]:
            self.publish(options["study"])

    def confirm(self, upload: Import, options: dict[str, Any]) -> None:
        write_faults(upload=upload, out=self.stdout)
        counts = "{votes:,} votes by {raters:,} raters".format(**upload.counts)
        if upload.state == Import.State.REFUSED:
            raise CommandError(describe_refusal(upload))
        if options["check"]:
            imports.discard_import(upload=upload)
            self.stdout.write(f"Checked: {counts}. Nothing was imported.")
            return
        self.stdout.write(f"Checked: {counts}. Importing …")
        upload = imports.confirm_import(upload=upload, source=options["source"], now=timezone.now())
        self.stdout.write(self.style.SUCCESS(f"Imported into the study “{upload.study}”: {counts}."))

    def publish(self, slug: str) -> None:
        """Seal and rank now: nobody should have to wait for the background to see what was imported."""
        sealed = ledger.seal_all(now=timezone.now())
        leaderboard = Leaderboard.objects.select_related("study").get(slug=slug)
        root = settings.COLUMNS_ROOT
        snapshots.refresh_leaderboard(leaderboard=leaderboard, columns_root=root, now=timezone.now())
        self.stdout.write(f"{sealed:,} votes sealed. The ranking is at {leaderboard.get_absolute_url()}")
