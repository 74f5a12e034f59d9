"""The transport under the SDKs: connects to checked addresses only, and ends at a deadline or a size.

The address is checked and used in one step, so that a name that means something else a moment later (DNS rebinding)
changes nothing. The deadline holds for the whole exchange: a server that drips a byte now and then can't hold a worker.
"""

import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ssl import SSLContext
from typing import Any

import httpcore2
import httpx2

from evaluations.errors import ConfigurationError
from evaluations.providers.addresses import find_addresses

MOST_BYTES = 16_000_000
CONNECT_SECONDS = 10.0


class AddressRefused(httpcore2.ConnectError):
    """The name means an address that no provider may have."""


class DeadlinePassed(httpcore2.ReadTimeout):
    """The answer took longer than allowed, in all."""


class TooLarge(httpcore2.ReadError):
    """More came than any answer needs."""


class Limits:
    """What is left of an exchange: seconds, bytes."""

    def __init__(self, *, seconds: float) -> None:
        self.end = time.monotonic() + seconds
        self.bytes_left = MOST_BYTES

    def shorten(self, timeout: float | None) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise DeadlinePassed("the deadline has passed")
        return left if timeout is None else min(left, timeout)

    def count(self, data: bytes) -> bytes:
        self.bytes_left -= len(data)
        if self.bytes_left < 0:
            raise TooLarge("too many bytes")
        return data


class LimitedStream(httpcore2.NetworkStream):
    """A connection that knows its limits, before and after TLS."""

    def __init__(self, stream: httpcore2.NetworkStream, limits: Limits) -> None:
        self._stream, self._limits = stream, limits

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._limits.count(self._stream.read(max_bytes, self._limits.shorten(timeout)))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._limits.shorten(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, self._limits.shorten(timeout))
        return LimitedStream(inner, self._limits)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections for one exchange, to what `find_addresses` lets through."""

    def __init__(self, *, allowed_hosts: Sequence[str], limits: Limits) -> None:
        self._allowed, self._limits = allowed_hosts, limits
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._find(host, port)
        for place, address in enumerate(addresses, start=1):
            patience = min(self._limits.shorten(timeout), CONNECT_SECONDS)
            try:
                stream = self._backend.connect_tcp(address, port, patience, local_address, socket_options)
                return LimitedStream(stream, self._limits)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if place == len(addresses):
                    raise
        raise AddressRefused("no address")

    def _find(self, host: str, port: int) -> list[str]:
        try:
            return find_addresses(host=host.strip("[]"), port=port, allowed_hosts=self._allowed)
        except ConfigurationError:
            raise AddressRefused("not a public address") from None


class GuardedTransport(httpx2.HTTPTransport):
    """httpx's transport over a pool whose connections are guarded."""

    def __init__(self, *, allowed_hosts: Sequence[str], seconds: float) -> None:
        super().__init__(verify=_trust())
        backend = GuardedBackend(allowed_hosts=allowed_hosts, limits=Limits(seconds=seconds))
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_trust(), network_backend=backend, max_connections=1
        )


@lru_cache(maxsize=1)
def _trust() -> SSLContext:
    """Reading the list of authorities takes longer than connecting."""
    return httpx2.create_ssl_context()
