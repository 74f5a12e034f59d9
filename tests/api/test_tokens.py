"""Who asks: a token of an account, or a session with its own protection."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from evaluations.api_tokens import revoke_token

pytestmark = pytest.mark.django_db


def ask(header=None):
    headers = {} if header is None else {"Authorization": header}
    return Client().get(reverse("api-models"), headers=headers)


def test_token_acts_as_its_account(program):
    one = program()
    assert one.ask("GET", "api-models").status_code == 200
    assert one.expect(200, "GET", "api-audit-log")["results"][0]["who"] == one.user.username


def test_nobody_is_told_how_to_ask(db):
    response = ask()
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"
    assert response["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token \xff\xfe", "Token %00", "Token x", "Basic x"]
)
def test_what_is_no_token_is_refused(header):
    assert ask(header).status_code == 401


def test_token_ends(program):
    one = program()
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert one.ask("GET", "api-models").status_code == 401


def test_revoked_token_stops_at_once(program):
    one = program()
    revoke_token(user=one.user, key=AuthToken.objects.get().token_key, now=timezone.now())
    assert one.ask("GET", "api-models").status_code == 401


@pytest.mark.parametrize(("lost", "status"), [("is_active", 401), ("is_staff", 403)])
def test_token_is_worth_what_its_account_is(program, lost, status):
    one = program()
    setattr(one.user, lost, False)
    one.user.save()
    assert one.ask("GET", "api-models").status_code == status


def test_session_needs_its_csrf_token_to_change_anything(program):
    client = Client(enforce_csrf_checks=True)
    client.force_login(program("superuser").user)
    address = reverse("api-models")
    assert client.get(address).status_code == 200
    sent = client.post(address, b"{}", content_type="application/json")
    assert sent.status_code == 403
    assert "CSRF" in sent.json()["detail"]


def test_session_without_a_second_factor_is_nobodys_where_one_is_asked_for(program, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    client = Client()
    client.force_login(program("superuser").user)
    assert client.get(reverse("api-models")).status_code == 401


def test_nothing_for_staff_is_kept_on_the_way(program):
    response = program().ask("GET", "api-models")
    assert "no-store" in response["Cache-Control"]
