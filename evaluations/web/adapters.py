"""Where Arena differs from django-allauth: no open sign-up, our words, encrypted secrets."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluations.accounts import find_account
from evaluations.second_factors import decrypt_secret, encrypt_secret

MISMATCH = _("This name and this password do not go together. Check both, capitals included, then try again.")
WRONG_CODE = _("This code is not right. Wait for the next one, then try again.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "enter_current_password": _("This is not your password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": WRONG_CODE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        return encrypt_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt_secret(encrypted_text)


class OutsideAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """People who sign in elsewhere: those who have an account here, by address, and those of the allowed domains."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """A verified address of an allowed domain makes an account; a superuser then says what it may do."""
        verified = [address.email for address in sociallogin.email_addresses if address.verified]
        domain = verified[0].rpartition("@")[2].lower() if verified else ""
        return domain in settings.OIDC_ALLOWED_DOMAINS and find_account(name=verified[0]) is None

    def new_user(self, request: HttpRequest, sociallogin: Any) -> User:
        return User(is_staff=False, is_superuser=False)
