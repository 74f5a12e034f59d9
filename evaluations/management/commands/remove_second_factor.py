from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from evaluations.accounts import find_account, remove_second_factor


class Command(BaseCommand):
    help = "Takes the second factor away from an account whose owner lost it, where no other superuser can."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the account's name or email address")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        account = find_account(name=name)
        if account is None:
            raise CommandError(f"There is no account “{name}”.")
        if not remove_second_factor(account=account, by=None, now=timezone.now()):
            raise CommandError(f"The account “{account.username}” has no second factor.")
        self.stdout.write(f"The account “{account.username}” signs in with its password alone now.")
