import pytest

from evaluations.providers import Connection, Secret
from tests.providers.server import run_fake_provider

KEY = "sk-canary-7f3b9d2e6a1c8f4b"
PROTOCOLS = ["openai", "azure", "azure-v1", "azure-models", "anthropic", "compatible"]
PATHS = {
    "openai": "/v1",
    "azure": "",
    "azure-v1": "/openai/v1",
    "azure-models": "/models",
    "anthropic": "",
    "compatible": "/v1",
}


@pytest.fixture
def fake():
    with run_fake_provider() as provider:
        yield provider


@pytest.fixture
def connect(fake):
    def make(protocol="openai", **changes):
        values = {
            "protocol": protocol.partition("-")[0],
            "base_url": fake.url + PATHS[protocol],
            "api_version": "2024-10-21" if protocol in ("azure", "azure-models") else "",
            "key": Secret(KEY),
            "timeout": 10.0,
            "allowed_hosts": (fake.host,),
        }
        return Connection(**(values | changes))

    return make
