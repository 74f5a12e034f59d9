"""Two models against each other, and their battles to read: what is not public stays so."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.comparisons import compare_models
from evaluations.leaderboards import fetch_board
from evaluations.models import Battle, Claim, Consent, Prompt, Response, Study
from evaluations.personal.withdrawals import withdraw_rater
from evaluations.rendering import make_conversation_html, make_html
from evaluations.studies import close_study, open_study
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.hostile_answers import MARKDOWN, RAW
from tests.web.boards import add_votes, make_ranked_study, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(settings):
    return make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters")


def visit(client, name, *parameters, slug="letters", language="en", **query):
    address = reverse(name, args=[slug, *parameters])
    return client.get(address, query, headers={"accept-language": language})


def read(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def strip(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.usefixtures("study")
def test_form_leads_to_the_two(client):
    page = read(visit(client, "leaderboard-compare"))
    assert page.count('<option value="alpha">') == 2
    answer = visit(client, "leaderboard-compare", model="beta", rival="alpha")
    assert answer.status_code == 302
    assert answer.url == reverse("leaderboard-comparison", args=["letters", "beta", "alpha"])


@pytest.mark.usefixtures("study")
@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"model": "beta", "rival": "beta"}, "A model is not compared with itself."),
        ({"model": "beta", "rival": "nobody"}, "There is no such model on this leaderboard."),
        ({"rival": "beta"}, "Choose the first model too."),
    ],
)
def test_form_says_what_is_wrong_and_keeps_what_was_chosen(client, chosen, said):
    page = read(visit(client, "leaderboard-compare", **chosen))
    assert said in page
    assert '<option value="beta" selected>' in page


@pytest.mark.usefixtures("study")
def test_form_takes_one_model_from_a_link(client):
    page = read(visit(client, "leaderboard-compare", model="beta"))
    assert page.count('<option value="beta" selected>') == 1
    assert "field-error" not in page


@pytest.mark.usefixtures("study")
def test_sentence_is_true_to_the_interval(client):
    board = fetch_board(slug="letters")
    for model, rival in (("alpha", "gamma"), ("gamma", "alpha"), ("alpha", "beta")):
        found = compare_models(board=board, model=model, rival=rival, columns_root=settings.COLUMNS_ROOT)
        ends = (found.expected.score, found.expected.lower, found.expected.upper)
        score, lower, upper = (f"{100 * value:.0f}" for value in ends)
        page = strip(read(visit(client, "leaderboard-comparison", model, rival)))
        assert f"expected to win {score} of 100 comparisons ({lower} to {upper})" in page
        separated = found.expected.lower > 0.5 or found.expected.upper < 0.5
        assert ("cannot separate" in page) != separated


def test_who_is_ahead_is_said_from_both_sides(client, settings):
    results = ((0, 1, 30, 10), (0, 2, 38, 2), (1, 2, 30, 10))
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", results=results, raters=20)
    assert "Alpha is ahead of Gamma" in read(visit(client, "leaderboard-comparison", "alpha", "gamma"))
    assert "Gamma is behind Alpha" in read(visit(client, "leaderboard-comparison", "gamma", "alpha"))


@pytest.mark.usefixtures("study")
def test_record_is_of_the_two_alone(client):
    page = strip(read(visit(client, "leaderboard-comparison", "gamma", "alpha")))
    assert "All votes on the two 20.0%" in page
    assert re.search(r"All votes on the two 20\.0% [\d.]+%–[\d.]+% 2 8 0 0 4 ", page)
    assert "English 20.0%" in page
    assert "30 blind votes, of which 10 are on these two" in page


def test_before_the_first_vote_nothing_is_counted(client):
    make_study(slug="letters")
    page = strip(read(visit(client, "leaderboard-comparison", "alpha", "beta")))
    assert "this model has no vote yet. No vote is counted yet." in page
    assert "Of 0" not in page


@pytest.mark.usefixtures("study")
def test_a_model_and_itself_is_a_clear_error(client):
    page = read(visit(client, "leaderboard-comparison", "alpha", "alpha"), 404)
    assert "A model is not compared with itself. Choose two different models." in page
    assert visit(client, "comparison-battles", "alpha", "alpha").status_code == 404
    assert visit(client, "leaderboard-comparison", "alpha", "nobody").status_code == 404


def test_claims_about_the_two_and_no_others(client, settings):
    study = make_study(slug="letters", opened=False)
    models = {entry.model.slug: entry.model for entry in study.entries.select_related("model")}
    for number, rival in ((1, "beta"), (2, "gamma")):
        Claim.objects.create(
            study=study, number=number, kind="superior", model=models["alpha"], rival=models[rival], margin=0,
            alpha=0.05, created_at=NOW,
        )  # fmt: skip
    study = open_study(study=study, now=NOW)
    for voted in (False, True):
        if voted:
            add_votes(study=study)
            publish(columns_root=settings.COLUMNS_ROOT)
        page = read(visit(client, "leaderboard-comparison", "beta", "alpha"))
        assert reverse("leaderboard-claim", args=["letters", 1]) in page
        assert reverse("leaderboard-claim", args=["letters", 2]) not in page
        page = read(visit(client, "leaderboard-comparison", "beta", "gamma"))
        assert "No claim about these two was registered" in page


def test_battles_are_closed_until_texts_are_public(client, study):
    Response.objects.update(html=make_html("Most secret words"))
    Prompt.objects.update(html=make_html("Most secret words"))
    page = read(visit(client, "comparison-battles", "alpha", "beta"), 403)
    assert "can be read once no study asks about them" in page
    assert "secret" not in page
    comparison = read(visit(client, "leaderboard-comparison", "alpha", "beta"))
    assert "secret" not in comparison
    assert reverse("comparison-battles", args=["letters", "alpha", "beta"]) not in comparison
    close_study(study=study, now=NOW)
    read(visit(client, "comparison-battles", "alpha", "beta"))


def agree(rater, study, *, may_publish=True):
    Consent.objects.create(rater=rater, study=study, may_publish=may_publish, agreed_at=NOW)


def test_only_votes_whose_raters_agreed_are_shown(client, settings):
    study = make_study(slug="letters", prompts=1, withdrawal=Study.Withdrawal.REMOVE)
    prompt = study.prompt_set.prompts.get()
    agreed, refused, silent, gone = (make_rater() for _ in range(4))
    for rater, outcome in ((agreed, "left"), (refused, "right"), (silent, "tie"), (gone, "both_bad")):
        make_vote(battle=make_battle(study=study, rater=rater, prompt=prompt), outcome=outcome)
    agree(agreed, study)
    agree(gone, study)
    agree(refused, study, may_publish=False)
    publish(columns_root=settings.COLUMNS_ROOT)
    withdraw_rater(rater=gone, now=NOW)
    close_study(study=study, now=NOW)
    page = strip(read(visit(client, "comparison-battles", "beta", "alpha")))
    assert "1 blind vote on 1 prompt" in page
    assert "Alpha is better 1" in page
    assert not re.search(r"(Beta is better|Tie|Both bad) \d", page)


def test_votes_from_elsewhere_are_shown_without_a_consent(client, settings):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", origin="recorded", recorded=True)
    page = strip(read(visit(client, "comparison-battles", "beta", "alpha")))
    assert "10 recorded votes on 1 prompt" in page
    assert "Beta is better 4" in page
    assert "Alpha is better 6" in page
    assert "Recorded votes." in page


def test_texts_stand_under_their_authors(client, settings):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", origin="simulated", simulated=True)
    page = read(visit(client, "comparison-battles", "beta", "alpha"))
    shown = re.findall(r"<h3>(\w+)</h3>.*?<strong>(\d)</strong> to question", page, re.DOTALL)
    assert shown == [("Beta", "1"), ("Alpha", "0")]
    assert "Simulated votes." in page


def test_battles_come_in_pages(client, settings):
    study = make_study(slug="letters", prompts=12, simulated=True)
    for prompt in study.prompt_set.prompts.all():
        make_vote(battle=make_battle(study=study, prompt=prompt, origin=Battle.Origin.SIMULATED))
    publish(columns_root=settings.COLUMNS_ROOT)
    pages = [read(visit(client, "comparison-battles", "alpha", "beta", page=page)) for page in (1, 2)]
    shown = [re.findall(r"Question (\d+)\?", page) for page in pages]
    assert [len(found) for found in shown] == [10, 2]
    assert len({*shown[0], *shown[1]}) == 12
    assert "Prompt 11" in pages[1]


def test_without_a_battle_the_page_says_so(client):
    make_study(slug="letters", simulated=True)
    page = read(visit(client, "comparison-battles", "alpha", "beta"))
    assert "There is no battle of these two to read." in page


def test_hostile_texts_do_nothing(client, settings):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", origin="simulated", simulated=True)
    texts = "\n\n".join(MARKDOWN.values()).replace("\0", "")
    Response.objects.update(html=make_html(texts) + "".join(RAW.values()).replace("\0", ""))
    Prompt.objects.update(html=make_conversation_html([{"role": "user", "content": texts}], language="en"))
    page = read(visit(client, "comparison-battles", "alpha", "beta"))
    own = page[page.index('<article class="read-battle"') : page.index("</main>")]
    tags = set(re.findall(r"<([a-z]\w*)", own))
    assert not tags & {
        "script",
        "img",
        "iframe",
        "style",
        "link",
        "form",
        "input",
        "svg",
        "a",
        "object",
        "meta",
    }
    assert not re.search(r"<[^>]+ (on\w+|style|href|src)=", own)


@pytest.mark.usefixtures("study")
def test_in_french(client):
    page = read(visit(client, "leaderboard-comparison", "alpha", "gamma", language="fr"))
    assert not re.search(r'x[12]?="\d+,', page)
    assert 'lang="fr"' in page
