"""The rating page for who does not see it, does not use a mouse, or needs it larger, calmer or in other colours."""

from itertools import pairwise
from pathlib import Path
from pprint import pformat

import pytest

from evaluations.models import Response
from evaluations.rendering import make_conversation_html, make_html
from tests.e2e.conftest import begin
from tests.e2e.walks import check_page
from tests.factories import make_study

EVERYTHING = Path(__file__).parents[1].joinpath("everything.md").read_text()
TURNS = [
    {"role": "system", "content": "Be short."},
    {"role": "user", "content": "How is a loan paid back?"},
    {"role": "assistant", "content": "Month by month."},
    {
        "role": "user",
        "content": "Show me:\n\n1. the formula,\n2. a table,\n3. code.\n\n" + "And say why. " * 90,
    },
]
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}

# What has the focus: its name in a few words, and whether any of it is seen, or else what lies over it.
DESCRIBE_FOCUS = """() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const name = element.ariaLabel ?? element.innerText.trim().split("\\n")[0];
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth - 1)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight - 1)];
  const parts = [0.05, 0.25, 0.5, 0.75, 0.95];
  const there = parts.flatMap((across) => parts.map((down) =>
    document.elementFromPoint(left + (right - left) * across, top + (bottom - top) * down)));
  const seen = there.some((found) => element.contains(found) || found?.closest("label")?.control === element);
  return { name, seen, over: seen ? "" : there[12]?.outerHTML.slice(0, 80) ?? "outside", tag: element.localName };
}"""
# Smaller than a finger needs, of what can be pressed; links within a sentence may be as small as it.
LIST_SMALL = """(least) => [...document.querySelectorAll("a, button, select, summary, input, textarea")]
  .map((element) => element.matches(".tag input, label input") ? element.closest("label") : element)
  .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden, p"))
  .filter((element) => !element.matches(".skip-link"))
  .map((element) => [element.outerHTML.slice(0, 90), element.getBoundingClientRect()])
  .filter(([, box]) => box.width < least || box.height < least)
  .map(([html, box]) => `${html}: ${box.width} × ${box.height}`)"""
# As WCAG 1.4.12 asks a page to bear it.
SPACE_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets.push(sheet);
}"""
LIST_CUT = """() => [...document.querySelectorAll("button, .vote-bar p, h2, .session-progress *")]
  .filter((element) => element.checkVisibility() && !element.closest(".visually-hidden"))
  .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline")
  .map((element) => element.outerHTML.slice(0, 90))"""
WIDTH_TOO_MUCH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def rich_study(transactional_db):
    """Every answer has everything in it, and every prompt is a conversation."""
    study = make_study(
        slug="tasks", prompts=4, session_length=40, reveal="at_close", reason_tags=["clear", "wrong"]
    )
    study.prompt_set.prompts.update(html=make_conversation_html(TURNS))
    Response.objects.update(html=make_html(EVERYTHING))
    return study


def walk_by_tab(page, *, most=120):
    """What the focus stops at, from the page's beginning until it leaves the page."""
    stops = []
    for _stop in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(DESCRIBE_FOCUS)
        if stop["tag"] == "body":
            return stops
        stops.append(stop)
    raise AssertionError(f"The focus never leaves: {stops[-3:]}")


def find_place(stops, name):
    return next(place for place, stop in enumerate(stops) if stop["name"].startswith(name))


@pytest.mark.parametrize(
    "looks", [{"viewport": {"width": 1440, "height": 900}}, PHONE], ids=["desk", "phone"]
)
def test_the_focus_goes_the_way_one_reads_and_is_never_hidden(open_context, rich_study, looks):
    page = open_context(**looks, reduced_motion="reduce").new_page()
    begin(page)
    stops = walk_by_tab(page)
    order = ["Skip to the vote", "Arena, home", "Show the whole prompt", "Responses"]
    order += ["Reasons (optional)", "A is better", "Tie", "Both bad", "B is better"]

    places = [find_place(stops, name) for name in order]
    assert places == sorted(places)
    assert places[0] == 0
    # Each answer: what scrolls can be reached and scrolled by keys.
    between = [stop["name"] for stop in stops[places[3] + 1 : places[4]]]
    answer = between[: len(between) // 2]
    assert between == answer * 2
    assert {"Code", "Table", "Formula"} <= set(answer)
    hidden = [stop for stop in stops if not stop["seen"]]
    assert not hidden, pformat(hidden)


def test_the_way_back_is_not_hidden_either(open_context, rich_study):
    page = open_context(reduced_motion="reduce").new_page()
    begin(page)
    page.focus("button[value=left]")
    for _stop in range(40):
        page.keyboard.press("Shift+Tab")
        stop = page.evaluate(DESCRIBE_FOCUS)
        if stop["tag"] == "body":
            break
        assert stop["seen"], stop


def test_the_first_stop_leads_to_the_vote(page, rich_study):
    begin(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('#vote').contains(document.activeElement)")


def test_a_screen_reader_hears_it_in_order(page, study):
    begin(page)
    lines = [line.strip() for line in page.locator("body").aria_snapshot().splitlines()]
    parts = [
        '- link "Skip to the vote":',
        "- banner:",
        '- link "Arena, home":',
        "- main:",
        '- heading "Comparison 1 of 40" [level=1]',
        '- region "Prompt":',
        '- heading "Prompt" [level=2]',
        '- group "Responses":',
        '- article "Response A":',
        '- heading "Response A" [level=2]',
        "- paragraph: End of response A",
        '- article "Response B":',
        '- heading "Response B" [level=2]',
        "- paragraph: End of response B",
        "- paragraph: Which response is better?",
        '- group "Which response is better?":',
        '- button "A is better"',
        '- button "Tie"',
        '- button "Both bad"',
        '- button "B is better"',
    ]
    places = [lines.index(part) if part in lines else part for part in parts]

    missing = [place for place in places if isinstance(place, str)]
    assert missing == [], pformat(lines)
    assert all(before < after for before, after in pairwise(places)), lines
    assert sum(line.startswith("- main") for line in lines) == 1


def test_the_headings_of_answers_stand_below_those_of_the_page(page, rich_study):
    begin(page)
    levels = page.evaluate(
        """[...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
          .filter((heading) => heading.checkVisibility())
          .map((heading) => [Number(heading.localName[1]), heading.closest(".response-body, .prompt-text") !== null])"""
    )

    assert [level for level, _ in levels if level == 1] == [1]
    assert levels[0] == [1, False]
    assert all(level >= 3 for level, is_written in levels if is_written)
    assert all(after - before <= 1 for (before, _), (after, _) in pairwise(levels))


def test_a_vote_is_told_once_and_the_focus_moves_to_the_next_title(page, study):
    begin(page)
    page.wait_for_load_state("networkidle")
    page.evaluate(
        """() => {
          window.told = [];
          const note = () => told.push(document.querySelector("#announcement").textContent);
          const watched = { childList: true, characterData: true, subtree: true };
          new MutationObserver(note).observe(document.querySelector("#announcement"), watched);
        }"""
    )
    page.keyboard.press("Digit1")
    page.wait_for_selector("text=Vote 1 recorded")
    page.wait_for_timeout(1500)

    assert page.evaluate("told") == ["Vote 1 recorded: A is better."]
    assert page.evaluate("document.activeElement.textContent.trim()") == "Comparison 2 of 40"
    assert page.locator("[aria-live], [role=status], [role=alert], output").count() >= 2
    # The seconds that pass are not read out.
    assert (
        page.locator("[role=status] .undo-time, [aria-live] .undo-time, [role=alert] .undo-time").count() == 0
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 320])
def test_axe_finds_nothing_in_an_answer_with_everything(open_context, rich_study, scheme, width):
    page = open_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    ).new_page()
    page.set_default_timeout(30_000)
    begin(page)
    check_page(page)
    page.click("#reasons summary")
    check_page(page)


@pytest.mark.parametrize(("width", "height"), [(720, 450), (640, 512), (320, 256)])
def test_it_can_be_magnified(open_context, rich_study, width, height):
    """1440 × 900 at 200 %; 1280 × 1024 at 200 % and at 400 %."""
    page = open_context(viewport={"width": width, "height": height}, reduced_motion="reduce").new_page()
    begin(page)

    assert page.evaluate(WIDTH_TOO_MUCH) <= 0
    assert page.evaluate(LIST_CUT) == []
    # The bar leaves room to read.
    assert page.locator(".vote-bar").bounding_box()["height"] < height * 0.6


@pytest.mark.parametrize("width", [1440, 320])
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_text_can_be_spaced_out(open_context, rich_study, width, locale):
    page = open_context(viewport={"width": width, "height": 900}, locale=locale).new_page()
    page.goto("/studies/tasks/")
    page.check("input[name=agree]")
    page.click("form.consent button")
    page.wait_for_selector("form.battle")
    page.evaluate(SPACE_OUT)

    assert page.evaluate(WIDTH_TOO_MUCH) <= 0
    assert page.evaluate(LIST_CUT) == []


def test_forced_colours_keep_what_can_be_pressed_and_what_has_the_focus(open_context, rich_study):
    page = open_context(forced_colors="active", color_scheme="dark").new_page()
    begin(page)
    page.focus("button[value=left]")
    page.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement)"

    assert page.evaluate(f"{style}.outlineStyle") == "solid"
    assert page.evaluate(f"parseFloat({style}.outlineWidth)") >= 2
    assert page.evaluate(f"{style}.borderTopColor !== {style}.backgroundColor")
    check_page(page)


def test_nothing_moves_for_who_wants_no_motion(open_context, study):
    page = open_context(reduced_motion="reduce").new_page()
    begin(page)
    page.keyboard.press("Digit1")
    page.wait_for_selector("text=Vote 1 recorded")
    moving = page.evaluate(
        """[...document.querySelectorAll("*")].filter((element) => ["", "::before", "::after"].some((part) => {
          const style = getComputedStyle(element, part || null);
          return style.animationName !== "none" || style.transitionDuration.split(", ").some((time) => time !== "0s")
            || style.scrollBehavior === "smooth";
        })).map((element) => element.outerHTML.slice(0, 80))"""
    )

    assert moving == []
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize(
    "looks", [{"viewport": {"width": 1440, "height": 900}}, PHONE], ids=["desk", "phone"]
)
def test_what_can_be_pressed_is_large_enough(open_context, rich_study, looks):
    page = open_context(**looks).new_page()
    begin(page)
    page.click("#reasons summary")

    assert page.evaluate(LIST_SMALL, 24) == []
    least = 56 if looks is PHONE else 48
    assert all(vote.bounding_box()["height"] >= least for vote in page.locator("button.vote").all())
