"""Uploads by staff: every fault on its line, one button when there is none, and nothing half done."""

import csv
import io
import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from evaluations.models import Import, LanguageModel, Prompt, PromptSet, Response, Study, Vote
from evaluations.spreadsheets import defuse_cell
from evaluations.tasks import check_import, store_import
from tests.ingest.files import MODELS, PROMPTS, RESPONSES, VOTES

pytestmark = pytest.mark.django_db
BAD = "id,prompt,language\np1,Why?,french\np1,How?,\np3,,fr\n"


@pytest.fixture
def staff(client):
    client.force_login(get_user_model().objects.create_user("staff", is_staff=True))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def send(client, *contents, title="Tasks", slug="tasks", check=True, **fields):
    """Posted, and checked by the task as a worker calls it."""
    files = [
        SimpleUploadedFile(f"file{n}.csv", text if isinstance(text, bytes) else text.encode())
        for n, text in enumerate(contents)
    ]
    response = client.post(reverse("imports-new"), {"title": title, "slug": slug, "file": files, **fields})
    if check and response.status_code == 302:
        check_import(import_id=Import.objects.latest("pk").pk)
    return response


def follow(client, response):
    assert response.status_code == 302, response.content.decode()
    return client.get(response["Location"])


def read(response):
    """The page's words, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&quot;", '"').split())


def confirm(client):
    upload = Import.objects.latest("pk")
    response = client.post(reverse("import-confirm", args=[upload.token]))
    if response.status_code == 302:
        store_import(import_id=upload.pk)
    return response


PAGES = [
    ("get", "imports", []),
    ("get", "imports-new", []),
    ("post", "imports-new", []),
    ("get", "import", ["x"]),
    ("post", "import-confirm", ["x"]),
    ("get", "import-faults", ["x"]),
    ("post", "import-check", ["x"]),
    ("post", "import-discard", ["x"]),
    ("get", "import-columns", ["x"]),
    ("post", "import-columns", ["x"]),
    ("get", "import-findings", ["x"]),
    ("post", "import-findings-decide", ["x"]),
    ("get", "prompt-sets", []),
    ("get", "prompt-set", ["x", 1]),
    ("get", "prompt-set-difference", ["x", 2, 1]),
]


@pytest.mark.parametrize(("method", "name", "arguments"), PAGES)
def test_visitors_are_led_to_sign_in(client, method, name, arguments):
    address = reverse(name, args=arguments)
    response = getattr(client, method)(address)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize(("method", "name", "arguments"), PAGES)
def test_accounts_that_are_not_staff_are_refused(client, method, name, arguments):
    client.force_login(get_user_model().objects.create_user("rater"))
    assert getattr(client, method)(reverse(name, args=arguments)).status_code == 403


@pytest.mark.parametrize(("method", "name", "arguments"), [page for page in PAGES if page[2]])
def test_unknown_import(staff, method, name, arguments):
    assert getattr(staff, method)(reverse(name, args=arguments)).status_code == 404


@pytest.mark.parametrize(
    "name", ["import-confirm", "import-check", "import-discard", "import-findings-decide"]
)
def test_changes_are_posts(staff, name):
    assert staff.get(reverse(name, args=["x"])).status_code == 405


def test_empty_list_says_what_to_do(staff):
    page = read(staff.get(reverse("imports")))
    assert "No prompts yet. Drop a CSV or JSONL file to add some." in page


def test_form_works_without_javascript(staff):
    page = staff.get(reverse("imports-new")).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert 'name="file"' in page
    assert "multiple" in page
    assert "up to 500 MB each" in page


def test_form_keeps_what_was_written_and_says_what_is_missing(staff):
    response = staff.post(reverse("imports-new"), {"title": "Tasks <b>", "slug": "a b"})
    assert response.status_code == 422
    page = response.content.decode()
    assert 'value="Tasks &lt;b&gt;"' in page
    assert "Use letters, digits, hyphens and underscores only." in page
    assert "Choose one or several files." in page
    assert not Import.objects.exists()


def test_good_files_are_checked_then_imported(staff):
    page = read(follow(staff, send(staff, PROMPTS, RESPONSES, MODELS)))
    assert "Ready: 2 prompts and 4 responses." in page
    assert "1 row deserves a look." in page
    assert "Import 2 prompts and 4 responses" in page
    assert not PromptSet.objects.exists()

    page = read(follow(staff, confirm(staff)))
    assert "Imported: 2 prompts and 4 responses." in page
    assert "version 1 of the prompt set Tasks" in page
    assert reverse("import-confirm", args=[Import.objects.get().token]) not in page
    assert (Prompt.objects.count(), Response.objects.count(), LanguageModel.objects.count()) == (2, 4, 2)
    assert Import.objects.get().created_by.username == "staff"


def test_coverage_and_preview_come_before_the_import(staff):
    response = follow(staff, send(staff, PROMPTS, RESPONSES.replace("p2,Beta,\n", "")))
    page = response.content.decode()
    assert (
        '<th scope="row">reason</th><td class="total">1</td><td data-level="full">1</td><td data-level="full">1</td>'
        in page
    )
    assert (
        '<th scope="row">write</th><td class="total">1</td><td data-level="full">1</td><td data-level="none">0</td>'
        in page
    )
    assert "What is 2 + 2?" in page
    assert '<td dir="auto" lang="fr">Écris un haïku.</td>' in page


def test_faults_are_shown_by_line_and_nothing_can_be_imported(staff):
    response = follow(staff, send(staff, BAD))
    page = read(response)
    assert "3 errors, so nothing is imported." in page
    for words in (
        "Line 2 language french Expected a language code. Use fr.",
        "Line 3 id p1 The same id is on line 2 of file0.csv.",
        "Line 4 prompt (empty) The prompt is missing. Write the prompt, or remove the row.",
    ):
        assert words in page
    assert '<button type="submit" class="button button-primary"' not in response.content.decode()
    assert confirm(staff).status_code == 422
    assert not PromptSet.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"id,prompt\na,caf\xe9\n", "byte 15 (0xe9) starts no character."),
        (b'id,prompt\na,"b\n', "A quotation mark that opens in this row is never closed."),
        (b"id,prompt\na,b,c\n", "This row has 3 fields; the header has 2."),
        (b'{"id": "a", "prompt": "b"}\n{"id": \n', "This is not JSON"),
        (b'{"id": "a", "prompt": "b"}\n[]\n', "This is JSON, but not an object."),
        (b"id,prompt,promtt\na,b,\n", "“prompt” is the nearest."),
        (b"id,category\na,b\n", "The column is missing."),
        (b"id,prompt,id\na,b,c\n", "Two columns have this name."),
        (b"id,prompt\na,b\x00c\n", "The text holds a NUL character."),
        (b"id,prompt\na," + b"x" * 1_000_001 + b"\n", "This line is longer than 1 MB."),
        (b"PK\x03\x04rest", "This XLSX file is damaged and can’t be read."),
        (VOTES.encode(), "This is a file of votes, not of prompts or responses."),
    ],
)
def test_one_fault_is_the_pages_sentence(staff, content, sentence):
    page = follow(staff, send(staff, content)).content.decode()
    summary = page[page.index('class="summary-sentence"') : page.index("file-lines")]
    assert sentence in summary
    assert Import.objects.get().state == Import.State.REFUSED


def test_too_large_a_file_is_a_sentence_and_is_not_kept(staff, settings):
    settings.IMPORT_MAX_MB = 1
    page = read(follow(staff, send(staff, b"id,prompt\n" + b"a,b\n" * 400_000)))
    assert "This file is larger than 1 MB." in page
    assert not any(path.is_file() for path in settings.MEDIA_ROOT.rglob("*"))


def test_refused_files_are_not_kept(staff):
    send(staff, BAD)
    assert not any(path.is_file() for path in settings.MEDIA_ROOT.rglob("*"))


def test_many_faults_come_in_pages(staff):
    response = send(staff, "id,prompt,language\n" + "".join(f"p{n},Why?,french\n" for n in range(60)))
    page = follow(staff, response).content.decode()
    assert page.count('class="row-error"') == 25
    assert "Page 1 of 3" in page
    last = staff.get(response["Location"] + "?page=3").content.decode()
    assert last.count('class="row-error"') == 10


def test_faults_can_be_filtered(staff):
    response = send(staff, BAD, "prompt_id,model,response\np1,M,\n")
    page = staff.get(response["Location"] + "?severity=warning").content.decode()
    assert (page.count('class="row-error"'), page.count('class="row-warning"')) == (0, 1)
    everything = staff.get(response["Location"] + "?severity=nonsense").content.decode()
    assert (everything.count('class="row-error"'), everything.count('class="row-warning"')) == (3, 1)


def test_what_a_file_says_is_never_markup(staff):
    page = follow(staff, send(staff, "id,prompt,language\n<script>,<img src=x>,<b>x</b>\n")).content.decode()
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<img src=x>" not in page


def test_faults_download(staff):
    response = send(staff, 'id,prompt,language\n"=HYPERLINK(""http://x"")",Why?,=1+1\n')
    download = staff.get(response["Location"] + "faults.csv")
    assert download["Content-Type"] == "text/csv; charset=utf-8"
    assert download["Content-Disposition"] == 'attachment; filename="faults-tasks.csv"'
    text = download.getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Severity", "File", "Line", "Column", "Says", "Problem", "Remedy"]
    assert rows[1][:5] == ["error", "file0.csv", "2", "language", "'=1+1"]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1", "|cmd", "%0A"]
)
def test_cells_that_a_spreadsheet_would_run(cell):
    assert defuse_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "text", "1", "a=b", "é"])
def test_other_cells_stay_as_they_are(cell):
    assert defuse_cell(cell) == cell


def test_same_files_again_lead_to_the_first_import(staff):
    first = send(staff, PROMPTS)
    confirm(staff)
    assert send(staff, PROMPTS)["Location"] == first["Location"]
    assert Import.objects.count() == 1


def test_confirming_twice_imports_once(staff):
    send(staff, PROMPTS)
    assert confirm(staff)["Location"] == confirm(staff)["Location"]
    assert PromptSet.objects.count() == 1


def test_list_shows_each_import_with_its_state(staff):
    send(staff, PROMPTS, title="Good one")
    send(staff, BAD, title="Bad one")
    page = read(staff.get(reverse("imports")))
    assert "2 imports, the newest first." in page
    assert page.index("Bad one Refused") < page.index("Good one Waits for you")


def test_recorded_votes_by_upload(staff):
    send(staff, PROMPTS, RESPONSES)
    confirm(staff)
    prompt_set = PromptSet.objects.get()
    page = read(follow(staff, send(staff, VOTES, title="Votes", slug="votes", prompt_set=prompt_set.pk)))
    assert "Ready: 3 votes by 2 raters." in page
    page = follow(staff, confirm(staff))
    assert "They count in the study Votes." in read(page)
    assert reverse("study", args=["votes"]) in page.content.decode()
    study = Study.objects.get(slug="votes")
    owned = [(member.user, member.role) for member in study.memberships.all()]
    assert owned == [(Import.objects.get(study=study).created_by, "owner")]
    assert Vote.objects.count() == 3
    assert Study.objects.get().recorded


def test_pages_run_nothing_inline(staff):
    response = send(staff, PROMPTS, RESPONSES)
    for address in (reverse("imports"), reverse("imports-new"), response["Location"]):
        page = staff.get(address).content.decode()
        assert " style=" not in page
        assert not re.search(r"<script(?![^>]*\ssrc=)|\son[a-z]+=", page)


def test_check_that_stopped_says_so_first(staff, monkeypatch):
    monkeypatch.setattr("evaluations.imports.checks.MOST_FAULTS", 3)
    many = "id,prompt\n" + ",x\n" * 9
    page = follow(staff, send(staff, many)).content.decode()
    assert "The check stopped there: the rest of the files was not checked." in sum_up(page)
    page = follow(staff, send(staff, "id,prompt\n" + ",x\n" * 2, slug="few")).content.decode()
    assert "The check stopped there" not in page


def sum_up(page):
    return re.search(r'<p class="summary-sentence">.*?</p>', page, re.DOTALL).group()


def test_columns_that_are_not_known_lead_to_saying_what_they_hold(staff):
    response = follow(
        staff, send(staff, "Question,Nummer,Thema,Antwort\nWhy?,1,maths,Since.\nHow?,2,arts,So.\n")
    )
    upload = Import.objects.get()
    assert reverse("import-columns", args=[upload.token]) in sum_up(response.content.decode())
    assert upload.counts["errors"] == 1
    assert "Remove it" not in response.content.decode()


def test_what_is_made_already_is_no_file_that_was_not_imported(staff):
    send(staff, PROMPTS)
    confirm(staff)
    for name in ("import-discard", "import-check", "import-columns"):
        response = staff.post(reverse(name, args=[Import.objects.get().token]))
        page = read(response)
        assert response.status_code == 422
        assert "This import stays as it is" in page, name
        assert "This file was not imported" not in page


@pytest.mark.parametrize(
    ("models", "sentence"),
    [
        ("id,name,maker\nx,Alpha,Other\n", "The model “Alpha” is registered already and stays as it is."),
        (
            "id,name\na,Alpha Two\n",
            "The model “Alpha” is registered already with this id and stays as it is.",
        ),
        ("id,name,maker\na,Alpha,Ant\n", ""),
        ("id,name,maker\na,Alpha,\n", ""),
    ],
)
def test_model_that_is_registered_stays_and_that_is_said(staff, models, sentence):
    LanguageModel.objects.create(slug="a", name="Alpha", maker="Ant", created_at=timezone.now())
    page = read(follow(staff, send(staff, PROMPTS, models)))
    assert sentence in page
    assert ("registered already" in page) is bool(sentence)
    confirm(staff)
    alpha = LanguageModel.objects.get(slug="a")
    assert (alpha.name, alpha.maker) == ("Alpha", "Ant")
