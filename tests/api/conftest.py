import itertools
import json

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.api_tokens import make_token
from evaluations.models import Import, ImportFault, Membership, Study
from evaluations.tasks import check_import
from tests.api.samples import Sample
from tests.factories import NOW, make_study
from tests.ingest.files import PROMPTS, RESPONSES

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


@pytest.fixture
def sample(db, settings):
    return Sample(columns_root=settings.COLUMNS_ROOT)


@pytest.fixture
def owner(program, sample):
    """A superuser's program, and rows that it makes itself."""
    one = program("superuser")
    slug = sample.slug
    study = make_study(opened=False, slug="draft", access=Study.Access.INVITATION)
    one.expect(201, "POST", "api-invitations", "draft", sent={"label": "A class"})
    one.expect(200, "PATCH", "api-study", "draft", sent={"sampling": "designed", "votes_per_item": 2})
    claim = {"model": "alpha", "rival": "beta"}
    one.expect(200, "PUT", "api-claims", study.slug, sent={"claims": [claim]})
    one.expect(201, "POST", "api-amendments", slug, sent={"reason": "More are needed.", "target_votes": 5000})
    place, after = ("api-decisions", slug, sample.code), 0
    for decision in ("keep", "exclude"):
        sent = {"decision": decision, "reason": "Always left.", "after": after}
        after = one.expect(201, "POST", *place, sent=sent)["id"]
    assert sample.provider
    assert sample.membership
    sample.user, sample.external_id = one.user, sample.own_rater
    files = [SimpleUploadedFile(f"f{at}.csv", text.encode()) for at, text in enumerate([PROMPTS, RESPONSES])]
    given = {"file": files, "title": "Tasks", "slug": sample.prompt_set}
    token = one.ask("POST", "api-imports", files=given).json()["token"]
    upload = Import.objects.get(token=token)
    check_import(import_id=upload.pk)
    ImportFault.objects.create(upload=upload, file="f0.csv", line=2, problem="Odd.", remedy="Mend it.")
    sample.uploaded = token
    return one
