"""Models, providers and generation by a program; no answer ever holds a key."""

from decimal import Decimal
from random import Random

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluations.generation.attempts import generate
from evaluations.models import AuditEvent, Generation, LanguageModel, Provider, Response
from evaluations.providers.keys import read_key
from tests.factories import make_prompt_set, make_study
from tests.providers.server import run_fake_provider

pytestmark = pytest.mark.django_db

CANARY = "sk-canary-7Q2x9VbN4mW8"


@pytest.fixture
def fake(settings):
    with run_fake_provider() as provider:
        settings.PROVIDER_HOSTS_ALLOWED = [provider.host]
        yield provider


def add_provider(one, fake, **values):
    given = {
        "slug": "ours",
        "name": "Ours",
        "protocol": "compatible",
        "base_url": f"{fake.url}/v1",
        "key": CANARY,
        "requests_per_minute": 60_000,
    }
    return one.expect(201, "POST", "api-providers", sent={**given, **values})


def add_model(one, **values):
    given = {
        "slug": "delta",
        "name": "Delta",
        "provider": "ours",
        "provider_model": "delta-large",
        "price_in": "2",
        "price_out": "10",
        "request_options": {"max_tokens": 100},
    }
    return one.expect(201, "POST", "api-models", sent={**given, **values})


def test_key_goes_in_and_never_comes_out(program, fake, caplog):
    one = program("superuser")
    add_provider(one, fake)
    kept = Provider.objects.get()
    assert read_key(kept).reveal() == CANARY
    read = [
        one.ask("GET", "api-provider", "ours"),
        one.ask("GET", "api-providers"),
        one.ask("PATCH", "api-provider", "ours", sent={"name": "Theirs"}),
        one.ask("PATCH", "api-provider", "ours", sent={"key": CANARY, "key_variable": "OUR_API_KEY"}),
        one.ask("PATCH", "api-provider", "ours", sent={"key": f"{CANARY} {CANARY}"}),
        one.ask("PATCH", "api-provider", "ours", sent={"key": [CANARY]}),
        one.ask("PATCH", "api-provider", "ours", sent={"key": CANARY * 200}),
        one.ask("POST", "api-provider-try", "ours", sent={"model": "delta-large"}),
        one.ask("GET", "api-audit-log"),
        one.ask("GET", "api-schema"),
    ]
    assert [response.status_code for response in read] == [200, 200, 200, 422, 422, 422, 422, 200, 200, 200]
    for response in read:
        assert CANARY not in response.content.decode()
        assert bytes(kept.encrypted_key).decode() not in response.content.decode()
    assert CANARY not in caplog.text
    assert CANARY not in str(list(AuditEvent.objects.values()))
    assert one.get("api-provider", "ours")["key_is_kept"] is True
    one.expect(204, "DELETE", "api-provider-key", "ours")
    assert one.get("api-provider", "ours")["key_is_kept"] is False


def test_key_is_entered_anew_where_the_address_changes(program, fake):
    one = program("superuser")
    add_provider(one, fake)
    address = f"{fake.url}/v2"
    assert one.ask("PATCH", "api-provider", "ours", sent={"base_url": address}).status_code == 422
    one.expect(200, "PATCH", "api-provider", "ours", sent={"base_url": address, "key": CANARY})
    problem = one.expect(422, "PATCH", "api-provider", "ours", sent={"slug": "other"})
    assert set(problem["errors"]) == {"slug"}


def test_limits_of_a_provider_stay_where_they_are_not_sent(program, fake):
    one = program("superuser")
    add_provider(one, fake, requests_per_minute=7, timeout_seconds=33)
    changed = one.expect(200, "PATCH", "api-provider", "ours", sent={"name": "Theirs"})
    assert (changed["requests_per_minute"], changed["timeout_seconds"]) == (7, 33)


def test_provider_inside_the_network_is_refused(program):
    given = {"slug": "x", "name": "X", "protocol": "compatible", "base_url": "https://127.0.0.1/v1"}
    program("superuser").expect(422, "POST", "api-providers", sent=given)
    assert not Provider.objects.exists()


@pytest.mark.parametrize(
    ("sent", "places"),
    [
        ({"slug": "alpha"}, {"slug"}),
        ({"name": "Alpha"}, {"name"}),
        ({"slug": "new"}, {"slug"}),
        ({"price_in": "-1"}, {"price_in"}),
        ({"currency": "EURO"}, {"currency"}),
        ({"provider": "nobody"}, {"provider"}),
        ({"request_options": {"temperature": 3}}, {"request_options.temperature"}),
        ({"released_on": "yesterday"}, {"released_on"}),
    ],
)
def test_model_that_is_wrong_is_not_kept(program, sent, places):
    make_study()
    given = {"slug": "delta", "name": "Delta", **sent}
    assert set(program().expect(422, "POST", "api-models", sent=given)["errors"]) == places
    assert LanguageModel.objects.count() == 3


def test_model_is_changed_and_deleted_while_nothing_hangs_on_it(program, fake):
    one = program("superuser")
    add_provider(one, fake)
    made = add_model(one, currency="eur")
    assert made["currency"] == "EUR"
    assert made["request_options"]["max_tokens"] == 100
    assert LanguageModel.objects.get().request_options == {"max_tokens": 100}
    changed = one.expect(200, "PATCH", "api-model", "delta", sent={"name": "Delta 2"})
    assert (changed["name"], changed["provider"], changed["price_in"]) == ("Delta 2", "ours", "2.0000")
    one.expect(422, "PATCH", "api-model", "delta", sent={"provider_model": ""})
    one.expect(204, "DELETE", "api-model", "delta")
    make_study()
    assert one.expect(409, "DELETE", "api-model", "alpha")
    assert one.ask("PATCH", "api-model", "alpha", sent={"slug": "omega"}).status_code == 422


def test_responses_are_generated_and_published(program, fake):
    one = program("superuser")
    add_provider(one, fake)
    add_model(one)
    make_prompt_set(models=[], slug="letters", prompts=2)
    [plan] = one.get("api-generation-plan", "letters", 1)["models"]
    assert (plan["model"], plan["missing"], plan["problem"]) == ("delta", 2, "")
    given = {"prompt_set": "letters/1", "models": ["delta"], "budget": "5"}
    response = one.ask("POST", "api-generations", sent=given)
    assert response.status_code == 202
    token = response.json()["token"]
    assert response["Location"].endswith(reverse("api-generation", args=[token]))
    assert one.expect(409, "POST", "api-generations", sent=given)
    for row in Generation.objects.all():
        generate(generation_id=row.pk, clock=timezone.now, random=Random(1))
    run = one.get("api-generation", token)
    assert (run["progress"]["done"], run["state"]) == (2, "done")
    assert Decimal(run["progress"]["cost"]) > 0
    found = one.get("api-generation-findings", token)["results"]
    if found:
        ids = [row["id"] for row in found]
        one.expect(200, "POST", "api-generation-decide", token, sent={"ids": ids, "decision": "keep"})
    assert one.expect(200, "POST", "api-generation-publish", token) == {"responses": 2}
    assert one.expect(200, "POST", "api-generation-publish", token) == {"responses": 0}
    assert Response.objects.filter(generation__run__token=token).count() == 2
    assert one.expect(409, "POST", "api-generation-resume", token, sent={"budget": "9"})


def test_run_is_cancelled_and_taken_up_again(program, fake):
    one = program("superuser")
    add_provider(one, fake)
    add_model(one)
    make_prompt_set(models=[], slug="letters", prompts=2)
    given = {"prompt_set": "letters", "models": ["delta"], "budget": "5"}
    token = one.expect(202, "POST", "api-generations", sent=given)["token"]
    assert one.expect(200, "POST", "api-generation-cancel", token)["state"] == "cancelled"
    assert one.expect(422, "POST", "api-generation-resume", token, sent={"budget": "-1"})
    resumed = one.expect(202, "POST", "api-generation-resume", token, sent={"budget": "9"})
    assert (resumed["state"], resumed["budget"]) == ("running", "9.0000")


@pytest.mark.parametrize(
    ("sent", "places"),
    [
        ({"models": []}, {"models"}),
        ({"models": ["nobody"]}, {"models"}),
        ({"budget": "much"}, {"budget"}),
        ({"prompt_set": "nothing"}, {"prompt_set"}),
    ],
)
def test_run_that_is_wrong_is_not_started(program, sent, places):
    make_study()
    prompt_set = make_prompt_set(models=[])
    given = {"prompt_set": prompt_set.slug, "models": ["alpha"], "budget": "5", **sent}
    assert set(program().expect(422, "POST", "api-generations", sent=given)["errors"]) == places
