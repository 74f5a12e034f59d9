"""One's own account: password, second factor, tokens for the API."""

from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.views import password_reset
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evaluations import api_tokens
from evaluations.accounts import has_second_factor
from evaluations.web.staff import staff_only


@require_GET
@login_required
@never_cache
def show_account(request: HttpRequest) -> HttpResponse:
    return render(request, "account/page.html", describe_account(cast(User, request.user)))


@require_POST
@staff_only
@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]
def make_token(request: HttpRequest) -> HttpResponse:
    """The page with the new token on it, this once."""
    user = cast(User, request.user)
    token = api_tokens.make_token(user=user, now=timezone.now())
    return render(request, "account/page.html", {**describe_account(user), "token": token})


@require_POST
@staff_only
def revoke_token(request: HttpRequest, key: str) -> HttpResponse:
    api_tokens.revoke_token(user=cast(User, request.user), key=key, now=timezone.now())
    return redirect("account")


@require_http_methods(["GET", "POST"])
def reset_password(request: HttpRequest) -> HttpResponse:
    """A link by mail, where mail is set up; else whom to ask for one."""
    if not settings.EMAIL_HOST:
        return render(request, "account/password_reset_by_hand.html")
    return cast(HttpResponse, password_reset(request))


def describe_account(user: User) -> dict[str, Any]:
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return {
        "second_factor": has_second_factor(account=user),
        "required": settings.REQUIRE_SECOND_FACTOR and user.is_staff,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "tokens": api_tokens.list_tokens(user=user, now=timezone.now()) if user.is_staff else [],
    }
