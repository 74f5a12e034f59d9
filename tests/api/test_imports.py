"""Imports by a program: said to be on their way, refused with every fault, mapped by hand, discarded."""

import hashlib
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.models import Finding, Import, PromptSet
from evaluations.tasks import check_import, store_import
from tests.factories import make_prompt_set
from tests.ingest.files import PROMPTS, RESPONSES

pytestmark = pytest.mark.django_db

UNNAMED = "nr,was\np1,What is 2 + 2?\np2,Why?\n"


def send(one, *texts, status=202, check=True, **fields):
    files = [SimpleUploadedFile(f"file{at}.csv", text.encode()) for at, text in enumerate(texts)]
    fields = {"title": "Tasks", "slug": "tasks", **fields}
    fields = {name: value for name, value in fields.items() if value is not None}
    response = one.ask("POST", "api-imports", files={"file": files, **fields})
    assert response.status_code == status, response.content
    if check and status == 202:
        check_import(import_id=Import.objects.latest("pk").pk)
    return response.json()


def test_faults_are_listed_and_in_a_table(program):
    one = program()
    token = send(one, "id,prompt,language\np1,Why?,french\np1,How?,\n")["token"]
    assert one.get("api-import", token)["state"] == "refused"
    faults = one.get("api-import-faults", token, severity="error")["results"]
    assert faults
    assert {fault["severity"] for fault in faults} == {"error"}
    assert all(fault["line"] and fault["problem"] and fault["remedy"] for fault in faults)
    file = one.ask("GET", "api-import-faults-file", token, Accept="text/csv")
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert faults[0]["problem"] in b"".join(file).decode()
    problem = one.expect(422, "POST", "api-import-confirm", token)
    assert "Nothing was imported" in problem["detail"]
    assert not PromptSet.objects.exists()


def test_what_is_missing_is_said_and_nothing_is_kept(program, settings):
    one = program()
    problem = send(one, PROMPTS, status=422, title=None, slug=None, kind="votes")
    assert set(problem["errors"]) == {"title", "slug", "prompt_set"}
    problem = send(one, status=422)
    assert set(problem["errors"]) == {"file"}
    problem = send(one, PROMPTS, status=422, prompt_set="nothing/9")
    assert problem["errors"]["prompt_set"] == ["There is no such prompt set. Write it like “tasks/2”."]
    assert not Import.objects.exists()
    assert not list(settings.MEDIA_ROOT.glob("imports/*"))


def test_same_files_are_imported_once(program):
    one = program()
    token = send(one, PROMPTS)["token"]
    one.expect(202, "POST", "api-import-confirm", token)
    store_import(import_id=Import.objects.get().pk)
    again = send(one, PROMPTS, status=200)
    assert again["token"] == token
    assert again["state"] == "imported"
    assert one.expect(200, "POST", "api-import-confirm", token)["token"] == token
    assert one.expect(422, "DELETE", "api-import", token)
    assert PromptSet.objects.count() == 1


def test_responses_are_for_the_version_that_is_named(program):
    one = program()
    make_prompt_set(models=[], slug="letters")
    rows = "prompt_id,model,response\np0,Alpha,A\np1,Alpha,B\np2,Alpha,C\n"
    sent = send(one, rows, title=None, slug=None, prompt_set="letters")
    assert sent["kind"] == "responses"
    assert sent["prompt_set"] == "letters/1"
    assert one.get("api-import", sent["token"])["state"] == "checked"


def test_columns_are_mapped_by_hand(program):
    one = program()
    token = send(one, UNNAMED)["token"]
    assert one.get("api-import", token)["mappable"]
    [file] = one.get("api-import-columns", token)["files"]
    assert [column["name"] for column in file["columns"]] == ["nr", "was"]
    mapping = {file["digest"]: {"nr": "id", "was": "prompt"}}
    sent = one.expect(202, "PUT", "api-import-columns", token, sent={"mapping": mapping})
    assert sent["state"] == "received"
    check_import(import_id=Import.objects.get().pk)
    assert one.get("api-import", token)["counts"]["prompts"] == 2


@pytest.mark.parametrize("place", ["file", "column"])
def test_mapping_of_what_is_not_there_is_refused(program, place):
    one = program()
    token = send(one, UNNAMED)["token"]
    digest = hashlib.sha256(UNNAMED.encode()).hexdigest() if place == "column" else "0" * 64
    problem = one.expect(
        422, "PUT", "api-import-columns", token, sent={"mapping": {digest: {"nobody": "id"}}}
    )
    assert set(problem["errors"]) == {"mapping"}
    assert Import.objects.get().mapping == {}


def test_mapping_can_come_with_the_file(program):
    one = program()
    mapping = {hashlib.sha256(UNNAMED.encode()).hexdigest(): {"nr": "id", "was": "prompt"}}
    token = send(one, UNNAMED, mapping=json.dumps(mapping))["token"]
    assert one.get("api-import", token)["state"] == "checked"
    for wrong in ["[]", '{"a": 1}', '{"a": {"b": "c\\u0000"}}', "{"]:
        assert "mapping" in send(one, UNNAMED, status=422, mapping=wrong)["errors"]


def test_difference_is_told_before_and_after(program):
    one = program()
    send(one, PROMPTS)
    one.expect(202, "POST", "api-import-confirm", Import.objects.get().token)
    store_import(import_id=Import.objects.get().pk)
    token = send(one, PROMPTS.replace("2 + 2", "3 + 3"))["token"]
    before = one.get("api-import", token)["difference"]
    assert before["counts"]["changed"] == 1
    one.expect(202, "POST", "api-import-confirm", token)
    store_import(import_id=Import.objects.latest("pk").pk)
    after = one.get("api-prompt-set-difference", "tasks", 2, 1)
    assert after["counts"] == before["counts"]
    assert after["changed"][0]["key"] == "p1"
    assert one.get("api-prompts", "tasks", 2)["results"][0]["messages"][0]["content"] == "What is 3 + 3?"


def test_discarded_import_is_gone(program):
    one = program()
    token = send(one, PROMPTS)["token"]
    one.expect(204, "DELETE", "api-import", token)
    assert one.ask("GET", "api-import", token).status_code == 404
    assert not Import.objects.exists()


def test_decisions_are_about_this_imports_findings_only(program):
    one = program()
    texts = RESPONSES.replace("Four.", "As ChatGPT I say 4.")
    send(one, PROMPTS, texts)
    first = Finding.objects.filter(kind="self_identification").first()
    token = send(one, PROMPTS, texts, slug="others")["token"]
    problem = one.expect(
        422, "POST", "api-import-decide", token, sent={"ids": [first.pk, 2**63 - 1], "decision": "keep"}
    )
    assert set(problem["errors"]) == {"ids"}
    first.refresh_from_db()
    assert first.decision == ""


def test_worker_that_is_down_is_said_and_not_waited_for(program):
    assert send(program(), PROMPTS, check=False)["worker"] is False
