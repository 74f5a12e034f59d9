"""Keys of providers: encrypted with rotating secrets, and nowhere in clear after a whole run with one."""

import pickle
import traceback
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from random import Random

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.views.debug import ExceptionReporter

from evaluations import tasks
from evaluations.errors import ConfigurationError
from evaluations.generation.attempts import generate
from evaluations.generation.runs import start_generation
from evaluations.models import Provider
from evaluations.providers import Secret
from evaluations.providers.keys import encrypt_key, read_key, rotate_keys
from tests.factories import NOW
from tests.generation.conftest import make_prompts, make_provider, make_served
from tests.providers.conftest import KEY
from tests.providers.server import Behaviour, run_fake_provider

pytestmark = pytest.mark.django_db


def keep(settings, *, secrets, key=KEY):
    settings.PROVIDER_KEY_SECRETS = secrets
    return Provider.objects.create(
        slug=f"p{Provider.objects.count()}",
        name="P",
        protocol="openai",
        encrypted_key=encrypt_key(Secret(key)),
        created_at=NOW,
    )


def test_a_secret_shows_itself_to_nobody():
    secret = Secret(KEY)
    assert KEY not in f"{secret} {secret!r} {vars(Provider(name='x'))} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_rotation_makes_the_old_secret_needless(settings):
    provider = keep(settings, secrets=["old"])
    settings.PROVIDER_KEY_SECRETS = ["new", "old"]
    assert read_key(provider).reveal() == KEY
    out = StringIO()
    call_command("rotate_provider_keys", stdout=out)
    assert "Keys encrypted anew: 1." in out.getvalue()
    settings.PROVIDER_KEY_SECRETS = ["new"]
    assert read_key(Provider.objects.get()).reveal() == KEY


def test_rotation_is_all_or_nothing(settings):
    first = keep(settings, secrets=["old"])
    keep(settings, secrets=["lost"])
    settings.PROVIDER_KEY_SECRETS = ["new", "old"]
    with pytest.raises(ConfigurationError):
        rotate_keys()
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("rotate_provider_keys")
    assert bytes(Provider.objects.get(pk=first.pk).encrypted_key) == bytes(first.encrypted_key)


def test_wrong_secret_says_what_to_do(settings):
    provider = keep(settings, secrets=["old"])
    settings.PROVIDER_KEY_SECRETS = ["new"]
    with pytest.raises(ConfigurationError, match="Enter it again") as failure:
        read_key(provider)
    assert failure.value.__context__ is None


def test_variable_that_is_not_allowed_is_not_read_even_from_the_table(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do not send this")
    with pytest.raises(ConfigurationError):
        read_key(Provider(key_variable="SECRET_KEY"))


def dump_tables():
    """Every row of every table of ours, as text: bytes too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        dumped = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            dumped += [row for (row,) in cursor.fetchall()]
    return "\n".join(dumped)


def test_canary_is_nowhere_in_clear(client, settings, caplog, monkeypatch, capfd):
    """Set up, tried, used well and badly, by a provider that echoes its key in everything it can."""
    caplog.set_level("DEBUG")
    for name in ("OPENAI_LOG", "ANTHROPIC_LOG"):
        monkeypatch.setenv(name, "debug")
    client.force_login(get_user_model().objects.create_superuser("boss"))
    sent, pages = [], []
    monkeypatch.setattr(tasks.generate_response, "apply_async", lambda **message: sent.append(message))
    with run_fake_provider() as fake:
        settings.PROVIDER_HOSTS_ALLOWED = [fake.host]
        data = {
            "name": "Fake",
            "slug": "fake",
            "protocol": "compatible",
            "base_url": f"{fake.url}/v1",
            "requests_per_minute": "6000",
            "concurrent_requests": "4",
            "timeout_seconds": "5",
            "key": KEY,
        }
        pages.append(client.post(reverse("provider-new"), {**data, "name": ""}))
        pages.append(client.post(reverse("provider-new"), data))
        provider = Provider.objects.get()
        echo = {"message": f"Key {KEY} at {fake.url}?key={KEY}", "type": KEY, "code": KEY, "param": KEY}
        for status in (200, 400, 401, 404, 429, 500):
            fake.script(Behaviour(status=status, error=echo))
            pages.append(client.post(reverse("provider-try", args=["fake"]), {"model": "m"}))
        run = start_generation(
            prompt_set=make_prompts(6),
            models=[make_served(provider)],
            budget=Decimal(1),
            user=None,
            now=timezone.now(),
        )
        fake.script(*(Behaviour(status=status, error=echo) for status in (400, 429, 500)))
        fake.script(Behaviour(stream_error=echo), Behaviour(cut=20))
        later = timezone.now() + timedelta(seconds=5)
        for pk in run.generations.values_list("pk", flat=True):
            Provider.objects.update(next_request_at=None)
            generate(generation_id=pk, clock=lambda: later, random=Random(0))
        tasks.ask_for_generations()
        for name, arguments in [
            ("generation", [run.token]),
            ("provider", ["fake"]),
            ("providers", []),
            ("models", []),
            ("generations", []),
        ]:
            pages.append(client.get(reverse(name, args=arguments)))
        assert {request.headers.get("authorization") for request in fake.requests} == {f"Bearer {KEY}"}
    assert len(fake.requests) == 12
    shown = "".join(page.content.decode() for page in pages)

    printed = "".join(capfd.readouterr())
    for place in (shown, caplog.text, dump_tables(), repr(sent), printed):
        assert KEY not in place


def test_page_of_an_unexpected_error_hides_the_key(client, rf, settings, monkeypatch):
    """As Django shows it with DEBUG on, and mails it."""
    settings.DEBUG = True
    client.force_login(get_user_model().objects.create_superuser("boss"))
    with run_fake_provider() as fake:
        settings.PROVIDER_HOSTS_ALLOWED = [fake.host]
        make_provider(fake)

        def fail(**arguments):
            raise RuntimeError("unexpected")

        monkeypatch.setattr("evaluations.providers.registry.record_event", fail)
        data = {
            "name": "Fake",
            "slug": "fake",
            "protocol": "compatible",
            "base_url": f"{fake.url}/v1",
            "requests_per_minute": "60",
            "concurrent_requests": "4",
            "timeout_seconds": "5",
            "key": KEY,
        }
        client.raise_request_exception = False
        response = client.post(reverse("provider", args=["fake"]), data)
    assert response.status_code == 500
    assert b"unexpected" in response.content
    assert KEY not in response.content.decode()
    kind, value, trace = response.exc_info
    assert KEY not in ExceptionReporter(None, kind, value, trace).get_traceback_text()
    assert KEY not in "".join(traceback.format_exception(value))
