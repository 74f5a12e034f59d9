"""Who may ask: the same rights as on the pages. 401 without an account, 403 without the right, 404 without a role."""

from typing import Any, ClassVar

from django.utils.cache import patch_cache_control
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from evaluations.api.views import ApiView
from evaluations.models import Study
from evaluations.permissions import find_role, has_role


class IsStaff(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.is_authenticated and request.user.is_staff


class IsSuperuser(IsStaff):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and request.user.is_superuser


class StaffView(ApiView):
    """An address for staff. Nothing of it is kept on the way."""

    permission_classes = [IsStaff]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        return response


class SuperuserView(StaffView):
    permission_classes = [IsSuperuser]


class StudyView(StaffView):
    """An address of a study, which is `self.study`: to look at needs a viewer, to change needs `to_change`."""

    to_look: ClassVar[str] = "viewer"
    to_change: ClassVar[str] = "editor"
    study: Study

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.study = find_study(slug=kwargs["slug"], user=request.user)
        self.require(self.to_look if request.method in SAFE_METHODS else self.to_change)

    def require(self, at_least: str) -> None:
        """Raises PermissionDenied for accounts with a lower role."""
        if not has_role(user=self.user, study=self.study, at_least=at_least):
            raise PermissionDenied


def find_study(*, slug: str, user: Any) -> Study:
    """Raises NotFound for an account without a role in it, as if it did not exist."""
    study = Study.objects.select_related("prompt_set").filter(slug=slug).first()
    if study is None or find_role(user=user, study=study) is None:
        raise NotFound
    return study
