"""Tokens of accounts, as knox keeps them; a header that can be no token is refused like a wrong one."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from evaluations.errors import TooManyRequests
from evaluations.throttling import Limit, count_request, name_caller


class TokenAuthentication(KnoxTokenAuthentication):  # type: ignore[misc]  # knox has no types
    """`Authorization: Token …`, made on the page of one's account."""

    def authenticate(self, request: Request) -> Any:
        """A refused token is counted by the address that it came from: nobody tries many of them."""
        try:
            return super().authenticate(request)
        except AuthenticationFailed:
            count_refusal(request)
            raise

    def authenticate_credentials(self, token: bytes) -> Any:
        # Knox decodes it, and would fail as the server's fault.
        if not token.isalnum() or not token.isascii():
            raise AuthenticationFailed(_("This token is not valid. Make a new one on your account’s page."))
        return super().authenticate_credentials(token)


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    target_class = "evaluations.api.authentication.TokenAuthentication"
    name = "token"


def count_refusal(request: Request) -> None:
    """Raises TooManyRequests."""
    limit = Limit(scope="api-refused", most=settings.API_REFUSED_PER_MINUTE)
    standing = count_request(limit=limit, caller=name_caller(request.META), now=timezone.now())
    if standing is not None and standing.is_over:
        raise TooManyRequests(
            _(
                "Too many tokens from this address were refused. Wait %(seconds)s seconds, then use a valid one."
            )
            % {"seconds": standing.reset},
            retry_after=standing.reset,
        )
