"""The leaderboard page: never a score without its interval, never a rank without its range."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.leaderboards import fetch_board
from evaluations.models import LanguageModel
from evaluations.studies import close_study
from tests.factories import NOW, make_study
from tests.web.boards import add_votes, make_ranked_study, publish

pytestmark = pytest.mark.django_db
NARROW = "\u202f"


@pytest.fixture
def study(settings):
    return make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", minimum_votes=20)


def get(client, slug="letters", *, language="en", **query):
    return client.get(reverse("leaderboard", args=[slug]), query, headers={"accept-language": language})


def read(response):
    return response.content.decode()


def read_rows(page):
    """The cells of each ranked model, as text."""
    body = re.search(r'<tbody role="rowgroup">(.*?)</tbody>', page, re.DOTALL).group(1)
    rows = re.findall(r'<tr role="row">(.*?)</tr>', body, re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in row] for row in cells]


def list_names(page):
    return [row[1] for row in read_rows(page)]


@pytest.mark.usefixtures("study")
def test_every_model_has_its_range_and_its_interval(client):
    page = read(get(client))
    board = fetch_board(slug="letters")
    for row, shown in zip(board.rows, read_rows(page), strict=True):
        ranks = f"{row.rank_low}–{row.rank_high}" if row.rank_low != row.rank_high else str(row.rank_low)
        assert shown[0] == f"Rank {ranks}"
        assert shown[4] == f"{row.score:,.0f} {row.lower:,.0f}–{row.upper:,.0f}"
        assert shown[6] == str(row.votes)
        assert shown[7] == f"{100 * row.win_rate:.1f}%"
    table = page[: page.index("</table>")]
    assert table.count('class="interval"') == table.count('class="point"') == len(board.rows)


@pytest.mark.usefixtures("study")
def test_sentence_comes_first(client):
    page = read(get(client))
    sentence = re.search(r'<p class="summary-sentence"><strong>(.*?)</strong>', page).group(1)
    assert sentence == "No model leads: after 30 blind votes, any of the 3 models could be first."
    assert page.index(sentence) < page.index("<table")


@pytest.mark.usefixtures("study")
def test_page_says_how_it_was_computed(client):
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", read(get(client))))
    board = fetch_board(slug="letters")
    assert "30 votes by 4 raters on 1 prompt." in page
    assert "Cast here, blind: 30." in page
    assert "Counted 30" in page
    assert "Bradley–Terry model" in page
    assert "“Both bad” counts as a tie." in page
    assert "Intervals at 95% from the sandwich estimator, the votes of one rater taken together." in page
    assert board.snapshot.result_digest in page.replace(" ", "")
    assert (
        f"The first {board.snapshot.ledger_size} entries of the ledger, code {board.snapshot.code_version}."
        in page
    )
    assert "2 March 2026, 12:00 UTC" in page


@pytest.mark.usefixtures("study")
def test_page_links_to_its_data(client):
    page = read(get(client))
    digest = fetch_board(slug="letters").snapshot.result_digest
    assert reverse("api-snapshot", args=[digest]) in page
    assert client.get(reverse("api-leaderboard", args=["letters"])).status_code == 200


@pytest.mark.usefixtures("study")
def test_numbers_in_french(client):
    LanguageModel.objects.filter(slug="alpha").update(name="Alpha & Cie")
    page = read(get(client, language="fr"))
    rows = read_rows(page)
    assert rows[0][1] == "Alpha &amp; Cie"
    assert re.fullmatch(rf"1{NARROW}\d{{3}} (1{NARROW})?\d{{3}}–1{NARROW}\d{{3}}", rows[0][4])
    assert rows[0][7].endswith(f",0{NARROW}%")
    # SVG reads one notation only.
    assert not re.search(r'x[12]?="\d+,', page)


@pytest.mark.usefixtures("study")
@pytest.mark.parametrize(
    ("sort", "names", "state"),
    [
        ("score", ["Alpha", "Beta", "Gamma"], "descending"),
        ("-score", ["Gamma", "Beta", "Alpha"], "ascending"),
        ("model", ["Alpha", "Beta", "Gamma"], "ascending"),
        ("-model", ["Gamma", "Beta", "Alpha"], "descending"),
        ("win", ["Alpha", "Beta", "Gamma"], "descending"),
        ("nonsense", ["Alpha", "Beta", "Gamma"], "descending"),
    ],
)
def test_sorting(client, sort, names, state):
    page = read(get(client, sort=sort))
    assert list_names(page) == names
    assert re.findall(r'aria-sort="(\w+)"', page) == [state]


def test_sorting_by_votes_and_by_both_bad(client, settings):
    study = make_study(slug="letters")
    add_votes(study=study, results=((0, 1, 2, 2), (0, 2, 3, 3)))
    add_votes(study=study, results=((1, 2, 2, 0),), outcome="both_bad")
    publish(columns_root=settings.COLUMNS_ROOT)
    assert list_names(read(get(client, sort="votes"))) == ["Alpha", "Gamma", "Beta"]
    assert list_names(read(get(client, sort="both-bad")))[2] == "Alpha"


@pytest.mark.usefixtures("study")
def test_sorted_column_leads_to_the_other_direction(client):
    assert 'href="?sort=-score"' in read(get(client))
    assert 'href="?sort=score"' in read(get(client, sort="-score"))


def test_before_the_first_vote(client):
    make_study(slug="letters", minimum_votes=400)
    page = read(get(client))
    assert "No result yet: 0 of 400 votes." in page
    assert '<progress class="meter meter-data" value="0" max="400"' in page
    assert "<table" not in page
    assert page.count("has no vote yet") == 3


def test_progress_of_many_votes_is_a_number_to_a_browser(client):
    """Grouped digits are for people: `max="1 200"` is no number."""
    make_study(slug="letters", minimum_votes=1200)
    page = read(get(client, language="fr"))
    assert 'max="1200"' in page
    assert f"0 vote{NARROW}" not in page
    assert f"0 votes sur 1{NARROW}200" in page


def test_models_without_a_place_are_listed_with_the_reason(client, settings):
    make_ranked_study(
        columns_root=settings.COLUMNS_ROOT, slug="letters", results=((0, 1, 3, 3), (0, 2, 4, 0))
    )
    page = read(get(client))
    assert list_names(page) == ["Alpha", "Beta"]
    assert re.search(r"<strong>Gamma</strong> <span>has lost every battle</span>", page)
    assert "a perdu toutes ses comparaisons" in read(get(client, language="fr"))


def test_what_an_interval_rests_on_is_said(client, settings):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", raters=1)
    page = re.sub(r"<[^>]+>", "", read(get(client)))
    assert "Take care" in page
    assert "Alpha was judged by one rater" in page
    assert "a été jugé par une seule personne" in read(get(client, language="fr"))


@pytest.mark.usefixtures("study")
def test_no_caution_without_a_cause(client):
    assert "Take care" not in read(get(client))


@pytest.mark.parametrize(("minimum", "shown"), [(31, True), (30, False)])
def test_provisional_until_the_minimum(client, settings, minimum, shown):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", minimum_votes=minimum)
    page = read(get(client))
    assert ("Provisional" in page) is shown
    assert (f"30 of the {minimum} votes needed" in page) is shown


def test_simulated_votes_are_called_so_before_anything_else(client, settings):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", simulated=True, origin="simulated")
    page = read(get(client))
    assert page.index("Simulated votes.") < page.index("<h1")
    assert "30 simulated votes" in page
    assert "blind votes" not in page


def test_recorded_votes_name_their_source_and_nobody_rates(client, settings):
    make_ranked_study(
        columns_root=settings.COLUMNS_ROOT,
        slug="letters",
        recorded=True,
        origin="recorded",
        source="Votes of 2023, CC BY 4.0",
    )
    page = read(get(client))
    assert page.index("Recorded votes.") < page.index("<h1")
    assert "Source: Votes of 2023, CC BY 4.0" in page
    assert "Start rating" not in page
    assert "30 recorded votes" in page


def test_names_of_models_are_text(client, study):
    LanguageModel.objects.filter(slug="alpha").update(name="<script>alert(1)</script>")
    assert "<script>alert" not in read(get(client))


@pytest.mark.usefixtures("study")
def test_page_that_has_not_changed_is_not_made_again(client, django_assert_num_queries):
    client.get("/method/")  # the first visit sets the cookie of the forms
    tag = get(client)["ETag"]
    headers = {"if-none-match": tag, "accept-language": "en"}
    with django_assert_num_queries(1):
        response = client.get(reverse("leaderboard", args=["letters"]), headers=headers)
    assert response.status_code == 304
    assert not response.content


def test_etag_changes_with_all_that_the_page_says(client, settings, study):
    client.get("/method/")
    tags = [get(client)["ETag"], get(client, sort="votes")["ETag"], get(client, language="fr")["ETag"]]
    client.post(reverse("set-theme"), {"theme": "dark"})
    tags.append(get(client)["ETag"])
    add_votes(study=study)
    publish(columns_root=settings.COLUMNS_ROOT)
    tags.append(get(client)["ETag"])
    close_study(study=study, now=NOW)
    tags.append(get(client)["ETag"])
    assert len(set(tags)) == len(tags)


def test_cost_does_not_grow_with_models(client, settings):
    spent = {}
    for slug, models in (("letters", 3), ("many-letters", 12)):
        names = tuple(f"model-{number:02}" for number in range(models))
        results = [(place, place + 1, 2, 2) for place in range(models - 1)]
        make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug=slug, names=names, results=results)
        with CaptureQueriesContext(connection) as queries:
            assert get(client, slug).status_code == 200
        spent[slug] = len(queries)
    assert spent["letters"] == spent["many-letters"] <= 16
