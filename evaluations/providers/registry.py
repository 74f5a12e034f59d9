"""Providers as staff set them up: saved with their key, tried with one short request."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.errors import ConfigurationError
from evaluations.models import LanguageModel, Provider
from evaluations.providers import Answer, Connection, Question, Secret, ask_provider, read_options
from evaluations.providers.addresses import check_base_url, names_deployment_in_address
from evaluations.providers.keys import check_variable, encrypt_key, read_key

ADDRESSES = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
LONGEST_KEY = 2000
MOST_TRIED_TOKENS, MOST_TRIED_SECONDS = 200, 60.0


def list_providers() -> QuerySet[Provider]:
    """All by name, each with the number of models that it serves."""
    return Provider.objects.annotate(model_count=Count("models"))


@transaction.atomic
def save_provider(
    *, provider: Provider | None, values: Mapping[str, Any], key: Secret | None, user: Any, now: datetime
) -> Provider:
    """Make or change a provider. `key` replaces the one that is kept; None leaves it as it is.

    A key was entered for one address: at another one it has to be entered again.
    Raises ConfigurationError where the provider could not work, or would reach inside a network.
    """
    before = Provider.objects.select_for_update().get(pk=provider.pk) if provider else None
    saved = before or Provider(slug=values["slug"], created_at=now, created_by=user)
    old_place = (saved.protocol, saved.base_url)
    for name, value in values.items():
        if name != "slug":
            setattr(saved, name, value)
    _check(saved)
    _set_key(
        saved, key=key, moved=before is not None and old_place != (saved.protocol, saved.base_url), now=now
    )
    saved.save()
    record_event(
        kind="provider_changed" if before else "provider_added",
        user=user,
        now=now,
        subject=f"provider {saved.slug}",
        details={"protocol": saved.protocol, "address": saved.base_url, "key_entered": key is not None},
    )
    return saved


def _check(provider: Provider) -> None:
    if not find_base_url(provider):
        raise ConfigurationError(_("Write the provider’s address."))
    check_base_url(url=find_base_url(provider), allowed_hosts=settings.PROVIDER_HOSTS_ALLOWED)
    azure = provider.protocol == Provider.Protocol.AZURE
    if azure and names_deployment_in_address(provider.base_url) and not provider.api_version:
        raise ConfigurationError(_("Write the version of Azure’s API, such as 2024-10-21."))
    if provider.key_variable:
        check_variable(provider.key_variable)


def _set_key(provider: Provider, *, key: Secret | None, moved: bool, now: datetime) -> None:
    if key is not None and provider.key_variable:
        raise ConfigurationError(_("Name a variable or enter a key, not both."))
    if key is not None:
        text = key.reveal()
        if not text.isascii() or not text.isprintable() or " " in text or len(text) > LONGEST_KEY:
            raise ConfigurationError(_("This is no key: it has spaces or characters that keys do not have."))
        provider.encrypted_key, provider.key_changed_at = encrypt_key(key), now
    elif provider.key_variable:
        provider.encrypted_key = None
    elif moved and provider.encrypted_key is not None:
        raise ConfigurationError(
            _("The address changes: enter the key again, so that it goes where you mean it to.")
        )


@transaction.atomic
def remove_key(*, provider: Provider, user: Any, now: datetime) -> None:
    """Forget the key: nothing is asked of the provider with it any more."""
    Provider.objects.filter(pk=provider.pk).update(encrypted_key=None, key_variable="", key_changed_at=now)
    record_event(kind="provider_key_removed", user=user, now=now, subject=f"provider {provider.slug}")


def find_base_url(provider: Provider) -> str:
    """Its address, or the protocol's own public one, or nothing."""
    return provider.base_url or ADDRESSES.get(provider.protocol, "")


def connect(provider: Provider) -> Connection:
    """What it takes to ask it. Raises ConfigurationError where its key can't be had."""
    return Connection(
        protocol=provider.protocol,
        base_url=find_base_url(provider),
        api_version=provider.api_version,
        key=read_key(provider),
        timeout=float(provider.timeout_seconds),
        allowed_hosts=tuple(settings.PROVIDER_HOSTS_ALLOWED),
    )


def try_provider(*, provider: Provider, model_name: str, user: Any, now: datetime) -> Answer:
    """One short request, at most a minute. Raises ConfigurationError, or what the provider does."""
    record_event(kind="provider_tried", user=user, now=now, subject=f"provider {provider.slug}")
    connection = connect(provider)
    known = LanguageModel.objects.filter(provider=provider, provider_model=model_name).first()
    options = read_options(known.request_options if known else {})
    question = Question(
        model=model_name,
        messages=[{"role": "user", "content": "Say: ready"}],
        options=replace(options, max_tokens=min(options.max_tokens, MOST_TRIED_TOKENS)),
    )
    shortened = replace(connection, timeout=min(connection.timeout, MOST_TRIED_SECONDS))
    return ask_provider(connection=shortened, question=question)
