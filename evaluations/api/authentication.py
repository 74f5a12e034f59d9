"""Tokens of accounts, as knox keeps them; a header that can be no token is refused like a wrong one."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(KnoxTokenAuthentication):  # type: ignore[misc]  # knox has no types
    """`Authorization: Token …`, made on the page of one's account."""

    def authenticate_credentials(self, token: bytes) -> Any:
        # Knox decodes it, and would fail as the server's fault.
        if not token.isalnum() or not token.isascii():
            raise AuthenticationFailed(_("This token is not valid. Make a new one on your account’s page."))
        return super().authenticate_credentials(token)


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    target_class = "evaluations.api.authentication.TokenAuthentication"
    name = "token"
