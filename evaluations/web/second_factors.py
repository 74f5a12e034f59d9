"""Where the installation requires a second factor: staff set one up before anything else."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from evaluations.accounts import has_second_factor

# What staff need on the way to a second factor.
ALWAYS_OPEN = ("/manage/account/", "/manage/sign-in/", "/manage/sign-out/")


class SecondFactorMiddleware:
    """Leads staff without a second factor from any page of theirs to their account, if the setting says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.REQUIRE_SECOND_FACTOR:
            return None
        if request.path_info.startswith("/api/") and lacks_second_factor(request):
            # To the API a session without it is a visitor's.
            request.user = AnonymousUser()
        elif is_for_staff(request.path_info) and lacks_second_factor(request):
            return redirect("account")
        return None


def is_for_staff(path: str) -> bool:
    return path.startswith(("/manage/", "/admin/")) and not path.startswith(ALWAYS_OPEN)


def lacks_second_factor(request: HttpRequest) -> bool:
    user = request.user
    return user.is_authenticated and user.is_staff and not has_second_factor(account=user)
