"""Where a provider may be: public addresses over HTTPS, and the hosts that whoever runs Arena allows by name.

Checked when an address is saved, and again for each connection (`network.py`), on what the name means right then.
"""

import re
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from evaluations.errors import ConfigurationError

# Public by the registries' lists and yet inside: Azure's own host; addresses that carry an IPv4 one within.
INSIDE = [
    ip_network(text)
    for text in ("168.63.129.16/32", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]
PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]+")  # printable ASCII without spaces and backslashes
PORTS = {"https": 443, "http": 80}


def check_base_url(*, url: str, allowed_hosts: Sequence[str]) -> None:
    """Raise ConfigurationError, in a sentence, unless requests may go to this address."""
    parts = _split(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    if is_allowed(host=host, port=port, allowed_hosts=allowed_hosts):
        return
    if parts.scheme != "https":
        raise ConfigurationError(
            _("Use an address that begins with https://. Others need an entry in PROVIDER_HOSTS_ALLOWED.")
        )
    find_addresses(host=host, port=port, allowed_hosts=allowed_hosts)


def _split(url: str) -> SplitResult:
    wrong = ConfigurationError(
        _("This is no address of a provider. It looks like https://api.example.com/v1")
    )
    if not PLAIN.fullmatch(url):
        raise wrong
    try:
        parts = urlsplit(url)
        usable = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise wrong from None
    if not usable:
        raise wrong
    if "@" in parts.netloc or parts.query or parts.fragment or "?" in url or "#" in url:
        raise ConfigurationError(
            _("The address holds a name, a password, a query or a fragment. Leave it out.")
        )
    return parts


def is_allowed(*, host: str, port: int, allowed_hosts: Sequence[str]) -> bool:
    """Whether the setting names this host and port; an IPv6 address stands in brackets there."""
    written = f"[{host}]" if ":" in host else host
    return f"{written}:{port}".lower() in {entry.lower() for entry in allowed_hosts}


def find_addresses(*, host: str, port: int, allowed_hosts: Sequence[str]) -> list[str]:
    """The addresses of a host, each one checked. Raises ConfigurationError if it has none or any of them is inside."""
    found = resolve(host, port)
    if not found:
        raise ConfigurationError(_("This server is not found. Check the address."))
    public = all(is_public(address) for address in found)
    if not public and not is_allowed(host=host, port=port, allowed_hosts=allowed_hosts):
        raise ConfigurationError(
            _("This address is inside a network. It needs an entry in PROVIDER_HOSTS_ALLOWED.")
        )
    return found


def resolve(host: str, port: int) -> list[str]:
    """What the name means now, to the system: its spellings of an IP address (octal, hexadecimal, one number) too."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, whatever IPv6 form hides it."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if any(ip.version == network.version and ip in network for network in INSIDE):
        return False
    special = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved
    site_local = isinstance(ip, IPv6Address) and ip.is_site_local
    return ip.is_global and not special and not site_local and not ip.is_unspecified


def names_deployment_in_address(base_url: str) -> bool:
    """Azure: whether the deployment goes into the address, which then needs a version of the API."""
    return not urlsplit(base_url).path.rstrip("/").endswith(("/v1", "/models"))
