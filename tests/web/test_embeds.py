"""The frame: a small board that may stand in any page, and the only answer that may."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories import make_study
from tests.web.boards import make_ranked_study

pytestmark = pytest.mark.django_db
NAMES = tuple(f"model-{letter}" for letter in "abcdefg")
RING = tuple((place, (place + 1) % 7, 3, 2) for place in range(7))


@pytest.fixture
def ranked():
    return make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks", names=NAMES, results=RING)


def get(client, **query):
    response = client.get(reverse("leaderboard-embed", args=["tasks"]), {"language": "en", **query})
    assert response.status_code == 200
    return response


def read_policy(response):
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


def test_any_site_may_frame_it_and_it_may_run_nothing(client, ranked):
    response = get(client)
    policy = read_policy(response)

    assert policy["frame-ancestors"] == ["*"]
    assert policy["script-src"] == policy["form-action"] == policy["default-src"] == ["'none'"]
    assert "X-Frame-Options" not in response
    assert not response.cookies
    assert not re.search(r"<script|<form|<iframe", response.content.decode())


@pytest.mark.parametrize("name", ["leaderboard", "leaderboard-data", "leaderboard-badge", "leaderboard-card"])
def test_nothing_else_may_be_framed(client, ranked, name):
    response = client.get(reverse(name, args=["tasks"]))

    assert read_policy(response)["frame-ancestors"] == ["'none'"]
    assert response["X-Frame-Options"] == "DENY"


def test_a_frame_that_is_not_changed_is_still_allowed(client, ranked):
    """A browser takes the policy of the answer that says so."""
    tag = get(client)["ETag"]
    address = f"{reverse('leaderboard-embed', args=['tasks'])}?language=en"
    response = client.get(address, headers={"if-none-match": tag})

    assert response.status_code == 304
    assert "X-Frame-Options" not in response
    assert read_policy(response)["frame-ancestors"] == ["*"]


@pytest.mark.parametrize(
    ("asked", "shown"), [("5", 5), ("1", 5), ("7", 7), ("999999", 7), ("", 7), ("x", 7), ("²", 7)]
)
def test_it_shows_as_many_rows_as_it_is_asked_for(client, ranked, asked, shown):
    page = get(client, most=asked).content.decode()

    assert page.count('scope="row"') == shown
    assert ("2 models more on the leaderboard." in " ".join(page.split())) == (shown == 5)


def test_every_row_has_its_range_and_its_interval(client, ranked):
    page = get(client).content.decode()

    assert len(re.findall(r"<small>[\d,]+–[\d,]+</small>", page)) == 7
    assert page.count('class="interval"') == 7


def test_it_says_of_which_snapshot_it_is_and_links_to_it_in_a_page_of_its_own(client, ranked):
    digest = ranked.leaderboards.get().snapshots.get().result_digest[:16]
    page = get(client).content.decode()

    assert "As of 2 March 2026, 12:00 UTC." in page
    links = re.findall(r"<a [^>]+>", page)
    assert any(reverse("snapshot", args=["tasks", digest]) in link for link in links)
    assert all('target="_blank" rel="noopener"' in link for link in links)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_site_around_it_chooses_the_theme(client, ranked, theme):
    client.cookies["arena_theme"] = "dark" if theme == "light" else "light"

    assert f'data-theme="{theme}"' in get(client, theme=theme).content.decode()
    assert "data-theme" not in get(client, theme="auto").content.decode()


def test_the_address_chooses_the_language(client, ranked):
    page = get(client, language="fr").content.decode()

    assert '<html lang="fr"' in page
    assert get(client, language="fr")["Content-Language"] == "fr"
    assert '<html lang="en"' in get(client).content.decode()


def test_simulated_votes_are_named(client):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks", origin="simulated", simulated=True)
    assert "Simulated votes." in get(client).content.decode()


def test_without_a_result_it_says_so(client):
    make_study(slug="tasks", minimum_votes=400)
    assert "No result yet: 0 of 400 votes." in get(client).content.decode()


def test_the_page_of_data_has_the_lines_to_copy(client, ranked):
    page = client.get(
        reverse("leaderboard-data", args=["tasks"]), headers={"accept-language": "en"}
    ).content.decode()

    assert "&lt;iframe src=&quot;http://testserver/leaderboards/tasks/embed/?most=10" in page
    assert "http://testserver/leaderboards/tasks/badge.svg?model=" in page
    assert "http://testserver/leaderboards/tasks/feed.atom?language=en" in page
    assert page.count('data-copy="Copy"') == 4
