"""The page of one model: every part of the votes, every analysis, every opponent, and nothing that is not public."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.comparisons import list_head_to_heads
from evaluations.leaderboards import fetch_board
from evaluations.models import LanguageModel, Prompt, Response
from evaluations.prompt_records import list_samples
from evaluations.rendering import make_html
from evaluations.sentences import describe_refusal
from evaluations.slices import list_slices, list_variants
from evaluations.studies import close_study
from tests.factories import NOW, make_study
from tests.hostile_answers import MARKDOWN, RAW
from tests.part_studies import make_part_study
from tests.web.boards import add_votes, make_ranked_study, publish

pytestmark = pytest.mark.django_db
# Enough for a part to be ranked by itself.
MANY = ((0, 1, 18, 12), (0, 2, 20, 10), (1, 2, 17, 13))


@pytest.fixture
def study(settings):
    return make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", results=MANY, raters=6)


def get(client, model="alpha", slug="letters", *, language="en"):
    return client.get(reverse("leaderboard-model", args=[slug, model]), headers={"accept-language": language})


def read(response):
    assert response.status_code == 200
    return response.content.decode()


def strip(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.usefixtures("study")
def test_sentence_has_rank_score_interval_and_votes(client):
    row = next(row for row in fetch_board(slug="letters").rows if row.model.slug == "alpha")
    ranks = f"{row.rank_low}–{row.rank_high}" if row.rank_low != row.rank_high else str(row.rank_low)
    said = (
        f"Alpha ranks {ranks} of 3 models, with a score of {row.score:,.0f} "
        f"({row.lower:,.0f} to {row.upper:,.0f}) on 60 blind votes."
    )
    page = strip(read(get(client)))
    assert said in page
    assert f"It wins about {100 * row.win_rate:.0f} of 100 comparisons" in page


@pytest.mark.usefixtures("study")
def test_every_part_is_there_with_the_figures_of_its_own_board(client):
    page = read(get(client))
    board, alpha = fetch_board(slug="letters"), LanguageModel.objects.get(slug="alpha")
    results = list_slices(board=board, model=alpha, columns_root=settings.COLUMNS_ROOT)
    parts = sorted((part["category"], part["language"]) for part in board.document["parts"])[1:]
    assert [(item.analysis.category, item.analysis.language) for item in results] == parts
    assert ("explain", "") in parts
    for item in results:
        part = fetch_board(slug="letters", query=item.analysis.as_query())
        row = next(row for row in part.rows if row.model == alpha)
        assert item.row == row
        assert f"{row.score:,.0f}<small>{row.lower:,.0f}–{row.upper:,.0f}</small>" in page
        assert f"?{item.analysis.key}".replace("&", "&amp;") in page


def test_a_part_with_few_votes_says_so(client, settings):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters")
    page = strip(read(get(client)))
    assert "explain Too few votes: 30 of 50 needed." in page


@pytest.mark.usefixtures("study")
def test_variants_are_those_of_the_board(client):
    page = strip(read(get(client)))
    board, alpha = fetch_board(slug="letters"), LanguageModel.objects.get(slug="alpha")
    found = list_variants(board=board, model=alpha, columns_root=settings.COLUMNS_ROOT)
    assert [item.analysis.key for item in found] == ["style=on", "ties=davidson", "ties=out", "method=elo"]
    assert "Ties left out" in page
    for item in found:
        part = fetch_board(slug="letters", query=item.analysis.as_query())
        assert item.row == next((row for row in part.rows if row.model == alpha), None)
        assert item.refused == part.refused
        assert describe_refusal(part) in page


@pytest.mark.usefixtures("study")
def test_head_to_heads_are_the_votes_on_the_two(client):
    found = list_head_to_heads(
        board=fetch_board(slug="letters"), model="beta", columns_root=settings.COLUMNS_ROOT
    )
    assert {head.rival.slug: (head.wins, head.losses, head.votes) for head in found} == {
        "alpha": (12, 18, 30),
        "gamma": (17, 13, 30),
    }
    assert all(0 < head.expected.lower < head.expected.score < head.expected.upper < 1 for head in found)
    page = read(get(client, "beta"))
    for rival in ("alpha", "gamma"):
        assert reverse("leaderboard-comparison", args=["letters", "beta", rival]) in page


def test_a_model_without_a_place_says_why(client, settings):
    study = make_study(slug="letters", names=("alpha", "beta", "gamma"))
    add_votes(study=study, results=((0, 1, 4, 4),))
    publish(columns_root=settings.COLUMNS_ROOT)
    page = strip(read(get(client, "gamma")))
    assert "Gamma has no place yet: this model has no votes." in page
    assert "One of the two has no place." in page


def list_cells(page, *, caption):
    """First and last cell of each row of the table: what it is of, and the votes on the model."""
    table = page[page.index(caption) :]
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", table[: table.index("</table>")], re.DOTALL)[1:]
    cells = [[strip(cell).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)] for row in rows]
    return {row[0]: row[-1] for row in cells}


def test_votes_are_those_on_the_model(client, settings):
    """A part that is not ranked has none to show, beside “10 of 50”."""
    study = make_part_study(slug="letters")
    prompts = study.prompt_set.prompts
    add_votes(
        study=study,
        results=((0, 1, 30, 24), (0, 2, 9, 0)),
        raters=6,
        prompt=prompts.get(category="explain"),
    )
    add_votes(study=study, results=((0, 1, 5, 5),), prompt=prompts.get(category="code", language="en"))
    publish(columns_root=settings.COLUMNS_ROOT)
    board = fetch_board(slug="letters")
    caption = "Score of this model in each part of the votes"
    for model, whole, part in (("alpha", "73", "63"), ("beta", "64", "54"), ("gamma", "9", "9")):
        cells = list_cells(read(get(client, model)), caption=caption)
        assert (cells["All votes"], cells["explain"]) == (whole, part)
        assert cells["code"] == ""
        assert list(cells) == ["All votes", "English", "code", "code, English", "explain", "explain, English"]
    assert {row.model.slug: str(row.votes) for row in board.rows} == {"alpha": "73", "beta": "64"}


def test_before_the_first_vote(client):
    make_study(slug="letters")
    page = strip(read(get(client)))
    assert "Alpha has no place yet: this model has no vote yet." in page


@pytest.mark.usefixtures("study")
def test_unknown_models_are_not_there(client):
    LanguageModel.objects.create(slug="other", name="Other", created_at=NOW)
    assert get(client, "nobody").status_code == 404
    assert get(client, "other").status_code == 404
    assert get(client, slug="nothing").status_code == 404


def test_an_open_study_gives_no_text_away(client, study):
    Response.objects.update(html=make_html("Most secret words"))
    Prompt.objects.update(html=make_html("Most secret words"))
    page = read(get(client))
    assert "secret" not in page
    assert "Question" not in page
    assert "Responses can be read once the study is closed" in strip(page)
    assert list_samples(study=study, model=LanguageModel.objects.get(slug="alpha")) == []
    close_study(study=study, now=NOW)
    page = read(get(client))
    assert page.count("Most secret words") == 6


def test_samples_are_the_same_prompts_for_every_model(client, settings):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", prompts=8, simulated=True)
    shown = [re.findall(r"Question (\d)\?", read(get(client, name))) for name in ("alpha", "beta")]
    assert shown[0] == shown[1]
    assert len(shown[0]) == 3


def test_hostile_samples_do_nothing(client, study):
    close_study(study=study, now=NOW)
    texts = make_html("\n\n".join(MARKDOWN.values()).replace("\0", ""))
    Response.objects.update(html=(texts + "".join(RAW.values())).replace("\0", ""))
    page = read(get(client))
    assert "<script>alert" not in page
    assert "javascript:" not in re.sub(r">[^<]*<", "><", page)


def test_strongest_prompts_show_texts_only_when_these_are_public(client, settings):
    study = make_study(slug="letters", prompts=2)
    for place, prompt in enumerate(study.prompt_set.prompts.order_by("pk")):
        wins = 36 if place else 4
        add_votes(study=study, results=((0, 1, wins, 40 - wins),), raters=40, prompt=prompt)
    add_votes(study=study, results=((0, 2, 3, 3), (1, 2, 3, 3)))
    publish(columns_root=settings.COLUMNS_ROOT)
    page = read(get(client))
    strongest, weakest = page[page.index("<caption>Strongest") :].split("<caption>Weakest")
    assert "Prompt 2" in strongest
    assert "Prompt 1" in weakest
    assert "Question" not in page
    close_study(study=study, now=NOW)
    assert "Question 1?</span>" in read(get(client))


@pytest.mark.usefixtures("study")
def test_facts_link_to_pages_only(client):
    facts = {"maker": "Forge <b>", "licence": "MIT", "url": "https://alpha.example/"}
    LanguageModel.objects.filter(slug="alpha").update(**facts, price_in=2, price_out=10)
    page = read(get(client))
    assert '<a href="https://alpha.example/" rel="nofollow noopener">' in page
    assert "Forge &lt;b&gt;" in page
    assert "2.00 in, 10.00 out, USD" in page
    LanguageModel.objects.filter(slug="alpha").update(url="javascript:alert(1)")
    assert "javascript:" not in read(get(client))


def test_queries_do_not_grow_with_models(client, settings, django_assert_max_num_queries):
    few = [chr(97 + place) * 3 for place in range(4)]
    many = [chr(97 + place) * 4 for place in range(10)]
    counts = []
    for slug, names, won, lost in (("few", few, 8, 5), ("many", many, 3, 2)):
        study = make_study(slug=slug, names=tuple(names))
        add_votes(
            study=study, results=[(place, (place + 1) % len(names), won, lost) for place in range(len(names))]
        )
        publish(columns_root=settings.COLUMNS_ROOT)
        with django_assert_max_num_queries(60) as first:
            read(get(client, names[0], slug))
        with django_assert_max_num_queries(15) as again:
            read(get(client, names[0], slug))
        counts.append((len(first), len(again)))
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("study")
def test_in_french(client):
    page = read(get(client, language="fr"))
    assert 'lang="fr"' in page
    assert not re.search(r'x[12]?="\d+,', page)
