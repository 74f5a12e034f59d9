"""The table of exceptions: each has its status and a page that says what to do next."""

import inspect
import re

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from evaluations import errors
from evaluations.models import Leaderboard
from evaluations.web.errors import ArenaErrorMiddleware, find_page
from tests.factories import make_battle, make_study

pytestmark = pytest.mark.django_db


def handle(exception, *, htmx=False):
    headers = {"HX-Request": "true"} if htmx else {}
    request = RequestFactory().post("/battles/token/vote/", headers=headers)
    request.htmx = HtmxDetails(request)
    request.resolver_match = None
    return ArenaErrorMiddleware(lambda request: None).process_exception(request, exception)


@pytest.mark.parametrize(
    ("exception", "status"),
    [
        (errors.BattleUnknown, 404),
        (errors.BattleForeign, 403),
        (errors.BattleExpired, 410),
        (errors.OutcomeUnknown, 400),
        (errors.RevisionStale, 409),
        (errors.UndoRefused, 409),
        (errors.VoteClosed, 409),
        (errors.StudyNotOpen, 409),
        (errors.StudyError, 409),
        (errors.IngestError, 422),
        (errors.ImportDone, 422),
        (Leaderboard.DoesNotExist, 404),
    ],
)
def test_status_of_each_exception(exception, status):
    assert handle(exception("It is said here.")).status_code == status


def test_every_refusal_of_a_vote_has_a_page_of_its_own_or_its_parent():
    refusals = [
        kind
        for _name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.VotingError | errors.StudyError | errors.IngestError)
    ]
    assert len(refusals) > 8
    assert all(find_page(kind("…")) for kind in refusals)


@pytest.mark.parametrize(
    "exception", [errors.LedgerError, errors.NotConverged, errors.ConfigurationError, ValueError]
)
def test_what_is_our_fault_is_left_to_be_logged(exception):
    assert handle(exception("…")) is None


def test_page_says_what_the_exception_says():
    page = handle(errors.UndoRefused("The time to undo has passed. Your vote stands.")).content.decode()
    assert "The time to undo has passed. Your vote stands." in page
    assert re.search(r'<a class="button button-primary" href="[^"]+">', page)
    assert "<html" in page


def test_words_of_a_library_are_not_shown():
    page = handle(Leaderboard.DoesNotExist("Leaderboard matching query does not exist.")).content.decode()
    assert "matching query" not in page
    assert "The address may be old or mistyped." in page


def test_what_an_exception_says_is_text():
    assert "<b>" not in handle(errors.StudyError("<b>bold</b>")).content.decode()


def test_htmx_gets_a_fragment_in_the_place_of_the_content():
    response = handle(errors.BattleExpired("It waited too long."), htmx=True)
    assert response.status_code == 410
    assert response["HX-Retarget"] == "#main"
    assert response["HX-Reswap"].startswith("innerHTML")
    assert "<html" not in response.content.decode()
    assert "It waited too long." in response.content.decode()


def test_refused_vote_leads_on_with_the_session(client):
    battle = make_battle(study=make_study(slug="letters"))
    response = client.post(reverse("vote", args=[battle.token]), {"outcome": "left"})
    # Without the rater's cookie it is somebody else's: that tells nothing about the study.
    assert response.status_code == 403
    assert reverse("rate", args=["letters"]) not in response.content.decode()


def test_missing_page_has_a_way_out(client):
    response = client.get("/nothing-here/")
    page = response.content.decode()
    assert response.status_code == 404
    assert "This page is not here" in page
    assert 'href="/"' in page


def test_missing_leaderboard_is_a_missing_page(client):
    response = client.get(reverse("leaderboard", args=["none"]))
    assert response.status_code == 404
    assert "This page is not here" in response.content.decode()


def test_fault_of_ours_shows_a_page_that_loses_nothing(client, monkeypatch):
    def fail(**_options):
        raise errors.LedgerError("The ledger has a gap at 7.")

    monkeypatch.setattr("evaluations.web.shown_boards.fetch_primary_board", fail)
    make_study(slug="letters")
    client.raise_request_exception = False
    response = client.get(reverse("leaderboard", args=["letters"]))
    page = response.content.decode()
    assert response.status_code == 500
    assert "Nothing is lost. Try again." in page
    assert "gap at 7" not in page


def test_error_page_in_french(client):
    page = client.get("/nothing-here/", headers={"accept-language": "fr"}).content.decode()
    assert "Rien n’est perdu." in page


def test_not_found_of_django_is_not_in_the_table():
    assert find_page(Http404()) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/battles/%00/", "/join/%00/", "/manage/imports/%00/", "/manage/generations/%00/"]
)
def test_an_address_that_the_database_cannot_read_is_not_found(address, sign_in_as):
    assert sign_in_as("superuser").get(address).status_code == 404
