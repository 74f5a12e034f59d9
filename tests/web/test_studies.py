"""Studies in public: what is listed, and what a rater is told and asked before the first comparison."""

import re

import pytest
from django.urls import reverse

from evaluations.models import Consent
from evaluations.studies import close_study
from tests.factories import NOW, make_study
from tests.web.boards import make_ranked_study

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def show(client, slug="letters"):
    return client.get(reverse("study", args=[slug]), headers=ENGLISH)


def test_before_you_start(client):
    make_study(slug="letters", session_length=40, undo_seconds=10, description="Is the letter clear?")
    page = show(client).content.decode()
    assert "Before you start" in page
    assert "A session is 40 comparisons and takes about 30 minutes." in page
    assert "Is the letter clear?" in page
    assert "You can undo a vote for 10 seconds" in page
    assert "Agree and start rating" in page
    assert f'action="{reverse("consent", args=["letters"])}"' in page


def test_names_of_the_models_are_not_told_before_rating(client):
    make_study(slug="letters", names=("alpha", "beta", "gamma"))
    page = show(client).content.decode().lower()
    assert not any(name in page for name in ("alpha", "beta", "gamma"))


def test_consent_is_asked_not_presumed(client):
    make_study(slug="letters")
    page = show(client).content.decode()
    boxes = dict(re.findall(r'<input type="checkbox" name="(\w+)"([^>]*)>', page))
    assert "checked" not in boxes["agree"]
    assert "required" in boxes["agree"]
    assert "checked" not in boxes["may_publish"]
    assert "checked" in boxes["uses_keys"]


def test_box_left_empty_is_asked_for_again_with_the_other_choices_kept(client):
    make_study(slug="letters")
    response = client.post(reverse("consent", args=["letters"]), {"may_publish": "on"}, headers=ENGLISH)
    page = response.content.decode()
    boxes = dict(re.findall(r'<input type="checkbox" name="(\w+)"([^>]*)>', page))
    assert response.status_code == 422
    assert "Tick this box to continue." in page
    assert 'aria-describedby="agree-error"' in boxes["agree"]
    assert "checked" in boxes["may_publish"]
    assert "checked" not in boxes["uses_keys"]
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("reveal", "words"), [("after_vote", "once you have voted"), ("at_close", "on the leaderboard only")]
)
def test_when_names_are_shown_is_said(client, reveal, words):
    make_study(slug="letters", reveal=reveal)
    assert words in show(client).content.decode()


def test_protocol_is_named_by_its_digest(client):
    study = make_study(slug="letters")
    page = show(client).content.decode()
    assert study.protocol_hash in page.replace(" ", "")
    assert "frozen on 1 March 2026" in page


def test_draft_is_nobodys_business(client):
    make_study(slug="letters", opened=False)
    assert show(client).status_code == 404
    assert "letters" not in client.get(reverse("studies")).content.decode()


def test_closed_study_shows_its_results_and_no_form(client):
    close_study(study=make_study(slug="letters"), now=NOW)
    page = show(client).content.decode()
    assert "This study closed on 1 March 2026" in page
    assert "Agree and start rating" not in page
    assert reverse("leaderboard", args=["letters"]) in page
    assert "Alpha" in page


def test_recorded_study_names_its_source_and_has_no_form(client):
    make_study(slug="letters", recorded=True, source="Votes of 2023, CC BY 4.0")
    page = show(client).content.decode()
    assert page.index("Source: Votes of 2023, CC BY 4.0") < page.index("<h1")
    assert "Agree and start rating" not in page


def test_simulated_study_says_so_first(client):
    make_study(slug="letters", simulated=True)
    page = show(client).content.decode()
    assert page.index("Simulated votes.") < page.index("<h1")


def test_list_shows_progress_and_what_can_be_done(client, settings, django_assert_num_queries):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters", target_votes=1200)
    make_study(slug="recorded", recorded=True)
    close_study(study=make_study(slug="closed"), now=NOW)
    with django_assert_num_queries(2):
        page = client.get(reverse("studies"), headers=ENGLISH).content.decode()
    rows = dict(re.findall(r"<h3>\s*Study ([\w-]+)(.*?)</article>", page, re.DOTALL))
    assert next(iter(rows)) == "letters"
    assert "30 of 1,200 votes" in rows["letters"]
    assert 'value="30" max="1200"' in rows["letters"]
    assert re.search(r">Rate <", rows["letters"])
    assert "Recorded votes" in rows["recorded"]
    assert "Closed" in rows["closed"]
    assert not any(re.search(r">Rate <", rows[slug]) for slug in ("recorded", "closed"))


def test_list_marks_simulated_studies(client):
    make_study(simulated=True)
    page = client.get(reverse("studies"), headers=ENGLISH).content.decode()
    assert page.index("Simulated votes.") < page.index("<h1")
    assert page.count(">Simulated votes<") == 1


def test_empty_list(client):
    assert "No study yet." in client.get(reverse("studies"), headers=ENGLISH).content.decode()


def test_description_is_text(client):
    make_study(slug="letters", description="<script>alert(1)</script>")
    assert "<script>alert" not in show(client).content.decode()
    assert "<script>alert" not in client.get(reverse("studies")).content.decode()
