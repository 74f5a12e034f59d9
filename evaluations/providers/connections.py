"""A provider as its protocol's module needs it, and the HTTP client under its SDK."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx2

from evaluations.providers.network import GuardedTransport
from evaluations.providers.secret import Secret

# The SDKs are given this: the key itself is put in at the last moment, where no SDK, error or log can keep it.
PLACEHOLDER = "set-by-arena"
# All that goes out. The SDKs add others: names from the environment, the machine's system, its Python.
HEADERS = frozenset({"host", "accept", "content-type", "content-length", "connection", "anthropic-version"})
LOGGERS = ("openai", "anthropic", "httpx2", "httpcore2", "httpx", "httpcore")


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Where to ask, with which key, and for how long. base_url is never empty."""

    protocol: str
    base_url: str
    api_version: str
    key: Secret | None
    timeout: float
    allowed_hosts: Sequence[str] = ()


def open_client(*, connection: Connection, credentials: Mapping[str, str]) -> httpx2.Client:
    """A client for one exchange. `credentials`: the name of a header, and what stands before the key in it."""
    silence_loggers()

    def write_headers(request: httpx2.Request) -> None:
        kept = [(name, value) for name, value in request.headers.multi_items() if name.lower() in HEADERS]
        request.headers = httpx2.Headers([*kept, ("user-agent", "Arena"), ("accept-encoding", "identity")])
        if connection.key is not None:
            for name, before in credentials.items():
                request.headers[name] = before + connection.key.reveal()

    return httpx2.Client(
        transport=GuardedTransport(allowed_hosts=connection.allowed_hosts, seconds=connection.timeout),
        follow_redirects=False,
        trust_env=False,  # no proxy from the environment: it would connect where we did not look
        timeout=connection.timeout,
        event_hooks={"request": [write_headers], "response": [_refuse_compressed]},
    )


def _refuse_compressed(response: httpx2.Response) -> None:
    """None was asked for; a few kilobytes could unpack to more than there is memory."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise httpx2.DecodingError("compressed unasked", request=response.request)


def silence_loggers() -> None:
    """The SDKs can be made to log by an environment variable, each when it is first imported."""
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
