"""Pages for staff: who is not signed in is asked to, who is no staff is refused."""

from django.contrib.auth.decorators import user_passes_test
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied


def _is_staff(user: AbstractBaseUser | AnonymousUser) -> bool:
    if user.is_authenticated and not getattr(user, "is_staff", False):
        raise PermissionDenied
    return user.is_authenticated


staff_only = user_passes_test(_is_staff)
