"""HEAD tells what GET would answer, wherever everyone may read; it has no body, and no file is made for it."""

import pytest
from django.test import RequestFactory
from django.urls import resolve, reverse

from evaluations.models import Snapshot
from evaluations.studies import close_study
from tests.factories import NOW
from tests.web.boards import make_ranked_study

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "leaderboard-badge": (),
    "leaderboard-embed": (),
    "leaderboard-feed": (),
    "leaderboard-card": (),
    "leaderboard-chart": ("wins", "csv"),
    "leaderboard-file": ("board.csv",),
}


@pytest.fixture(autouse=True)
def study(settings):
    return close_study(study=make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks"), now=NOW)


@pytest.mark.parametrize("name", ADDRESSES)
def test_head_has_the_headers_of_get(client, name):
    compare(client, reverse(name, args=["tasks", *ADDRESSES[name]]))


def test_so_has_that_of_the_feed_of_all(client):
    compare(client, reverse("leaderboards-feed"))


def compare(client, address):
    told, sent = client.head(address), client.get(address)
    assert (told.status_code, told.content) == (200, b"")
    for header in ("Content-Type", "Content-Disposition", "ETag", "Cache-Control"):
        assert told.get(header) == sent.get(header)


@pytest.mark.parametrize("name", ["votes.csv", "votes.parquet", "bundle"])
def test_nothing_is_streamed(name):
    digest = Snapshot.objects.get().result_digest
    address = (
        reverse("snapshot-bundle", args=["tasks", digest])
        if name == "bundle"
        else reverse("leaderboard-file", args=["tasks", name])
    )
    # Not by the test's client, which drops the body itself.
    view = resolve(address)
    told, sent = (
        view.func(request, **view.kwargs)
        for request in (RequestFactory().head(address), RequestFactory().get(address))
    )
    assert told.status_code == 200
    assert told["Content-Disposition"] == sent["Content-Disposition"]
    assert list(told.streaming_content) == []
    assert len(b"".join(sent.streaming_content)) > 100
