"""Public pages: one version for all who come, told apart by their tag, made once."""

import gzip
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from evaluations.models import LanguageModel
from evaluations.web import leaderboards, published_pages
from tests.factories import NOW
from tests.part_studies import LATER, cast_votes, make_part_study, publish

pytestmark = pytest.mark.django_db
ADDRESSES = (
    ("leaderboard", []),
    ("leaderboards", None),
    ("leaderboard-claims", []),
    ("leaderboard-snapshots", []),
    ("leaderboard-exposure", []),
    ("leaderboard-data", []),
    ("leaderboard-compare", []),
    ("leaderboard-model", ["alpha"]),
    ("leaderboard-comparison", ["alpha", "beta"]),
)


@pytest.fixture
def study():
    study = make_part_study(simulated=True)
    cast_votes(study, 60)
    publish(study)
    return study


def address(name, more, *, slug="parts"):
    return reverse(name, args=[slug, *more] if more is not None else [])


def count_views(monkeypatch):
    """A list that grows with each page of a leaderboard that is made."""
    made, real = [], leaderboards.render
    monkeypatch.setattr(leaderboards, "render", lambda *given: made.append(1) or real(*given))
    return made


@pytest.mark.parametrize(("name", "more"), ADDRESSES)
def test_each_page_is_the_same_for_everyone_and_may_be_kept_on_the_way(client, study, name, more):
    page = client.get(address(name, more))
    assert page.status_code == 200
    assert not page.cookies
    assert {"public", "max-age=0", "s-maxage=15", "must-revalidate"} == set(
        page["Cache-Control"].replace(" ", "").split(",")
    )
    assert {"Accept-Encoding", "Cookie", "Accept-Language"} <= set(page["Vary"].replace(" ", "").split(","))
    assert page["ETag"].startswith('"')
    other = Client()
    other.force_login(get_user_model().objects.create_user("somebody"))
    other.cookies["csrftoken"] = "c" * 32
    assert other.get(address(name, more)).content == page.content
    again = client.get(address(name, more), headers={"If-None-Match": page["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", page["ETag"])
    assert again["Cache-Control"] == page["Cache-Control"]


def test_a_page_is_made_once_and_anew_when_what_it_says_changes(client, study, monkeypatch):
    made = count_views(monkeypatch)
    where = address("leaderboard", [])
    first = client.get(where)
    assert client.get(where).content == first.content
    assert len(made) == 1
    tags = {first["ETag"]}
    LanguageModel.objects.filter(slug="alpha").update(name="Alpha Renamed")
    renamed = client.get(where)
    assert b"Alpha Renamed" in renamed.content
    tags.add(renamed["ETag"])
    study.entries.filter(model__slug="beta").update(retired_at=NOW + timedelta(days=1))
    tags.add(client.get(where)["ETag"])
    cast_votes(study, 4, start=60)
    publish(study, now=LATER + timedelta(minutes=5))
    newest = client.get(where)
    tags.add(newest["ETag"])
    assert "64" in newest.text
    client.post(reverse("set-theme"), {"theme": "dark"})
    tags.add(client.get(where)["ETag"])
    tags.add(client.get(where, headers={"Accept-Language": "fr"})["ETag"])
    tags.add(client.get(where, headers={"Host": "127.0.0.1"})["ETag"])
    assert len(tags) == 7


def test_it_is_sent_compressed_to_who_can_read_that(client, study):
    plain = client.get(address("leaderboard", []))
    zipped = client.get(address("leaderboard", []), headers={"Accept-Encoding": "br, gzip"})
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert zipped["ETag"] != plain["ETag"]
    assert "Content-Encoding" not in plain


def test_what_is_not_there_is_not_kept(client, study):
    for where in (address("leaderboard", [], slug="nothing"), address("leaderboard", []) + "?category=none"):
        assert client.get(where).status_code == 404
    assert len(published_pages.PAGES) == 0


def test_preferences_need_no_token_and_pages_carry_none(study):
    client = Client(enforce_csrf_checks=True)
    page = client.get(address("leaderboard", []))
    assert b"csrfmiddlewaretoken" not in page.content
    assert client.post(reverse("set-theme"), {"theme": "dark"}).status_code == 302
    assert client.post(reverse("set-language"), {"language": "fr", "next": "/"}).status_code == 302


@pytest.mark.usefixtures("study")
def test_what_a_page_does_not_read_makes_no_other_page(client, monkeypatch):
    """A newspaper's link says where its readers come from; the order of what is read changes nothing either."""
    plain = client.get(address("leaderboard", []), {"style": "on", "category": "code"})
    made = count_views(monkeypatch)
    tracked = client.get(
        address("leaderboard", []),
        {"utm_source": "paper", "category": "code", "style": "on", "page": "7", "next": "//evil.example"},
    )
    assert (tracked.content, tracked["ETag"]) == (plain.content, plain["ETag"])
    assert not made
    assert b"utm_source" not in tracked.content
    assert b"evil.example" not in tracked.content
    other = client.get(address("leaderboard", []), {"style": "off", "category": "code"})
    assert other["ETag"] != plain["ETag"]
