"""The home page: what it is, where to start, what came out last."""

import re

import pytest
from django.urls import reverse

from tests.factories import make_study
from tests.web.boards import BALANCED, make_ranked_study

pytestmark = pytest.mark.django_db


def show(client, language="en"):
    return client.get("/", headers={"accept-language": language}).content.decode()


def test_home_of_an_empty_installation(client):
    page = show(client)
    assert "You say which is better." in page
    assert "No study is open." in page
    assert "Latest results" not in page
    assert "make demo" in page


def test_one_open_study_is_where_rating_starts(client):
    make_study(slug="letters")
    page = show(client)
    button = re.search(r'<a class="button button-primary button-large" href="([^"]+)">Start rating</a>', page)
    assert button.group(1) == reverse("study", args=["letters"])


@pytest.mark.parametrize("operator", ["", "Ada"])
def test_the_footer_promises_results_and_no_votes_before_their_time(client, settings, operator):
    settings.OPERATOR_NAME = operator
    make_study(slug="letters")
    footer = show(client).partition('<footer class="site-footer">')[2]
    assert "the results and the method are open to all." in footer
    assert "the votes and the method" not in footer


def test_several_open_studies_leave_the_choice(client):
    make_study(slug="letters")
    make_study(slug="tasks")
    page = show(client)
    assert 'href="#studies">Start rating</a>' in page
    assert page.count(">Rate <") == 2


def test_recorded_and_draft_studies_are_not_open(client):
    make_study(slug="recorded", recorded=True)
    make_study(slug="draft", opened=False)
    page = show(client)
    assert "No study is open." in page
    assert "draft" not in page


def test_latest_results_are_the_first_five_with_their_intervals(client, settings):
    names = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
    results = [(one, two, 3, 2) for one in range(6) for two in range(one + 1, 6)]
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", names=names, results=results)
    page = show(client)
    assert page.count('class="interval"') == 5
    assert page.count('class="rank"') == 5
    assert "See all 6 models, the method and the data" in page
    assert "75 blind votes" in page
    assert "Provisional" in page


def test_five_rows_lie_on_the_axis_of_all(client, settings):
    names = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
    results = [(one, two, 3, 2) for one in range(6) for two in range(one + 1, 6)]
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", names=names, results=results)
    whole = client.get(
        reverse("leaderboard", args=["letters"]), headers={"accept-language": "en"}
    ).content.decode()
    points = re.findall(r'cx="([^"]+)" cy="14"', whole)
    assert re.findall(r'cx="([^"]+)" cy="14"', show(client)) == points[:5]


def test_simulated_votes_are_called_so_before_anything_else(client, settings):
    make_ranked_study(
        columns_root=settings.COLUMNS_ROOT, results=BALANCED, simulated=True, origin="simulated"
    )
    page = show(client)
    assert page.index("Simulated votes.") < page.index("<h1")
    assert "30 simulated votes" in page


def test_nothing_simulated_nothing_said(client, settings):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT)
    assert "Simulated" not in show(client)


def test_home_costs_few_queries_and_no_session(client, settings, django_assert_num_queries):
    for _ in range(3):
        make_ranked_study(columns_root=settings.COLUMNS_ROOT)
    with django_assert_num_queries(3):
        response = client.get("/")
    assert "sessionid" not in response.cookies
    assert response.content.count(b'class="study-row"') == 3


def test_home_in_french(client):
    make_study(slug="letters", target_votes=8000)
    page = show(client, "fr")
    assert "À vous de dire laquelle est la meilleure." in page
    assert "0 vote sur 8\u202f000" in page or "0 votes sur 8\u202f000" in page
