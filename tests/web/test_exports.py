"""The exports of a study: what there is, who may have it, and what is written down of it."""

import pytest
from django.urls import reverse

from evaluations.models import AuditEvent
from tests.exports.studies import export_bytes, make_full_study
from tests.factories import make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return make_full_study()


@pytest.fixture
def sign_in(sign_in_as, study):
    def sign_in(role):
        client = sign_in_as(role, study=study)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return sign_in


def download(client, name, **options):
    return client.get(reverse("study-export", args=["tasks", name]), options)


def test_an_editor_downloads_what_the_domain_makes(sign_in, study):
    response = download(sign_in("editor"), "csv", normal_only="on", kept_only="on")

    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="votes-tasks-ledger-7-kept-normal.csv"'
    assert response["Cache-Control"] == "private, no-store"
    data = b"".join(response.streaming_content)
    assert data == export_bytes(study, "csv", normal_only=True, kept_only=True)


@pytest.mark.parametrize("name", ["jsonl", "parquet", "responses-csv", "lmarena", "dpo", "codebook-md"])
def test_every_format_can_be_had(sign_in, study, name):
    response = download(sign_in("owner"), name)

    assert response.status_code == 200
    assert b"".join(response.streaming_content) == export_bytes(study, name)


def test_a_download_is_written_down_before_it_is_read(sign_in, study):
    editor = sign_in("editor")
    download(editor, "dpo", by_pair="on", minimum_votes="1")
    event = AuditEvent.objects.get(kind="export_downloaded")

    assert (event.user_name, event.study) == (editor.user.username, study)
    assert event.subject == "preferences-tasks-ledger-7-pairs-of-1.jsonl"
    assert event.details == {
        "format": "dpo",
        "rows": 1,
        "ledger_size": 7,
        "options": {"publishable_only": False, "by_pair": True, "minimum_votes": 1},
    }


def test_a_viewer_sees_what_there_is_and_downloads_the_codebook_alone(sign_in):
    viewer = sign_in("viewer")
    page = viewer.get(reverse("study-exports", args=["tasks"])).content.decode()

    assert "Editors and owners of this study can download it." in page
    assert "<button" not in page.split("<main", 1)[1].split("</main>", 1)[0]
    assert download(viewer, "csv").status_code == 403
    assert not AuditEvent.objects.filter(kind="export_downloaded").exists()
    codebook = viewer.get(reverse("study-codebook-file", args=["tasks", "csv"]))
    assert b"ledger_position" in b"".join(codebook.streaming_content)
    assert AuditEvent.objects.get(kind="export_downloaded").details["format"] == "codebook-csv"


@pytest.mark.parametrize("name", ["study-exports", "study-codebook"])
def test_a_study_is_not_there_for_others(sign_in, client, name):
    address = reverse(name, args=["tasks"])
    assert client.get(address).status_code == 302
    assert sign_in("staff").get(address).status_code == 404


def test_the_page_says_how_much_there_is(sign_in):
    page = " ".join(sign_in("editor").get(reverse("study-exports", args=["tasks"])).content.decode().split())

    assert "5 sealed votes, in the first 7 entries of the ledger." in page
    assert "9 rows." in page  # three prompts, three models
    assert "2 rows." in page  # counted by a ranking
    assert "1 row." in page  # preferred
    assert page.count('<button type="submit" class="button" formaction="') == 10
    assert "Leave out repeats and checks" in page


def test_a_study_without_votes_says_so(sign_in):
    make_study(slug="empty")
    page = sign_in("superuser").get(reverse("study-exports", args=["empty"])).content.decode()

    assert "No vote is sealed yet." in page


def test_what_there_is_not_leads_back_to_the_exports(sign_in):
    editor = sign_in("editor")
    for response in (download(editor, "exe"), download(editor, "dpo", minimum_votes="0")):
        assert response.status_code == 422
        page = response.content.decode()
        assert "This was not exported" in page
        assert reverse("study-exports", args=["tasks"]) in page
    assert not AuditEvent.objects.filter(kind="export_downloaded").exists()


def test_the_codebook_s_page_tells_each_column(sign_in):
    page = sign_in("viewer").get(reverse("study-codebook", args=["tasks"])).content.decode()

    for name in ("receipt_hash", "evaluation_session_id", "votes_against", "original_digest"):
        assert f"<code>{name}</code>" in page
    assert "list of {role: text, content: text}" in page


def test_only_what_is_asked_for_by_get(sign_in):
    editor = sign_in("editor")
    for name, arguments in [("study-exports", ["tasks"]), ("study-export", ["tasks", "csv"])]:
        assert editor.post(reverse(name, args=arguments)).status_code == 405


def test_options_that_change_nothing_leave_the_name(sign_in):
    response = download(sign_in("editor"), "lmarena", texts="on", by_pair="on")

    assert 'filename="lmarena-tasks-ledger-7.jsonl"' in response["Content-Disposition"]
    assert len(b"".join(response.streaming_content).splitlines()) == 2
