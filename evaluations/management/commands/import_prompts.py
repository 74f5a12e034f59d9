"""`manage.py import_prompts FILE … --prompt-set SLUG`: prompts, responses, models from files."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evaluations import findings, imports
from evaluations.errors import IngestError
from evaluations.management.import_reports import describe_refusal, list_uploads, write_faults
from evaluations.models import Finding, Import

DECISIONS = {"keep": "keep", "mask": "mask", "leave-out": "leave_out"}


class Command(BaseCommand):
    help = "Import prompts, responses and models. Files are recognised by their columns; their order is free."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", help="CSV, JSONL, JSON, Parquet or XLSX")
        parser.add_argument("--prompt-set", required=True, metavar="SLUG", help="the prompt set to make")
        parser.add_argument("--title", default="", help="its title; the short name where there is none")
        parser.add_argument(
            "--named",
            choices=list(DECISIONS),
            default="keep",
            help="what to do with responses that name their author (keep them, unless told otherwise)",
        )
        parser.add_argument("--check", action="store_true", help="only check: nothing is imported")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            self.import_files(options)
        except IngestError as error:
            raise CommandError(str(error)) from error

    def import_files(self, options: dict[str, Any]) -> None:
        upload = imports.take_prompts(
            uploads=list_uploads(options["files"]),
            slug=options["prompt_set"],
            title=options["title"],
            now=timezone.now(),
        )
        if upload.state == Import.State.IMPORTED:
            self.stdout.write(f"Already imported as {upload.prompt_set}: nothing to do.")
            return
        write_faults(upload=upload, out=self.stdout)
        counts = "{prompts:,} prompts, {responses:,} responses, {models:,} models".format(**upload.counts)
        if upload.state == Import.State.REFUSED:
            raise CommandError(describe_refusal(upload))
        if options["check"]:
            imports.discard_import(upload=upload)
            self.stdout.write(f"Checked: {counts}. Nothing was imported.")
            return
        self.stdout.write(f"Checked: {counts}. Importing …")
        self.decide(upload, DECISIONS[options["named"]])
        upload = imports.confirm_import(upload=upload, now=timezone.now())
        self.stdout.write(self.style.SUCCESS(f"Imported as {upload.prompt_set}: {counts}."))

    def decide(self, upload: Import, decision: str) -> None:
        """Whoever runs the command decides about responses that name their author, and sees which these are."""
        kind = Finding.Kind.SELF_IDENTIFICATION
        waiting = findings.list_findings(upload=upload, kind=kind, undecided=True)
        for finding in waiting.iterator():
            place = f"{finding.file}:{finding.line}"
            self.stdout.write(f"names its author: {place} {finding.model_name} — “{finding.says}”")
        if count := waiting.count():
            now = timezone.now()
            findings.decide(
                finding_ids=waiting.values_list("pk", flat=True), decision=decision, user=None, now=now
            )
            self.stdout.write(f"{count:,} of these: {decision.replace('_', ' ')} (--named says what to do).")
