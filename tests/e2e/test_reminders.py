"""Reminders and the pause in a real browser: a hasty rater, a keyboard, no JavaScript, a small phone by night."""

import re
from datetime import timedelta

import pytest

from evaluations.models import Battle, Reminder, Vote
from tests.e2e.conftest import begin
from tests.e2e.walks import check_page, open_looks
from tests.factories import make_study

TITLE = "There is no hurry"


@pytest.fixture
def study(transactional_db):
    return make_study(slug="tasks", prompts=12, session_length=24, reveal="at_close", undo_seconds=60)


def vote_quickly(page, key):
    """Once the pair is there, at once; then what comes next."""
    page.wait_for_selector(".vote-choices")
    before = page.inner_text("h1")
    page.keyboard.press(f"Digit{key}")
    wait_for_change(page, before)
    page.wait_for_load_state("networkidle")
    # A press right after another is taken for its second half.
    page.wait_for_timeout(500)


def wait_for_change(page, before):
    """Poll from outside: the page's own policy forbids evaluating text in it."""
    for _ in range(160):
        if page.inner_text("h1") != before:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"still {before}")


def has_reminder(page):
    return page.locator("[action*='/reminders/']").count() == 1


def test_a_hasty_rater_is_reminded_twice_in_a_session(page, study):
    begin(page)
    told = []
    for number in range(24):
        vote_quickly(page, 1 + 3 * (number % 2))
        if has_reminder(page):
            told.append(Vote.objects.count())
            # Keys of the vote do nothing here; only Enter goes on.
            page.keyboard.press("Digit1")
            assert page.inner_text("h1") == TITLE
            page.keyboard.press("Enter")
            wait_for_change(page, TITLE)

    assert len(told) == 2
    assert told[0] >= 5
    assert told[1] - told[0] >= 5
    assert "You have rated all 24" in page.inner_text("h1")
    assert Vote.objects.count() == Battle.objects.count() == 24
    assert [kind for kind, seen in Reminder.objects.values_list("kind", "seen_at") if seen] == ["fast"] * 2


@pytest.mark.parametrize("reveal", ["at_close", "after_vote"])
def test_without_javascript(open_context, transactional_db, reveal):
    make_study(slug="tasks", prompts=12, session_length=24, reveal=reveal)
    page = open_context(java_script_enabled=False).new_page()
    begin(page)
    for number in range(5):
        page.click(f"button[value={['left', 'right'][number % 2]}]")
        if reveal == "after_vote":
            page.click("text=Next comparison")
    assert page.inner_text("h1") == TITLE
    page.reload()
    assert page.inner_text("h1") == TITLE
    page.click("text=Go on")
    assert page.locator(".vote-choices").count() == 1
    page.go_back()
    if has_reminder(page):
        page.click("text=Go on")

    assert page.locator(".vote-choices").count() == 1
    assert Reminder.objects.get().seen_at is not None


def test_the_pause_and_back_to_the_same_comparison(page, study):
    begin(page)
    token = Battle.objects.get(number=1).token
    page.click(".session-progress >> text=Pause")
    assert page.inner_text("h1") == "Paused. 0 of 24 done."
    page.click("text=Français")
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.url.endswith("/studies/tasks/pause/")
    page.click(".button-primary")

    page.wait_for_selector(f"form[action*='{token}']", state="attached")


def test_every_look_of_reminder_pause_and_end(open_context, study):
    for page in open_looks(open_context):
        page.goto("/studies/tasks/")
        page.check("input[name=agree]")
        page.click("form.consent button[type=submit]:not([name])")
        page.wait_for_selector(".vote-choices")
        battle = Battle.objects.order_by("-pk").first()
        for kind, number in [("fast", 1), ("one_side", 1), ("checks", 1), ("checks", 2)]:
            Reminder.objects.filter(rater=battle.rater).delete()
            for place in range(1, number + 1):
                Reminder.objects.create(
                    study=study,
                    rater=battle.rater,
                    number=place,
                    kind=kind,
                    made_at=battle.created_at,
                    seen_at=battle.created_at if place < number else None,
                )
            page.goto("/studies/tasks/rate/")
            assert has_reminder(page)
            check_page(page)
        page.goto("/studies/tasks/pause/")
        check_page(page)
        Battle.objects.filter(rater=battle.rater).update(expires_at=battle.created_at - timedelta(days=1))
        page.goto("/studies/tasks/pause/")
        check_page(page)
        assert not re.search(r"\bhour|\bheure", page.inner_text("main"))
