"""How often one may ask: by account or by address, exactly, and no header changes whose count it is."""

import pytest
from django.test import Client
from django.urls import reverse

from evaluations.api_tokens import make_token
from evaluations.models import Rater
from tests.factories import NOW, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.API_PUBLIC_PER_MINUTE = 3
    settings.API_TOKEN_PER_MINUTE = 5
    settings.API_REFUSED_PER_MINUTE = 2
    settings.NEW_RATERS_PER_HOUR = 2


@pytest.fixture(autouse=True)
def _one_minute(monkeypatch):
    """No window ends within a test."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW.replace(year=2026, month=6))


def ask(name="api-leaderboards", *args, client=None, **headers):
    return (client or Client()).get(reverse(name, args=args), headers=headers)


def test_one_request_too_many_is_a_problem_that_says_when_to_come_back():
    answers = [ask() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0]["RateLimit-Policy"] == '"api-address";q=3;w=60'
    assert answers[0]["RateLimit"] == '"api-address";r=2;t=60'
    late = answers[-1]
    assert late["Content-Type"].startswith("application/problem+json")
    assert late["Retry-After"] == "60"
    assert late["RateLimit"] == '"api-address";r=0;t=60'
    assert late.json()["status"] == 429


def test_a_header_makes_nobody_somebody_else(settings):
    for number in range(4):
        last = ask(**{"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"})
    assert last.status_code == 429
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(4):
        last = ask(**{"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.5"})
    assert last.status_code == 429
    assert ask(**{"X-Forwarded-For": "203.0.113.6"}).status_code == 200


def test_all_public_addresses_share_one_count():
    study = make_study()
    names = [("api-leaderboards",), ("api-leaderboard", study.slug), ("api-published-models",)]
    assert [ask(*name).status_code for name in names] == [200] * 3
    for name in ("api-published-studies", "api-schema", "api-studies"):
        assert ask(name).status_code == 429, name


def test_who_may_not_ask_is_counted_too():
    assert [ask("api-studies").status_code for _ in range(4)] == [401, 401, 401, 429]


def test_an_account_is_counted_whatever_its_tokens_and_addresses(program):
    one = program("staff")
    other = make_token(user=one.user, now=NOW)
    tokens = [one.token, other] * 3
    found = [
        ask("api-studies", client=Client(REMOTE_ADDR=f"198.51.100.{at}"), Authorization=f"Token {token}")
        for at, token in enumerate(tokens)
    ]
    assert [answer.status_code for answer in found] == [200] * 5 + [429]
    assert program("staff").ask("GET", "api-studies").status_code == 200


def test_a_token_reads_what_is_public_by_its_own_count(program):
    for _ in range(4):
        ask()
    assert program("staff").ask("GET", "api-leaderboards").status_code == 200


def test_refused_tokens_are_counted_by_address_and_disturb_no_valid_one(program):
    wrong = {"Authorization": "Token " + "a" * 64}
    assert [ask("api-studies", **wrong).status_code for _ in range(3)] == [401, 401, 429]
    assert program("staff").ask("GET", "api-studies").status_code == 200
    elsewhere = ask("api-studies", client=Client(REMOTE_ADDR="198.51.100.7"), **wrong)
    assert elsewhere.status_code == 401


def test_raters_are_not_made_without_end_from_one_address():
    study = make_study()
    address = reverse("consent", args=[study.slug])
    first = Client()
    answers = [client.post(address, {"agree": "on"}) for client in (first, Client(), Client())]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert Rater.objects.count() == 2
    assert int(answers[-1]["Retry-After"]) <= 3600
    assert "Nothing was recorded" in answers[-1].content.decode()
    # Who is a rater already goes on.
    assert first.post(address, {"agree": "on"}).status_code == 302
    assert Client(REMOTE_ADDR="198.51.100.7").post(address, {"agree": "on"}).status_code == 302
