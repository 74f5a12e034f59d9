"""Files of a study by a program: the page's bytes, each written down before it leaves."""

from datetime import timedelta

import pytest
from django.urls import reverse

from evaluations.ledger import seal_all
from evaluations.models import AuditEvent
from tests.factories import NOW, make_study
from tests.web.boards import add_votes

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    study = make_study()
    add_votes(study=study)
    seal_all(now=NOW + timedelta(days=1))
    return study


def test_every_listed_file_is_the_pages_file(program, study, client):
    editor = program("editor", study)
    client.force_login(editor.user)
    names = [
        each["name"] for file in editor.get("api-exports", study.slug)["results"] for each in file["formats"]
    ]
    assert "csv" in names
    for name in names:
        sent = editor.ask("GET", "api-export", study.slug, name)
        page = client.get(reverse("study-export", args=[study.slug, name]))
        assert b"".join(sent) == b"".join(page), name
        assert sent["Content-Disposition"] == page["Content-Disposition"]
        assert sent["Content-Type"] == page["Content-Type"]


def test_download_is_written_down_with_what_was_asked_for(program, study):
    editor = program("editor", study)
    query = {"normal_only": "true", "ledger_size": 5}
    response = editor.ask("GET", "api-export", study.slug, "csv", query=query)
    event = AuditEvent.objects.get(kind="export_downloaded")
    assert event.user == editor.user
    assert event.details["ledger_size"] == 5
    assert event.details["options"]["normal_only"] is True
    assert event.details["options"]["texts"] is False
    assert len(b"".join(response).splitlines()) == event.details["rows"] + 1


def test_viewer_reads_the_codebook_and_no_votes(program, study):
    viewer = program("viewer", study)
    assert b"winner" in b"".join(viewer.ask("GET", "api-codebook", study.slug, "csv"))
    assert viewer.ask("GET", "api-export", study.slug, "csv").status_code == 403
    assert AuditEvent.objects.filter(kind="export_downloaded").count() == 1


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("nothing", {}),
        ("csv", {"minimum_votes": 0}),
        ("csv", {"ledger_size": 10**9}),
        ("csv", {"texts": "x"}),
    ],
)
def test_what_can_not_be_exported_is_a_problem(program, study, name, query):
    one = program("editor", study)
    response = one.ask("GET", "api-export", study.slug, name, query=query, Accept="text/csv")
    assert response.status_code == 422
    assert response["Content-Type"].startswith("application/problem+json")
    assert not AuditEvent.objects.filter(kind="export_downloaded").exists()
