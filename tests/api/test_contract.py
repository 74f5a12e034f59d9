"""The API held to its own description by requests that schemathesis makes from it: fitting ones, and wrong ones."""

import re

import pytest
import schemathesis
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from arena.wsgi import application
from tests.api.samples import fill

pytestmark = [
    pytest.mark.django_db,
    # Uploads that break off in the middle leave their files to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The same requests in each run, and few of them: it is the breadth that counts here.
BOUNDED = settings(
    max_examples=3,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# They would call other machines.
CALLING = {"/api/v1/providers/{slug}/try/"}


@pytest.fixture
def _one_connection(monkeypatch):
    """A request leaves the test's connection open, as with Django's own client."""
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture
def described(db, _one_connection, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.API_PUBLIC_PER_MINUTE = settings.API_TOKEN_PER_MINUTE = 0
    return schemathesis.openapi.from_wsgi(
        reverse("api-schema"), application, headers={"Accept": "application/json"}
    )


def list_operations(described):
    operations = [result.ok() for result in described.get_all_operations()]
    assert len(operations) == sum(len(path) for path in described.raw_schema["paths"].values())
    return [operation for operation in operations if operation.path not in CALLING]


def hold(operation, *, mode, headers, known):
    """Requests of this operation, each undone again. Returns what was wrong."""
    wrong = []

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        # Addresses of things that are there; where the mode is to be wrong, only what is sent is.
        case.path_parameters.update(known)
        with transaction.atomic():
            try:
                response = case.call(headers=headers)
                case.validate_response(response, checks=CHECKS)
            finally:
                transaction.set_rollback(True)

    try:
        ask()
    except Unsatisfiable:
        # Nothing is sent that could be wrong.
        pass
    except (Exception, BaseExceptionGroup) as error:
        wrong.append(f"{operation.label}: {error}")
    return wrong


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_a_superuser_s_requests(described, sample, owner, mode):
    headers = {"Authorization": f"Token {owner.token}"}
    wrong = []
    for operation in list_operations(described):
        # Wrong addresses are another test's.
        if mode is GenerationMode.POSITIVE or operation.query or operation.body:
            known = name_things(operation.path, sample)
            wrong += hold(operation, mode=mode, headers=headers, known=known)
    assert not wrong, "\n\n".join(wrong)


def test_requests_of_nobody_in_particular(described, sample, owner):
    wrong = []
    for operation in list_operations(described):
        known = name_things(operation.path, sample)
        wrong += hold(operation, mode=GenerationMode.POSITIVE, headers={}, known=known)
    assert not wrong, "\n\n".join(wrong)


def test_addresses_that_are_nobody_s(described, program):
    """Whatever stands in an address, it is no fault of ours."""
    headers = {"Authorization": f"Token {program('superuser').token}"}
    wrong = []
    for operation in list_operations(described):
        if "{" in operation.path:
            wrong += hold(operation, mode=GenerationMode.POSITIVE, headers=headers, known={})
    assert not wrong, "\n\n".join(wrong)


def test_methods_that_are_not_described_are_refused(described, sample, owner):
    client, wrong = Client(), {}
    for path, operations in described.raw_schema["paths"].items():
        address = fill(path, sample, slug=sample.slug)
        for method in METHODS:
            if method.lower() in operations:
                continue
            headers = {"Authorization": f"Token {owner.token}"}
            response = client.generic(
                method, address, b"{}", content_type="application/json", headers=headers
            )
            described_as = response["Content-Type"].partition(";")[0]
            assert "OPTIONS" not in response["Allow"]
            if (response.status_code, described_as) != (405, "application/problem+json"):
                wrong[method, path] = response.status_code
    assert not wrong


def name_things(path, sample):
    """What the names in the path stand for."""
    names = re.findall(r"{(\w+)}", path)
    pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))
    found = re.fullmatch(pattern, fill(path, sample, slug=sample.slug))
    assert found, path
    return {name: found[name] for name in names}
