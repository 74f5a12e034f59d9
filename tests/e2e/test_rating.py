"""A rater at a desk and on a phone, with and without JavaScript."""

import re

import pytest

from evaluations.models import Battle, Skip, Vote, VoteEnding
from tests.e2e.conftest import begin
from tests.factories import make_study

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def outcomes():
    return [vote.outcome for vote in Vote.objects.order_by("pk")]


def wait_until(page, expression):
    """Poll from outside: the page's own policy forbids evaluating text in it."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")


def test_a_session_by_keyboard(page, study):
    begin(page)
    for key, count in [("1", 1), ("2", 2), ("3", 3), ("4", 4)]:
        page.keyboard.press(f"Digit{key}")
        page.wait_for_selector(f"text=Vote {count} recorded")
    page.keyboard.press("KeyS")
    page.wait_for_selector(".recorded-strip", state="detached")

    assert outcomes() == ["left", "tie", "both_bad", "right"]
    assert Skip.objects.count() == 1


def test_keys_can_be_turned_off(page, study):
    page.goto("/studies/tasks/")
    page.check("input[name=agree]")
    page.uncheck("input[name=uses_keys]")
    page.click("text=Agree and start rating")
    page.wait_for_selector(".vote-choices")
    page.keyboard.press("Digit1")
    page.click("text=Tie")
    page.wait_for_selector("text=Vote 1 recorded")

    assert outcomes() == ["tie"]


def note_requests(page):
    """What the page asks for from now on. The tab's icon is the browser's own business."""
    requests = []
    page.on(
        "request",
        lambda request: request.url.endswith(".svg") or requests.append((request.method, request.url)),
    )
    return requests


def test_a_vote_is_one_round_trip(page, study):
    """From the second pair on the first was fetched for, each vote asks once and is not waited for."""
    begin(page)
    page.wait_for_load_state("networkidle")
    requests = note_requests(page)
    for count in range(1, 5):
        page.keyboard.press("Digit1")
        page.wait_for_selector(f"text=Vote {count} recorded")
        page.wait_for_load_state("networkidle")

    assert [method for method, _url in requests] == ["POST"] * 4, requests


def test_the_next_pair_is_there_before_the_server_has_answered(page, study):
    begin(page)
    page.wait_for_load_state("networkidle")
    requests, unanswered = note_requests(page), []
    page.route("**/vote/", lambda route: unanswered.append(route))
    page.keyboard.press("Digit1")
    page.wait_for_selector("h1:has-text('Comparison 2')", state="attached")
    page.wait_for_selector("text=Sending your vote: A is better.")

    assert [method for method, _url in requests] == ["POST"]
    assert len(unanswered) == 1
    assert Vote.objects.count() == 0
    assert page.locator("text=recorded").count() == 0
    assert page.locator(".undo").count() == 0
    unanswered[0].continue_()
    page.wait_for_selector("text=Vote 1 recorded: A is better.")
    assert page.inner_text("#announcement") == "Vote 1 recorded: A is better."
    assert page.locator("h1:has-text('Comparison 2')").count() == 1


def test_where_names_are_shown_the_next_pair_is_there_all_the_same(page, revealing_study):
    begin(page)
    page.keyboard.press("Digit1")
    page.wait_for_selector("h1:has-text('Your vote is recorded')")
    page.keyboard.press("KeyV")
    page.wait_for_selector(".reveal-card")
    page.wait_for_load_state("networkidle")
    requests = note_requests(page)
    page.route("**/*", lambda route: route.abort())
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Comparison 2')", state="attached")

    assert page.url.endswith("/studies/tasks/rate/")
    # What is asked for is the pair after it.
    assert [url.rpartition("/battles/")[2][-6:] for _method, url in requests] == ["/next/"]


def test_closing_the_tab_leaves_two_leases_and_no_more(open_context, study):
    context = open_context()
    page = context.new_page()
    begin(page)
    for _ in range(3):
        page.wait_for_load_state("networkidle")
        page.close()
        page = context.new_page()
        page.goto("/studies/tasks/rate/")
    page.wait_for_load_state("networkidle")

    assert Battle.objects.count() == 2


def test_undo_from_the_strip_brings_the_battle_back(page, study):
    begin(page)
    first = Battle.objects.get(number=1)
    page.click("button[value=left]")
    page.click(".recorded-strip button")
    page.wait_for_selector(f'form[action*="{first.token}"] input[name=revision][value="1"]', state="attached")
    # What a screen reader hears: the title has the focus, and nothing says any more that the vote is recorded.
    assert page.inner_text("h1:focus").startswith("Comparison 1 of 40. Your vote was taken back.")
    assert page.inner_text("#announcement") == ""
    page.wait_for_load_state("networkidle")
    page.click("button[value=right]")
    page.wait_for_selector("text=Vote 1 recorded: B is better.")

    assert outcomes() == ["left", "right"]
    assert VoteEnding.objects.get().ending == "undone"
    assert page.locator("h1:has-text('Comparison 2')").count() == 1
    assert page.url.endswith("/studies/tasks/rate/")
    # The one that was on screen meanwhile waited for its turn.
    assert page.get_attribute("form.battle", "data-battle") == Battle.objects.get(number=2).token


def test_undo_and_a_reload_bring_back_what_was_said(page, study):
    begin(page)
    page.keyboard.press("KeyR")
    page.fill("#comment", "B adds badly.")
    page.click("button[value=left]")
    page.click(".recorded-strip button")
    page.wait_for_selector("input[name=revision][value='1']", state="attached")
    page.goto("/studies/tasks/rate/")
    assert page.input_value("#comment") == "B adds badly."
    page.click("button[value=right]")
    page.wait_for_selector("text=Vote 1 recorded: B is better.")

    assert outcomes() == ["left", "right"]


def test_the_strip_goes_when_the_time_has_passed(page, transactional_db):
    make_study(slug="tasks", undo_seconds=2)
    begin(page)
    page.click("button[value=left]")
    page.wait_for_selector(".recorded-strip .undo")
    top = page.evaluate("document.querySelector('.page-battle').getBoundingClientRect().top")
    page.wait_for_selector(".recorded-strip", state="detached")

    # Nothing moves under the reader's eyes.
    assert page.evaluate("document.querySelector('.page-battle').getBoundingClientRect().top") == top


def test_recorded_then_names_then_next(page, revealing_study):
    begin(page)
    battle = Battle.objects.select_related("left__model", "right__model").get(number=1)
    names = [battle.left.model.name, battle.right.model.name]
    assert not any(name in page.content() for name in names)
    page.keyboard.press("Digit1")
    page.wait_for_selector("h1:has-text('Your vote is recorded')")
    assert not any(name in page.content() for name in names)
    page.keyboard.press("KeyV")
    page.wait_for_selector(f"h1:has-text('{names[0]}')")
    assert page.locator(".undo").count() == 0
    page.keyboard.press("Enter")
    page.wait_for_selector(".vote-choices")

    assert VoteEnding.objects.get().ending == "revealed"
    assert page.url.endswith("/studies/tasks/rate/")


def test_undo_before_the_names(page, revealing_study):
    begin(page)
    page.keyboard.press("Digit1")
    page.wait_for_selector(".undo")
    page.keyboard.press("KeyU")
    page.wait_for_selector("input[name=revision][value='1']", state="attached")
    page.keyboard.press("Digit4")
    page.wait_for_selector("h1:has-text('Your vote is recorded')")

    assert outcomes() == ["left", "right"]


def test_a_double_click_is_one_vote(page, study):
    begin(page)
    page.wait_for_load_state("networkidle")
    page.dblclick("button[value=left]")
    page.wait_for_selector("text=Vote 1 recorded")
    page.wait_for_load_state("networkidle")

    assert outcomes() == ["left"]
    assert page.locator("h1:has-text('Comparison 2')").count() == 1


def test_a_key_pressed_twice_is_one_vote(page, study):
    begin(page)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Digit1")
    page.keyboard.press("Digit1")
    page.wait_for_selector("text=Vote 1 recorded")
    page.wait_for_load_state("networkidle")

    assert outcomes() == ["left"]


def test_keys_can_be_turned_off_and_on_without_losing_the_place(page, study):
    begin(page)
    page.keyboard.press("KeyR")
    page.fill("#comment", "Half a sentence")
    page.click("text=Turn keys off")
    page.focus("text=Turn keys on")
    page.keyboard.press("Digit1")
    page.wait_for_load_state("networkidle")
    assert page.input_value("#comment") == "Half a sentence"
    assert outcomes() == []
    assert page.locator(".vote .key:visible").count() == 0
    page.reload()
    page.keyboard.press("Digit1")
    page.click("text=Turn keys on")
    page.keyboard.press("Digit2")
    page.wait_for_selector("text=Vote 1 recorded: tie.")

    assert outcomes() == ["tie"]


def test_without_javascript_no_key_is_promised(open_context, revealing_study):
    """Nor a clock that stands still."""
    page = open_context(java_script_enabled=False).new_page()
    begin(page)
    assert page.locator(".key, .keys-form").count() > 4
    assert not page.locator(".key:visible, .keys-form:visible").count()
    page.click("button[value=left]")
    assert page.locator("button.undo").inner_text() == "Undo"


def test_two_tabs_show_one_battle_and_make_one_vote(open_context, study):
    context = open_context()
    first, second = context.new_page(), context.new_page()
    begin(first)
    second.goto("/studies/tasks/rate/")
    first.click("button[value=left]")
    first.wait_for_selector("text=Vote 1 recorded")
    receipt = Vote.objects.get().receipt
    second.click("button[value=right]")
    second.wait_for_selector("text=your other answer was not counted")

    assert outcomes() == ["left"]
    assert receipt in second.content()


def test_the_back_button_makes_no_second_vote(open_context, study):
    page = open_context(java_script_enabled=False).new_page()
    begin(page)
    page.click("button[value=left]")
    receipt = Vote.objects.get().receipt
    page.go_back()

    assert "Comparison 2" in page.inner_text("h1")
    assert receipt in page.content()
    assert outcomes() == ["left"]


@pytest.mark.parametrize("reveal", ["at_close", "after_vote"])
def test_everything_works_without_javascript(open_context, transactional_db, reveal):
    make_study(slug="tasks", reveal=reveal, undo_seconds=60)
    page = open_context(java_script_enabled=False).new_page()
    begin(page)
    page.click("button[value=both_bad]")
    page.click("button.undo")
    page.click("button[value=tie]")
    if reveal == "after_vote":
        page.click("text=Show the models")
        assert page.locator(".reveal-card").count() == 2
        page.click("text=Next comparison")
    page.click("text=Skip >> nth=-1")

    assert outcomes() == ["both_bad", "tie"]
    assert Skip.objects.count() == 1


def test_on_a_phone_one_response_at_a_time(open_context, study):
    page = open_context(**PHONE).new_page()
    begin(page)
    page.tap(".side-switch [data-side=b]")
    page.wait_for_selector(".side-switch [data-side=b][aria-current=true]")
    wait_until(page, "Math.abs(document.querySelector('#response-b').getBoundingClientRect().left) < 2")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.tap("button[value=right]")
    page.wait_for_selector("text=Vote 1 recorded")

    assert outcomes() == ["right"]


def test_no_asset_or_address_depends_on_the_models(page, study):
    """Every request of the rating page, with the names of nobody in it."""
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    begin(page)
    battle = Battle.objects.select_related("left__model", "right__model").get(number=1)
    page.click("button[value=left]")
    page.wait_for_selector("text=Vote 1 recorded")
    slugs = [battle.left.model.slug, battle.right.model.slug]

    assert len(requests) > 3
    assert not [url for url in requests if any(slug in url for slug in slugs)]
    assert all(re.match(r"http://localhost:\d+/", url) for url in requests)


@pytest.fixture
def reasons_study(transactional_db):
    return make_study(slug="tasks", prompts=8, reveal="at_close", reason_tags=["clear", "wrong"])


def test_a_reason_given_by_keyboard_reaches_the_vote_with_the_time(page, reasons_study):
    begin(page)
    page.wait_for_timeout(300)
    page.keyboard.press("KeyR")
    page.wait_for_selector("#reasons[open]")
    for key in ("Tab", "Space", "Enter", "Tab", "Tab", "Tab", "Space", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("1 is wrong")
    page.wait_for_timeout(300)
    # Enter in a check box neither votes nor skips, and a digit in the comment is a digit.
    assert Vote.objects.count() == Skip.objects.count() == 0
    page.focus(".vote-actions a")
    page.keyboard.press("Digit2")
    page.wait_for_selector("text=Vote 1 recorded")

    cast = Vote.objects.get()
    assert cast.outcome == "tie"
    assert cast.reasons == {"left": ["clear"], "right": ["wrong"]}
    assert cast.comment == "1 is wrong"
    assert 300 <= cast.active_ms < 60_000
    assert page.locator("#reasons[open]").count() == 0


def test_the_time_starts_anew_with_each_battle(page, study):
    begin(page)
    page.wait_for_timeout(1500)
    page.keyboard.press("Digit1")
    page.wait_for_selector("text=Vote 1 recorded")
    page.keyboard.press("Digit1")
    page.wait_for_selector("text=Vote 2 recorded")
    first, second = Vote.objects.order_by("pk").values_list("active_ms", flat=True)

    assert 0 < second < 1500 <= first


def test_time_away_is_not_time_at_work(page, study):
    page.clock.install()
    begin(page)
    page.clock.run_for(10_000)
    page.mouse.move(300, 300)
    page.clock.run_for(600_000)
    page.keyboard.press("Digit1")
    page.wait_for_selector("text=Vote 1 recorded")

    assert 40_000 <= Vote.objects.get().active_ms < 60_000


def test_reasons_without_javascript(open_context, reasons_study):
    page = open_context(java_script_enabled=False).new_page()
    begin(page)
    page.click("#reasons summary")
    page.check("input[name=reasons_left][value=clear]")
    page.press("input[name=reasons_left][value=clear]", "Enter")
    page.wait_for_timeout(300)
    page.fill("#comment", "A says how.")
    page.click("button[value=left]")
    page.wait_for_selector("text=Vote 1 recorded")

    cast = Vote.objects.get()
    assert cast.reasons == {"left": ["clear"], "right": []}
    assert (cast.comment, cast.active_ms) == ("A says how.", None)
    assert not Skip.objects.exists()


def test_reasons_on_a_narrow_phone(open_context, reasons_study):
    page = open_context(viewport={"width": 320, "height": 700}, has_touch=True, is_mobile=True).new_page()
    begin(page)
    page.tap("#reasons summary")
    page.tap("label:has(input[name=reasons_right][value=wrong])")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.tap("button[value=left]")
    page.wait_for_selector("text=Vote 1 recorded")

    assert Vote.objects.get().reasons == {"left": [], "right": ["wrong"]}
