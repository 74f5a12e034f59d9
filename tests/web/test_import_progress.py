"""An upload is checked in the background: the page says how far it is, and says it when nobody works."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from evaluations.models import AuditEvent, Import, PromptSet, Study
from evaluations.tasks import check_import, importing, store_import
from evaluations.workers import note_worker
from tests.ingest.files import PROMPTS, RESPONSES, VOTES
from tests.web.test_imports import confirm, follow, read, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(get_user_model().objects.create_user("staff", is_staff=True))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def received(staff):
    send(staff, PROMPTS, RESPONSES, check=False)
    return Import.objects.get()


def look(client, upload, **headers):
    return client.get(reverse("import", args=[upload.token]), headers=headers)


def test_upload_waits_for_a_worker_and_nothing_is_checked_in_the_request(staff, received):
    assert received.state == Import.State.RECEIVED
    page = read(look(staff, received))
    assert "Received. The check is under way." in page
    assert "The files wait for a worker" in page


def test_missing_worker_is_said_at_once_and_no_longer_once_there_is_one(staff, received):
    assert "No worker answers now. The files are kept" in read(look(staff, received))
    note_worker(now=timezone.now())
    page = read(look(staff, received))
    assert "No worker answers" not in page
    assert "You can leave this page." in page


def test_broker_that_is_down_loses_nothing(staff, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(**_arguments):
        raise OperationalError

    monkeypatch.setattr(importing.check_import, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        response = send(staff, PROMPTS, check=False)
    assert response.status_code == 302
    assert Import.objects.get().state == Import.State.RECEIVED


def test_request_asks_for_the_tasks(staff, monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    for name in ("check_import", "store_import"):
        monkeypatch.setattr(
            getattr(importing, name), "delay", lambda import_id, name=name: asked.append((name, import_id))
        )
    with django_capture_on_commit_callbacks(execute=True):
        send(staff, PROMPTS, check=False)
    upload = Import.objects.get()
    check_import(import_id=upload.pk)
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(reverse("import-confirm", args=[upload.token]))
    assert asked == [("check_import", upload.pk), ("store_import", upload.pk)]


def test_progress_is_polled_and_the_page_comes_anew_at_the_end(staff, received):
    Import.objects.update(state="checking", seen_at=timezone.now(), done=received.total // 4)
    whole = look(staff, received).content.decode()
    assert 'hx-trigger="every 1s"' in whole
    fragment = look(staff, received, **{"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("<section")
    assert "The files are being checked" in fragment
    assert re.search(r"2[45]%", fragment)

    Import.objects.update(state="received")
    check_import(import_id=received.pk)
    assert look(staff, received, **{"HX-Request": "true"})["HX-Refresh"] == "true"
    page = look(staff, received).content.decode()
    assert "hx-trigger" not in page
    assert "Look again" not in page


def test_silent_worker_is_said_and_the_check_can_be_asked_for_again(staff, received):
    note_worker(now=timezone.now())
    Import.objects.update(state="checking", seen_at=timezone.now() - timedelta(minutes=2))
    page = read(look(staff, received))
    assert "The worker has said nothing for a minute." in page
    assert "Check again" in page
    assert staff.post(reverse("import-check", args=[received.token])).status_code == 302
    check_import(import_id=received.pk)
    assert Import.objects.get().state == Import.State.CHECKED


def test_broken_check_says_so_and_can_be_tried_again(staff, received, monkeypatch):
    from_disk = importing.imports.check_import

    Import.objects.update(trouble="The check broke off. Nothing is lost.", seen_at=timezone.now())
    page = read(look(staff, received))
    assert "The check broke off. Nothing is lost." in page
    staff.post(reverse("import-check", args=[received.token]))
    from_disk(upload=Import.objects.get())
    upload = Import.objects.get()
    assert (upload.state, upload.trouble) == ("checked", "")


def test_stop_discards_and_is_recorded(staff, received):
    response = staff.post(reverse("import-discard", args=[received.token]))
    assert response["Location"] == reverse("imports")
    assert not Import.objects.exists()
    assert set(AuditEvent.objects.values_list("kind", flat=True)) == {"import_received", "import_discarded"}
    check_import(import_id=received.pk)
    store_import(import_id=received.pk)
    assert not PromptSet.objects.exists()


def test_confirmed_import_is_under_way_until_a_worker_stores_it(staff):
    send(staff, PROMPTS, RESPONSES)
    upload = Import.objects.get()
    page = read(follow(staff, staff.post(reverse("import-confirm", args=[upload.token]))))
    assert "Confirmed. The import is under way." in page
    assert "Stop and undo" in page
    assert not PromptSet.objects.exists()
    store_import(import_id=upload.pk)
    assert "Imported: 2 prompts and 4 responses." in read(look(staff, upload))
    assert AuditEvent.objects.get(kind="import_confirmed").user_name == "staff"


def test_faults_are_written_in_the_language_of_the_uploader(staff):
    staff.cookies["django_language"] = "fr"
    send(staff, "id,prompt,language\np1,Why?,french\n", check=False)
    upload = Import.objects.get()
    assert upload.language == "fr"
    check_import(import_id=upload.pk)
    assert upload.faults.get().problem != "Expected a language code."


def test_columns_say_whether_a_version_gets_responses_or_votes(staff):
    send(staff, PROMPTS)
    confirm(staff)
    prompt_set = PromptSet.objects.get()
    page = read(follow(staff, send(staff, RESPONSES, title="", slug="", prompt_set=prompt_set.pk)))
    assert "Ready: 4 responses." in page
    page = read(follow(staff, confirm(staff)))
    assert "They are in version 1 of the prompt set Tasks." in page
    assert prompt_set.prompts.get(key="p1").responses.count() == 2
    send(staff, VOTES, title="Votes", slug="votes", source="A newsroom", prompt_set=prompt_set.pk)
    confirm(staff)
    assert Study.objects.get().source == "A newsroom"


def test_list_shows_what_is_under_way(staff, received):
    Import.objects.update(state="checking", seen_at=timezone.now(), done=3)
    page = staff.get(reverse("imports")).content.decode()
    assert "Being checked" in page
    assert f'value="3" aria-label="Progress of {received.title}"' in page
    assert 'hx-trigger="every 2s"' in page
