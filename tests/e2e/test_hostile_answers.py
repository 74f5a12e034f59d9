"""Hostile texts in a real browser: nothing runs, calls out, leaves, or reaches out of its frame."""

import base64
import hashlib
import re

import pytest

from evaluations.models import Response, Vote
from evaluations.rendering import MARK, make_html
from evaluations.studies import open_study
from evaluations.studies.texts import write_text
from tests.e2e.conftest import begin
from tests.factories import NOW, make_study
from tests.harmless_html import ATTRIBUTES, TAGS
from tests.hostile_answers import MARKDOWN, RAW, ZALGO

# No more: then the page asks a rater who is so quick to take their time.
PAGES = 5
# A second vote that comes sooner is taken for a double press.
TOO_SOON_MS = 600
# Where the rating page asks for something by itself.
OWN = re.compile(
    r"http://localhost:\d+/(static/.*|studies/tasks/(rate/)?|studies/tasks/consent/|battles/[\w-]+/(vote|next)?/?)"
)
TEXTS = ".prompt-text, .response-body, .prose"
# What there is in the texts that has no business there, by the browser's own reading.
LIST_STRANGERS = """([selector, tags, attributes]) => {
  const found = [];
  for (const text of document.querySelectorAll(selector))
    for (const element of text.querySelectorAll("*")) {
      const names = element.getAttributeNames().filter((name) => !attributes.includes(name));
      const placed = getComputedStyle(element).position !== "static";
      const own = element.matches(".quiet");
      if (!own && (!tags.includes(element.localName) || names.length || placed))
        found.push(element.cloneNode(false).outerHTML);
    }
  return found;
}"""
# Each button can be pressed: nothing lies over it.
LIST_COVERED = """() => [...document.querySelectorAll(".vote-choices button")].filter((button) => {
  const box = button.getBoundingClientRect();
  return !button.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
}).map((button) => button.value)"""


def take_every(texts, step):
    return ["".join(chosen) for chosen in (texts[start::step] for start in range(step))]


def write_answers(study, *, answers, prompts):
    """The HTML of each side and of the prompt, as it would be kept, for one battle after another."""
    for place, prompt in enumerate(study.prompt_set.prompts.order_by("pk")):
        prompt.html = f"{MARK}{prompts[place]}"
        prompt.save(update_fields=["html"])
        prompt.responses.all().delete()
        for entry, html in zip(study.entries.select_related("model"), answers[place], strict=True):
            digest = hashlib.sha256(html.encode()).hexdigest()
            Response.objects.create(
                prompt=prompt, model=entry.model, text="x", digest=digest, html=f"{MARK}{html}"
            )
    open_study(study=study, now=NOW)


def watch(page):
    """What a hostile text would like to make happen, as it happens."""
    happened = []
    page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
    page.on("popup", lambda popup: happened.append(popup.url))
    page.on("download", lambda download: happened.append(download.url))
    page.on("request", lambda request: OWN.fullmatch(request.url) or happened.append(request.url))
    page.on("frameattached", lambda frame: happened.append("a frame"))
    page.on("websocket", lambda socket: happened.append(socket.url))
    page.on("worker", lambda worker: happened.append(worker.url))
    return happened


@pytest.fixture
def hostile_study(transactional_db):
    study = make_study(
        slug="tasks",
        names=("alpha", "beta"),
        prompts=PAGES,
        opened=False,
        session_length=PAGES,
        reveal="at_close",
    )
    written = [make_html(text.replace("\x00", "")).removeprefix(MARK) for text in MARKDOWN.values()]
    stored = [html.replace("\x00", "") for html in RAW.values()]
    turns = [f'<div class="turn turn-user">{html}</div>' for html in written]
    answers = list(zip(take_every(written, PAGES), take_every(stored, PAGES), strict=True))
    write_answers(study, answers=answers, prompts=take_every(turns, PAGES)[::-1])
    return study


def test_hostile_answers_run_nothing_and_call_nobody(open_context, hostile_study):
    page = open_context().new_page()
    page.set_default_timeout(30_000)
    happened = watch(page)
    begin(page)
    for number in range(1, PAGES + 1):
        assert page.evaluate(LIST_STRANGERS, [TEXTS, TAGS.split(), list(ATTRIBUTES)]) == []
        assert page.evaluate(LIST_COVERED) == []
        # The frames are where they were, and hold all of it.
        assert page.locator(".responses > .response > .response-body").count() == 2
        assert page.locator(".responses > *").count() == 2
        assert page.locator("form.battle > .vote-bar").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440
        page.mouse.wheel(0, 5000)
        page.keyboard.press("Digit1")
        page.wait_for_selector(f"text=Vote {number} recorded")
        page.wait_for_timeout(TOO_SOON_MS)

    assert happened == []
    assert Vote.objects.count() == PAGES


def test_hostile_answers_on_a_phone_stay_in_their_frames(open_context, hostile_study):
    page = open_context(viewport={"width": 320, "height": 700}, has_touch=True, is_mobile=True).new_page()
    page.set_default_timeout(30_000)
    happened = watch(page)
    begin(page)
    for number in range(1, PAGES + 1):
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(LIST_COVERED) == []
        page.tap("button[value=tie]")
        page.wait_for_selector(f"text=Vote {number} recorded")
        page.wait_for_timeout(TOO_SOON_MS)

    assert happened == []


def test_texts_of_staff_go_the_same_way(open_context, transactional_db):
    """Instructions, consent and the practice comparison, on the page where a rater begins."""
    written = [text.replace("\x00", "")[:4_000] for text in MARKDOWN.values()]
    half = len(written) // 2
    practice = {
        "prompt": "\n\n".join(RAW.values()).replace("\x00", ""),
        "left": "\n\n".join(written[:half]),
        "right": "\n\n".join(written[half:]),
        "better": "left",
        "explanation": RAW["end of the frame"],
    }
    study = make_study(slug="tasks", names=("alpha", "beta"), practice=practice)
    for kind in ("instructions", "consent"):
        write_text(study=study, kind=kind, text="\n\n".join(written), now=NOW)
    page = open_context().new_page()
    page.set_default_timeout(30_000)
    happened = watch(page)
    page.goto("/studies/tasks/")
    page.wait_for_load_state("networkidle")

    assert page.evaluate(LIST_STRANGERS, [TEXTS, TAGS.split(), list(ATTRIBUTES)]) == []
    assert page.locator(".prose").count() >= 4
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert happened == []


OUTREACHING = [
    f"{ZALGO}\n\n" * 3,
    f"# {ZALGO}",
    "$$" + r"a\hspace{-9999px}b\kern-99em c" * 20 + "$$",
    "$x" + "^{x" * 40 + "}" * 40 + "$",
    f"| {'W' * 500} |\n|---|\n| x |",
    "```\n" + "W" * 500 + "\n```",
    "W" * 500,
    f"$$\\text{{{'W' * 500}}}$$",
    "\u202e" + "evil " * 50 + "\u2067",
    "123456789. x",
    f"- - - - - - - - - {'W' * 200}",
]


# The text's own place is painted over, with the 8 px around it that are left to the ring of the focus.
PAINT_OVER = """([text, visibility]) => {
  const box = document.querySelector(text).getBoundingClientRect();
  const cover = document.createElement("div");
  Object.assign(cover.style, {
    position: "absolute", background: "black", zIndex: 9, left: `${box.x - 8}px`, top: `${box.y - 8}px`,
    width: `${Math.min(box.width + 16, innerWidth - box.x + 8)}px`, height: `${box.height + 16}px`
  });
  document.body.append(cover);
  document.querySelector(text).style.visibility = visibility;
}"""


# Corners and dots may be smoothed otherwise from one picture to the next; ink is far from its ground.
COUNT_DIFFERENT = """async (pictures) => {
  const [first, second] = await Promise.all(pictures.map(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (sign) => sign.charCodeAt());
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height).data;
  }));
  return first.filter((value, place) => Math.abs(value - second[place]) > 100).length;
}"""


def take_picture(page, *, text, visibility):
    page.reload()
    page.wait_for_load_state("networkidle")
    page.evaluate(PAINT_OVER, [text, visibility])
    return base64.b64encode(page.screenshot(full_page=True)).decode()


@pytest.mark.parametrize("width", [1440, 390])
def test_no_ink_falls_outside_the_frame(open_context, transactional_db, width):
    """The picture of everything else is the same, whether the hostile text is to be seen or not."""
    study = make_study(
        slug="tasks", names=("alpha", "beta"), prompts=1, opened=False, session_length=1, reveal="at_close"
    )
    html = "".join(make_html(text).removeprefix(MARK) for text in OUTREACHING)
    write_answers(study, answers=[[html, html]], prompts=[make_html(ZALGO).removeprefix(MARK)])
    page = open_context(viewport={"width": width, "height": 900}, reduced_motion="reduce").new_page()
    begin(page)
    for text in (".prompt-text", "#response-a .response-body", "#response-b .response-body"):
        pictures = [take_picture(page, text=text, visibility=chosen) for chosen in ("visible", "hidden")]
        assert page.evaluate(COUNT_DIFFERENT, pictures) == 0, text
