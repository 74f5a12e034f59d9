import os
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction


class Command(BaseCommand):
    help = "Make the account `staff`, with the password in the environment variable ARENA_STAFF_PASSWORD."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("ARENA_STAFF_PASSWORD", "")
        if len(password) < 12:
            raise CommandError("Set ARENA_STAFF_PASSWORD to a password of 12 characters or more.")
        users = get_user_model().objects
        if not users.filter(username="staff").exists():
            users.create_superuser(username="staff", password=password)
            self.stdout.write("The account “staff” is made.")
