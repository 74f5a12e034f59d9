"""Exposure: who was shown how often, who was ever entered, whose votes were left out and what that changes."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.exposure import list_exposures, list_maker_exposures, list_moves, list_reasons
from evaluations.leaderboards import fetch_board
from evaluations.models import Entry, LanguageModel
from evaluations.quality.decisions import decide_rater
from tests.factories import make_study
from tests.raters import LATER, seal, turn_by_model, vote_often
from tests.refreshing import refresh_all
from tests.web.boards import make_ranked_study

pytestmark = pytest.mark.django_db


def get(client, slug="letters", *, language="en"):
    address = reverse("leaderboard-exposure", args=[slug])
    return client.get(address, headers={"accept-language": language})


def read(response):
    assert response.status_code == 200
    return response.content.decode()


def strip(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def uneven(settings):
    """Alpha meets each of the others; these never meet."""
    return make_ranked_study(
        columns_root=settings.COLUMNS_ROOT, slug="letters", results=((0, 1, 6, 4), (0, 2, 3, 3))
    )


@pytest.mark.usefixtures("uneven")
def test_shares_of_places_sum_to_one():
    found = list_exposures(board=fetch_board(slug="letters"))
    assert [(item.name, item.votes) for item in found] == [("Alpha", 16), ("Beta", 10), ("Gamma", 6)]
    assert [item.share for item in found] == pytest.approx([16 / 32, 10 / 32, 6 / 32])
    assert all(item.equal == pytest.approx(1 / 3) for item in found)


@pytest.mark.usefixtures("uneven")
def test_makers_are_counted_with_all_their_models(client):
    LanguageModel.objects.filter(slug__in=["beta", "gamma"]).update(maker="Forge")
    found = {item.name: item for item in list_maker_exposures(board=fetch_board(slug="letters"))}
    assert set(found) == {"", "Forge"}
    forge = found["Forge"]
    assert (forge.name, forge.models, forge.votes) == ("Forge", 2, 16)
    assert forge.equal == pytest.approx(2 / 3)
    page = strip(read(get(client)))
    assert "Forge 50.0% equal: 66.7%" in page
    assert "No maker named 50.0% equal: 33.3%" in page


@pytest.mark.usefixtures("uneven")
def test_sentence_names_the_extremes(client):
    said = (
        "Alpha was shown most often, in 50.0% of all places, and Gamma least often, in 18.8%; shown alike, "
        "each would have 33.3%."
    )
    assert said in strip(read(get(client)))


def test_every_model_ever_entered_has_its_dates(client, uneven):
    Entry.objects.filter(study=uneven, model__slug="gamma").update(retired_at=LATER)
    page = read(get(client))
    for name in ("Alpha", "Beta", "Gamma"):
        assert f">{name}</a></th>" in page
    assert page.count("1 March 2026") >= 3
    assert f'<time datetime="{LATER:%Y-%m-%d}' in page


def test_a_model_that_is_not_on_the_board_says_why(client):
    make_study(slug="letters")
    page = strip(read(get(client)))
    assert page.count("Not on the board: this model has no vote yet.") == 3
    assert "No vote is counted yet, so no model has been shown more than another." in page


@pytest.fixture
def excluding(settings):
    """Two raters out of six are left out, each for a reason of its own."""
    study = make_study(slug="letters", names=("alpha", "beta"), prompts=4)
    honest = ["left", "left", "left", "right", "left", "right"]
    raters = [vote_often(study=study, outcomes=honest) for _ in range(4)]
    raters += [vote_often(study=study, outcomes=turn_by_model(many, first_wins=False)) for many in (10, 4)]
    seal(settings)
    for number, reason in ((5, "Votes beta always."), (6, "Voted <b>too fast</b>.")):
        decide_rater(
            study=study, rater=raters[number - 1], number=number, decision="exclude", reason=reason, flags=[],
            after=0, user=None, now=LATER,
        )  # fmt: skip
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=LATER)
    return study


@pytest.mark.usefixtures("excluding")
def test_exclusions_are_listed_by_reason_with_their_votes(client):
    board = fetch_board(slug="letters")
    found = list_reasons(board=board, columns_root=settings.COLUMNS_ROOT)
    assert [(item.reason, item.votes) for item in found] == [
        ("Votes beta always.", 10),
        ("Voted <b>too fast</b>.", 4),
    ]
    assert [item.decisions[0].position for item in found] == board.exclusions["positions"]
    page = read(get(client))
    assert "Voted &lt;b&gt;too fast&lt;/b&gt;." in page
    assert "10 votes of 1 rater" in page
    assert f"Ledger entry {board.exclusions['positions'][0]}." in page


@pytest.mark.usefixtures("excluding")
def test_what_exclusions_change_is_said_with_both_intervals(client):
    applied, raw = fetch_board(slug="letters"), fetch_board(slug="letters", query={"exclusions": "none"})
    moves = list_moves(board=applied)
    assert [move.model.slug for move in moves] == [row.model.slug for row in applied.rows]
    first = next(row for row in raw.rows if row.model == moves[0].model)
    assert moves[0].points == pytest.approx(applied.rows[0].score - first.score)
    assert moves[0].points > 0
    page = strip(read(get(client)))
    assert f"{first.score:,.0f} ({first.lower:,.0f}–{first.upper:,.0f})" in page.replace("( ", "(")
    assert f"+{moves[0].points:.1f}" in page


@pytest.mark.usefixtures("uneven")
def test_without_exclusions_the_page_says_so(client):
    page = read(get(client))
    assert "No rater is excluded." in page
    assert "exclusions=none" not in page


def test_queries_do_not_grow_with_models(client, settings, django_assert_max_num_queries):
    counts = []
    for slug, many in (("few", 4), ("many", 14)):
        names = tuple(chr(97 + place) * (3 + (many > 4)) for place in range(many))
        results = tuple((place, (place + 1) % many, 3, 2) for place in range(many))
        make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug=slug, names=names, results=results)
        with django_assert_max_num_queries(20) as queries:
            read(get(client, slug))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("excluding")
def test_in_french(client):
    page = read(get(client, language="fr"))
    assert not re.search(r'(x[12]?|width)="\d+,', page)
    assert 'lang="fr"' in page
