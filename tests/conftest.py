import itertools
from datetime import timedelta

import hypothesis
import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.db.utils import load_backend
from django.test import Client
from django.utils import timezone, translation

from evaluations.models import Membership
from evaluations.web.published_pages import PAGES
from tests.factories import NOW

_accounts = itertools.count(1)

# How long an example takes is a matter of the machine and its load, and no test's business.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture
def second_connection(transactional_db):
    """Another session on the test database, as another process would have."""
    settings = connections["default"].settings_dict
    connection = load_backend(settings["ENGINE"]).DatabaseWrapper({**settings}, "second")
    yield connection
    connection.close()


@pytest.fixture(autouse=True)
def _columns_in_temporary_folder(settings, tmp_path):
    """No test sees another one's columns or uploads."""
    settings.COLUMNS_ROOT = tmp_path / "columns"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _no_pages_left_over():
    """Settings are part of a process, and change between tests only."""
    PAGES.forget()


@pytest.fixture(autouse=True)
def _no_language_left_over():
    """A request leaves its reader's language active in the thread."""
    yield
    translation.deactivate()


@pytest.fixture
def time_machine(monkeypatch):
    """Moves the clock of the edges; the domain is given its time."""
    real = timezone.now

    def travel(**distance):
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(**distance))

    return travel


@pytest.fixture
def sign_in_as(db):
    """A client signed in as "account" (no staff), "staff" (no role), "viewer", "editor", "owner" or "superuser".

    The three roles need their `study`; the account is `client.user`.
    """

    def sign_in(role, study=None):
        user = get_user_model().objects.create_user(
            f"{role}-{next(_accounts)}",
            is_staff=role != "account",
            is_superuser=role == "superuser",
        )
        if role in Membership.Role.values:
            Membership.objects.create(study=study, user=user, role=role, created_at=NOW)
        client = Client()
        client.force_login(user)
        client.user = user
        return client

    return sign_in
