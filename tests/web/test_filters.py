"""Each choice on a leaderboard is an address, which shows what the domain says of it, and keeps it in every link."""

import html
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from evaluations.leaderboards import fetch_board
from evaluations.models import Snapshot
from evaluations.sentences import describe_method, summarise_board
from tests.factories import NOW
from tests.part_studies import LATER, cast_votes, make_part_study, publish
from tests.refreshing import refresh_all
from tests.web.boards import exclude_first
from tests.web.test_leaderboards import read_rows

pytestmark = pytest.mark.django_db

ALONE = [
    {"category": "code"},
    {"category": "explain"},
    {"language": "en"},
    {"language": "fr"},
    {"style": "on"},
    {"style": "off"},
    {"ties": "half"},
    {"ties": "davidson"},
    {"ties": "out"},
    {"method": "bradley-terry"},
    {"method": "elo"},
    {"exclusions": "applied"},
    {"exclusions": "none"},
]
TOGETHER = [
    {},
    {"category": "", "language": "", "style": "off", "ties": "half", "exclusions": "applied"},
    {"category": "code", "language": "en"},
    {"category": "code", "style": "on", "ties": "out"},
    {"language": "en", "method": "elo", "sort": "-model"},
    {"ties": "davidson", "style": "on", "exclusions": "none"},
]


@pytest.fixture
def study():
    """160 votes: 80 in the category code, 80 in English; 40 of every other kind, which are too few."""
    study = make_part_study(minimum_votes=100)
    cast_votes(study, 160)
    publish(study)
    return study


def get(client, *, status=200, reader="en", **query):
    address = reverse("leaderboard", args=["parts"])
    response = client.get(address, query, headers={"accept-language": reader})
    assert response.status_code == status
    return response.content.decode()


def read_text(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def read_chosen(page):
    """What the form says is shown, by name."""
    radios = re.findall(r'<input type="radio" name="([\w-]+)" id="[\w-]+" value="([\w-]*)" checked', page)
    selects = re.findall(r'<select [^>]*name="(\w+)">.*?<option value="([^"]*)" selected', page)
    return dict([*radios, *selects])


@pytest.mark.usefixtures("study")
def test_each_address_shows_what_the_domain_says(client):
    for query in [*ALONE, *TOGETHER]:
        page = get(client, **query)
        board = fetch_board(slug="parts", query=query)
        with translation.override("en"):
            assert summarise_board(board) in read_text(page), query
            assert " ".join(describe_method(board.parameters, analysis=board.analysis)) in read_text(page), (
                query
            )
        shown = [(row[1], row[4].split()[0]) for row in read_rows(page)] if board.rows else []
        expected = [(row.model.name, f"{row.score:,.0f}") for row in board.rows]
        assert sorted(shown) == sorted(expected), query
        if query.get("sort") != "-model":
            assert shown == expected, query


@pytest.mark.usefixtures("study")
@pytest.mark.parametrize(
    "query", [{}, {"ties": "out"}, {"ties": "out", "style": "on"}, {"ties": "davidson"}, {"method": "elo"}]
)
def test_one_number_of_votes_is_said_everywhere(client, query):
    """The headline's is what the column adds up to, each vote counting for two models, and what the ledger ends at."""
    page, ranked = get(client, **query), 114 if query.get("ties") == "out" else 160
    board = fetch_board(slug="parts", query=query)
    text = read_text(page)
    assert len(board.rows) == 3
    assert sum(row.votes for row in board.rows) == 2 * ranked
    assert sum(int(row[6]) for row in read_rows(page)) == 2 * ranked
    assert f" {ranked} blind votes" in text
    assert ("In this ranking" in text) == (ranked < 160)
    if ranked < 160:
        assert (
            "Counted 160 Ties, left out of this ranking −23 “Both bad”, left out of this ranking −23 " in text
        )
        assert f"In this ranking {ranked}" in text
        assert f"160 votes by 8 raters on 4 prompts, of which {ranked} count in this ranking;" in text
        assert "left out, since they name no better response: 23 ties and 23 votes for “both bad”." in text


@pytest.mark.usefixtures("study")
def test_form_stands_at_what_is_shown(client):
    usual = {"category": "", "language": "", "style": "off", "ties": "half", "method": "bradley-terry"}
    for query in [*ALONE, *TOGETHER]:
        asked = {name: value for name, value in query.items() if name != "sort"}
        assert read_chosen(get(client, **query)) == {**usual, "exclusions": "applied", **asked}, query


@pytest.mark.usefixtures("study")
def test_selection_is_said_in_words(client):
    text = read_text(get(client))
    assert (
        "All categories, all languages, style control off, ties count half, exclusions applied: 160 votes"
        in text
    )
    text = read_text(get(client, category="code", style="on", ties="out"))
    assert (
        "Category “code”, all languages, style control on, ties left out, exclusions applied: 80 votes by 4 raters on "
        "2 prompts, of which 57 count in this ranking; left out, since they name no better response: 12 ties and "
        "11 votes for “both bad”." in text
    )
    # Of a part with too few votes nothing else is known.
    assert (
        "Category “code”, English, style control off, ties count half, exclusions applied: 40 votes. How"
        in (read_text(get(client, category="code", language="en")))
    )
    assert "All categories, all languages, Elo, ties count half" in read_text(get(client, method="elo"))


@pytest.mark.usefixtures("study")
def test_too_few_votes_are_said_instead_of_a_table(client):
    page = get(client, language="fr")
    assert "On prompts in French, too few votes: 40 of 50 needed." in read_text(page)
    assert 'class="data-table leaderboard"' not in page
    assert "No result yet" not in page


@pytest.mark.usefixtures("study")
def test_parts_with_too_few_votes_are_offered_with_their_count_only(client):
    page = get(client)
    assert '<option value="fr" disabled>French: 40 of 50 votes</option>' in page
    assert '<option value="en">English</option>' in page
    assert '<option value="explain" disabled>explain: 40 of 50 votes</option>' in page
    # Beside the category that is chosen, English has 40 votes.
    assert '<option value="en" disabled>English: 40 of 50 votes</option>' in get(client, category="code")
    # What is shown stays chosen.
    assert '<option value="fr" selected>French: 40 of 50 votes</option>' in get(client, language="fr")


@pytest.mark.usefixtures("study")
@pytest.mark.parametrize(
    "query",
    [
        {"category": "poems"},
        {"language": "de"},
        {"style": "yes"},
        {"ties": "third"},
        {"method": "glicko"},
        {"exclusions": "some"},
    ],
)
def test_what_is_not_offered_is_a_missing_page_with_a_sentence(client, query):
    page = get(client, status=404, **query)
    assert "Choose again on the leaderboard." in read_text(page)
    assert f'href="{reverse("leaderboard", args=["parts"])}">See the leaderboard</a>' in page


@pytest.mark.usefixtures("study")
def test_links_of_the_header_keep_the_filters(client):
    page = html.unescape(get(client, category="code", style="on", exclusions="none", sort="votes"))
    links = re.findall(r'class="sort-link" href="\?sort=([\w-]+)&([^"]+)"', page)
    assert {sort for sort, _rest in links} == {"model", "score", "-votes", "win", "both-bad"}
    assert {rest for _sort, rest in links} == {"category=code&style=on&exclusions=none"}
    assert '<input type="hidden" name="sort" value="votes">' in page


@pytest.mark.usefixtures("study")
def test_elo_knows_neither_style_nor_other_ties(client):
    page = get(client, method="elo")
    for name in ("style", "ties"):
        fieldset = re.search(
            rf'<fieldset [^>]*disabled><legend>[^<]+</legend>\s*<div[^>]*><label><input [^>]*name="{name}"',
            page,
        )
        assert fieldset, name
    assert "not a confidence interval" in read_text(page)
    assert "95% of orders" in read_text(page)


@pytest.mark.usefixtures("study")
def test_a_part_leads_from_all_votes_to_its_own(client):
    page = get(client, category="code")
    ledger = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page)
    assert ledger == [
        ("Received", "160"),
        ("Counted", "160"),
        ("On other prompts", "−80"),
        ("Counted here", "80"),
    ]


def test_exclusions_are_a_choice_that_keeps_the_others(client, study):
    exclude_first(study)
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=LATER + timedelta(hours=1))
    page = get(client, style="on")
    assert '<a href="?style=on&amp;exclusions=none">' in page
    assert "140 votes by 7 raters" in read_text(page)
    assert 'href="#exclusions">Excluded, with reasons</a></dt><dd>−20</dd>' in page
    raw = get(client, style="on", exclusions="none")
    assert "Without exclusions, with style" not in raw
    assert "160 votes by 8 raters" in read_text(raw)
    assert "no exclusions: 160" in read_text(raw)
    assert '<a href="?style=on">See the leaderboard without the excluded votes</a>' in raw


def test_without_any_exclusion_both_choices_say_so(client, study):
    text = read_text(get(client, exclusions="none"))
    assert "no exclusions: nobody is excluded: 160 votes" in text
    assert "Raw figures" not in text
    assert Snapshot.objects.filter(created_at__gt=NOW).count() == 1
