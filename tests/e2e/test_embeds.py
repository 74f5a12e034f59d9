"""Another site's page, on another origin, in a real browser: the frame and the badge are there, other pages are not."""

from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.conf import settings
from django.utils import timezone

from evaluations.ledger import seal_all
from evaluations.simulation import simulate_votes
from tests.e2e.walks import check_page, open_looks
from tests.factories import make_study
from tests.refreshing import refresh_all

PAGE = """<!doctype html><html lang="en"><title>A newspaper</title>
<h1>Which model do people prefer?</h1>
<iframe name="board" src="{arena}/leaderboards/tasks/embed/?language=en&theme=light" width="700" height="500"></iframe>
<iframe name="whole" src="{arena}/leaderboards/tasks/" width="700" height="300"></iframe>
<img id="badge" src="{arena}/leaderboards/tasks/badge.svg?language=en" alt="">
<img id="card" src="{arena}/leaderboards/tasks/card.png?language=en" alt="">
"""


class QuietHandler(SimpleHTTPRequestHandler):
    """Isolates its page from other origins: what does not allow it is not shown."""

    def end_headers(self):
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def board(transactional_db):
    study = make_study(slug="tasks", prompts=8, simulated=True)
    now = timezone.now() - timedelta(days=1)
    strengths = {"alpha": 0.5, "beta": 0.0, "gamma": -0.5}
    simulate_votes(study=study, strengths=strengths, raters=12, votes_each=12, seed=1, now=now)
    seal_all(now=timezone.now())
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=timezone.now())


@pytest.fixture
def newspaper(live_server, tmp_path):
    """The address of a page on another origin that shows ours."""
    (tmp_path / "index.html").write_text(PAGE.format(arena=live_server.url))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_page_elsewhere_shows_the_frame_and_the_badge_and_no_other_page(browser, board, newspaper):
    # Not through open_context: the browser says aloud that it refuses a frame.
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    page.goto(newspaper)
    page.wait_for_load_state("networkidle")
    frame = page.frame("board")

    assert frame.locator("tbody tr").count() == 3
    assert "Simulated votes." in frame.inner_text("body")
    assert (
        frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") != "rgba(0, 0, 0, 0)"
    )
    assert frame.evaluate("document.styleSheets.length && document.styleSheets[0].cssRules.length") > 0
    assert "tasks" not in page.frame("whole").evaluate("document.body ? document.body.innerText : ''").lower()
    for picture in ("#badge", "#card"):
        assert page.locator(picture).evaluate("image => image.complete && image.naturalWidth") > 100
    assert context.cookies() == []
    with context.expect_page() as opened:
        frame.click("text=See this snapshot")
    assert "/leaderboards/tasks/snapshots/" in opened.value.url
    assert opened.value.evaluate("window.opener") is None
    context.close()


def test_pages_of_data(open_context, board):
    for page in open_looks(open_context):
        for address in ("/leaderboards/tasks/data/", "/leaderboards/tasks/embed/", "/data/"):
            page.goto(address)
            check_page(page)


def test_lines_are_copied_and_files_come_without_javascript(open_context, board):
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/leaderboards/tasks/data/")

    assert page.locator(".command button").count() == 0
    with page.expect_download() as download:
        page.click("a[href$='/data/board.csv']")
    assert download.value.suggested_filename.startswith("board-tasks-ledger-")
    with_scripts = open_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    with_scripts.goto("/leaderboards/tasks/data/")
    with_scripts.locator(".command button").first.click()
    assert with_scripts.evaluate("navigator.clipboard.readText()").startswith("<iframe src=")
