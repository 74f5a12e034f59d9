"""Files with all votes are made anew for each who asks: so many an hour for one address, on pages and by the API."""

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.studies import close_study
from tests.factories import NOW
from tests.web.boards import make_ranked_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses(settings):
    settings.DOWNLOADS_PER_HOUR = 3
    study = make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters")
    close_study(study=study, now=NOW)
    digest = study.leaderboards.get().snapshots.get().result_digest
    return [
        reverse("snapshot-bundle", args=["letters", digest]),
        reverse("api-bundle", args=[digest]),
        reverse("leaderboard-file", args=["letters", "votes.csv"]),
    ]


def test_one_file_too_many_is_told_when_to_come_back(client, addresses):
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200] * 3
    for address in addresses:
        late = client.get(address)
        assert late.status_code == 429
        assert 0 < int(late["Retry-After"]) <= 3600
        assert "files were downloaded from your network" in late.content.decode()
    assert client.get(addresses[0], REMOTE_ADDR="192.0.2.7").status_code == 200


def test_what_is_sent_no_file_is_not_counted(client, addresses):
    tag = client.get(addresses[0])["ETag"]
    for _ in range(4):
        assert client.head(addresses[0]).status_code == 200
        assert client.head(addresses[2]).status_code == 200
        assert client.get(addresses[0], headers={"If-None-Match": tag}).status_code == 304
    assert client.get(addresses[2]).status_code == 200


def test_the_board_itself_is_never_refused(client, addresses):
    assert settings.DOWNLOADS_PER_HOUR == 3
    board = reverse("leaderboard-file", args=["letters", "board.csv"])
    assert {client.get(board).status_code for _ in range(6)} == {200}
