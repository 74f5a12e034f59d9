"""The board in a real browser: with and without JavaScript, by keyboard, in both themes, on paper."""

import re
from datetime import timedelta

import pytest

from tests.e2e.walks import WAIT, open_looks, walk
from tests.part_studies import LATER, cast_votes, make_part_study, publish

BOARD = "/leaderboards/parts/"


@pytest.fixture
def board(transactional_db):
    """Three snapshots, of which the first is returned: 80, 120 and 160 votes."""
    return publish_three(minimum_votes=80)


def publish_three(*, minimum_votes):
    study = make_part_study(minimum_votes=minimum_votes)
    cast_votes(study, 80)
    first = publish(study)
    for turn, start in enumerate((80, 120), start=1):
        cast_votes(study, 40, start=start)
        publish(study, now=LATER + timedelta(hours=2 * turn))
    return first


@pytest.fixture
def page(open_context):
    """With the patience of the walks: the first board of a process compiles what it computes with."""
    page = open_context().new_page()
    page.set_default_timeout(WAIT)
    return page


def read_selection(page):
    return page.inner_text("#board-selection")


def test_every_kind_of_board_in_both_looks(open_context, board):
    addresses = [
        BOARD,
        f"{BOARD}?category=code&style=on&ties=out&sort=-model",
        f"{BOARD}?method=elo",
        f"{BOARD}?language=fr",
        f"{BOARD}snapshots/{board.result_digest[:16]}/",
    ]
    for page in open_looks(open_context):
        walk(page, addresses)


def test_without_javascript_a_button_applies_the_choice(open_context, board):
    page = open_context(java_script_enabled=False).new_page()
    page.goto(BOARD)
    assert page.locator(".leaderboard tbody tr").count() == 3
    for row in page.locator(".leaderboard tbody tr").all():
        assert "–" in row.locator(".score small").inner_text()
    page.select_option("#category", "code")
    page.check("#style-on", force=True)
    page.click("form.filters button")
    assert "category=code" in page.url
    assert "style=on" in page.url
    assert read_selection(page).startswith("Category “code”, all languages, style control on")
    assert page.locator(".leaderboard tbody tr").count() == 3
    page.click("text=Votes >> nth=0")
    assert "category=code" in page.url


def test_a_choice_shows_at_once_and_keeps_the_place(page, board):
    page.goto(f"{BOARD}?sort=-model")
    page.evaluate("window.stayed = true")
    page.focus("#ties-half")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(lambda address: "ties=davidson" in address)
    assert "ties have a parameter of their own" in read_selection(page)
    assert page.evaluate("document.activeElement.id") == "ties-davidson"
    assert page.evaluate("window.stayed")
    assert page.url.endswith("?ties=davidson&sort=-model")

    page.select_option("#language", "en")
    page.wait_for_url(lambda address: "language=en" in address)
    assert page.inner_text(".summary-sentence").startswith("On prompts in English,")
    assert (
        page.locator("input[name=next]").first.input_value().endswith("language=en&ties=davidson&sort=-model")
    )

    page.go_back()
    page.wait_for_selector("#board-selection:has-text('All categories, all languages')")
    assert page.url.endswith("?ties=davidson&sort=-model")


def test_a_choice_that_can_not_be_shown_leads_to_its_own_page(page, board):
    page.goto(BOARD)
    page.evaluate("document.querySelector('#ties-out').value = 'third'")
    page.check("#ties-third, #ties-out", force=True)
    page.wait_for_selector("text=Choose again on the leaderboard.")


def test_the_command_can_be_copied_after_a_choice(page, board):
    page.goto(BOARD)
    page.check("#style-on", force=True)
    page.wait_for_url(lambda address: "style=on" in address)
    commands = page.locator(".provenance .command")
    assert commands.locator("button").count() == commands.count()


def test_on_paper(page, board):
    """The board with its filters in words and its snapshot, and nothing to press."""
    page.goto(f"{BOARD}?style=on")
    page.emulate_media(media="print")
    for gone in (
        ".filters",
        ".page-nav",
        ".site-header nav",
        ".site-footer",
        "text=Start rating",
        "text=Copy",
    ):
        for item in page.locator(gone).all():
            assert not item.is_visible(), gone
    assert page.locator(".leaderboard tbody tr").count() == 3
    assert "style control on" in read_selection(page)
    printed = page.locator(".provenance .print-only").inner_text()
    assert "Printed from http://localhost" in printed
    assert "style=on, snapshot" in printed
    assert page.locator(".page-title h1").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_trend_has_a_name_for_who_does_not_see_it(page, board):
    page.goto(BOARD)
    names = [item.get_attribute("aria-label") for item in page.locator(".trend-cell svg").all()]
    assert len(names) == 3
    points = r"[\d,]+ \([\d,]+–[\d,]+\)"
    assert all(re.fullmatch(f"Since 1 March 2026 from {points} to {points}", name) for name in names)
    page.goto(f"{BOARD}?style=on")
    assert page.locator(".trend-cell").count() == 0


@pytest.mark.usefixtures("transactional_db")
def test_too_few_votes_have_no_trend(page):
    """Two of the three snapshots have as many as a result needs."""
    publish_three(minimum_votes=120)
    page.goto(BOARD)
    assert page.locator(".leaderboard tbody tr").count() == 3
    assert page.locator(".trend-cell").count() == 0
