from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from evaluations.errors import ConfigurationError
from evaluations.providers.keys import rotate_keys
from evaluations.second_factors import rotate_secrets


class Command(BaseCommand):
    help = (
        "Encrypts the providers' keys and the second factors anew with the first secret of PROVIDER_KEY_SECRETS. "
        "Put the new secret first and keep the old ones until this has run."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                count, factors = rotate_keys(), rotate_secrets()
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Keys encrypted anew: {count}. Second factors: {factors}.")
