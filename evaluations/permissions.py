"""Who may do what: a role in each study; the site's own things for staff; keys and people for superusers."""

from typing import Any

from django.db.models import QuerySet

from evaluations.models import Membership, Study

ROLES = (Membership.Role.VIEWER, Membership.Role.EDITOR, Membership.Role.OWNER)


def find_role(*, user: Any, study: Study) -> str | None:
    """The account's role in the study: a superuser is an owner everywhere, an account that is no staff nowhere."""
    if not user.is_authenticated or not user.is_active or not user.is_staff:
        return None
    if user.is_superuser:
        return Membership.Role.OWNER
    membership = Membership.objects.filter(study=study, user=user).first()
    return membership.role if membership else None


def has_role(*, user: Any, study: Study, at_least: str) -> bool:
    """Whether the account's role in the study is this one or a higher one."""
    role = find_role(user=user, study=study)
    return role is not None and ROLES.index(Membership.Role(role)) >= ROLES.index(Membership.Role(at_least))


def list_studies(*, user: Any) -> QuerySet[Study]:
    """The studies that this account may look at."""
    if user.is_superuser:
        return Study.objects.all()
    return Study.objects.filter(memberships__user=user)
