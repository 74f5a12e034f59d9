"""From a file to a prompt set in a browser without JavaScript, and what it says when nobody works."""

import pytest

from evaluations.models import Import, PromptSet
from evaluations.tasks import check_import, store_import
from tests.e2e.walks import enter
from tests.ingest.files import PROMPTS, RESPONSES
from tests.web.test_imports import BAD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(open_context, admin_user, monkeypatch):
    """Messages to workers go nowhere: the tests work in their place."""
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda self, *args, **options: None)
    context = open_context(java_script_enabled=False)
    enter(context, admin_user)
    return context.new_page()


def upload(page, **files):
    page.goto("/manage/imports/new/")
    payloads = [
        {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": text.encode()}
        for name, text in files.items()
    ]
    page.set_input_files("#file", payloads)
    page.fill("#title", "Small tasks")
    page.fill("#slug", "small-tasks")
    page.get_by_role("button", name="Check the files").click()
    page.get_by_role("link", name="Look again").wait_for()
    return Import.objects.latest("pk").pk


def test_from_a_file_to_a_prompt_set(page):
    pk = upload(page, prompts=PROMPTS, responses=RESPONSES)
    assert "No worker answers now" in page.inner_text("main")
    check_import(import_id=pk)
    page.get_by_role("link", name="Look again").click()
    assert "Ready: 2 prompts and 4 responses." in page.inner_text(".summary-sentence")
    page.get_by_role("button", name="Import 2 prompts and 4 responses").click()
    page.get_by_role("link", name="Look again").wait_for()
    store_import(import_id=pk)
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("link", name="See the prompt set").click()

    assert page.url.endswith("/manage/prompt-sets/small-tasks/1/")
    assert PromptSet.objects.get().prompts.count() == 2


def test_every_fault_is_on_its_line_and_nothing_is_imported(page):
    pk = upload(page, prompts=BAD)
    check_import(import_id=pk)
    page.reload()

    rows = page.locator(".check-table tbody tr")
    assert [row.split()[:2] for row in rows.all_inner_texts()] == [["Error", line] for line in "234"]
    assert page.get_by_role("button", name="Import").count() == 0
    assert not PromptSet.objects.exists()


def test_going_back_to_a_page_that_asks_how_far_it_is(open_context, admin_user, monkeypatch):
    """What was asked for last at its address is a part of it; the browser must not take that for the page."""
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda self, *args, **options: None)
    context = open_context()
    enter(context, admin_user)
    page = context.new_page()
    upload(page, prompts=PROMPTS)
    address = page.url
    with page.expect_response(address):
        pass
    page.goto("/manage/imports/")
    page.go_back()

    assert page.url == address
    assert page.locator("h1, .site-header").count() == 2


def test_a_short_name_is_checked_before_it_is_sent(open_context, admin_user):
    context = open_context()
    enter(context, admin_user)
    page = context.new_page()
    page.goto("/manage/imports/new/")
    page.fill("#slug", "two words")
    assert page.locator("#slug:invalid").count() == 1
    page.fill("#slug", "two-words")
    assert page.locator("#slug:invalid").count() == 0
