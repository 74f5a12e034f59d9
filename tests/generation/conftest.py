from decimal import Decimal

import pytest

from evaluations.models import LanguageModel, Provider
from evaluations.providers import Secret
from evaluations.providers.keys import encrypt_key
from tests.factories import NOW, make_prompt_set
from tests.providers.conftest import KEY
from tests.providers.server import run_fake_provider


@pytest.fixture
def fake(settings):
    with run_fake_provider() as provider:
        settings.PROVIDER_HOSTS_ALLOWED = [provider.host]
        yield provider


@pytest.fixture
def provider(fake, db):
    return make_provider(fake)


def make_provider(fake, **values):
    fields = {
        "slug": "fake",
        "name": "Fake",
        "protocol": "compatible",
        "base_url": f"{fake.url}/v1",
        "encrypted_key": encrypt_key(Secret(KEY)),
        "requests_per_minute": 60_000,
        "concurrent_requests": 4,
        "timeout_seconds": 5,
        "created_at": NOW,
    }
    return Provider.objects.create(**(fields | values))


def make_served(provider, name="delta", **values):
    fields = {
        "slug": name,
        "name": name.title(),
        "provider": provider,
        "provider_model": f"{name}-large",
        "price_in": Decimal("2"),
        "price_out": Decimal("10"),
        "request_options": {"max_tokens": 100},
        "created_at": NOW,
    }
    return LanguageModel.objects.create(**(fields | values))


def make_prompts(count=3):
    return make_prompt_set(models=[], prompts=count)
