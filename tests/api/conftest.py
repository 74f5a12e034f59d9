import itertools
import json

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.api_tokens import make_token
from evaluations.models import Membership
from tests.factories import NOW

_names = itertools.count(1)


class Program:
    """Asks the API with a token, as a program of an account would."""

    def __init__(self, user):
        self.user, self.token = user, make_token(user=user, now=timezone.now())
        self.client = Client(enforce_csrf_checks=True)

    def ask(self, method, name, *args, sent=None, files=None, query=None, **headers):
        headers = {"Authorization": f"Token {self.token}", "Accept-Language": "en", **headers}
        address = reverse(name, args=args) if not name.startswith("http") else name
        if files is not None:
            return self.client.post(address, files, headers=headers)
        if method == "GET":
            return self.client.get(address, query or {}, headers=headers)
        body = b"" if sent is None else json.dumps(sent)
        return self.client.generic(method, address, body, content_type="application/json", headers=headers)

    def get(self, name, *args, **query):
        return self.expect(200, "GET", name, *args, query=query)

    def expect(self, status, method, name, *args, **options):
        response = self.ask(method, name, *args, **options)
        assert response.status_code == status, response.content
        return response.json() if response.content else None


@pytest.fixture
def program(db):
    """A program of an account: "account", "staff", "superuser", or with a role in a study."""

    def make(role="staff", study=None):
        user = get_user_model().objects.create_user(
            f"{role}-program-{next(_names)}",
            is_staff=role != "account",
            is_superuser=role == "superuser",
        )
        if role in Membership.Role.values:
            Membership.objects.create(study=study, user=user, role=role, created_at=NOW)
        return Program(user)

    return make
