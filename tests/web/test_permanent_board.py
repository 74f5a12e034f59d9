"""A snapshot's own address shows it for good, says whether it is the newest, and takes the same filters."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.leaderboards import fetch_board
from evaluations.studies import close_study
from tests.part_studies import LATER, cast_votes, make_part_study, publish
from tests.refreshing import refresh_all
from tests.web.boards import exclude_first
from tests.web.test_filters import read_text
from tests.web.test_leaderboards import read_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def first():
    """The first of two snapshots."""
    study = make_part_study()
    cast_votes(study, 120)
    first = publish(study)
    cast_votes(study, 60, start=120)
    publish(study, now=LATER + timedelta(hours=2))
    return first


def get(client, digest, *, status=200, **query):
    address = reverse("snapshot", args=["parts", digest])
    response = client.get(address, query, headers={"accept-language": "en"})
    assert response.status_code == status
    return response


def test_an_earlier_snapshot_stays_what_it_was(client, first):
    page = get(client, first.result_digest[:16], style="on").content.decode()
    board = fetch_board(slug="parts", query={"style": "on"}, digest=first.result_digest)
    assert [row[4].split()[0] for row in read_rows(page)] == [f"{row.score:,.0f}" for row in board.rows]
    assert "120 votes by 8 raters" in read_text(page)
    assert "It is not the newest one." in page
    assert f'href="{reverse("leaderboard", args=["parts"])}?style=on">See the newest one' in page
    assert first.result_digest in read_text(page).replace(" ", "")
    assert "Start rating" not in page


def test_the_newest_snapshot_says_nothing_of_others(client, first):
    newest = fetch_board(slug="parts")
    page = get(client, newest.short_digest).content.decode()
    assert "not the newest" not in page
    board = client.get(
        reverse("leaderboard", args=["parts"]), headers={"accept-language": "en"}
    ).content.decode()
    assert f'href="{reverse("snapshot", args=["parts", newest.short_digest])}">Permanent address' in board
    assert read_rows(page) == read_rows(board)


@pytest.mark.parametrize("digest", ["0" * 16, "abc", "0" * 64])
def test_no_such_snapshot(client, first, digest):
    assert "This page is not here" in get(client, digest, status=404).content.decode()


def test_other_exclusions_are_another_snapshot(client, first):
    study = first.leaderboard.study
    exclude_first(study)
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=LATER + timedelta(hours=3))
    applied, raw = fetch_board(slug="parts"), fetch_board(slug="parts", query={"exclusions": "none"})
    assert applied.short_digest != raw.short_digest
    answer = get(client, applied.short_digest, exclusions="none", style="on", status=302)
    assert answer["Location"] == reverse("snapshot", args=["parts", raw.short_digest]) + "?style=on"
    page = get(client, raw.short_digest).content.decode()
    assert re.search(r'name="exclusions" id="exclusions-none" value="none" checked', page)
    back = get(client, raw.short_digest, exclusions="applied", status=302)
    assert back["Location"] == reverse("snapshot", args=["parts", applied.short_digest])


def test_how_to_check_is_said_as_soon_as_it_can_be_done(client, first):
    """Single votes are public once raters are told whose responses they voted on, or the study is closed."""
    study = first.leaderboard.study
    said = read_text(get(client, first.result_digest).content.decode())
    assert ("arena verify http" in said) == study.reveals_after_vote
    close_study(study=study, now=LATER + timedelta(hours=4))
    said = read_text(get(client, first.result_digest).content.decode())
    assert (
        f"arena verify http://testserver{reverse('snapshot-bundle', args=['parts', first.result_digest[:16]])}"
        in said
    )


def test_a_board_s_address_with_a_snapshot_leads_to_that_one(client, first):
    board = reverse("leaderboard", args=["parts"])
    response = client.get(board, {"snapshot": first.result_digest, "style": "on", "sort": "votes"})
    there = reverse("snapshot", args=["parts", first.result_digest[:16]])
    assert response.status_code == 302
    assert response["Location"] == f"{there}?sort=votes&style=on"
    assert client.get(board, {"snapshot": "0" * 64}).status_code == 404
    assert client.get(board, {"snapshot": "../x"}).status_code == 404
