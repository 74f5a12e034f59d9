"""Addresses of providers reach nothing inside: when they are saved, and when they are used."""

import socket

import pytest

from evaluations.errors import ConfigurationError, ProviderRefused
from evaluations.providers import Options, Question, addresses, ask_provider
from evaluations.providers.addresses import check_base_url, is_public
from tests.providers.server import Behaviour

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "168.63.129.16",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside_in_any_form(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "104.18.7.192", "2606:4700::6812:7c0", "::ffff:8.8.8.8"])
def test_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "169.254.169.254",
        "0",
        "localhost",
    ],
)
def test_spellings_of_an_address_inside_are_refused(host):
    """The system's own resolver reads them, as a connection would."""
    with pytest.raises(ConfigurationError, match="inside a network"):
        check_base_url(url=f"https://{host}/v1", allowed_hosts=[])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "ftp://api.example.com",
        "file:///etc/passwd",
        "gopher://api.example.com",
        "https://",
        "https:///v1",
        "https://api.example.com:0/v1",
        "https://api.example.com:99999/v1",
        "https://api.example.com\\@127.0.0.1/",
        "https://api example.com",
        "https://api.example.com/\n",
        "https://user@api.example.com",
        "https://user:password@api.example.com",
        "https://api.example.com/v1?key=1",
        "https://api.example.com/v1#x",
        "https://api.example.com/v1?",
        "http://api.example.com/v1",
        "https://ⓛocalhost/v1",
    ],
)
def test_what_is_no_address_of_a_provider(url, monkeypatch):
    monkeypatch.setattr(addresses, "resolve", lambda host, port: ["8.8.8.8"])
    with pytest.raises(ConfigurationError):
        check_base_url(url=url, allowed_hosts=[])


def test_public_address_passes(monkeypatch):
    monkeypatch.setattr(addresses, "resolve", lambda host, port: ["8.8.8.8", "2606:4700::1"])
    check_base_url(url="https://api.example.com/v1", allowed_hosts=[])


def test_one_address_inside_spoils_all(monkeypatch):
    monkeypatch.setattr(addresses, "resolve", lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(ConfigurationError, match="inside"):
        check_base_url(url="https://api.example.com/v1", allowed_hosts=[])


def test_name_that_means_nothing(monkeypatch):
    monkeypatch.setattr(addresses, "resolve", lambda host, port: [])
    with pytest.raises(ConfigurationError, match="not found"):
        check_base_url(url="https://nowhere.example/v1", allowed_hosts=[])


def test_allowed_host_is_that_host_and_that_port():
    check_base_url(url="http://localhost:11434/v1", allowed_hosts=["LOCALHOST:11434"])
    check_base_url(url="http://[::1]:8000/v1", allowed_hosts=["[::1]:8000"])
    for url in ("http://localhost:6379/", "http://localhost/", "http://127.0.0.1:11434/"):
        with pytest.raises(ConfigurationError):
            check_base_url(url=url, allowed_hosts=["localhost:11434"])


QUESTION = Question(model="m", messages=[{"role": "user", "content": "?"}], options=Options())


@pytest.mark.parametrize("protocol", ["openai", "azure", "anthropic", "compatible"])
def test_connection_to_what_is_inside_is_refused_when_it_is_made(fake, connect, protocol):
    """Saved before the rules, or written into the table: no byte is sent."""
    with pytest.raises(ProviderRefused) as failure:
        ask_provider(connection=connect(protocol, allowed_hosts=()), question=QUESTION)

    assert failure.value.code == "address"
    assert fake.requests == []


def test_name_that_means_something_else_a_moment_later(fake, connect, monkeypatch):
    """DNS rebinding: public when saved, loopback when asked, and again in turns."""
    port = int(fake.host.rpartition(":")[2])
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]])
    monkeypatch.setattr(addresses, "resolve", lambda host, port: next(answers))
    url = f"https://rebinding.example:{port}"
    check_base_url(url=url, allowed_hosts=[])
    with pytest.raises(ProviderRefused) as failure:
        ask_provider(connection=connect(base_url=url, allowed_hosts=()), question=QUESTION)

    assert failure.value.code == "address"
    assert fake.requests == []


def test_what_was_checked_is_what_is_connected_to(fake, connect, monkeypatch):
    """The name is resolved once a connection: a second answer is never asked for."""
    port = int(fake.host.rpartition(":")[2])
    asked = []

    def resolve(host, port):
        asked.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(addresses, "resolve", resolve)
    real = socket.getaddrinfo
    looked_up = []
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: (looked_up.append(host), real(host, *rest, **more))[1],
    )
    url = f"http://vllm.internal:{port}/v1"
    ask_provider(
        connection=connect(base_url=url, allowed_hosts=(f"vllm.internal:{port}",)), question=QUESTION
    )

    assert asked == ["vllm.internal"]
    assert set(looked_up) == {"127.0.0.1"}
    assert fake.requests[0].headers["host"] == f"vllm.internal:{port}"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("protocol", ["openai", "azure", "anthropic", "compatible"])
def test_redirects_are_not_followed(fake, connect, protocol, status):
    target = fake.url + "/elsewhere" if status % 2 else "http://169.254.169.254/latest/meta-data/"
    fake.script(Behaviour(status=status, headers={"location": target}))
    with pytest.raises(ProviderRefused) as failure:
        ask_provider(connection=connect(protocol), question=QUESTION)

    assert failure.value.code == "redirect"
    assert len(fake.requests) == 1
