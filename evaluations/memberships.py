"""Who works on a study, and as what. A study that has an owner keeps one."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.errors import AccountError
from evaluations.models import Membership, Study


def list_members(*, study: Study) -> list[Membership]:
    """Owners first, then editors, then viewers, each by name."""
    members = Membership.objects.filter(study=study).select_related("user")
    order = [Membership.Role.OWNER, Membership.Role.EDITOR, Membership.Role.VIEWER]
    return sorted(
        members, key=lambda member: (order.index(Membership.Role(member.role)), member.user.username)
    )


@transaction.atomic
def add_member(*, study: Study, account: User, role: str, by: User, now: datetime) -> Membership:
    """Give an account a role in a study. Raises AccountError where it has one, or may not work here at all."""
    role = _check_role(role)
    if not account.is_staff or not account.is_active:
        raise AccountError(_("This account is not one of staff. A superuser can change that."))
    membership, created = Membership.objects.get_or_create(
        study=study, user=account, defaults={"role": role, "created_at": now}
    )
    if not created:
        raise AccountError(_("This account has a role in the study already. Change it in the list."))
    _record("member_added", membership, by=by, now=now, role=role)
    return membership


@transaction.atomic
def change_role(*, study: Study, membership_id: int, role: str, by: User, now: datetime) -> None:
    """Raises AccountError where the study would lose its last owner, DoesNotExist for one of another study."""
    role = _check_role(role)
    membership = _lock(study=study, membership_id=membership_id, stays_owner=role == Membership.Role.OWNER)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    _record("member_role", membership, by=by, now=now, before=before, role=role)


@transaction.atomic
def remove_member(*, study: Study, membership_id: int, by: User, now: datetime) -> None:
    """Raises AccountError where the study would lose its last owner, DoesNotExist for one of another study."""
    membership = _lock(study=study, membership_id=membership_id, stays_owner=False)
    _record("member_removed", membership, by=by, now=now, role=membership.role)
    membership.delete()


def _check_role(role: str) -> str:
    if role not in Membership.Role.values:
        raise AccountError(_("A role is viewer, editor or owner."))
    return role


def _lock(*, study: Study, membership_id: int, stays_owner: bool) -> Membership:
    """The membership as it is now, while no other change to the study's owners goes on."""
    # All owners are locked, in one order: two who remove each other at once must not both succeed.
    owners = Membership.objects.filter(study=study, role=Membership.Role.OWNER)
    pks = {owner.pk for owner in owners.order_by("pk").select_for_update()}
    membership = (
        Membership.objects.select_related("user")
        .select_for_update(of=("self",))
        .get(study=study, pk=membership_id)
    )
    if not stays_owner and pks == {membership.pk}:
        raise AccountError(_("This is the study’s last owner. Make someone else one first."))
    return membership


def _record(kind: str, membership: Membership, *, by: User, now: datetime, **details: str) -> None:
    record_event(
        kind=kind, user=by, now=now, study=membership.study, subject=membership.user.username, details=details
    )
