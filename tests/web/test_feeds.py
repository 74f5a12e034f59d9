"""Feeds: valid Atom, an entry for each hour with a snapshot, ids that stay, sentences with their intervals."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.ledger import seal_all
from evaluations.models import LanguageModel, Leaderboard
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.refreshing import refresh_all
from tests.web.boards import make_ranked_study

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def ranked():
    return make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks")


def read(client, name="leaderboard-feed", args=("tasks",), language="en"):
    response = client.get(reverse(name, args=args), {"language": language})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content)


def text(element, name):
    return element.findtext(f"{ATOM}{name}")


def test_it_is_atom_with_all_that_atom_asks_for(client, ranked):
    feed = read(client)

    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        assert text(element, "id").startswith("tag:testserver,2026-03-01:/leaderboards/tasks/")
        assert text(element, "title")
        updated = datetime.fromisoformat(text(element, "updated"))
        assert updated == NOW + timedelta(days=1)
    assert text(feed.find(f"{ATOM}author"), "name")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["alternate"] == "http://testserver/leaderboards/tasks/"
    assert links["self"] == "http://testserver/leaderboards/tasks/feed.atom?language=en"
    ids = [text(entry, "id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) == 1


def test_an_entry_says_the_sentence_and_every_figure_with_its_interval(client, ranked):
    entry = read(client).find(f"{ATOM}entry")
    board = ranked.leaderboards.get().snapshots.get()

    assert "no model leads: after 30 blind votes" in text(entry, "title")
    summary = entry.find(f"{ATOM}summary")
    assert summary.get("type") == "html"
    assert summary.text.count("<li>") == summary.text.count("95% interval") == 3
    link = entry.find(f"{ATOM}link").get("href")
    assert link == f"http://testserver/leaderboards/tasks/snapshots/{board.result_digest[:16]}/"


def test_it_speaks_french(client, ranked):
    feed = read(client, language="fr")

    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    assert "votes" in text(feed.find(f"{ATOM}entry"), "title")
    assert text(feed.find(f"{ATOM}entry"), "title") != text(read(client).find(f"{ATOM}entry"), "title")


def test_the_last_snapshot_of_an_hour_takes_the_place_of_the_others(client, ranked):
    first = read(client)
    for hours in (0, 0, 3):
        make_vote(battle=make_battle(study=ranked, rater=make_rater()), outcome="right", now=NOW)
        publish_at(NOW + timedelta(days=1, minutes=5, hours=hours))
    feed = read(client)
    ids = [text(entry, "id") for entry in feed.findall(f"{ATOM}entry")]

    assert len(ids) == 2
    assert ids[1] == text(first.find(f"{ATOM}entry"), "id")
    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.findall(f"{ATOM}entry")]
    assert links[1] != first.find(f"{ATOM}entry").find(f"{ATOM}link").get("href")
    assert text(feed, "updated") == text(feed.find(f"{ATOM}entry"), "updated")


def publish_at(moment):
    seal_all(now=moment)
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=moment)


def test_names_cannot_break_out_of_the_feed(client, ranked):
    LanguageModel.objects.filter(slug="alpha").update(name="<script>alert(1)</script> & co")
    entry = read(client).find(f"{ATOM}entry")

    assert "<script>" not in entry.find(f"{ATOM}summary").text
    assert "&lt;script&gt;" in entry.find(f"{ATOM}summary").text


def test_simulated_votes_are_named(client):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks", origin="simulated", simulated=True)

    assert "Simulated votes." in read(client).find(f"{ATOM}entry").find(f"{ATOM}summary").text


def test_one_feed_of_all_leaderboards(client, ranked):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters")
    feed = read(client, "leaderboards-feed", ())
    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.findall(f"{ATOM}entry")]

    assert len(links) == 2
    assert any("/letters/" in link for link in links)
    assert any("/tasks/" in link for link in links)


def test_a_feed_without_a_snapshot_does_not_depend_on_the_clock(client):
    make_study(slug="tasks")
    since = Leaderboard.objects.get(slug="tasks").created_at

    assert datetime.fromisoformat(text(read(client), "updated")) == since.replace(microsecond=0)
    all_of_them = read(client, "leaderboards-feed", ())
    assert datetime.fromisoformat(text(all_of_them, "updated")) == datetime(1970, 1, 1, tzinfo=UTC)


def test_who_has_it_is_told_so_until_there_is_a_new_snapshot(client, ranked):
    address = reverse("leaderboard-feed", args=["tasks"])
    for query in ({"language": "en"}, {}):
        tag = client.get(address, query)["ETag"]
        assert client.get(address, query, headers={"if-none-match": tag}).status_code == 304
    make_vote(battle=make_battle(study=ranked, rater=make_rater()), outcome="right")
    publish_at(NOW + timedelta(days=2))
    assert client.get(address, {"language": "en"}, headers={"if-none-match": tag}).status_code == 200


def test_there_is_no_feed_of_what_is_not_there(client):
    assert client.get(reverse("leaderboard-feed", args=["nowhere"])).status_code == 404
