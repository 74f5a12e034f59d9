"""Secrets of second factors, encrypted in the database with the secrets that encrypt providers' keys."""

import base64

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.errors import ConfigurationError

# What allauth keeps of an app that gives codes, and of recovery codes.
FIELDS = ("secret", "seed")


def encrypt_secret(text: str) -> str:
    return _open_box().encrypt(text.encode()).decode()


def decrypt_secret(text: str) -> str:
    """Raises ConfigurationError where none of the secrets fits."""
    try:
        return _open_box().decrypt(text.encode()).decode()
    except InvalidToken:
        message = _(
            "Second factors can’t be read: PROVIDER_KEY_SECRETS has changed. Set the former ones again."
        )
    raise ConfigurationError(message)


@transaction.atomic
def rotate_secrets() -> int:
    """Encrypt all of them anew with the first of PROVIDER_KEY_SECRETS. Returns how many; all or none."""
    kept = list(Authenticator.objects.select_for_update())
    for authenticator in kept:
        for field in FIELDS:
            if field in authenticator.data:
                authenticator.data[field] = encrypt_secret(decrypt_secret(authenticator.data[field]))
        authenticator.save(update_fields=["data"])
    return len(kept)


def _open_box() -> MultiFernet:
    return MultiFernet([Fernet(_derive(secret)) for secret in settings.PROVIDER_KEY_SECRETS])


def _derive(secret: str) -> bytes:
    """A Fernet key of its own from a secret of any length (RFC 5869)."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"arena second factors").derive(
        secret.encode()
    )
    return base64.urlsafe_b64encode(derived)
