"""The badge: a range of ranks or how many lead, never a bare rank, with its warning, the same for every visitor."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.models import LanguageModel
from tests.factories import make_study
from tests.web.boards import make_ranked_study

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


def get(client, **query):
    return client.get(reverse("leaderboard-badge", args=["tasks"]), {"language": "en", **query})


def read(client, **query):
    response = get(client, **query)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("image/svg+xml")
    return ElementTree.fromstring(response.content)


def words(svg):
    return [element.text for element in svg.iter(f"{SVG}text")]


def make_board(**options):
    return make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks", **options)


def test_a_model_s_badge_says_its_range_of_ranks(client):
    study = make_board(minimum_votes=10)
    row = next(row for row in read_ranking(study) if row["model"] == "beta")
    svg = read(client, model="beta")
    low, high = row["rank_low"], row["rank_high"]
    said = f"{low}–{high}" if low != high else str(low)

    assert low < high
    assert words(svg) == ["Arena", f"Beta: rank {said} of 3"]
    assert svg.get("role") == "img"
    assert (
        svg.get("aria-label") == svg.findtext(f"{SVG}title") == f"Arena, Study tasks – Beta: rank {said} of 3"
    )


def read_ranking(study):
    return json.loads(study.leaderboards.get().snapshots.get().document)["ranking"]


def test_the_board_s_badge_says_how_many_lead(client):
    make_board(minimum_votes=10, results=((0, 1, 25, 25), (0, 2, 48, 2), (1, 2, 48, 2)), raters=20)
    assert words(read(client)) == ["Arena", "2 lead of 3, 150 blind votes"]


def test_nothing_is_said_to_lead_where_all_could(client):
    make_board(minimum_votes=1, results=((0, 1, 2, 2), (0, 2, 2, 2), (1, 2, 2, 2)))
    assert words(read(client)) == ["Arena", "no lead among 3, 12 blind votes"]


@pytest.mark.parametrize("origin", ["simulated", "recorded"])
def test_simulated_and_recorded_votes_are_named_on_it(client, origin):
    make_board(origin=origin)
    for query in ({}, {"model": "alpha"}):
        svg = read(client, **query)
        assert words(svg)[1] == origin
        assert svg.get("aria-label").endswith(f" – {origin}")


def test_too_few_votes_are_provisional(client):
    make_board(minimum_votes=1000)
    assert words(read(client))[1] == "provisional"


def test_without_a_result_it_says_so(client):
    make_study(slug="tasks", minimum_votes=400)
    assert words(read(client)) == ["Arena", "no result yet: 0 of 400 votes"]
    assert words(read(client, model="alpha")) == ["Arena", "Alpha: not placed yet"]


def test_long_and_hostile_names(client):
    make_board()
    LanguageModel.objects.filter(slug="alpha").update(name='"><script>alert(1)</script>' + "x" * 60)
    response = get(client, model="alpha")

    assert b"<script" not in response.content
    svg = ElementTree.fromstring(response.content)
    assert "…: rank" in words(svg)[-1]
    assert int(svg.get("width")) < 420


def test_parts_stand_side_by_side_and_hold_their_texts(client):
    make_board(origin="simulated")
    svg = read(client)
    grounds = svg.find(f"{SVG}g").findall(f"{SVG}rect")
    end = 0
    for ground, text in zip(grounds, svg.iter(f"{SVG}text"), strict=True):
        start, width = int(ground.get("x", "0")), int(ground.get("width"))
        assert start == end
        assert start < int(text.get("x"))
        assert int(text.get("x")) + int(text.get("textLength")) < start + width
        end = start + width
    assert end == int(svg.get("width"))


def test_it_speaks_french(client):
    make_board()
    assert "aveugle" in words(read(client, language="fr"))[-1]


def test_other_sites_may_show_and_keep_it(client):
    make_board()
    response = get(client)

    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies
    assert "Cookie" not in response["Vary"]
    in_the_reader_s = client.get(reverse("leaderboard-badge", args=["tasks"]))
    assert "public" not in in_the_reader_s["Cache-Control"]
    assert get(client).content == response.content
    tag = response["ETag"]
    address = f"{reverse('leaderboard-badge', args=['tasks'])}?language=en"
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304


def test_nobody_else_has_one(client):
    make_board()
    assert get(client, model="delta").status_code == 404
    assert client.get(reverse("leaderboard-badge", args=["nowhere"])).status_code == 404


def test_it_runs_and_fetches_nothing(client):
    make_board()
    text = get(client).content.decode()
    assert not re.search(r"<script|<style|style=|href=|on\w+=", text)


def test_the_board_s_badge_names_a_model_that_none_ever_beat(client):
    """It has no place, and no other can be first."""
    unbeaten = ((0, 1, 20, 0), (0, 2, 20, 0), (0, 3, 20, 0))
    level = ((1, 2, 10, 10), (1, 3, 10, 10), (2, 3, 10, 10))
    make_board(
        minimum_votes=10, names=("alpha", "beta", "gamma", "delta"), results=unbeaten + level, raters=20
    )
    assert words(read(client)) == ["Arena", "Alpha unbeaten and not placed, 120 blind votes"]
    page = client.get(reverse("leaderboards"), headers={"accept-language": "en"}).content.decode()
    assert "Behind Alpha, which lost to no model with a place, no model leads" in page
