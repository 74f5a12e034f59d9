"""Pictures and notes on a phone: no text of a picture lies on another or is cut, and cells are aligned alike."""

from datetime import UTC, datetime

import pytest

from evaluations.ledger import seal_all
from evaluations.models import LanguageModel, Leaderboard
from evaluations.snapshots import refresh_leaderboard
from tests.e2e.walks import WAIT
from tests.factories import make_study
from tests.web.boards import add_votes

NAMES = {"m0": "Claude Opus 4.5 Thinking", "m1": "Qwen3 235B A22B Instruct", "m2": "GPT-5.1 mini high"}
# Written at length in French: “10 septembre 2026”, “10 décembre 2026”.
DAYS = [datetime(2026, 9, 10, tzinfo=UTC), datetime(2026, 12, 10, tzinfo=UTC)]
# Of each text that is seen: what it says, and its box.
READ_TEXTS = """all => all.filter(text => text.getClientRects().length).map(text => {
  const {left, right, top, bottom} = text.getBoundingClientRect();
  return [[...text.childNodes].filter(node => node.nodeType === 3).map(node => node.data).join(""),
    left, right, top + 2, bottom - 2];
})"""


@pytest.fixture
def _published(transactional_db, settings):
    study = make_study(slug="tasks", names=tuple(NAMES), minimum_votes=50)
    for slug, name in NAMES.items():
        LanguageModel.objects.filter(slug=slug).update(name=name)
    board = Leaderboard.objects.select_related("study").get(study=study)
    for day in DAYS:
        add_votes(study=study)
        seal_all(now=day)
        refresh_leaderboard(leaderboard=board, columns_root=settings.COLUMNS_ROOT, now=day)


def open_page(open_context, address, *, width):
    page = open_context(locale="fr-FR", viewport={"width": width, "height": 900}).new_page()
    page.set_default_timeout(WAIT)
    page.goto(f"/leaderboards/tasks/{address}")
    return page


@pytest.mark.usefixtures("_published")
def test_texts_of_the_history_lie_apart(open_context):
    for width in (320, 390, 1280):
        page = open_page(open_context, "", width=width)
        texts = page.locator("#picture-history svg.chart[role=img] text").evaluate_all(READ_TEXTS)
        said = [text for text, *_box in texts]
        assert {"10 septembre 2026", "10 décembre 2026"} <= set(said)
        assert sum(text.startswith(("Claude", "Qwen3", "GPT")) for text in said) == len(NAMES)
        for place, (text, left, right, top, bottom) in enumerate(texts):
            assert 0 <= left < right <= width, (width, text)
            for other, its_left, its_right, its_top, its_bottom in texts[place + 1 :]:
                apart = right < its_left or its_right < left or bottom < its_top or its_bottom < top
                assert apart, (width, text, other)


@pytest.mark.usefixtures("_published")
def test_a_number_stands_under_the_other_cells(open_context):
    page = open_page(open_context, "exposure/", width=390)
    cells = page.locator(".data-table-notes tbody :is(th, td)")
    assert set(cells.evaluate_all("all => all.map(cell => getComputedStyle(cell).textAlign)")) == {"start"}
