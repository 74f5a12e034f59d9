"""Tokens for the API: only their digest is kept; they act as the account that made them, and end by themselves."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from knox.models import AuthToken

from evaluations.audit import record_event

# Of a token, so that its owner can tell it from another.
SHOWN = 8


@transaction.atomic
def make_token(*, user: User, now: datetime) -> str:
    """A new token, good for 90 days. It can't be shown again."""
    kept, token = AuthToken.objects.create(user=user)
    record_event(kind="token_made", user=user, now=now, subject=kept.token_key[:SHOWN])
    return str(token)


def list_tokens(*, user: User, now: datetime) -> list[AuthToken]:
    """Those that work, the newest first."""
    return list(AuthToken.objects.filter(user=user, expiry__gt=now).order_by("-created"))


@transaction.atomic
def revoke_token(*, user: User, key: str, now: datetime) -> None:
    """The token stops at once. Raises DoesNotExist for one that is not the account's."""
    AuthToken.objects.get(user=user, token_key=key).delete()
    record_event(kind="token_revoked", user=user, now=now, subject=key[:SHOWN])
