"""The card: a PNG of one size, the same bytes for the same snapshot, and what pages say of it."""

import io
import re
from dataclasses import replace

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image

from evaluations.leaderboards import fetch_board
from evaluations.web import letters
from evaluations.web.card_images import Card, CardRow, draw_card
from evaluations.web.cards import describe_card
from tests.factories import make_battle, make_rater, make_study, make_vote
from tests.web.boards import make_ranked_study, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def ranked():
    return make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks")


def get(client, **query):
    return client.get(reverse("leaderboard-card", args=["tasks"]), {"language": "en", **query})


def make_card(**options):
    row = CardRow(rank="1–2", name="Model", score="1,000", interval="990–1,010", low=0.4, point=0.5, high=0.6)
    values = {"title": "Title", "sentence": "It leads.", "warning": "", "rows": (row,), "note": "A note."}
    return Card(**{**values, **options})


def test_it_is_a_png_of_the_size_that_its_pages_name(client, ranked):
    response = get(client)
    image = Image.open(io.BytesIO(response.content))

    assert response["Content-Type"] == "image/png"
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(response.content) < 200_000
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not response.cookies


def test_the_same_snapshot_is_the_same_bytes(client, ranked):
    first = get(client).content
    draw_card.cache_clear()

    assert get(client).content == first
    assert get(client, language="fr").content != first


def test_a_snapshot_keeps_its_picture(client, ranked):
    first, digest = get(client).content, ranked.leaderboards.get().snapshots.get().result_digest[:16]
    make_vote(battle=make_battle(study=ranked, rater=make_rater()), outcome="right")
    publish(columns_root=settings.COLUMNS_ROOT)

    assert get(client).content != first
    assert get(client, snapshot=digest).content == first
    assert get(client, snapshot="0" * 16).status_code == 404


def test_it_says_what_the_board_says(ranked):
    card = describe_card(fetch_board(slug="tasks"))
    rows = fetch_board(slug="tasks").rows

    assert [row.name for row in card.rows] == [row.model.name for row in rows]
    for row in card.rows:
        assert re.fullmatch(r"[\d,]+–[\d,]+", row.interval)
        assert 0 <= row.low <= row.point <= row.high <= 1
    assert "3 of 3 models, 30 blind votes" in card.note
    assert "95% intervals" in card.note


@pytest.mark.parametrize(
    ("origin", "warning"), [("simulated", "Simulated votes"), ("recorded", "Recorded votes")]
)
def test_simulated_and_recorded_votes_are_named_on_it(origin, warning):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks", origin=origin)

    assert describe_card(fetch_board(slug="tasks")).warning == warning


def test_without_a_result_there_is_a_card_all_the_same(client):
    make_study(slug="tasks")

    assert Image.open(io.BytesIO(get(client).content)).size == (1200, 630)


def test_what_is_too_long_is_shortened_and_stays_inside():
    row = replace(make_card().rows[0], name="N" * 200)
    long = make_card(title="Title " * 40, sentence="Word " * 80, rows=(row,) * 9)
    image = Image.open(io.BytesIO(draw_card(long))).convert("L")

    edges = [image.crop((0, 0, 40, 630)), image.crop((1160, 0, 1200, 630)), image.crop((0, 606, 1200, 630))]
    for edge in edges:
        low, high = edge.getextrema()
        assert low == high


@pytest.mark.parametrize("face", ["text", "strong", "title"])
def test_letters_are_those_of_the_text_or_as_near_as_there_are(face):
    french = "Le modèle « Ça œuvre » : tête, l’été, 1–2 …"
    assert letters.spell(french, face=face) == french
    assert letters.spell("18\u202f420", face=face) == "18 420"
    assert letters.spell("e\u0301", face=face) == "é"
    assert letters.spell("ｅ", face=face) == "e"
    assert letters.spell("模型 A", face=face) == "?? A"


def test_accents_are_drawn():
    plain, accented = (draw_card(make_card(sentence=said)) for said in ("Tete", "Tête"))
    assert plain != accented


def test_pages_name_the_picture_the_sentence_and_the_feed(client, ranked):
    digest = ranked.leaderboards.get().snapshots.get().result_digest[:16]
    for name, args in [("leaderboard", ["tasks"]), ("snapshot", ["tasks", digest])]:
        page = client.get(reverse(name, args=args), headers={"accept-language": "en"}).content.decode()
        meta = dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)">', page))
        assert meta["og:image"] == (
            f"http://testserver/leaderboards/tasks/card.png?language=en&amp;snapshot={digest}"
        )
        assert meta["twitter:card"] == "summary_large_image"
        assert meta["og:title"] == "Study tasks"
        assert "no model leads" in meta["og:description"]
        assert meta["og:url"] == f"http://testserver{reverse(name, args=args)}"
        assert 'type="application/atom+xml"' in page
        address = meta["og:image"].removeprefix("http://testserver").replace("&amp;", "&")
        assert client.get(address).status_code == 200
    for name, args in [("leaderboard-model", ["tasks", "alpha"]), ("leaderboard-claims", ["tasks"])]:
        page = client.get(reverse(name, args=args)).content.decode()
        assert f"card.png?language=en&amp;snapshot={digest}" in page
