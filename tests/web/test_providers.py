"""Providers and their keys: for superusers, and a key that goes in never comes out."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from evaluations.models import AuditEvent, Provider
from evaluations.providers import addresses
from evaluations.providers.keys import read_key
from tests.generation.conftest import make_provider
from tests.providers.conftest import KEY
from tests.providers.server import Behaviour, run_fake_provider

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def boss(client):
    client.force_login(get_user_model().objects.create_superuser("boss"))
    return client


@pytest.fixture
def fake(settings):
    with run_fake_provider() as server:
        settings.PROVIDER_HOSTS_ALLOWED = [server.host]
        yield server


@pytest.fixture(autouse=True)
def public_names(monkeypatch):
    """Names of this test mean public addresses; IP addresses mean themselves."""
    real = addresses.resolve
    monkeypatch.setattr(
        addresses,
        "resolve",
        lambda host, port: ["8.8.8.8"] if host.endswith(".example") else real(host, port),
    )


def fields(**values):
    given = {
        "name": "Somewhere",
        "slug": "somewhere",
        "protocol": "compatible",
        "base_url": "https://api.example/v1",
        "requests_per_minute": "60",
        "concurrent_requests": "4",
        "timeout_seconds": "60",
    }
    return given | values


def post(client, address, *args, **values):
    return client.post(reverse(address, args=args), fields(**values), headers=ENGLISH)


def test_staff_that_is_no_superuser_is_refused(client):
    client.force_login(get_user_model().objects.create_user("staff", is_staff=True))
    Provider.objects.create(slug="p", name="P", protocol="openai", created_at="2026-01-01T00:00Z")
    assert client.get(reverse("providers")).status_code == 403
    assert client.get(reverse("provider-new")).status_code == 403
    assert client.get(reverse("provider", args=["p"])).status_code == 403
    for name in ("provider-try", "provider-key-remove"):
        assert client.post(reverse(name, args=["p"])).status_code == 403


def test_key_is_kept_encrypted_and_never_shown(boss):
    assert post(boss, "provider-new", key=KEY).status_code == 302
    provider = Provider.objects.get()

    assert KEY.encode() not in bytes(provider.encrypted_key)
    assert read_key(provider).reveal() == KEY
    for address in (reverse("providers"), reverse("provider", args=["somewhere"])):
        assert KEY not in boss.get(address).content.decode()
    event = AuditEvent.objects.get()
    assert event.details == {
        "protocol": "compatible",
        "address": "https://api.example/v1",
        "key_entered": True,
    }


def test_faulty_form_does_not_give_the_key_back(boss):
    response = post(boss, "provider-new", key=KEY, name="")
    assert response.status_code == 422
    assert KEY not in response.content.decode()


def test_empty_key_leaves_the_kept_one(boss):
    post(boss, "provider-new", key=KEY)
    post(boss, "provider", "somewhere", name="Renamed")
    provider = Provider.objects.get()
    assert provider.name == "Renamed"
    assert read_key(provider).reveal() == KEY


def test_key_is_removed(boss):
    post(boss, "provider-new", key=KEY)
    boss.post(reverse("provider-key-remove", args=["somewhere"]))
    assert read_key(Provider.objects.get()) is None
    assert "None" in boss.get(reverse("providers"), headers=ENGLISH).content.decode()


@pytest.mark.parametrize("moved", [{"base_url": "https://other.example/v1"}, {"protocol": "openai"}])
def test_key_does_not_move_to_another_address(boss, moved):
    """Else whoever may edit a provider could have its key sent to a server of theirs."""
    post(boss, "provider-new", key=KEY)
    response = post(boss, "provider", "somewhere", **moved)
    assert response.status_code == 422
    assert "enter the key again" in response.content.decode()
    assert Provider.objects.get().base_url == "https://api.example/v1"
    assert post(boss, "provider", "somewhere", **moved, key="sk-other").status_code == 302
    assert read_key(Provider.objects.get()).reveal() == "sk-other"


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("MISTRAL_API_KEY", True),
        ("ARENA_KEY_EU", True),
        ("SECRET_KEY", False),
        ("DATABASE_URL", False),
        ("PROVIDER_KEY_SECRETS", False),
        ("mistral_api_key", False),
        ("ARENA_KEY_", False),
    ],
)
def test_only_variables_that_hold_providers_keys(boss, name, allowed):
    response = post(boss, "provider-new", key_variable=name)
    assert (response.status_code == 302) is allowed
    assert Provider.objects.exists() is allowed


def test_variable_and_key_are_not_both_taken(boss):
    assert post(boss, "provider-new", key_variable="X_API_KEY", key=KEY).status_code == 422
    post(boss, "provider-new", key=KEY)
    assert post(boss, "provider", "somewhere", key_variable="X_API_KEY").status_code == 302
    assert Provider.objects.get().encrypted_key is None


@pytest.mark.parametrize(
    "address",
    [
        "http://api.example/v1",
        "https://127.0.0.1/v1",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/",
        "https://user:secret@api.example/",
        "file:///etc/passwd",
    ],
)
def test_address_inside_a_network_is_refused(boss, address):
    response = post(boss, "provider-new", base_url=address)
    assert response.status_code == 422
    assert not Provider.objects.exists()


def test_azure_needs_its_version_except_at_the_new_address(boss):
    assert post(boss, "provider-new", protocol="azure", base_url="https://n.example").status_code == 422
    assert (
        post(boss, "provider-new", protocol="azure", base_url="https://n.example/openai/v1/").status_code
        == 302
    )


def test_address_is_optional_where_the_protocol_has_one(boss, monkeypatch):
    monkeypatch.setattr(addresses, "resolve", lambda host, port: ["8.8.8.8"])
    assert post(boss, "provider-new", base_url="").status_code == 422
    assert post(boss, "provider-new", base_url="", protocol="anthropic").status_code == 302


def test_trying_says_how_it_went(boss, fake):
    make_provider(fake)
    address = reverse("provider-try", args=["fake"])
    page = boss.post(address, {"model": "m-1"}, headers=ENGLISH).content.decode()
    assert "It works." in page
    assert "m-1-2026-01-01 answered in" in page
    assert fake.requests[0].headers["authorization"] == f"Bearer {KEY}"
    fake.script(Behaviour(status=401, error={"message": f"Incorrect key {KEY}", "type": "x", "code": "y"}))
    page = boss.post(address, {"model": "m-1"}, headers=ENGLISH).content.decode()
    assert "The provider does not accept the key." in page
    assert KEY not in page
    assert "Write the name of a model" in boss.post(address, {}, headers=ENGLISH).content.decode()


def test_trying_with_a_variable_that_is_not_set(boss, fake, monkeypatch):
    make_provider(fake, encrypted_key=None, key_variable="NOT_SET_API_KEY")
    monkeypatch.delenv("NOT_SET_API_KEY", raising=False)
    page = boss.post(reverse("provider-try", args=["fake"]), {"model": "m"}, headers=ENGLISH).content.decode()
    assert "The variable NOT_SET_API_KEY is not set" in page
    assert fake.requests == []
