"""The battle page as it is read: long and short, at a desk and on a phone, in both directions of writing."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from evaluations.columns import refresh_columns
from evaluations.ledger import seal_all
from evaluations.models import Battle, Prompt, PromptSet, Response, Skip, Vote
from evaluations.rendering import make_conversation_html, make_html
from evaluations.studies import create_study, open_study
from tests.e2e.conftest import begin
from tests.e2e.walks import check_page
from tests.factories import NOW, make_battle, make_models, make_study, make_vote

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TAGS = ["+Correct", "+Clear", "-Wrong fact", "plain"]
LONG = "\n\n".join(f"Paragraph {number}. " + "Some words to read. " * 25 for number in range(14))
CELLS = "".join(f"| {'a long cell ' * 3}" for _ in range(20))
WIDE = f"{'Donaudampfschiff' * 30}\n\n{CELLS}|\n{'|---' * 20}|\n{CELLS}|\n\n```\n{'x = 1; ' * 90}\n```"
ARABIC = '١. ابدأ بالأساسيات.\n\n```python\nprint("a")\n```'
TURNS = [
    {"role": role, "content": f"Turn {number} of six. " + "Words. " * 20}
    for number, role in enumerate(["user", "assistant"] * 3, start=1)
]


def make_reading_study(*, prompt="Which is it?", answers=("One.", "Two."), language="en", **options):
    """One prompt, a text or turns, and two answers to it."""
    messages = prompt if isinstance(prompt, list) else [{"role": "user", "content": prompt}]
    models = make_models("alpha", "beta")
    prompts = PromptSet.objects.create(
        slug="reading", title="Reading", content_hash="reading", created_at=NOW
    )
    row = Prompt.objects.create(
        prompt_set=prompts,
        key="p0",
        messages=messages,
        category="explain",
        language=language,
        html=make_conversation_html(messages, language=language),
    )
    for model, text in zip(models, answers, strict=True):
        html = make_html(text) if text else ""
        Response.objects.create(prompt=row, model=model, text=text, digest=f"{model.pk:064}", html=html)
    given = {"slug": "tasks", "title": "Tasks", "prompt_set": prompts, "models": models, **options}
    study = create_study(**given, now=NOW)
    return open_study(study=study, now=NOW)


def top(page, selector):
    return page.evaluate(f"document.querySelector('{selector}').getBoundingClientRect().top")


def wait_until(page, expression):
    """Poll from outside: the page's own policy forbids evaluating text in it."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")


def is_narrow_enough(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def swipe(page, *, start, end, y=450, steps=12):
    """A finger drawn over the screen, as the browser itself takes it."""
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x in points]}
        )

    touch("touchStart", start)
    for step in range(1, steps + 1):
        touch("touchMove", start + (end - start) * step / steps)
        page.wait_for_timeout(16)
    touch("touchEnd")


def tap(page, selector):
    """Where it is: Playwright's own tap first scrolls what sticks to the top of the screen to its place in the page."""
    box = page.locator(selector).bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.usefixtures("transactional_db")
class TestPrompt:
    def test_a_long_one_is_short_at_first_and_whole_on_p(self, page):
        make_reading_study(prompt=LONG, answers=(LONG, LONG))
        begin(page)
        assert page.locator(".prompt").bounding_box()["height"] < 400
        page.keyboard.press("KeyP")
        assert page.get_attribute(".prompt", "data-state") == "full"
        assert page.get_attribute(".prompt-toggle", "aria-expanded") == "true"
        page.keyboard.press("KeyP")
        assert page.get_attribute(".prompt", "data-state") == "short"

    def test_a_short_one_has_nothing_to_fold(self, page):
        make_reading_study()
        begin(page)
        assert page.locator(".prompt-toggle").is_hidden()

    def test_p_pins_it_over_the_responses_and_the_place_is_kept(self, page):
        make_reading_study(prompt=LONG, answers=(LONG, LONG))
        begin(page)
        page.mouse.wheel(0, 1400)
        wait_until(page, "scrollY > 1300")
        place = top(page, "#response-a")
        page.keyboard.press("KeyP")
        page.wait_for_selector(".prompt[data-state=pinned]")
        box = page.locator(".prompt").bounding_box()
        assert box["y"] == 0
        assert box["height"] <= 0.46 * 900
        # What folds it again stays in sight, however long the prompt is.
        assert page.locator(".prompt-toggle").bounding_box()["y"] < box["y"] + box["height"]
        page.keyboard.press("KeyP")
        page.wait_for_selector(".prompt[data-state=short]")

        assert abs(top(page, "#response-a") - place) < 2

    def test_a_conversation_shows_each_turn_under_its_role(self, page):
        make_reading_study(prompt=TURNS)
        begin(page)
        page.click(".prompt-toggle")
        roles = page.locator(".prompt .turn-role").all_inner_texts()

        assert roles == ["Person", "Assistant"] * 3
        assert page.locator("text=Turn 6 of six").is_visible()


@pytest.mark.usefixtures("transactional_db")
class TestLayout:
    @pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (320, 700)])
    @pytest.mark.parametrize("answers", [(WIDE, LONG), ("", "Yes."), ("Yes.", WIDE)])
    def test_the_vote_is_at_the_bottom_and_nothing_is_too_wide(self, open_context, answers, width, height):
        make_reading_study(prompt=WIDE, answers=answers, reason_tags=TAGS)
        page = open_context(viewport={"width": width, "height": height}).new_page()
        begin(page)
        bar = page.locator(".vote-bar").bounding_box()

        assert round(bar["y"] + bar["height"]) == height
        assert is_narrow_enough(page)
        for text in page.locator(".prompt-text, .response-body").all():
            assert text.evaluate("e => e.scrollWidth <= e.clientWidth")
        page.click("#reasons summary")
        assert is_narrow_enough(page)

    def test_both_responses_have_the_same_frame(self, page):
        make_reading_study(answers=(LONG, "Yes."))
        begin(page)
        a, b = (page.locator(f"#response-{side}").bounding_box() for side in "ab")

        assert (a["y"], a["width"], a["height"]) == (b["y"], b["width"], b["height"])
        assert (
            len(
                {page.locator(f"#response-{side}").evaluate("e => getComputedStyle(e).font") for side in "ab"}
            )
            == 1
        )

    @pytest.mark.parametrize(("width", "tallest"), [(1440, 64), (320, 112)])
    def test_a_long_title_leaves_the_header_its_height(self, open_context, width, tallest):
        make_reading_study(title=("A study of many words " * 10)[:200])
        page = open_context(viewport={"width": width, "height": 700}).new_page()
        begin(page)

        assert page.locator(".site-header").bounding_box()["height"] <= tallest
        assert is_narrow_enough(page)

    def test_an_empty_response_says_so(self, page):
        make_reading_study(answers=("", "Yes."))
        begin(page)
        assert page.locator("text=This response is empty.").count() == 1

    def test_text_from_right_to_left_and_code_from_left_to_right(self, page):
        make_reading_study(prompt="ما هذا؟", answers=(ARABIC, ARABIC), language="ar")
        begin(page)
        direction = "e => getComputedStyle(e).direction"

        assert page.locator(".prompt-text p").evaluate(direction) == "rtl"
        assert page.locator("#response-a .response-body p").evaluate(direction) == "rtl"
        assert page.locator("#response-a pre").evaluate(direction) == "ltr"
        # The page around it stays as its reader reads.
        assert page.locator("#response-a .response-head").evaluate(direction) == "ltr"

    def test_nothing_moves_where_that_is_asked_for(self, open_context):
        make_reading_study(answers=(LONG, LONG), reveal="after_vote", undo_seconds=60)
        page = open_context(reduced_motion="reduce", **PHONE).new_page()
        begin(page)
        page.tap(".side-switch [data-side=b]")
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.responses')).scrollBehavior") == "auto"
        )
        page.tap("button[value=left]")
        page.wait_for_selector(".undo")
        assert page.evaluate("document.getAnimations().length") == 0

    def test_forced_colours_keep_what_is_chosen(self, open_context):
        make_reading_study(reason_tags=TAGS)
        page = open_context(forced_colors="active").new_page()
        begin(page)
        page.keyboard.press("KeyR")
        outline = "e => getComputedStyle(e).outlineStyle"
        tag = page.locator("label.tag:has(input[name=reasons_left])").first
        assert tag.evaluate(outline) == "none"
        tag.click()
        page.mouse.move(0, 0)

        assert tag.evaluate(outline) != "none"


@pytest.mark.usefixtures("transactional_db")
class TestPhone:
    def test_a_session_by_touch(self, open_context):
        make_reading_study(prompt=LONG, answers=(LONG, LONG), reason_tags=TAGS)
        page = open_context(**PHONE).new_page()
        begin(page)
        share = page.locator(".side-switch [data-side=a] output")
        first = int(share.inner_text().split("%")[0])
        assert 0 < first < 40
        assert page.inner_text(".side-switch [data-side=b] output") == "0% seen"
        page.mouse.wheel(0, 1500)
        wait_until(page, "scrollY > 1400")
        wait_until(page, f"parseInt(document.querySelector('[data-side=a] output').textContent) > {first}")
        # A swipe shows the other side, at the same place of the page.
        place = page.evaluate("scrollY")
        swipe(page, start=330, end=60)
        page.wait_for_selector(".side-switch [data-side=b][aria-current=true]")
        wait_until(page, "Math.abs(document.querySelector('#response-b').getBoundingClientRect().left) < 2")
        assert abs(page.evaluate("scrollY") - place) < 2
        wait_until(page, "parseInt(document.querySelector('[data-side=b] output').textContent) > 0")
        # A tap shows the first one again.
        tap(page, ".side-switch [data-side=a]")
        page.wait_for_selector(".side-switch [data-side=a][aria-current=true]")
        assert abs(page.evaluate("scrollY") - place) < 2
        tap(page, ".side-switch [data-show-prompt]")
        page.wait_for_selector(".prompt[data-state=pinned]")
        tap(page, ".side-switch [data-show-prompt]")
        page.tap(".vote-actions a")
        page.tap("label.tag:has(input[value='+Clear'])")
        page.tap("button[value=left]")
        page.wait_for_selector("text=You have rated 1")

        assert Vote.objects.get().reasons == {"left": ["+Clear"], "right": []}

    def test_choices_are_large_enough_for_a_thumb(self, open_context):
        make_reading_study()
        page = open_context(**PHONE).new_page()
        begin(page)
        boxes = [choice.bounding_box() for choice in page.locator(".vote").all()]

        assert all(box["height"] >= 56 for box in boxes)
        assert len({round(box["width"]) for box in boxes}) == 1

    def test_how_much_was_seen_is_said_as_the_language_writes_it(self, open_context):
        """The page has the whole sentence, and the script puts the number in."""
        make_study(slug="tasks", prompts=8)
        page = open_context(**PHONE).new_page()
        begin(page)
        output = page.locator(".side-switch .seen output").first
        assert output.inner_text() == "100% seen"
        page.evaluate("document.querySelector('.seen').dataset.seen = 'vu à {share} %'")
        page.evaluate("refreshSides()")

        assert output.inner_text() == "vu à 100 %"

    def test_a_skip_with_a_reason_is_two_taps(self, open_context):
        make_study(slug="tasks", prompts=8)
        page = open_context(**PHONE).new_page()
        begin(page)
        bar = page.locator(".vote-choices").bounding_box()
        page.tap(".skip-why summary")
        assert page.locator(".vote-choices").bounding_box() == bar
        assert is_narrow_enough(page)
        page.tap("text=I cannot judge it")
        wait_for_skip(page)

        assert Skip.objects.get().reason == "cannot_judge"


def wait_for_skip(page):
    for _ in range(100):
        if Skip.objects.exists():
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing was skipped")


def test_s_skips_at_once_and_without_a_reason(page, study):
    begin(page)
    page.keyboard.press("KeyS")
    wait_for_skip(page)

    assert Skip.objects.get().reason == ""


def test_a_skip_with_a_reason_by_keyboard(page, study):
    begin(page)
    page.focus(".skip-why summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Not my language"
    page.keyboard.press("Enter")
    wait_for_skip(page)
    page.wait_for_selector(".skip-why:not([open])")

    assert Skip.objects.get().reason == "language"
    assert not Vote.objects.exists()


def test_escape_closes_the_reasons_to_skip(page, study):
    begin(page)
    page.focus(".skip-why summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    page.wait_for_selector(".skip-why:not([open])")

    assert page.evaluate("document.activeElement.matches('.skip-why summary')")
    assert not Skip.objects.exists()


def test_a_skip_with_a_reason_without_javascript(open_context, study):
    page = open_context(java_script_enabled=False).new_page()
    begin(page)
    page.click(".skip-why summary")
    page.click("text=Something is broken")

    assert Skip.objects.get().reason == "broken"
    assert page.locator(".vote-choices").count() == 1


def test_reasons_for_and_against_by_name(open_context, transactional_db):
    """As a screen reader says it: the side, for or against, and the word without its sign."""
    make_reading_study(reason_tags=TAGS)
    page = open_context().new_page()
    begin(page)
    page.click("#reasons summary")
    side = page.get_by_role("group", name="Response B", exact=True)
    side.get_by_role("group", name="Bad").get_by_role("checkbox", name="Wrong fact").check(force=True)
    side.get_by_role("checkbox", name="plain").check(force=True)
    check_page(page)
    page.click("button[value=left]")
    page.wait_for_selector("text=You have rated 1")

    assert Vote.objects.get().reasons == {"left": [], "right": ["-Wrong fact", "plain"]}


class TestAfterTheVote:
    @pytest.fixture
    def shown(self, transactional_db):
        """A study in which twenty-five others have voted on the one pair there is."""
        study = make_reading_study(reveal="after_vote", shows_others=True, undo_seconds=1)
        past = timezone.now() - timedelta(hours=1)
        for outcome, count in {"left": 20, "tie": 5}.items():
            for _ in range(count):
                make_vote(battle=make_battle(study=study, now=past), outcome=outcome, now=past)
        seal_all(now=timezone.now())
        refresh_columns(root=settings.COLUMNS_ROOT)
        return study

    def test_the_names_others_votes_and_the_responses_again(self, open_context, shown):
        for options in ({}, {"locale": "fr-FR", "color_scheme": "dark", **PHONE}):
            page = open_context(**options).new_page()
            page.goto("/studies/tasks/")
            page.check("input[name=agree]")
            page.click("form.consent button")
            page.wait_for_selector(".vote-choices")
            page.wait_for_load_state("load")
            battle = Battle.objects.order_by("-pk").first()
            alpha_left = battle.left.model.slug == "alpha"
            page.click("button[value=left]")
            page.wait_for_selector("[data-code=KeyV]")
            assert page.locator(".vote-shares").count() == 0
            # The time to undo has passed, the ledger has the vote, and the names are still to be had.
            page.wait_for_selector(".undo", state="detached")
            seal_all(now=timezone.now() + timedelta(minutes=1))
            page.click("[data-code=KeyV]")
            page.wait_for_selector(".vote-shares")
            shares = page.locator(".vote-shares b").all_inner_texts()
            assert shares == (["20", "5", "0", "0"] if alpha_left else ["0", "5", "0", "20"])
            check_page(page)
            page.click(".read-again a")
            page.wait_for_selector("#response-a")
            names = [page.text_content(f"#title-{side}").rpartition(" ")[2] for side in "ab"]
            assert names == (["Alpha", "Beta"] if alpha_left else ["Beta", "Alpha"])
            check_page(page)
            page.click("[data-code=Enter]")
            page.wait_for_selector(".reveal-card")

    def test_the_responses_are_read_again_without_javascript(self, open_context, shown):
        page = open_context(java_script_enabled=False).new_page()
        begin(page)
        page.click("button[value=tie]")
        page.click("text=Read the two responses again")
        assert page.locator(".response").count() == 2
        assert "Alpha" not in page.content()
        page.click("text=Back to your vote")
        page.click("text=Show the models")
        assert page.locator(".reveal-card").count() == 2
