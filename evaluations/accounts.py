"""Accounts of those who run studies: made and changed by superusers, each change in the audit log.

The last superuser who can sign in stays one, and nobody locks themselves out.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.errors import AccountError
from evaluations.models import Membership

if TYPE_CHECKING:
    Users = QuerySet[User]

# What an account may do on this site: nothing yet, work where it has a role, everything.
LEVELS = ("account", "staff", "superuser")
SECOND_FACTORS = (Authenticator.Type.TOTP,)


def list_accounts() -> "Users":
    """Everyone, with their roles and `has_second_factor`."""
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
    memberships = Membership.objects.select_related("study").order_by("study__title")
    return User.objects.annotate(has_second_factor=Exists(factors)).prefetch_related(
        Prefetch("memberships", queryset=memberships)
    )


def find_account(*, name: str) -> User | None:
    """The account of this name or address, capitals aside."""
    name = name.strip()
    if not name:
        return None
    exact = User.objects.filter(username=name).first()
    return (
        exact or User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).order_by("pk").first()
    )


def find_level(*, account: User) -> str:
    if account.is_superuser:
        return "superuser"
    return "staff" if account.is_staff else "account"


def has_second_factor(*, account: User) -> bool:
    return bool(Authenticator.objects.filter(user=account, type__in=SECOND_FACTORS).exists())


@transaction.atomic
def create_account(*, username: str, email: str, level: str, by: User, now: datetime) -> User:
    """A new account without a password: its owner sets one by a link, or signs in elsewhere.

    Raises AccountError where the name or the address is taken.
    """
    taken = find_account(name=username) or (find_account(name=email) if email else None)
    if taken is not None:
        raise AccountError(_("There is an account of this name or address already."))
    account = User(username=username, email=email, is_active=True)
    _set_level(account, level)
    account.set_unusable_password()
    account.save()
    record_event(kind="account_created", user=by, now=now, subject=username, details={"level": level})
    return account


@transaction.atomic
def change_level(*, account: User, level: str, by: User, now: datetime) -> None:
    """Give an account more to do on this site, or less. Raises AccountError for oneself and the last superuser."""
    account = _lock(account=account, by=by, leaves_superusers=level == "superuser")
    before = find_level(account=account)
    _set_level(account, level)
    account.save(update_fields=["is_staff", "is_superuser"])
    details = {"before": before, "level": level}
    record_event(kind="account_level", user=by, now=now, subject=account.username, details=details)


@transaction.atomic
def deactivate_account(*, account: User, by: User, now: datetime) -> None:
    """Its sessions and tokens stop at once; its roles stay. Raises AccountError for oneself and the last superuser."""
    account = _lock(account=account, by=by, leaves_superusers=False)
    account.is_active = False
    account.save(update_fields=["is_active"])
    record_event(kind="account_deactivated", user=by, now=now, subject=account.username)


@transaction.atomic
def reactivate_account(*, account: User, by: User, now: datetime) -> None:
    account.is_active = True
    account.save(update_fields=["is_active"])
    record_event(kind="account_reactivated", user=by, now=now, subject=account.username)


@transaction.atomic
def remove_second_factor(*, account: User, by: User | None, now: datetime) -> int:
    """For someone who lost theirs. Returns how many things (an app, codes) are gone; `by` is None for a command."""
    removed, _by_model = Authenticator.objects.filter(user=account).delete()
    record_event(kind="second_factor_removed", user=by, now=now, subject=account.username)
    return int(removed)


def _set_level(account: User, level: str) -> None:
    if level not in LEVELS:
        raise AccountError(_("There is no such level."))
    account.is_staff = level in {"staff", "superuser"}
    account.is_superuser = level == "superuser"


def _lock(*, account: User, by: User, leaves_superusers: bool) -> User:
    """The account as it is now, while no other change to superusers goes on."""
    if account.pk == by.pk:
        raise AccountError(_("You can’t change your own account here. Ask another superuser."))
    # All superusers are locked, in one order: two who take each other's rights at once must not both succeed.
    active = User.objects.filter(is_superuser=True, is_active=True)
    superusers = {user.pk for user in active.order_by("pk").select_for_update(no_key=True)}
    if not leaves_superusers and superusers == {account.pk}:
        raise AccountError(_("This is the last superuser. Make someone else one first."))
    return User.objects.select_for_update(no_key=True).get(pk=account.pk)
