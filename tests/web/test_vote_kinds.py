"""One person's vote in a demonstration: wherever the board is shown, the votes are called what each is."""

import html

import pytest
from django.urls import reverse

from evaluations.leaderboards import fetch_board
from evaluations.web.cards import describe_card
from evaluations.web.feeds import write_entry
from tests.factories import make_study
from tests.web.boards import add_votes, publish

pytestmark = pytest.mark.django_db
SAID = "30 simulated votes and 1 visitor’s vote"


@pytest.fixture(autouse=True)
def study(settings):
    study = make_study(slug="demo", simulated=True)
    add_votes(study=study, origin="simulated")
    add_votes(study=study, results=((0, 1, 1, 0),), raters=1)
    publish(columns_root=settings.COLUMNS_ROOT)
    return study


@pytest.mark.parametrize(
    "name", ["leaderboard", "leaderboard-badge", "leaderboard-embed", "leaderboard-feed"]
)
def test_both_are_said(client, name):
    address = reverse(name, args=["demo"])
    page = html.unescape(client.get(address, headers={"accept-language": "en"}).content.decode())
    assert SAID in page
    assert "31 simulated" not in page


def test_in_the_description_of_the_address(client):
    page = client.get(
        reverse("leaderboard", args=["demo"]), headers={"accept-language": "en"}
    ).content.decode()
    description = next(line for line in page.splitlines() if 'property="og:description"' in line)
    assert SAID in description


def test_on_the_card_and_in_the_feed():
    board = fetch_board(slug="demo")
    card = describe_card(board)
    assert SAID in card.sentence
    assert SAID in card.note
    assert card.warning == "Simulated votes"
    assert SAID in write_entry(board.snapshot, "en").title


def test_of_a_part_nobody_knows_how_many(client):
    page = client.get(
        reverse("leaderboard-model", args=["demo", "alpha"]), headers={"accept-language": "en"}
    ).content.decode()
    assert "on 21 votes, simulated or visitors’." in page
