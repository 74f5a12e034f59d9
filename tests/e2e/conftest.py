"""A real browser against a real server. A missing browser is a failure, never a skip."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.factories import make_study

# Playwright keeps an event loop in the test's thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser():
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail(
            "The browser tests need Chromium: apt-get install chromium. `make test` does it where it may."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_context(browser, live_server):
    """Opens a browser of its own, with cookies of its own. Errors on the page fail the test."""
    contexts, errors = [], []

    def open_one(**options):
        options = {"locale": "en-GB", "viewport": {"width": 1440, "height": 900}, **options}
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(8000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda message: note_fault(message, errors))
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()
    assert errors == []


def note_fault(message, errors):
    """What the browser itself complains of in a page: the policy, an attribute. A status is the test's business."""
    # The pages of the API are drawn by Swagger's own script.
    own = not message.location["url"].endswith((".js", "/api/docs/"))
    own = own and not message.text.startswith("Failed to load resource")
    if own and message.type in {"error", "warning"}:
        errors.append(f"{message.page.url if message.page else ''}: {message.text}")


@pytest.fixture
def page(open_context):
    return open_context().new_page()


@pytest.fixture
def study(transactional_db):
    return make_study(slug="tasks", prompts=8, session_length=40, reveal="at_close")


@pytest.fixture
def revealing_study(transactional_db):
    return make_study(slug="tasks", prompts=8, session_length=40, reveal="after_vote", undo_seconds=30)


def begin(page, slug="tasks"):
    """Read the terms, agree, and stand before the first battle."""
    page.goto(f"/studies/{slug}/")
    page.check("input[name=agree]")
    page.click("text=Agree and start rating")
    page.wait_for_selector("form.battle .vote-choices")
    # Scripts are deferred: keys work once the page has loaded.
    page.wait_for_load_state("load")
