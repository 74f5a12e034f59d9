"""Claims and snapshots in a browser: for every eye, on the smallest phone, and without a script."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from evaluations.ledger import seal_all
from tests.e2e.walks import check_page, open_looks
from tests.refreshing import refresh_all
from tests.test_claims import cast, cast_all, make_claiming_study


@pytest.fixture
def digests(transactional_db):
    """Two snapshots of a study with two claims; the newest first."""
    study = make_claiming_study({}, {"kind": "equivalent", "margin": 30.0}, slug="letters")
    for days, votes in ((2, 4), (1, 30)):
        cast_all(study)
        for _ in range(votes):
            cast(study)
        seal_all(now=timezone.now())
        refresh_all(columns_root=settings.COLUMNS_ROOT, now=timezone.now() - timedelta(days=days))
    found = study.leaderboards.get().snapshots.order_by("-ledger_size")
    return [digest[:16] for digest in found.values_list("result_digest", flat=True)]


def test_pages_are_fit_for_everyone(open_context, digests):
    later, earlier = digests
    for page in open_looks(open_context):
        for address in (
            *("claims/", "claims/1/", "snapshots/", f"snapshots/?later={later}"),
            f"snapshots/{later}/since/{earlier}/",
        ):
            page.goto(f"/leaderboards/letters/{address}")
            check_page(page)


def test_two_snapshots_are_compared_by_keyboard_and_without_javascript(open_context, digests):
    later, earlier = digests
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/leaderboards/letters/snapshots/")
    page.focus(f"input[name=earlier][value='{earlier}']")
    page.keyboard.press("Space")
    page.focus(f"input[name=later][value='{later}']")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/snapshots/{later}/since/{earlier}/")
    assert "more votes are counted" in page.inner_text(".summary-sentence")
    page.click(".page-nav >> text=Claims")
    page.click(".claim a >> nth=0")
    assert "at entry 0 of the ledger" in page.inner_text("main")
