"""Pictures on the page and as files: the page's own figures, safe wherever they are opened, and light enough."""

import csv
import gzip
import io
import re
from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import translation

from evaluations.leaderboards import fetch_board
from evaluations.ledger import seal_all
from evaluations.models import LanguageModel, Leaderboard, Response
from evaluations.studies import close_study
from evaluations.web import charts
from evaluations.web.charts import NAMES, build_figures, write_pictures
from evaluations.web.charts.colours import convert_oklch, mix_colours, read_colours
from evaluations.web.charts.files import write_style, write_svg
from tests.factories import NOW, make_study
from tests.refreshing import refresh_all
from tests.web.boards import add_votes, make_ranked_study, publish

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '=1+1"<script>alert(1)</script>\u202e\x01' + "x" * 60


@pytest.fixture
def study(settings):
    study = make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", minimum_votes=20)
    set_prices("alpha", "10"), set_prices("beta", "1")
    # What responses cost tells how long they are.
    return close_study(study=study, now=NOW + timedelta(days=1))


def set_prices(slug, price, currency="EUR"):
    LanguageModel.objects.filter(slug=slug).update(price_in=0, price_out=Decimal(price), currency=currency)


def download(client, name, suffix="svg", *, language="en", **query):
    address = reverse("leaderboard-chart", args=["letters", name, suffix])
    return client.get(address, query, headers={"accept-language": language})


def read_table(response):
    text = response.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def name_figures(board):
    return {figure.name: figure for figure in build_figures(board=board)}


@pytest.mark.usefixtures("study")
def test_page_has_the_pictures_with_their_tables_and_files(client):
    page = client.get(
        reverse("leaderboard", args=["letters"]), headers={"accept-language": "en"}
    ).content.decode()
    drawn = [figure for figure in build_figures(board=fetch_board(slug="letters")) if figure.picture]

    assert {figure.name for figure in drawn} >= {"cost", "wins", "convergence"}
    assert page.count("Show as a table") == len(drawn)
    for figure in drawn:
        assert f'role="img" aria-label="{figure.label}"' in page
        address = reverse("leaderboard-chart", args=["letters", figure.name, "svg"])
        assert f"{address}?{figure.query}" in page
    assert "style=" not in page
    assert "One snapshot so far" in page


@pytest.mark.usefixtures("study")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_picture_stands_alone(client, name, theme):
    response = download(client, name, theme=theme)
    text = response.content.decode()
    root = ElementTree.fromstring(text)
    digest = fetch_board(slug="letters").short_digest

    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert f"{digest}-{name}.svg" in response["Content-Disposition"]
    assert root.find(f"{SVG}title").text
    assert "Study letters: 30 blind votes." in text
    assert f"snapshot {digest} of 2 March 2026" in text
    assert "script" not in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert root.find(f"{SVG}style").text == write_style(dark=theme == "dark")


@pytest.mark.usefixtures("study")
def test_only_its_own_style_sheet_is_let_in(client):
    policies = [
        download(client, "wins", theme=theme)["Content-Security-Policy"] for theme in ("light", "dark")
    ]
    for policy in policies:
        assert "default-src 'none'" in policy
        assert re.search(r"style-src 'sha256-[\w+/]{43}='", policy)
        assert "unsafe-inline" not in policy
    assert policies[0] != policies[1]


@pytest.mark.usefixtures("study")
def test_tables_are_those_of_the_pictures(client):
    board = fetch_board(slug="letters")
    cost = read_table(download(client, "cost", "csv"))
    wins = read_table(download(client, "wins", "csv"))

    assert [row["model"] for row in cost] == ["Beta", "Alpha"]
    assert [float(row["score"]) for row in cost] == [board.rows[1].score, board.rows[0].score]
    assert [(row["model"], row["rival"], row["wins"], row["wins_in_100"]) for row in wins] == [
        ("Alpha", "Beta", "6", "60"),
        ("Alpha", "Gamma", "8", "80"),
        ("Beta", "Gamma", "7", "70"),
    ]
    numbers = re.findall(r'class="on-cell[^"]*"[^>]*>(\d+)<', download(client, "wins").content.decode())
    assert numbers == ["60", "80", "40", "70", "20", "30"]


@pytest.mark.usefixtures("study")
def test_cost_is_prices_times_tokens():
    """Four bytes a token: an answer of 24 bytes is six tokens."""
    board = fetch_board(slug="letters")
    length = len(Response.objects.filter(model__slug="alpha").first().text)
    row = name_figures(board)["cost"].table.rows[1]

    assert row[0] == "Alpha"
    assert row[1] == pytest.approx(1000 * 10 * (length / 4) / 1_000_000)
    assert "1 model without such a price is not shown." in name_figures(board)["cost"].note
    assert "Tokens are estimated, one for four bytes" in name_figures(board)["cost"].note


def test_what_tells_responses_apart_waits_for_the_close(client, settings):
    """Who knows how long a model's responses are on average knows the shortest one on sight."""
    study = make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", minimum_votes=20)
    set_prices("alpha", "10"), set_prices("beta", "1")
    open_figure = name_figures(fetch_board(slug="letters"))["cost"]
    costs = {row[0]: row[1] for row in open_figure.table.rows}
    assert costs == {"Alpha": pytest.approx(5.0), "Beta": pytest.approx(0.5)}
    assert "Prompts and responses are all taken as 500 tokens long" in open_figure.note
    assert {row["tokens_out"] for row in read_table(download(client, "cost", "csv"))} == {"500.0"}
    close_study(study=study, now=NOW + timedelta(days=1))
    closed_figure = name_figures(fetch_board(slug="letters"))["cost"]
    assert {row[0]: row[1] for row in closed_figure.table.rows} != costs
    assert "taken as" not in closed_figure.note


def test_other_currencies_and_models_that_cost_nothing_stay_out(study):
    set_prices("beta", "1", currency="USD"), set_prices("gamma", "0")
    figure = name_figures(fetch_board(slug="letters"))["cost"]
    assert not figure.picture
    assert "Fewer than two of these models have a price" in figure.note


@pytest.mark.usefixtures("study")
@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_text_everywhere(client, name):
    LanguageModel.objects.filter(slug="alpha").update(name=HOSTILE)
    text = download(client, name).content.decode()
    ElementTree.fromstring(text)
    assert "<script" not in text
    for line in download(client, name, "csv").content.decode().splitlines():
        assert '"=1+1' not in line
        assert ",=1+1" not in line


@pytest.mark.usefixtures("study")
@pytest.mark.parametrize(
    ("name", "suffix", "query"),
    [
        ("nothing", "svg", {}),
        ("wins", "png", {}),
        ("wins", "svg", {"snapshot": "f" * 16}),
        ("wins", "svg", {"snapshot": "short"}),
        ("wins", "svg", {"category": "nothing"}),
    ],
)
def test_what_is_not_there_is_missing(client, name, suffix, query):
    assert download(client, name, suffix, **query).status_code == 404


def test_before_the_first_vote_there_is_no_picture(client):
    make_study(slug="letters")
    assert build_figures(board=fetch_board(slug="letters")) == []
    assert download(client, "wins").status_code == 404


def test_file_of_an_earlier_snapshot_stays_what_it_was(client, settings, study):
    earlier = fetch_board(slug="letters").short_digest
    before = download(client, "wins", snapshot=earlier).content
    add_votes(study=study)
    publish(columns_root=settings.COLUMNS_ROOT)

    assert fetch_board(slug="letters").short_digest != earlier
    assert download(client, "wins", snapshot=earlier).content == before
    assert download(client, "wins").content != before


@pytest.mark.usefixtures("study")
def test_history_after_a_second_snapshot(client, settings, study):
    add_votes(study=study)
    publish(columns_root=settings.COLUMNS_ROOT)
    board = fetch_board(slug="letters")
    rows = read_table(download(client, "history", "csv"))
    assert {row["votes"] for row in rows} >= {"60"}
    assert {row["model"] for row in rows} == {"Alpha", "Beta", "Gamma"}
    assert name_figures(board)["convergence"].table.rows[-1][0] == 60


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        ([], "One snapshot so far, so that there is nothing to compare it with."),
        (
            [1],
            "Scores in 2 snapshots, with their intervals. Intervals that go beyond the picture are cut off at its "
            "edge; the table has them whole.",
        ),
        ([1, 2], "Scores in 2 of 3 snapshots, the last of each hour, with their intervals."),
        ([1, 2, 70], "Scores in 2 of 4 snapshots, the last of each hour, with their intervals."),
    ],
)
def test_history_says_what_it_leaves_out(settings, study, minutes, said):
    for minute in minutes:
        add_votes(study=study)
        now = NOW + timedelta(days=1, minutes=minute)
        seal_all(now=now)
        refresh_all(columns_root=settings.COLUMNS_ROOT, now=now)
    with translation.override("en"):
        assert name_figures(fetch_board(slug="letters"))["history"].note == said


@pytest.mark.django_db
@pytest.mark.parametrize(("least", "provisional"), [(31, True), (30, False)])
def test_what_is_found_in_few_votes_is_so_so_far(settings, least, provisional):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", minimum_votes=least)
    with translation.override("en"):
        figures = build_figures(board=fetch_board(slug="letters"))
    drawn = [figure.title.startswith("So far: ") for figure in figures if figure.picture]
    assert drawn
    assert set(drawn) == {provisional}


@pytest.mark.usefixtures("study")
def test_who_has_a_picture_already_is_told_so(client, settings, study):
    address = reverse("leaderboard-chart", args=["letters", "wins", "svg"])
    known = {"accept-language": "en", "if-none-match": download(client, "wins")["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    assert client.get(address, {"theme": "dark"}, headers=known).status_code == 200
    add_votes(study=study)
    publish(columns_root=settings.COLUMNS_ROOT)
    assert client.get(address, headers=known).status_code == 200


def test_figures_of_french_readers(client, study):
    text = download(client, "cost", language="fr").content.decode()
    assert 'lang="fr"' in text
    # SVG reads one notation only.
    assert not re.search(r'(?:x|y|x1|cx)="\d+,', text)


def test_colours_are_those_of_the_page():
    colours = read_colours(dark=False)
    assert colours["surface"] == "#ffffff"
    assert {"ink", "page", "data", "contrast", "line-strong"} <= set(colours)
    assert colours["ink"] != read_colours(dark=True)["ink"]
    # From CSS Color 4: oklch(0.628 0.2577 29.23) is pure red.
    assert convert_oklch(0.628, 0.2577, 29.23) in {"#ff0000", "#fe0000", "#ff0a00"}
    assert mix_colours("#ffffff", "#000000", share=0.5) == "#808080"


@pytest.mark.parametrize("models", [30, 100])
def test_page_with_many_models_is_light(client, settings, models):
    names = tuple(f"model-{number:03}" for number in range(models))
    results = [
        (place, other, 1, 1) for place in range(models) for other in (place + 1, place + 7) if other < models
    ]
    study = make_ranked_study(
        columns_root=settings.COLUMNS_ROOT, slug="letters", names=names, results=results, prompts=1
    )
    close_study(study=study, now=NOW + timedelta(days=1))
    for place, name in enumerate(names):
        set_prices(name, str(1 + place))
    page = client.get(reverse("leaderboard", args=["letters"]), headers={"accept-encoding": "gzip"})
    content = page.content if page.get("Content-Encoding") == "gzip" else gzip.compress(page.content)

    assert gzip.decompress(content).count(b"<figure") >= 3
    assert len(content) <= 100 * 1024


def test_titles_of_files_are_wrapped(study):
    figure = name_figures(fetch_board(slug="letters"))["wins"]
    with translation.override("en"):
        text = write_svg(figure, source=["word " * 60], dark=False, language="en")
    lines = [element.text or "" for element in ElementTree.fromstring(text).iter(f"{SVG}text")]
    assert max(map(len, lines)) <= 130


def test_leaderboard_that_is_not_there(client):
    assert not Leaderboard.objects.exists()
    assert download(client, "wins").status_code == 404


def test_pictures_are_made_once_for_a_version(study, monkeypatch):
    def write():
        return write_pictures(board=fetch_board(slug="letters"))

    first = write()
    with monkeypatch.context() as patched:
        # Not called: they are in memory.
        patched.setattr(charts, "build_figures", None)
        assert write() is first
    set_prices("gamma", "0.5")
    dearer = write()
    LanguageModel.objects.filter(slug="alpha").update(name="Aleph")
    renamed = write()
    with translation.override("fr"):
        french = write()

    assert len({first, dearer, renamed, french}) == 4
    assert "Aleph" in renamed
    assert "Aleph" not in dearer
    assert dearer.count("Gamma") > first.count("Gamma")
