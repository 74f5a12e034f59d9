"""The way in: one door, counted attempts, a second factor, nobody by themselves; and one's own account."""

import re
import time
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse
from knox.models import AuthToken

from evaluations.models import AuditEvent
from evaluations.second_factors import rotate_secrets
from evaluations.web.second_factors import SecondFactorMiddleware
from tests.factories import make_study

pytestmark = pytest.mark.django_db

PASSWORD = "four quiet words here"
SECRET = "JBSWY3DPEHPK3PXP"
ENGLISH = {"headers": {"accept-language": "en"}}


@pytest.fixture
def person():
    return get_user_model().objects.create_user(
        "robin", email="robin@example.org", password=PASSWORD, is_staff=True
    )


def sign_in(client, name="robin", password=PASSWORD, **more):
    return client.post(reverse("sign-in"), {"login": name, "password": password, **more}, **ENGLISH)


def kinds():
    return list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))


def code_now(secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def is_signed_in(client):
    return client.get(reverse("account")).status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", ["robin", "robin@example.org", "ROBIN@example.org"])
def test_name_or_address_signs_in_and_leads_on(client, person, name):
    response = sign_in(client, name, next=reverse("imports"))
    assert response["Location"] == reverse("imports")
    assert kinds() == ["sign_in"]
    event = AuditEvent.objects.get()
    assert (event.user, event.user_name, event.details) == (person, "robin", {})


def test_sign_in_gives_a_new_session_of_a_working_day(client, person):
    client.get(reverse("sign-in"))
    client.session.save()
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before
    assert client.cookies["sessionid"]["max-age"] == 12 * 60 * 60
    assert client.cookies["sessionid"]["httponly"]


def test_wrong_password_is_said_without_saying_which_is_wrong(client, person):
    known = sign_in(client, password="wrong").content.decode()
    unknown = sign_in(client, name="secret typed here", password="wrong").content.decode()
    for page in (known, unknown):
        assert "This name and this password do not go together." in page
        assert 'value="wrong"' not in page
    events = AuditEvent.objects.order_by("pk")
    assert [event.subject for event in events] == ["robin", "sec…"]
    assert {event.user for event in events} == {None}
    assert "wrong" not in str(list(events.values()))


def test_sixth_attempt_on_a_name_is_refused_whatever_the_password(client, person):
    for _ in range(5):
        sign_in(client, password="wrong")
    page = sign_in(Client()).content.decode()
    assert "Too many attempts." in page
    assert kinds() == ["sign_in_failed"] * 5


def test_attempts_are_not_counted_by_a_header_that_anyone_can_write(client, person):
    for number in range(12):
        client.post(
            reverse("sign-in"),
            {"login": f"someone-{number}", "password": "wrong"},
            headers={"x-forwarded-for": f"192.0.2.{number}"},
        )
    assert kinds().count("sign_in_failed") == 10


def test_deactivated_account_is_kept_out(client, person):
    person.is_active = False
    person.save()
    response = sign_in(client)
    assert response["Location"] == reverse("account_inactive")
    assert not is_signed_in(client)
    assert "This account is deactivated" in client.get(response["Location"], **ENGLISH).content.decode()


def test_address_to_go_on_to_stays_on_this_site(client, person):
    assert sign_in(client, next="https://elsewhere.example/")["Location"] == reverse("manage")


def test_sign_out_asks_first_and_is_written_down(client, person):
    sign_in(client)
    assert "Sign out" in client.get(reverse("sign-out"), **ENGLISH).content.decode()
    assert is_signed_in(client)
    assert client.post(reverse("sign-out"))["Location"] == reverse("home")
    assert not is_signed_in(client)
    assert kinds() == ["sign_in", "sign_out"]


@pytest.mark.parametrize("name", ["account_signup", "account_email", "socialaccount_signup"])
def test_nobody_signs_up(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_admin_has_the_same_door(client, sign_in_as):
    address = reverse("admin:index")
    asked = client.get(address, follow=True)
    assert asked.redirect_chain[-1][0] == f"{reverse('sign-in')}?next=/admin/"
    assert sign_in_as("staff").get(address, follow=True).status_code == HTTPStatus.FORBIDDEN
    page = sign_in_as("superuser").get(address).content.decode()
    assert "Leaderboards" in page
    for others in ("Users", "Authenticators", "Social applications", "Auth tokens"):
        assert others not in page


# Passwords


def test_password_change_asks_for_the_old_one_and_keeps_the_session(client, person):
    sign_in(client)
    data = {"oldpassword": "wrong", "password1": "other quiet words", "password2": "other quiet words"}
    address = reverse("account_change_password")
    assert "This is not your password." in client.post(address, data, **ENGLISH).content.decode()
    response = client.post(address, {**data, "oldpassword": PASSWORD}, follow=True, **ENGLISH)
    assert "Your password is changed." in response.content.decode()
    person.refresh_from_db()
    assert person.check_password("other quiet words")
    assert "password_changed" in kinds()


def test_short_password_is_refused(client, person):
    sign_in(client)
    data = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    client.post(reverse("account_change_password"), data)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_without_mail_a_person_is_named_who_can_help(client, person, settings):
    settings.EMAIL_HOST = ""
    page = client.post(reverse("account_reset_password"), {"email": person.email}, **ENGLISH)
    assert "This site sends no mail." in page.content.decode()
    assert mail.outbox == []


def test_link_by_mail_sets_a_password_once(client, person, settings):
    settings.EMAIL_HOST = "mail.example.org"
    client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert mail.outbox == []
    client.post(reverse("account_reset_password"), {"email": person.email}, **ENGLISH)
    (message,) = mail.outbox
    link = re.search(r"http://testserver(\S+)", message.body)[1]
    response = client.get(link, follow=True)
    form = response.redirect_chain[-1][0]
    assert link not in form
    new = {"password1": "other quiet words", "password2": "other quiet words"}
    assert client.post(form, new)["Location"] == reverse("account_reset_password_from_key_done")
    person.refresh_from_db()
    assert person.check_password("other quiet words")
    assert "This link does not work" in Client().get(link, **ENGLISH).content.decode()
    assert kinds() == ["password_set_by_link"]


# Second factor


def set_up_second_factor(client):
    sign_in(client)
    address = reverse("mfa_activate_totp")
    asked = client.get(address)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    client.post(asked["Location"], {"password": PASSWORD, "next": address})
    page = client.get(address, **ENGLISH).content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)[1]
    return secret, client.post(address, {"code": code_now(secret)}, follow=True, **ENGLISH)


def test_second_factor_is_set_up_after_the_password_once_more(
    client, person, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        secret, response = set_up_second_factor(client)
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
    codes = re.findall(r"<li><code>(\d{8})</code></li>", page)
    assert len(codes) == 10
    kept = str(list(Authenticator.objects.values("data")))
    assert secret not in kept
    assert kinds() == ["sign_in", "second_factor_set"]

    other = Client()
    assert sign_in(other)["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(other)
    wrong = other.post(reverse("mfa_authenticate"), {"code": "000000"}, **ENGLISH)
    assert "This code is not right." in wrong.content.decode()
    assert other.post(reverse("mfa_authenticate"), {"code": codes[0]})["Location"] == reverse("manage")
    assert is_signed_in(other)
    assert kinds()[2:] == ["second_factor_failed", "sign_in"]

    third = Client()
    sign_in(third)
    assert third.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == HTTPStatus.OK
    assert not is_signed_in(third), "a recovery code works once"


def test_code_of_the_app_signs_in(client, person):
    TOTP.activate(person, SECRET)
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert is_signed_in(client)


def test_second_factor_survives_new_secrets_and_says_when_they_are_lost(client, person, settings):
    TOTP.activate(person, SECRET)
    settings.PROVIDER_KEY_SECRETS = ["new", *settings.PROVIDER_KEY_SECRETS]
    assert rotate_secrets() == 1
    settings.PROVIDER_KEY_SECRETS = ["new"]
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert is_signed_in(client)


def test_second_factor_is_removed_after_the_password_once_more(client, person):
    TOTP.activate(person, SECRET)
    client.force_login(person)
    address = reverse("mfa_deactivate_totp")
    assert "/confirm/" in client.get(address)["Location"]
    assert "/confirm/" in client.post(address)["Location"]
    assert Authenticator.objects.exists()


def test_command_removes_a_lost_second_factor(person, capsys):
    TOTP.activate(person, SECRET)
    call_command("remove_second_factor", "robin@example.org")
    assert not Authenticator.objects.exists()
    assert kinds() == ["second_factor_removed"]
    for name in ("robin", "nobody"):
        with pytest.raises(CommandError):
            call_command("remove_second_factor", name)


def test_site_can_ask_staff_for_a_second_factor(settings, sign_in_as):
    settings.REQUIRE_SECOND_FACTOR = True
    study = make_study()
    client = sign_in_as("superuser")
    for address in (reverse("manage"), reverse("study-health", args=[study.slug]), reverse("admin:index")):
        assert client.get(address)["Location"] == reverse("account")
    page = client.get(reverse("account"), **ENGLISH).content.decode()
    assert "This site asks staff for a second factor." in page
    assert client.get(reverse("home")).status_code == HTTPStatus.OK
    TOTP.activate(client.user, SECRET)
    assert client.get(reverse("manage")).status_code == HTTPStatus.OK


def test_session_without_the_second_factor_is_a_visitor_to_the_api(settings, rf, sign_in_as):
    settings.REQUIRE_SECOND_FACTOR = True
    middleware = SecondFactorMiddleware(HttpResponse)
    user = sign_in_as("staff").user

    def is_known():
        request = rf.get("/api/v1/leaderboards/")
        request.user = user
        middleware.process_view(request, None, (), {})
        return request.user.is_authenticated

    assert not is_known()
    TOTP.activate(user, SECRET)
    assert is_known()


# Tokens


def test_token_is_shown_once_after_the_password_once_more(client, person):
    sign_in(client)
    address = reverse("token-make")
    assert client.get(address).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    asked = client.post(address)
    assert not AuthToken.objects.exists()
    response = client.post(asked["Location"], {"password": PASSWORD, "next": address}, **ENGLISH)
    page = response.content.decode()
    token = re.search(r"<code>([0-9a-f]{64})</code>", page)[1]
    assert "no-store" in response["Cache-Control"]
    kept = AuthToken.objects.get()
    assert token not in (kept.digest, kept.token_key)
    assert token not in client.get(reverse("account")).content.decode()
    event = AuditEvent.objects.get(kind="token_made")
    assert token.startswith(event.subject)
    assert len(event.subject) == 8

    client.post(reverse("token-revoke", args=[kept.token_key]))
    assert not AuthToken.objects.exists()
    assert "token_revoked" in kinds()


def test_token_of_someone_else_cannot_be_revoked(sign_in_as, person):
    kept, _token = AuthToken.objects.create(user=person)
    response = sign_in_as("superuser").post(reverse("token-revoke", args=[kept.token_key]))
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert AuthToken.objects.exists()


def test_api_refuses_a_token_that_is_wrong_over_or_of_a_deactivated_account(client, person, time_machine):
    _kept, token = AuthToken.objects.create(user=person)

    def status(value):
        response = client.get("/api/v1/leaderboards/", headers={"authorization": f"Token {value}"})
        return response.status_code

    assert status(token) == HTTPStatus.OK
    assert status(token[:-1] + ("1" if token[-1] == "0" else "0")) == HTTPStatus.UNAUTHORIZED
    person.is_active = False
    person.save()
    assert status(token) == HTTPStatus.UNAUTHORIZED
    person.is_active = True
    person.save()
    time_machine(days=91)
    assert status(token) == HTTPStatus.UNAUTHORIZED
