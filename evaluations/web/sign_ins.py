"""Sign-ins and what protects them, written into the audit log as they happen. No password, no address of a machine."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from allauth.socialaccount.signals import social_account_added
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import Signal, receiver
from django.utils import timezone

from evaluations.accounts import find_account
from evaluations.audit import record_event

# Of a name that is nobody's: enough to see a pattern, too little to be the password someone typed in its place.
SHOWN_OF_UNKNOWN = 3

KINDS: dict[Signal, str] = {
    password_changed: "password_changed",
    password_reset: "password_set_by_link",
    password_set: "password_changed",
    authenticator_reset: "recovery_codes_made",
    social_account_added: "outside_account_added",
}


@receiver(user_logged_in)
def record_sign_in(sender: Any, user: Any, **given: Any) -> None:
    record_event(kind="sign_in", user=user, now=timezone.now())


@receiver(user_logged_out)
def record_sign_out(sender: Any, user: Any, **given: Any) -> None:
    if user is not None:
        record_event(kind="sign_out", user=user, now=timezone.now())


@receiver(user_login_failed)
def record_failed_sign_in(sender: Any, credentials: dict[str, Any], **given: Any) -> None:
    name = str(credentials.get("username") or credentials.get("email") or "")
    account = find_account(name=name)
    subject = account.username if account else f"{name[:SHOWN_OF_UNKNOWN]}…"
    record_event(kind="sign_in_failed", user=None, now=timezone.now(), subject=subject)


@receiver(authentication_failed)
def record_failed_code(sender: Any, user: Any, **given: Any) -> None:
    record_event(kind="second_factor_failed", user=None, now=timezone.now(), subject=user.get_username())


@receiver([authenticator_added, authenticator_removed])
def record_second_factor(sender: Any, signal: Signal, user: Any, authenticator: Any, **given: Any) -> None:
    if authenticator.type == authenticator.Type.RECOVERY_CODES:
        return  # they come and go with the factor that they replace
    kind = "second_factor_set" if signal is authenticator_added else "second_factor_removed"
    record_event(kind=kind, user=user, now=timezone.now(), subject=user.get_username())


@receiver(list(KINDS))
def record_change(sender: Any, signal: Signal, **given: Any) -> None:
    user = given["user"] if "user" in given else given["sociallogin"].user
    record_event(kind=KINDS[signal], user=user, now=timezone.now(), subject=user.get_username())
