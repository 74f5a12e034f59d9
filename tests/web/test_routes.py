"""Every route × role: what the table in `routes.py` says is what the project does, and nothing is missing in it."""

import json
from http import HTTPStatus

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import signing
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from evaluations.web.raters import COOKIE, COOKIE_SALT
from tests.factories import make_study
from tests.web.routes import ROUTES, Access, Route
from tests.web.things import Things

AUDIENCES = ("visitor", "rater", "account", "staff", "elsewhere", "viewer", "editor", "owner", "superuser")
RANKS = {Access.VIEWER: "viewer", Access.EDITOR: "editor", Access.OWNER: "owner"}
API = {
    Access.API_STAFF: Access.STAFF,
    Access.API_VIEWER: Access.VIEWER,
    Access.API_EDITOR: Access.EDITOR,
    Access.API_OWNER: Access.OWNER,
    Access.API_SUPERUSER: Access.SUPERUSER,
}
# Not PUT, which forms of django-allauth take as POST.
METHODS = ("GET", "POST", "PATCH", "DELETE")
# They look at what is sent, whatever the method, and do nothing without it.
LENIENT = {"set-language", "account_reset_password_from_key"}
REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
CASES = [(route, method) for route in ROUTES for method in route.methods.split()]


def walk(resolver, prefix="", namespace="", above=()):
    """Name and parameters of each route, the admin as one."""
    for pattern in resolver.url_patterns:
        parameters = (*above, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            yield namespace + (pattern.name or f"nameless {prefix}{pattern.pattern}"), parameters
        elif pattern.namespace != "admin":
            name = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from walk(pattern, f"{prefix}{pattern.pattern}", namespace + name, parameters)


PATTERNS = dict(walk(get_resolver()))


def test_every_route_has_a_row_and_every_row_a_route():
    rows = {route.name for route in ROUTES}
    assert set(PATTERNS) - rows == set(), "add a row to tests/web/routes.py"
    assert rows - set(PATTERNS) == set(), "rows of routes that are gone"
    assert len(CASES) == len({(route.name, method) for route, method in CASES})


def expect(access: Access, audience: str) -> str:
    """One of: allowed, sign in, and the status of a refusal."""
    if access in API:
        answer = expect(API[access], audience)
        return "401" if answer == "sign in" else answer
    match access:
        case Access.OPEN:
            return "allowed"
        case Access.RATER:
            return "allowed" if audience == "rater" else "403"
        case Access.PASSING:  # who has passed is led on
            return "sign in" if audience in {"visitor", "rater"} else "allowed"
        case Access.ABSENT:
            return "404"
    if audience in {"visitor", "rater"}:
        return "sign in"
    if access is Access.SIGNED_IN or audience == "superuser":
        return "allowed"
    if audience == "account":
        return "403"
    if access is Access.SUPERUSER:
        return "403"
    if access is Access.STAFF:
        return "allowed"
    if audience in {"staff", "elsewhere"}:
        return "404"
    return "allowed" if rank(audience) >= rank(RANKS[access]) else "403"


def rank(role: str) -> int:
    return ("viewer", "editor", "owner").index(role)


def read(response: HttpResponseBase) -> str:
    address = response.get("Location", "")
    if response.status_code == HTTPStatus.FOUND and address.partition("?")[0] == reverse("sign-in"):
        return "sign in"
    if response.status_code in REFUSED:
        return str(response.status_code)
    assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    return "allowed"


@pytest.fixture
def things(db, tmp_path):
    return Things(columns_root=tmp_path)


@pytest.fixture
def make_client(sign_in_as, things):
    """A client of the audience. One elsewhere owns another study, as anyone of staff may."""

    def make(audience, route):
        if audience in {"visitor", "rater"}:
            client = Client()
            if audience == "rater" and route.access is Access.RATER:
                client.cookies[COOKIE] = sign_rater(things.battle_row.rater)
            return client
        if audience == "elsewhere":
            return prepare(sign_in_as("owner", make_study()), route)
        study = things.panel if "panel_study" in route.things.values() else things.opened
        return prepare(sign_in_as(audience, study), route)

    return make


def prepare(client, route):
    """With a hash that no password has and that costs nothing, and with a second factor for its own pages."""
    client.user.password = "x"
    client.user.save(update_fields=["password"])
    client.force_login(client.user)
    if route.name.startswith("mfa_"):
        TOTP.activate(client.user, "JBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(client.user)
    return client


def send(client, method, route, things):
    given = {
        parameter: getattr(things, route.things.get(parameter, parameter))
        for parameter in PATTERNS[route.name]
    }
    sent = {name: getattr(things, thing) for name, thing in route.sent.items()}
    address = reverse(route.name, kwargs=given)
    if route.access in API and method != "GET":
        return client.generic(method, address, json.dumps(sent), content_type="application/json")
    if method in {"GET", "POST"}:
        return getattr(client, method.lower())(address, sent)
    return client.generic(method, address)


@pytest.mark.parametrize(("route", "method"), CASES, ids=lambda value: getattr(value, "name", value))
def test_route_is_open_to_whom_the_table_says(route, method, things, make_client):
    expected = {audience: expect(route.access, audience) for audience in AUDIENCES}
    kept = {*vars(things), "opened"}
    assert things.slug
    found = {}
    for audience in AUDIENCES:
        with transaction.atomic():
            client = make_client(audience, route)
            things.user = getattr(client, "user", None)
            response = send(client, method, route, things)
            if response.streaming:
                list(response)  # what fails on the way out fails here
            found[audience] = read(response)
            transaction.set_rollback(True)
        for name in set(vars(things)) - kept:
            vars(things).pop(name)
    assert found == {
        audience: route.shows if answer == "allowed" else answer for audience, answer in expected.items()
    }


def test_routes_take_no_other_method(things, sign_in_as):
    wrong = {}
    for route in ROUTES:
        taken = {method for each in ROUTES if each.name == route.name for method in each.methods.split()}
        if route.access is Access.ABSENT or route.name in LENIENT:
            continue
        client = prepare(sign_in_as("superuser"), route)
        things.user = client.user
        for method in set(METHODS) - taken:
            status = send(client, method, route, things).status_code
            if status not in {HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.FOUND}:
                wrong[route.name, method] = status
    assert not wrong


def test_admin_is_for_superusers(make_client):
    found = {}
    for audience in AUDIENCES:
        client = make_client(audience, Route("admin", "GET", Access.SUPERUSER))
        response = client.get("/admin/evaluations/study/", follow=True)
        landed = response.redirect_chain[-1][0] if response.redirect_chain else ""
        found[audience] = "sign in" if landed.startswith(reverse("sign-in")) else read(response)
    assert found == {audience: expect(Access.SUPERUSER, audience) for audience in AUDIENCES}


def sign_rater(rater):
    return signing.get_cookie_signer(salt=COOKIE + COOKIE_SALT).sign(rater.code)
