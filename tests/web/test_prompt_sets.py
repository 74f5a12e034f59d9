"""Pages of prompt sets: versions, coverage, differences, decisions, columns mapped by hand."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from evaluations.models import Finding, Import, PromptSet, Response
from evaluations.tasks import check_import
from tests.ingest.files import PROMPTS, RESPONSES
from tests.web.test_imports import confirm, follow, read, send

pytestmark = pytest.mark.django_db
TELLING = (
    'prompt_id,model,response\np1,Quartz,"I am <b>Quartz</b>, made here."\np2,Quartz,"Je suis Quartz."\n'
)
NEXT = 'id,prompt,category,language\np1,"What is 2 + <b>3</b>?",count,en\np3,And this?,write,fr\n'


@pytest.fixture
def staff(client):
    client.force_login(get_user_model().objects.create_user("staff", is_staff=True))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def versions(staff):
    for files in ((PROMPTS, RESPONSES), (NEXT,)):
        send(staff, *files)
        confirm(staff)


def test_empty_list(staff):
    assert "No prompts yet." in read(staff.get(reverse("prompt-sets")))


def test_list_has_every_version(staff, versions):
    page = read(staff.get(reverse("prompt-sets")))
    assert "1 prompt set." in page
    assert page.index("Version 2") < page.index("Version 1")


def test_page_of_a_version(staff, versions):
    response = staff.get(reverse("prompt-set", args=["tasks", 1]))
    page = read(response)
    assert "Version 1: 2 prompts, 4 responses. No study uses it." in page
    assert "What is 2 + 2?" in page
    assert "p1 yes yes" in page
    assert f"?prompt_set={PromptSet.objects.get(version=1).pk}" in response.content.decode()
    assert staff.get(reverse("prompt-set", args=["tasks", 3])).status_code == 404


def test_difference_on_the_import_and_between_versions(staff, versions):
    upload = Import.objects.latest("pk")
    for address in (
        reverse("import", args=[upload.token]),
        reverse("prompt-set-difference", args=["tasks", 2, 1]),
    ):
        html = staff.get(address).content.decode()
        assert "Prompts: 1 added, 1 removed, 1 changed, 0 as before." in html
        assert "<ins>&lt;b&gt;3&lt;/b&gt;</ins>" in html.replace("</ins><ins>", "")
        assert "<b>3</b>" not in html
    turned = staff.get(reverse("prompt-set-difference", args=["tasks", 1, 2]))
    assert turned["Location"] == reverse("prompt-set-difference", args=["tasks", 2, 1])


def decide(client, **data):
    upload = Import.objects.latest("pk")
    return client.post(reverse("import-findings-decide", args=[upload.token]), data)


def test_import_waits_for_the_decision(staff):
    response = send(staff, PROMPTS, TELLING)
    page = read(follow(staff, response))
    assert "decide about them first" in page
    assert "Import 2 prompts" not in page
    assert confirm(staff).status_code == 422
    assert not PromptSet.objects.exists()


def test_findings_page_marks_the_words_and_runs_nothing(staff):
    send(staff, PROMPTS, TELLING)
    upload = Import.objects.get()
    html = staff.get(reverse("import-findings", args=[upload.token])).content.decode()
    assert "<mark>" in html
    assert "<b>Quartz</b>" not in html
    assert "Waits for your decision" in html


def test_decision_by_row_then_by_group(staff):
    send(staff, PROMPTS, TELLING)
    one = Finding.objects.filter(prompt_key="p1").first()
    decide(staff, one=f"{one.pk}:mask")
    one.refresh_from_db()
    assert one.decision == "mask"
    assert Finding.objects.filter(prompt_key="p2", decision="").exists()
    decide(staff, which="undecided", decision="leave_out")
    assert not Finding.objects.filter(decision="").exists()
    page = read(staff.get(reverse("import-findings", args=[Import.objects.get().token])))
    assert "Left out – staff" in page
    confirm(staff)
    assert not Response.objects.filter(prompt__key="p2").exists()


@pytest.mark.parametrize("group", ["rule", "model", "ticked"])
def test_decision_about_many(staff, group):
    send(staff, PROMPTS, TELLING)
    if group == "ticked":
        decide(staff, finding=list(Finding.objects.values_list("pk", flat=True)), decision="keep")
    elif group == "model":
        decide(staff, which="model:Quartz", decision="keep")
    else:
        for rule in set(Finding.objects.values_list("rule", flat=True)):
            decide(staff, which=f"rule:{rule}", decision="keep")
    assert set(Finding.objects.values_list("decision", flat=True)) == {"keep"}


def test_decisions_about_another_import_are_not_taken(staff):
    send(staff, PROMPTS, TELLING, slug="one")
    other = Finding.objects.first()
    send(staff, PROMPTS, TELLING, slug="two")
    decide(staff, one=f"{other.pk}:keep")
    decide(staff, finding=[other.pk], decision="keep")
    other.refresh_from_db()
    assert other.decision == ""


UNKNOWN = (
    "reference,question posée,réponse de X,bidule\n1,Pourquoi ?,Parce que oui.,z\n2,Comment ?,Comme ça.,z\n"
)


def test_columns_are_mapped_by_hand(staff):
    response = send(staff, UNKNOWN)
    upload = Import.objects.get()
    assert upload.state == Import.State.REFUSED
    assert "Say what each column holds" in read(follow(staff, response))
    address = reverse("import-columns", args=[upload.token])
    page = staff.get(address)
    assert "question posée" in read(page)
    assert "Pourquoi ?" in read(page)
    sent = {
        "field-0-0": "id",
        "field-0-1": "prompt",
        "field-0-2": "response-of",
        "model-0-2": "X-1",
        "field-0-3": "ignore",
    }
    assert staff.post(address, sent).status_code == 302
    check_import(import_id=upload.pk)
    upload.refresh_from_db()
    assert upload.state == Import.State.CHECKED, list(upload.faults.values_list("problem", flat=True))
    assert 'value="X-1"' in staff.get(address).content.decode()
    confirm(staff)
    assert set(Response.objects.values_list("prompt__key", "model__name", "text")) == {
        ("1", "X-1", "Parce que oui."),
        ("2", "X-1", "Comme ça."),
    }
    assert staff.get(address).status_code == 422


def test_pages_run_nothing_inline(staff, versions):
    send(staff, PROMPTS, TELLING, slug="other")
    upload = Import.objects.latest("pk")
    for address in (
        reverse("prompt-sets"),
        reverse("prompt-set", args=["tasks", 1]),
        reverse("prompt-set-difference", args=["tasks", 2, 1]),
        reverse("import-findings", args=[upload.token]),
        reverse("import-columns", args=[upload.token]),
    ):
        html = staff.get(address).content.decode()
        assert " style=" not in html
        assert "<script>" not in html
