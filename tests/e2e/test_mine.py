"""A rater's own pages in a real browser: by keyboard, without JavaScript, in both themes and languages."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from evaluations.ledger import seal_all
from evaluations.models import Rater, Vote, Withdrawal
from evaluations.studies import close_study
from evaluations.votes import reveal_models
from evaluations.web.raters import RETURNED
from tests.e2e.conftest import begin
from tests.e2e.walks import check_page, open_looks
from tests.factories import make_battle, make_rater, make_study, make_vote
from tests.refreshing import refresh_all
from tests.web.test_routes import sign_rater

# What a rater prefers, pair by pair: enough for a ranking, with a model that always wins.
OUTCOMES = ["left", "right", "left", "left", "tie", "left", "right", "left", "both_bad"]


def vote_on_all(study, rater):
    """On each pair in turn, an hour ago; the last is a check."""
    prompt = study.prompt_set.prompts.first()
    answers = list(prompt.responses.order_by("model__slug"))
    now = timezone.now() - timedelta(hours=1)
    for place, outcome in enumerate(OUTCOMES):
        left, right = [(0, 1), (1, 2), (0, 2)][place % 3]
        battle = make_battle(
            study=study, rater=rater, now=now, prompt=prompt, left=answers[left], right=answers[right]
        )
        yield make_vote(battle=battle, outcome=outcome, now=now)
    check = make_battle(study=study, rater=rater, now=now, kind="check", expected="left")
    yield make_vote(battle=check, now=now)


@pytest.fixture
def rater(transactional_db):
    """In a closed study, whose votes go; in an open one that shows names, whose votes stay; in a hidden one."""
    rater = make_rater()
    closed = make_study(slug="closed", withdrawal="remove", minimum_votes=1)
    for someone in (rater, make_rater(), make_rater()):
        list(vote_on_all(closed, someone))
    revealing = make_study(slug="revealing", reveal="after_vote", undo_seconds=0)
    for vote in list(vote_on_all(revealing, rater))[:2]:
        reveal_models(vote=vote, now=timezone.now())
    list(vote_on_all(make_study(slug="hidden"), rater))
    seal_all(now=timezone.now())
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=timezone.now())
    close_study(study=closed, now=timezone.now())
    return rater


def enter(context, rater):
    context.add_cookies(
        [{"name": "arena_rater", "value": sign_rater(rater), "url": "http://localhost/"}],
    )


def list_receipts():
    receipts = Vote.objects.order_by("pk").values_list("receipt", flat=True)
    return [receipts[0], receipts.last(), "7K2M-9QXA-41TD", "7K2M"]


def test_every_page_in_every_look(open_context, rater):
    addresses = [
        *["/mine/", "/mine/withdraw/", "/privacy/", "/receipts/"],
        *[f"/studies/{slug}/mine/" for slug in ("closed", "revealing", "hidden")],
        *[f"/receipts/?receipt={receipt}" for receipt in list_receipts()],
    ]
    for page in open_looks(open_context):
        page.goto("/mine/")
        check_page(page)
        enter(page.context, rater)
        for address in addresses:
            assert page.goto(address).status == 200
            check_page(page)
        for details in page.locator("details").all():
            details.evaluate("each => each.open = true")
        check_page(page)


def test_the_last_page_in_every_look(open_context, transactional_db):
    studies = [make_study(slug="goes", withdrawal="remove"), make_study(slug="stays", withdrawal="keep")]
    for page in open_looks(open_context):
        leaving = make_rater()
        for study in studies:
            list(vote_on_all(study, leaving))
        enter(page.context, leaving)
        page.goto("/mine/withdraw/")
        page.evaluate("document.querySelector('[name=withdraw]').removeAttribute('required')")
        page.click("form.form-narrow button")
        page.wait_for_selector(".field-error")
        check_page(page)
        page.check("[name=withdraw]")
        page.click("form.form-narrow button")
        page.wait_for_selector("h1")
        check_page(page)
        page.goto("/mine/withdraw/")
        check_page(page)


def test_the_closed_door_in_every_look(open_context, transactional_db):
    rater = make_rater()
    rater.code = f"{RETURNED}{rater.code}"
    for page in open_looks(open_context):
        enter(page.context, rater)
        page.goto("/mine/")
        check_page(page)
        page.fill("[name=receipt]", "7K2M")
        page.click("form.form-narrow button")
        page.wait_for_selector(".field-error")
        check_page(page)


def test_from_a_vote_to_the_way_out_without_javascript(open_context, transactional_db):
    make_study(slug="tasks", prompts=8, reveal="at_close", withdrawal="remove")
    context = open_context(java_script_enabled=False)
    page = context.new_page()
    begin(page)
    page.click("button[value=left]")
    page.goto("/studies/tasks/")
    page.click("footer >> text=Your votes")
    page.click("text=Study tasks")
    receipt = page.locator("td code").inner_text()
    assert Vote.objects.get().receipt == receipt
    page.click(f"text={receipt}")
    assert page.input_value("[name=receipt]") == receipt
    assert "This vote is recorded" in page.inner_text("main")
    page.go_back()
    with page.expect_download() as download:
        page.click("text=Download my data")
    data = json.loads(download.value.path().read_text())
    assert data["studies"][0]["comparisons"][0]["votes"][0]["receipt"] == receipt
    page.click("main >> text=Withdraw")
    page.check("[name=withdraw]")
    page.click("text=Withdraw from all studies")
    assert "You have withdrawn" in page.inner_text("h1")
    assert not [cookie for cookie in context.cookies() if cookie["name"] == "arena_rater"]
    page.goto("/mine/")
    assert "You have not voted in this browser" in page.inner_text("main")
    assert Rater.objects.get().erased_at is not None


def test_leaving_by_keyboard(page, rater):
    enter(page.context, rater)
    page.goto("/mine/withdraw/")
    page.focus("[name=withdraw]")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=You have withdrawn")

    assert Withdrawal.objects.count() == 3


def test_a_receipt_by_keyboard(page, rater):
    page.goto("/receipts/")
    page.focus("[name=receipt]")
    page.keyboard.type(list_receipts()[0].lower().replace("-", " "))
    page.keyboard.press("Enter")
    page.wait_for_selector("text=This vote is in the ledger")
    page.focus("summary")
    page.keyboard.press("Enter")

    assert '"kind":"vote"' in page.inner_text("details")


def test_names_come_with_the_close_and_not_before(page, rater):
    enter(page.context, rater)
    page.goto("/studies/hidden/mine/")
    assert not any(name in page.content() for name in ("Alpha", "Beta", "Gamma", "alpha", "beta", "gamma"))
    page.goto("/studies/closed/mine/")
    assert page.locator(".leaderboard tbody tr").count() >= 2
    for row in page.locator(".leaderboard tbody tr").all():
        assert "–" in row.locator(".score small").inner_text()
    assert "voted as you did in" in page.inner_text("main")


def test_only_this_browser_shows_them(rater):
    assert "You have not voted" in Client().get("/studies/closed/mine/").content.decode()
