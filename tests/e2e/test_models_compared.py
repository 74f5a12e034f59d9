"""The pages of models in a real browser: without a script, at the width of a small phone, and by axe's rules."""

import pytest

from tests.e2e.walks import open_looks, walk
from tests.web.boards import make_ranked_study

RESULTS = ((0, 1, 12, 8), (0, 2, 14, 6), (1, 2, 13, 7))
PAGES = (
    "models/alpha/",
    "compare/",
    "compare/?model=alpha&rival=alpha",
    "compare/alpha/gamma/",
    "compare/alpha/gamma/battles/",
    "exposure/",
)


@pytest.fixture
def readable(transactional_db, settings):
    return make_ranked_study(
        columns_root=settings.COLUMNS_ROOT,
        slug="letters",
        results=RESULTS,
        raters=10,
        origin="simulated",
        simulated=True,
    )


@pytest.mark.usefixtures("readable")
def test_axe_and_a_small_phone_find_nothing(open_context):
    for page in open_looks(open_context):
        walk(page, [f"/leaderboards/letters/{address}" for address in PAGES])


@pytest.mark.usefixtures("readable")
def test_two_models_are_compared_without_a_script(open_context):
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/leaderboards/letters/")
    page.click("nav >> text=Models compared")
    page.select_option("#model", "alpha")
    page.select_option("#rival", "gamma")
    page.click("text=Compare the two")
    assert page.inner_text("h1") == "Alpha against Gamma"
    page.click("text=Read the prompts")
    assert page.locator(".read-battle").count() == 1
    assert "Answer 0 to question" in page.inner_text(".read-response:has(h3:text('Alpha'))")
