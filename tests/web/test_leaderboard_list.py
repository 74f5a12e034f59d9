"""The list of leaderboards: a sentence for each."""

import pytest
from django.urls import reverse

from tests.factories import make_study
from tests.web.boards import make_ranked_study

pytestmark = pytest.mark.django_db


def read(response):
    return response.content.decode()


def test_list_has_a_sentence_for_each(client, settings, django_assert_num_queries):
    make_ranked_study(
        columns_root=settings.COLUMNS_ROOT, slug="letters", names=("alpha", "beta"), results=((0, 1, 5, 4),)
    )
    make_study(slug="empty", minimum_votes=50)
    with django_assert_num_queries(5):
        page = read(client.get(reverse("leaderboards"), headers={"accept-language": "en"}))
    assert "Alpha and Beta are level: 9 blind votes cannot separate them." in page
    assert "No result yet: 0 of 50 votes." in page
    assert reverse("leaderboard", args=["empty"]) in page


def test_list_marks_simulated_boards(client, settings):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, simulated=True, origin="simulated")
    page = read(client.get(reverse("leaderboards"), headers={"accept-language": "en"}))
    assert page.index("Simulated votes.") < page.index("<h1")
    assert "30 simulated votes" in page


def test_list_without_any_board(client):
    assert "No leaderboard yet." in read(
        client.get(reverse("leaderboards"), headers={"accept-language": "en"})
    )


def test_long_list_has_pages(client):
    for number in range(21):
        make_study(slug=f"study-no-{number}", names=("alpha", "beta"), prompts=1)
    first = read(client.get(reverse("leaderboards"), headers={"accept-language": "en"}))
    second = read(client.get(reverse("leaderboards"), {"page": 2}, headers={"accept-language": "en"}))
    assert first.count('class="board-row"') == 20
    assert second.count('class="board-row"') == 1
    assert 'rel="next" href="?page=2"' in first
    assert "Page 2 of 2" in second
