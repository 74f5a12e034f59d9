"""Problems: one document for all of them, with the place of each field that is wrong."""

import pytest
from django.urls import reverse
from rest_framework.exceptions import ValidationError

from evaluations import errors
from evaluations.api.errors import handle_error
from evaluations.models import LanguageModel
from evaluations.web.errors import find_page
from tests.factories import NOW, make_study

pytestmark = pytest.mark.django_db

SHARED = [
    errors.AccessError,
    errors.AccountError,
    errors.ExportError,
    errors.GenerationError,
    errors.IngestError,
    errors.ImportDone,
    errors.StudyError,
    errors.ProtocolFrozen,
    errors.DecisionRefused,
]


@pytest.mark.parametrize("kind", SHARED)
def test_pages_and_api_say_the_same_status(kind):
    response = handle_error(kind("Why."), {})
    assert response.status_code == find_page(kind("Why.")).status
    assert response.data == {"type": "about:blank", "status": response.status_code, "detail": "Why."}


def test_fault_of_the_server_is_no_problem_document():
    assert handle_error(KeyError("secret"), {}) is None


def test_each_field_is_named_with_its_place(program):
    study = make_study(opened=False)
    claims = [{"model": "alpha", "rival": "alpha"}, {"model": "nobody", "rival": "beta", "alpha": 2}]
    problem = program("editor", study).expect(422, "PUT", "api-claims", study.slug, sent={"claims": claims})
    assert set(problem["errors"]) == {"claims.0.rival", "claims.1.model", "claims.1.alpha"}
    assert problem["errors"]["claims.1.model"] == ["There is no model “nobody”."]
    assert problem["type"] == "about:blank"
    assert problem["status"] == 422


def test_sentences_without_a_field_are_about_the_request():
    problem = handle_error(ValidationError(["One.", "Two."]), {}).data
    assert problem["errors"] == {"request": ["One.", "Two."]}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"name": "a\\u0000b"}',
        b'{"name": "\\ud800"}',
        b'{"a\\u0000b": 1}',
        b"[" * 100_000,
    ],
)
def test_body_that_can_not_be_kept_is_refused(program, body):
    one = program()
    response = one.client.generic(
        "POST",
        "/api/v1/models/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Token {one.token}"},
    )
    assert response.status_code == 400, response.content
    assert not LanguageModel.objects.exists()


def test_body_of_the_wrong_shape_is_refused(program):
    for sent in [[], "text", 1, None]:
        response = program().ask("POST", "api-models", sent=sent)
        assert response.status_code == 422, sent


def test_body_has_a_limit(program, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 200
    assert program().ask("POST", "api-models", sent={"name": "x" * 200}).status_code == 413
    assert program().ask("POST", "api-models", sent={"name": "x", "slug": "x"}).status_code == 201


def test_body_must_be_json(program):
    one = program()
    response = one.client.post(
        "/api/v1/models/", {"name": "x", "slug": "x"}, headers={"Authorization": f"Token {one.token}"}
    )
    assert response.status_code == 415


def test_sentences_come_in_the_language_asked_for(program):
    study = make_study(opened=False)
    claims = [{"model": "alpha", "rival": "beta", "kind": "equivalent"}]
    said = {}
    for language in ("en", "fr"):
        response = program("editor", study).ask(
            "PUT", "api-claims", study.slug, sent={"claims": claims}, **{"Accept-Language": language}
        )
        said[language] = response.json()["errors"]["claims.0.margin"]
    assert said["en"] == ["Give a margin above 0."]
    assert said["fr"] != said["en"]


def test_lists_come_in_pages_with_a_limit(program):
    for number in range(3):
        LanguageModel.objects.create(slug=f"m{number}", name=f"M{number}", created_at=NOW)
    one = program()
    page = one.get("api-models", limit=2)
    assert page["count"] == 3
    assert [row["slug"] for row in page["results"]] == ["m0", "m1"]
    assert [row["slug"] for row in one.expect(200, "GET", page["next"])["results"]] == ["m2"]


@pytest.mark.parametrize(
    "query", [{"limit": "abc"}, {"limit": "0"}, {"offset": "-1"}, {"offset": "1e3"}, {"limit": ""}]
)
def test_a_page_that_was_not_asked_for_passes_for_none(client, query):
    """Nor is it said of a question that nothing was changed."""
    (name,) = query
    answer = client.get(reverse("api-leaderboards"), query, headers={"accept-language": "en"})
    assert answer.status_code == 422
    problem = answer.json()
    assert list(problem["errors"]) == [name]
    assert problem["detail"] == "Some parameters of the address are wrong."


def test_a_parameter_that_nobody_reads_is_told(client):
    make_study(slug="tasks")
    address = reverse("api-leaderboard", args=["tasks"])
    answer = client.get(address, {"methd": "elo"}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"methd": ["This address has no such parameter."]}
    assert client.get(address, {"method": "elo", "format": "json"}).status_code == 200


def test_page_is_never_larger_than_the_limit(program):
    LanguageModel.objects.bulk_create(
        LanguageModel(slug=f"m{number}", name=f"M{number}", created_at=NOW) for number in range(501)
    )
    page = program().get("api-models", limit=100_000)
    assert len(page["results"]) == 500
    assert page["next"]
