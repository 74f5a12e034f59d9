"""Never lost: a vote that can't be delivered is kept, said in words, sent again, and taken once."""

import re

import pytest
from django.utils import timezone

from evaluations.models import Battle, Skip, Vote, VoteEnding
from evaluations.studies import close_study
from tests.e2e.conftest import begin
from tests.factories import make_study

KEPT = "Object.keys(localStorage).filter(key => key.startsWith('arena-vote')).length"


def outcomes():
    return [vote.outcome for vote in Vote.objects.order_by("battle__number", "revision")]


def stand_ready(page):
    """Before the first pair, with the second one held ready."""
    begin(page)
    page.wait_for_load_state("networkidle")


def break_votes(page, answer):
    """From now on, what happens to a vote. Returns how often it did."""
    calls = []

    def handle(route):
        calls.append(route.request.url)
        answer(route)

    page.route("**/vote/", handle)
    return calls


def notice(page):
    page.wait_for_selector("#connection-notice:not([hidden])")
    return " ".join(page.inner_text("#connection-notice").split())


def wait_for_silence(page):
    """Nothing is kept and the page says so by saying nothing."""
    page.wait_for_selector("#connection-notice", state="hidden")
    for _ in range(100):
        if page.evaluate(KEPT) == 0:
            return
        page.wait_for_timeout(50)
    raise AssertionError("a vote is still kept")


def test_offline_the_rater_goes_on_and_both_votes_arrive_in_order(page, study):
    stand_ready(page)
    page.context.set_offline(True)
    page.keyboard.press("Digit1")
    page.wait_for_selector("h1:has-text('Comparison 2')", state="attached")
    assert notice(page) == "You are offline. Your vote is kept and will be sent."
    page.wait_for_selector("text=Kept, not sent yet: A is better.")
    assert page.locator("text=recorded").count() == 0

    page.keyboard.press("Digit4")
    page.wait_for_selector("text=Your 2 votes are kept")
    assert notice(page) == (
        "You are offline. Your 2 votes are kept and will be sent. The next comparison comes then."
    )
    assert page.locator("button[data-chosen]").inner_text().startswith("B is better")
    # What is voted waits: no other answer, no skip.
    page.keyboard.press("Digit2")
    page.keyboard.press("KeyS")
    assert Vote.objects.count() == 0
    assert page.evaluate(KEPT) == 2

    sent = break_votes(page, lambda route: route.continue_())
    page.context.set_offline(False)
    page.wait_for_selector("text=Vote 2 recorded: B is better.")
    wait_for_silence(page)

    assert outcomes() == ["left", "right"]
    assert not Skip.objects.exists()
    tokens = [battle.token for battle in Battle.objects.order_by("number")[:2]]
    assert [re.search("battles/(.+)/vote", url)[1] for url in sent] == tokens
    assert page.locator("h1:has-text('Comparison 3')").count() == 1


def test_a_server_that_answers_badly_is_asked_again(page, study):
    stand_ready(page)
    bad = iter([502, 429, 503])
    calls = break_votes(
        page,
        lambda route: route.fulfill(status=status) if (status := next(bad, None)) else route.continue_(),
    )
    page.keyboard.press("Digit1")
    assert notice(page) == "The server did not answer. Your vote is kept and will be sent."
    page.wait_for_selector("text=Vote 1 recorded: A is better.", timeout=20_000)
    wait_for_silence(page)

    assert len(calls) == 4
    assert outcomes() == ["left"]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 200, "body": "<h1>Sign in to the hotel's network</h1>", "content_type": "text/html"},
        {"status": 404, "body": "no such upstream"},
        {"status": 204},
    ],
)
def test_only_the_server_itself_can_say_that_a_vote_is_in(page, study, answer):
    stand_ready(page)
    answers = iter([answer])
    break_votes(
        page, lambda route: route.fulfill(**found) if (found := next(answers, None)) else route.continue_()
    )
    page.keyboard.press("Digit1")
    assert "is kept and will be sent" in notice(page)
    assert page.locator("text=hotel").count() == 0
    page.wait_for_selector("text=Vote 1 recorded: A is better.")

    assert outcomes() == ["left"]


def test_a_slow_server_is_said_in_words_and_given_up_after_a_while(page, study):
    stand_ready(page)
    unanswered = []
    break_votes(page, lambda route: unanswered.append(route))
    page.evaluate("htmx.config.timeout = 5500")
    page.keyboard.press("Digit1")
    page.wait_for_selector("text=Sending your vote: A is better.")
    assert "is kept and will be sent" in notice(page)
    assert len(unanswered) == 1
    page.unroute("**/vote/")
    page.wait_for_selector("text=Vote 1 recorded: A is better.")
    wait_for_silence(page)

    assert outcomes() == ["left"]


def test_a_reload_while_a_vote_is_kept_sends_it(page, study):
    stand_ready(page)
    break_votes(page, lambda route: route.fulfill(status=502))
    page.keyboard.press("Digit3")
    notice(page)
    page.reload()
    page.wait_for_selector("#connection-notice:not([hidden])")
    # The same pair, answered: it isn't asked for again, and the rater goes on.
    page.wait_for_selector("h1:has-text('Comparison 2')", state="attached")
    assert page.evaluate(KEPT) == 1
    page.unroute("**/vote/")
    page.wait_for_selector("text=Vote 1 recorded: both bad.", timeout=20_000)
    wait_for_silence(page)

    assert outcomes() == ["both_bad"]


def keep_two_votes(page):
    """Cast while the server answers badly, as it does until told otherwise."""
    break_votes(page, lambda route: route.fulfill(status=502))
    page.keyboard.press("Digit1")
    page.wait_for_selector("h1:has-text('Comparison 2')", state="attached")
    page.keyboard.press("Digit4")
    page.wait_for_selector("text=Your 2 votes are kept")


@pytest.mark.parametrize(
    "address", ["/studies/tasks/pause/", "/studies/tasks/mine/", "/mine/", "/mine/withdraw/"]
)
def test_what_is_kept_is_sent_from_the_pages_beside_too(page, study, address):
    stand_ready(page)
    keep_two_votes(page)
    shown = Battle.objects.count()
    page.goto(address)
    assert notice(page) == "The server did not answer. Your 2 votes are kept and will be sent."
    page.unroute("**/vote/")
    page.wait_for_selector("text=Your 2 votes, which this browser had kept, are recorded.", timeout=20_000)

    assert outcomes() == ["left", "right"]
    assert page.evaluate(KEPT) == 0
    # Nothing new was given out, which would have waited for nobody.
    assert Battle.objects.count() == shown
    page.click("text=Load the page again")
    page.wait_for_load_state("load")
    assert page.locator("#connection-notice:not([hidden])").count() == 0


def test_a_refusal_on_a_page_beside_says_why_and_shows_what_was_written(page, study):
    stand_ready(page)
    break_votes(page, lambda route: route.fulfill(status=502))
    page.keyboard.press("KeyR")
    page.fill("#comment", "Only here.")
    page.click("button[value=left]")
    notice(page)
    close_study(study=study, now=timezone.now())
    page.unroute("**/vote/")
    page.goto("/studies/tasks/mine/")
    page.wait_for_selector(".refusal:has-text('has closed')")

    assert page.input_value(".refusal textarea") == "Only here."
    assert page.evaluate(KEPT) == 0
    page.click(".refusal button")
    assert page.locator(".refusal").count() == 0
    assert outcomes() == []


def test_closing_the_browser_loses_nothing(open_context, study, tmp_path):
    context = open_context()
    page = context.new_page()
    stand_ready(page)
    page.keyboard.press("KeyR")
    page.fill("#comment", "Only here.")
    page.context.set_offline(True)
    page.click("button[value=right]")
    notice(page)
    page.close()
    context.set_offline(False)
    assert Vote.objects.count() == 0
    # Another browser, with what the first one left on the disk.
    state = context.storage_state()
    again = open_context(storage_state=state).new_page()
    again.goto("/studies/tasks/rate/")
    again.wait_for_selector("text=Vote 1 recorded: B is better.")
    wait_for_silence(again)

    assert outcomes() == ["right"]
    assert Vote.objects.get().comment == "Only here."


def test_what_is_kept_is_private_words_and_no_token_and_only_until_it_is_delivered(page, study):
    stand_ready(page)
    page.keyboard.press("KeyR")
    page.fill("#comment", "Only here.")
    page.context.set_offline(True)
    page.click("button[value=left]")
    notice(page)
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "Only here." in kept
    assert "csrf" not in kept
    page.context.set_offline(False)
    page.wait_for_selector("text=Vote 1 recorded")
    wait_for_silence(page)

    assert page.evaluate("JSON.stringify(localStorage)") == "{}"


def test_an_answer_that_is_lost_on_the_way_costs_no_second_vote(page, study):
    stand_ready(page)
    receipts = []

    def lose(route):
        response = route.fetch()
        receipts.append(response.headers["x-vote-receipt"])
        if len(receipts) == 1:
            route.abort()
        else:
            route.fulfill(response=response)

    break_votes(page, lose)
    page.keyboard.press("Digit1")
    notice(page)
    page.wait_for_selector("text=Vote 1 recorded: A is better.")

    assert outcomes() == ["left"]
    assert receipts == [Vote.objects.get().receipt] * 2
    assert page.inner_text(".recorded-strip .receipt-code") == receipts[0]


def pass_over(number):
    """In another tab."""
    Skip.objects.create(battle=Battle.objects.get(number=number), made_at=timezone.now())


def test_a_vote_that_is_sent_after_the_lease_counts(page, study):
    stand_ready(page)
    page.context.set_offline(True)
    page.keyboard.press("Digit1")
    notice(page)
    Battle.objects.filter(number=1).update(expires_at="2020-01-01T00:00Z")
    page.context.set_offline(False)
    page.wait_for_selector("text=Vote 1 recorded: A is better.")
    wait_for_silence(page)

    assert outcomes() == ["left"]
    assert page.locator(".refusal").count() == 0


def test_a_vote_that_is_refused_says_why_and_shows_what_was_written(page, study):
    stand_ready(page)
    pass_over(1)
    page.keyboard.press("KeyR")
    page.fill("#comment", "A long thought\nin two lines.")
    page.click("button[value=left]")
    page.wait_for_selector(".refusal:has-text('You skipped this comparison')")

    assert page.input_value(".refusal textarea") == "A long thought\nin two lines."
    assert page.locator("h1:has-text('Comparison 2')").count() == 1
    assert page.locator(".recorded-strip").count() == 0
    wait_for_silence(page)
    page.click("text=Close")
    assert page.locator(".refusal").count() == 0
    page.keyboard.press("Digit2")
    page.wait_for_selector("text=Vote 1 recorded: tie.")
    assert outcomes() == ["tie"]


def test_votes_that_come_after_the_close_are_named_and_no_pair_is_left_to_vote_on(page, study):
    stand_ready(page)
    page.context.set_offline(True)
    page.click("button[value=tie]")
    page.wait_for_selector("text=Your vote is kept")
    close_study(study=study, now=timezone.now())
    page.context.set_offline(False)
    page.wait_for_selector("h1:has-text('closed')")

    assert "Not taken: Tie. This study has closed" in page.inner_text(".refusal")
    assert page.locator("button[name=outcome]").count() == 0
    assert outcomes() == []


def test_where_nothing_is_held_a_refused_form_stays_as_it_is(page, transactional_db):
    make_study(slug="tasks", names=("alpha", "beta"), prompts=1)
    stand_ready(page)
    pass_over(1)
    page.keyboard.press("KeyR")
    page.fill("#comment", "A long thought.")
    page.click("button[value=left]")
    page.wait_for_selector(".refusal:has-text('You skipped this comparison')")

    assert page.input_value("#comment") == "A long thought."
    assert page.locator(".refusal textarea").count() == 0
    assert page.locator("button[data-chosen]").count() == 0
    page.click("text=Go on to the next comparison")
    page.wait_for_selector("h1")
    assert outcomes() == []


def test_a_refused_vote_holds_up_none_behind_it(page, study):
    stand_ready(page)
    page.context.set_offline(True)
    page.keyboard.press("Digit1")
    page.wait_for_selector("h1:has-text('Comparison 2')", state="attached")
    page.keyboard.press("Digit4")
    page.wait_for_selector("text=Your 2 votes are kept")
    pass_over(1)
    page.context.set_offline(False)
    page.wait_for_selector(".refusal")
    page.wait_for_selector("text=Vote 1 recorded: B is better.")

    assert outcomes() == ["right"]


def test_undo_after_a_late_delivery(page, study):
    stand_ready(page)
    page.context.set_offline(True)
    page.keyboard.press("Digit1")
    notice(page)
    page.context.set_offline(False)
    page.wait_for_selector(".recorded-strip .undo")
    page.keyboard.press("KeyU")
    page.wait_for_selector("h1:has-text('Comparison 1')", state="attached")
    page.keyboard.press("Digit4")
    page.wait_for_selector("text=Vote 1 recorded: B is better.")

    assert outcomes() == ["left", "right"]
    assert VoteEnding.objects.get().ending == "undone"


def test_two_tabs_that_send_the_same_vote_make_one(open_context, study):
    context = open_context()
    first, second = context.new_page(), context.new_page()
    stand_ready(first)
    second.goto("/studies/tasks/rate/")
    second.wait_for_load_state("networkidle")
    context.set_offline(True)
    for tab in (first, second):
        tab.bring_to_front()
        tab.keyboard.press("Digit1")
        tab.wait_for_selector("h1:has-text('Comparison 2')", state="attached")
    context.set_offline(False)
    for tab in (first, second):
        tab.wait_for_selector("#connection-notice", state="hidden")
        wait_for_silence(tab)

    assert outcomes() == ["left"]
    assert Battle.objects.count() <= 3


def test_a_vote_that_another_tab_delivered_leads_on(open_context, transactional_db):
    make_study(slug="tasks", names=("alpha", "beta"), prompts=2)
    context = open_context()
    page = context.new_page()
    stand_ready(page)
    context.set_offline(True)
    for count in (1, 2):
        page.keyboard.press("Digit1")
        page.wait_for_selector(f"[data-chosen], h1:has-text('Comparison {count + 1}')", state="attached")
    break_votes(page, lambda route: route.abort())
    context.set_offline(False)
    other = context.new_page()
    other.goto("/studies/tasks/rate/")
    page.wait_for_selector("text=You have rated all 2")

    assert outcomes() == ["left", "left"]


def test_a_late_answer_overwrites_nothing(page, study):
    stand_ready(page)
    waiting = []
    break_votes(page, waiting.append)
    page.keyboard.press("Digit1")
    page.wait_for_selector("h1:has-text('Comparison 2')", state="attached")
    page.keyboard.press("KeyR")
    page.fill("#comment", "Half a thought")
    waiting[0].continue_()
    page.wait_for_selector("text=Vote 1 recorded")

    assert page.input_value("#comment") == "Half a thought"
    assert page.locator("#reasons[open]").count() == 1


def test_a_skip_or_undo_that_fails_says_so_and_can_be_tried_again(page, study):
    stand_ready(page)
    page.route("**/skip/", lambda route: route.fulfill(status=502))
    page.keyboard.press("KeyS")
    assert "The server did not answer. Nothing is lost" in notice(page)
    page.unroute("**/skip/")
    page.context.set_offline(True)
    page.keyboard.press("KeyS")
    page.wait_for_selector("text=You are offline. This page is as you left it")
    page.context.set_offline(False)
    # The notice goes with the connection's return, before anything is sent.
    with page.expect_response("**/skip/"):
        page.keyboard.press("KeyS")
    page.wait_for_selector("#connection-notice", state="hidden")

    assert Skip.objects.count() == 1


def test_where_names_are_shown_a_kept_vote_keeps_nobody_waiting(page, revealing_study):
    stand_ready(page)
    page.context.set_offline(True)
    page.keyboard.press("Digit1")
    page.wait_for_selector("h1:has-text('Comparison 2')", state="attached")
    page.wait_for_selector("text=Kept, not sent yet: A is better.")
    page.context.set_offline(False)
    page.wait_for_selector("text=Vote 1 recorded: A is better.")
    page.click("text=Look at this vote")
    page.wait_for_selector("h1:has-text('Your vote is recorded')")
    page.keyboard.press("KeyV")
    page.wait_for_selector(".reveal-card")

    assert outcomes() == ["left"]


def test_a_vote_taken_back_in_another_tab_is_not_called_recorded(open_context, study):
    context = open_context()
    first, second = context.new_page(), context.new_page()
    stand_ready(first)
    second.goto("/studies/tasks/rate/")
    second.wait_for_load_state("networkidle")
    first.keyboard.press("Digit1")
    first.click(".recorded-strip .undo")
    first.wait_for_selector("input[name=revision][value='1']", state="attached")
    second.keyboard.press("Digit4")
    second.wait_for_selector("text=You took this vote back")
    second.click("text=Go back to it")
    second.wait_for_selector("input[name=revision][value='1']", state="attached")
    second.keyboard.press("Digit4")
    second.wait_for_selector("text=Vote 1 recorded: B is better.")

    assert outcomes() == ["left", "right"]


def answer_twice(open_context):
    """Two tabs on the same pair: the first says A, the second says B later. Returns the second."""
    context = open_context()
    first, second = context.new_page(), context.new_page()
    stand_ready(first)
    second.goto("/studies/tasks/rate/")
    second.wait_for_load_state("networkidle")
    first.keyboard.press("Digit1")
    first.wait_for_selector("text=Vote 1 recorded: A is better.")
    return second


def test_another_answer_from_a_second_tab_is_said_not_to_count(open_context, study):
    second = answer_twice(open_context)
    second.keyboard.press("Digit4")
    second.wait_for_selector(".recorded-strip:has-text('You preferred A. That vote stands')")
    assert "your other answer was not counted" in second.inner_text("#announcement")
    assert second.locator(".refusal").count() == 0
    second.click(".recorded-strip .undo")
    second.wait_for_selector("input[name=revision][value='1']", state="attached")
    second.keyboard.press("Digit4")
    second.wait_for_selector("text=Vote 1 recorded: B is better.")

    assert outcomes() == ["left", "right"]


def test_another_answer_is_said_not_to_count_also_where_its_place_on_the_page_is_gone(open_context, study):
    second = answer_twice(open_context)
    second.context.set_offline(True)
    second.keyboard.press("Digit4")
    second.wait_for_selector("h1:has-text('Comparison 2')", state="attached")
    second.evaluate("document.querySelector('.recorded-strip').remove()")
    second.context.set_offline(False)
    second.wait_for_selector(".refusal:has-text('Your other answer was not counted')")

    assert "You preferred A. That vote stands" in second.inner_text(".refusal")
    assert second.locator(".refusal textarea").count() == 0
    assert outcomes() == ["left"]
    second.click("text=Close")
    assert second.locator(".refusal").count() == 0


def test_a_page_whose_token_is_old_says_so_and_a_reload_sends_the_vote(page, study):
    stand_ready(page)
    page.context.clear_cookies(name="csrftoken")
    page.keyboard.press("Digit1")
    assert "This page is too old. Your vote is kept" in notice(page)
    page.reload()
    page.wait_for_selector("text=Vote 1 recorded: A is better.")

    assert outcomes() == ["left"]


def test_in_a_browser_that_stores_nothing_the_page_keeps_the_vote(page, study):
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('no room'); }")
    stand_ready(page)
    page.context.set_offline(True)
    page.keyboard.press("Digit1")
    assert "Keep this page open until then." in notice(page)
    page.context.set_offline(False)
    page.wait_for_selector("text=Vote 1 recorded: A is better.")

    assert outcomes() == ["left"]


def test_french_says_the_same(open_context, study):
    page = open_context(locale="fr-FR").new_page()
    page.goto("/studies/tasks/")
    page.check("input[name=agree]")
    page.click("form.consent button")
    page.wait_for_selector(".vote-choices")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.keyboard.press("Digit1")

    assert notice(page) == "Vous êtes hors ligne. Votre vote est gardé et sera envoyé."
