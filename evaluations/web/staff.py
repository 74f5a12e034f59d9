"""Pages for staff: who is not signed in is asked to, who may not is refused, who may not even know finds nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import user_passes_test
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from evaluations.models import Study
from evaluations.permissions import find_role, has_role


def _is_staff(user: AbstractBaseUser | AnonymousUser) -> bool:
    if user.is_authenticated and not getattr(user, "is_staff", False):
        raise PermissionDenied
    return user.is_authenticated


def _is_superuser(user: AbstractBaseUser | AnonymousUser) -> bool:
    if user.is_authenticated and not getattr(user, "is_superuser", False):
        raise PermissionDenied
    return user.is_authenticated


staff_only = user_passes_test(_is_staff)
superuser_only = user_passes_test(_is_superuser)


def study_role(at_least: str) -> Callable[[Callable[..., Any]], Callable[..., HttpResponse]]:
    """The view's `slug` becomes its `study`, for accounts with this role in it or a higher one.

    Without any role the study is not there (404), as if it did not exist; with a lower one it is refused (403).
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def check(request: HttpRequest, slug: str, **values: Any) -> HttpResponse:
            study = Study.objects.select_related("prompt_set").filter(slug=slug).first()
            if study is None or find_role(user=request.user, study=study) is None:
                raise Http404
            if not has_role(user=request.user, study=study, at_least=at_least):
                raise PermissionDenied
            return view(request, study=study, **values)  # type: ignore[no-any-return]

        return staff_only(check)

    return decorate
