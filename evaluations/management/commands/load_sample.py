from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from evaluations.samples import load_sample


class Command(BaseCommand):
    help = "Load the sample study: fictional models, simulated votes. Loading it twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        study = load_sample(columns_root=settings.COLUMNS_ROOT, now=timezone.now())
        self.stdout.write(f"The sample study is at /studies/{study.slug}/.")
