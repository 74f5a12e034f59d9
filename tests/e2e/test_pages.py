"""Every page, in both themes and both languages: nothing serious for axe, nothing wider than a small phone."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from evaluations.ledger import seal_all
from evaluations.simulation import simulate_votes
from evaluations.snapshots import refresh_leaderboard
from tests.e2e.conftest import begin
from tests.e2e.walks import check_page, open_looks
from tests.factories import make_study

PUBLIC = [
    "/",
    "/studies/",
    "/studies/tasks/",
    "/leaderboards/",
    "/leaderboards/tasks/",
    "/method/",
    "/data/",
    "/privacy/",
    "/accessibility/",
    "/manage/sign-in/",
    "/nowhere/",
]


@pytest.fixture
def board(transactional_db):
    study = make_study(slug="tasks", prompts=8, simulated=True, reveal="after_vote", undo_seconds=60)
    now = timezone.now() - timedelta(days=1)
    strengths = {"alpha": 0.5, "beta": 0.0, "gamma": -0.5}
    simulate_votes(study=study, strengths=strengths, raters=12, votes_each=12, seed=1, now=now)
    seal_all(now=timezone.now())
    board = study.leaderboards.get()
    return refresh_leaderboard(leaderboard=board, columns_root=settings.COLUMNS_ROOT, now=timezone.now())


def test_public_pages(open_context, board):
    for page in open_looks(open_context):
        for address in PUBLIC:
            page.goto(address)
            check_page(page)


def test_every_state_of_rating(open_context, board):
    for page in open_looks(open_context):
        page.goto("/studies/tasks/")
        page.check("input[name=agree]")
        page.click("form.consent button")
        page.wait_for_selector("form.battle .vote-choices")
        check_page(page)
        page.click("button[value=left]")
        page.wait_for_selector("[data-code=KeyV]")
        check_page(page)
        page.click("[data-code=KeyV]")
        page.wait_for_selector(".reveal-card")
        check_page(page)


def test_the_board_can_be_read_without_javascript(open_context, board):
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/leaderboards/tasks/")

    assert page.locator(".leaderboard tbody tr").count() == 3
    assert "simulated" in page.inner_text("body").lower()
    for row in page.locator(".leaderboard tbody tr").all():
        assert "–" in row.locator(".score small").inner_text()


def test_the_theme_stays_and_works_without_javascript(open_context, board):
    page = open_context(java_script_enabled=False, color_scheme="light").new_page()
    page.goto("/")
    page.locator(".theme-button:visible").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.goto("/leaderboards/")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_api_documents_itself(page, board):
    page.goto("/api/docs/")
    page.wait_for_selector("text=/api/v1/leaderboards/{slug}/")


def test_the_language_can_be_switched(page, board):
    page.goto("/leaderboards/tasks/")
    page.click("text=Français")
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.url.endswith("/leaderboards/tasks/")


def test_a_whole_session_without_a_mouse(page, board):
    """Only the keyboard: through the terms to the first vote."""
    page.goto("/studies/tasks/")
    page.focus("input[name=agree]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector("form.battle .vote-choices")
    page.wait_for_load_state("load")
    page.keyboard.press("Tab")
    page.keyboard.press("Digit4")
    page.wait_for_selector("[data-code=KeyV]")


def test_beginning_is_three_steps_from_home(page, board):
    page.goto("/")
    page.click("text=Start rating")
    if not page.url.endswith("/studies/tasks/"):
        page.click("text=Rate")
    begin(page)
