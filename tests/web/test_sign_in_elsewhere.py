"""Signing in at another site, by OpenID Connect: who gets in, and who does not."""

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.urls import reverse

from evaluations.models import AuditEvent

pytestmark = pytest.mark.django_db

ENGLISH = {"headers": {"accept-language": "en"}}


@pytest.fixture
def person():
    return get_user_model().objects.create_user("robin", email="robin@example.org", is_staff=True)


def is_signed_in(client):
    return client.get(reverse("account")).status_code == HTTPStatus.OK


class OtherSite(BaseHTTPRequestHandler):
    """As much of an OpenID Connect server as signing in needs; `claims` is who it says someone is."""

    def do_GET(self):
        address = f"http://127.0.0.1:{self.server.server_port}"
        if self.path.endswith("/openid-configuration"):
            ends = {
                "authorization_endpoint": "authorize",
                "token_endpoint": "token",
                "userinfo_endpoint": "me",
            }
            self.answer({name: f"{address}/{end}" for name, end in ends.items()})
        else:
            self.answer(self.server.claims)

    def do_POST(self):
        sent = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        assert sent["code_verifier"]
        self.answer({"access_token": "t", "token_type": "bearer"})

    def answer(self, content):
        body = json.dumps(content).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def elsewhere(settings):
    with ThreadingHTTPServer(("127.0.0.1", 0), OtherSite) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        app = {
            "provider_id": "oidc",
            "name": "Our house",
            "client_id": "arena",
            "secret": "s",
            "settings": {"server_url": f"http://127.0.0.1:{server.server_port}"},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield server
        server.shutdown()
        thread.join()


def come_back(client, server, **claims):
    server.claims = {"sub": "42", "preferred_username": "robin.else", **claims}
    asked = client.post(reverse("openid_connect_login", args=["oidc"]))
    state = parse_qs(urlsplit(asked["Location"]).query)["state"][0]
    callback = reverse("openid_connect_callback", args=["oidc"])
    return client.get(callback, {"code": "c", "state": state}, **ENGLISH)


def test_sign_in_elsewhere_is_offered_only_where_it_is_set_up(client):
    assert "Sign in with" not in client.get(reverse("sign-in"), **ENGLISH).content.decode()
    assert client.post(reverse("openid_connect_login", args=["oidc"])).status_code == HTTPStatus.NOT_FOUND


def test_account_is_found_by_its_verified_address(client, person, elsewhere):
    assert "Sign in with Our house" in client.get(reverse("sign-in"), **ENGLISH).content.decode()
    response = come_back(client, elsewhere, email="robin@example.org", email_verified=True)
    assert response["Location"] == reverse("manage")
    assert client.get(reverse("manage")).status_code == HTTPStatus.OK
    assert get_user_model().objects.count() == 1
    assert AuditEvent.objects.filter(kind="sign_in", user=person).exists()


def test_address_that_is_not_verified_opens_nothing(client, person, elsewhere, settings):
    settings.OIDC_ALLOWED_DOMAINS = ["example.org"]
    response = come_back(client, elsewhere, email="robin@example.org", email_verified=False)
    assert "There is no account for you yet" in response.content.decode()
    assert not is_signed_in(client)


def test_stranger_is_kept_out_unless_the_domain_is_allowed(client, elsewhere, settings):
    response = come_back(client, elsewhere, email="kim@example.org", email_verified=True)
    assert "There is no account for you yet" in response.content.decode()
    assert not get_user_model().objects.exists()
    settings.OIDC_ALLOWED_DOMAINS = ["example.org"]
    for wrong in ("kim@evil-example.org", "kim@example.org.evil.example", "kim@sub.example.org"):
        come_back(client, elsewhere, email=wrong, email_verified=True)
    assert not get_user_model().objects.exists()
    come_back(client, elsewhere, email="kim@example.org", email_verified=True)
    account = get_user_model().objects.get()
    assert (account.email, account.is_staff, account.is_superuser) == ("kim@example.org", False, False)
    assert client.get(reverse("manage")).status_code == HTTPStatus.FORBIDDEN
    assert is_signed_in(client)


def test_second_factor_is_asked_of_who_signs_in_elsewhere_too(client, person, elsewhere):
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    response = come_back(client, elsewhere, email="robin@example.org", email_verified=True)
    assert response["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)


def test_trouble_elsewhere_is_said(client, elsewhere):
    callback = reverse("openid_connect_callback", args=["oidc"])
    page = client.get(callback, {"code": "c", "state": "never asked"}, **ENGLISH).content.decode()
    assert "The other site did not let you in" in page
