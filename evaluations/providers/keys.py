"""Providers' keys: read from the environment, or kept encrypted. A key leaves here only as a `Secret`."""

import base64
import os
import re

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.errors import ConfigurationError
from evaluations.models import Provider
from evaluations.providers import Secret

# Whoever sets up a provider may send such variables to an address of their choice, and no others.
VARIABLE = re.compile(r"ARENA_KEY_[A-Z0-9_]+|[A-Z][A-Z0-9_]*_API_KEY")


def check_variable(name: str) -> None:
    """Raise ConfigurationError unless a provider's key may be read from this variable."""
    if not VARIABLE.fullmatch(name):
        raise ConfigurationError(
            _("Keys are read from variables whose name ends in _API_KEY or begins with ARENA_KEY_ only.")
        )


def encrypt_key(key: Secret) -> bytes:
    return _open_box().encrypt(key.reveal().encode())


def read_key(provider: Provider) -> Secret | None:
    """The provider's key, or None where it needs none. Raises ConfigurationError where it should have one."""
    if provider.key_variable:
        check_variable(provider.key_variable)
        found = os.environ.get(provider.key_variable, "").strip()
        if not found:
            raise ConfigurationError(
                _("The variable %(name)s is not set where the workers run.") % {"name": provider.key_variable}
            )
        return Secret(found)
    if provider.encrypted_key is None:
        return None
    try:
        return Secret(_open_box().decrypt(bytes(provider.encrypted_key)).decode())
    except InvalidToken:
        message = _("The key that is kept can not be read: PROVIDER_KEY_SECRETS has changed. Enter it again.")
    raise ConfigurationError(message)


@transaction.atomic
def rotate_keys() -> int:
    """Encrypt every key that is kept anew with the first of the secrets. Returns how many; all or none.

    Raises ConfigurationError where one can't be read.
    """
    box = _open_box()
    kept = Provider.objects.select_for_update().filter(encrypted_key__isnull=False)
    for provider in kept:
        try:
            provider.encrypted_key = box.rotate(bytes(provider.encrypted_key or b""))
        except InvalidToken:
            raise ConfigurationError(
                _(
                    "The key of %(name)s can not be read with any of PROVIDER_KEY_SECRETS. Nothing was changed."
                )
                % {"name": provider.name}
            ) from None
        provider.save(update_fields=["encrypted_key"])
    return len(kept)


def _open_box() -> MultiFernet:
    return MultiFernet([Fernet(_derive(secret)) for secret in settings.PROVIDER_KEY_SECRETS])


def _derive(secret: str) -> bytes:
    """A Fernet key from a secret of any length (RFC 5869)."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"arena provider keys").derive(
        secret.encode()
    )
    return base64.urlsafe_b64encode(derived)
