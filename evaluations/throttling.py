"""Throttling: how many requests one caller makes in one window of time, counted exactly and by nobody's word but ours.

The count is one row of the database that every process adds to, in one statement: no two requests read the same
number. Who asks is an account, or the address that the nearest trusted machine saw; kept is a keyed digest of it.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from evaluations.errors import TooManyRequests
from evaluations.models import RequestCount

COUNT: Final = """
INSERT INTO evaluations_requestcount (scope, caller, starts_at, count) VALUES (%s, %s, %s, 1)
ON CONFLICT (scope, caller, starts_at) DO UPDATE SET count = evaluations_requestcount.count + 1
RETURNING count
"""
# A customer is given a whole network of this size: one of its 2^64 addresses says nothing of who asks.
IPV6_NETWORK: Final = 64
KEPT: Final = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `most` requests in a window of so many seconds; 0 is as many as one likes. scope: what they are for."""

    scope: str
    most: int
    seconds: int = 60


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a caller stands after this request: the requests left in the window, and the seconds until the next."""

    limit: Limit
    count: int
    reset: int

    @property
    def is_over(self) -> bool:
        return self.count > self.limit.most

    @property
    def left(self) -> int:
        return max(0, self.limit.most - self.count)


def count_request(*, limit: Limit, caller: str, now: datetime) -> Standing | None:
    """Count one request of this caller, refused ones too; None where there is no limit. One statement.

    Windows begin at whole multiples of their length (UTC). Not to be called in a transaction that may take long:
    others of the same caller would wait for it.
    """
    if not limit.most:
        return None
    second = int(now.timestamp())
    starts = second - second % limit.seconds
    with connection.cursor() as cursor:
        row: list[Any] = [limit.scope, digest_caller(caller), datetime.fromtimestamp(starts, UTC)]
        cursor.execute(COUNT, row)
        (count,) = cursor.fetchone()
    return Standing(limit=limit, count=count, reset=starts + limit.seconds - second)


def count_new_rater(*, caller: str, now: datetime) -> None:
    """Nobody makes raters without end from one place. Raises TooManyRequests."""
    _admit(
        limit=Limit(scope="new-raters", most=settings.NEW_RATERS_PER_HOUR, seconds=3600),
        caller=caller,
        now=now,
        refusal=_(
            "Very many people started from your network just now. Nothing was recorded. Try again in "
            "%(minutes)s minutes."
        ),
    )


def count_download(*, caller: str, now: datetime) -> None:
    """One file with all votes, which is made anew for each who asks. Raises TooManyRequests."""
    _admit(
        limit=Limit(scope="downloads", most=settings.DOWNLOADS_PER_HOUR, seconds=3600),
        caller=caller,
        now=now,
        refusal=_(
            "Very many files were downloaded from your network just now. Try again in %(minutes)s minutes."
        ),
    )


def _admit(*, limit: Limit, caller: str, now: datetime, refusal: str) -> None:
    """refusal: what is said beyond the limit, with the minutes until the next window."""
    standing = count_request(limit=limit, caller=caller, now=now)
    if standing is not None and standing.is_over:
        minutes = -(-standing.reset // 60)
        raise TooManyRequests(refusal % {"minutes": minutes}, retry_after=standing.reset)


def digest_caller(caller: str) -> str:
    """HMAC-SHA-256 under this installation's secret: a list of all addresses there are tells nobody who asked."""
    key = f"throttling {settings.SECRET_KEY}".encode()
    return hmac.new(key, caller.encode(), hashlib.sha256).hexdigest()


def name_caller(meta: Mapping[str, Any]) -> str:
    """Who asks, where nobody is signed in: by address. meta: the server's variables of the request (WSGI)."""
    address = find_address(
        remote=meta.get("REMOTE_ADDR") or "",
        forwarded=meta.get("HTTP_X_FORWARDED_FOR") or "",
        proxies=settings.ALLAUTH_TRUSTED_PROXY_COUNT,
    )
    return f"address {address}"


def find_address(*, remote: str, forwarded: str, proxies: int) -> str:
    """The address that a request is counted by; an IPv6 one as its network.

    remote: who is connected to this server. forwarded: the header X-Forwarded-For, of which the last `proxies`
    entries were written by machines that the operator trusts, and all before them by whoever asks.
    """
    seen = [part.strip() for part in forwarded.split(",")] if forwarded else []
    # Fewer entries than proxies: it came by another way, where the header is anyone's.
    text = seen[-proxies] if 0 < proxies <= len(seen) else remote
    return _read_address(text)


def sweep_requests(*, now: datetime) -> int:
    """Forget the windows that are long over. Returns how many there were."""
    swept, _each = RequestCount.objects.filter(starts_at__lt=now - KEPT).delete()
    return swept


def _read_address(text: str) -> str:
    """Without a port, brackets or a zone. What is no address is one caller, whatever it says."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
