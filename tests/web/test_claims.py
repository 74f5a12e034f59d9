"""Claims on pages: no verdict without its interval, and none where a rater could learn the models."""

import html
import re

import pytest
from django.urls import reverse

from evaluations.studies import close_study
from tests.raters import LATER, seal
from tests.test_claims import cast, cast_all, make_claiming_study
from tests.web.boards import publish

pytestmark = pytest.mark.django_db
NARROW = "\u202f"


@pytest.fixture
def study(settings):
    """One claim that the votes support, its opposite, and one on models that never met."""
    study = make_claiming_study(
        {},
        {"model": "beta", "rival": "alpha"},
        {"kind": "equivalent", "rival": "gamma", "margin": 30.0, "alpha": 0.005},
        slug="letters",
    )
    for _ in range(30):
        cast(study)
    cast(study, left="beta", right="gamma")
    publish(columns_root=settings.COLUMNS_ROOT)
    return study


def get(client, name, study, *, language="en", **query):
    response = client.get(reverse(name, args=[study.slug]), query, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def read_claims(page):
    """(verdict, sentence, what is measured) of each."""
    rows = re.findall(r'<li class="claim">(.*?)</li>', page, re.DOTALL)
    parts = (
        r'<span class="status [\w-]+">(.*?)</span>',
        r"<h3>(.*?)</h3>",
        r"<figcaption.*?>(.*?)</figcaption>",
    )
    return [tuple(html.unescape(re.search(part, row, re.DOTALL).group(1)) for part in parts) for row in rows]


@pytest.mark.parametrize("name", ["leaderboard", "study-health"])
def test_page_has_each_claim_with_verdict_and_interval(sign_in_as, study, name):
    page = get(sign_in_as("viewer", study), name, study)
    supported, refuted, undecided = read_claims(page)
    assert supported[:2] == ("Supported", "Alpha is better than Beta, margin 0 points, risk 5%.")
    assert re.fullmatch(
        r"Score against Beta: 100\.0%, 95% interval \d\d\.\d% to 100\.0%\.( As a lead .*)?", supported[2]
    )
    assert refuted[:2] == ("Refuted", "Beta is better than Alpha, margin 0 points, risk 5%.")
    assert undecided == (
        "Undecided",
        "Alpha is as good as Gamma, margin 30 points, risk 0.5%.",
        "99.5% interval of the score against Gamma: 0.0% to 100.0%.",
    )
    assert "30 votes on these two models. The first one of each rater is judged: 30." in page
    assert page.count('class="zone"') == 2
    assert "No vote on these two models is counted yet." in page


def test_undecided_claim_says_how_many_votes_are_needed(client, settings):
    study = make_claiming_study({})
    cast_all(study)
    for _ in range(4):
        cast(study)
    publish(columns_root=settings.COLUMNS_ROOT)
    page = get(client, "leaderboard", study)
    assert read_claims(page)[0][0] == "Undecided"
    assert re.search(r"About \d+ more votes are needed, each by a new rater", page)


def test_pages_without_a_claim_say_nothing(sign_in_as, settings):
    study = make_claiming_study()
    cast_all(study)
    publish(columns_root=settings.COLUMNS_ROOT)
    client = sign_in_as("viewer", study)
    for name in ("leaderboard", "study-health", "study"):
        assert 'id="claims"' not in get(client, name, study)


def test_leaderboard_judges_what_it_shows(client, study, settings):
    """Its version stays the same until there is a snapshot, and so do its verdicts."""
    cast(study)
    seal(settings)
    assert "30 votes on these two models." in get(client, "leaderboard", study)
    publish(columns_root=settings.COLUMNS_ROOT)
    assert "31 votes on these two models." in get(client, "leaderboard", study)


def test_raw_figures_judge_nothing(client, study, monkeypatch):
    monkeypatch.setattr("evaluations.leaderboards.Board.is_raw", True)
    assert 'id="claims"' not in get(client, "leaderboard", study, exclusions="none")


def test_study_page_names_claims_only_when_nobody_can_rate(client, study):
    response = client.get(reverse("study", args=[study.slug]))
    assert response.context["claims"] == []
    assert "Alpha" not in response.content.decode()
    close_study(study=study, now=LATER)
    assert [row[0] for row in read_claims(get(client, "study", study))] == [
        "Supported",
        "Refuted",
        "Undecided",
    ]


def test_leaderboard_costs_one_query_more_for_any_number_of_claims(client, study, django_assert_num_queries):
    get(client, "leaderboard", study)
    with django_assert_num_queries(5):
        get(client, "leaderboard", study, sort="votes")
