"""The questions about the instructions in a browser: after consent, before the first battle, twice at most."""

import re

import pytest
from django.urls import reverse

from evaluations.briefings.comprehension import name_version
from evaluations.models import Admission, Battle, ComprehensionAttempt, Panel, Rater, Study, Vote
from evaluations.studies import pause_study
from tests.briefings.studies import COMPREHENSION, QUESTIONS, choose, make_asking_study
from tests.factories import NOW, make_study

pytestmark = pytest.mark.django_db


def read(response):
    return response.content.decode()


def agree(client, study):
    return client.post(reverse("consent", args=[study.slug]), {"agree": "on"})


def visit(client, study):
    return client.get(reverse("comprehension", args=[study.slug]))


def send(client, study, *, right, number=1, **changes):
    chosen = choose(study=study, rater=Rater.objects.get(), right=right)
    data = {f"question-{place}": str(choice) for place, choice in enumerate(chosen)}
    data |= {"number": str(number), "version": name_version(study=study), **changes}
    return client.post(reverse("comprehension", args=[study.slug]), data)


def rate(client, study):
    return client.get(reverse("rate", args=[study.slug]))


@pytest.fixture
def study():
    return make_asking_study()


@pytest.fixture
def address(study):
    return reverse("comprehension", args=[study.slug])


def test_it_is_announced_before_the_consent(client, study):
    page = read(client.get(study.get_absolute_url()))

    assert "Then come 3 questions about how to judge." in page
    assert "Agree and go on" in page
    assert "Then come" not in read(client.get(make_study().get_absolute_url()))


def test_it_comes_after_consent_and_before_the_first_battle(client, study, address):
    assert visit(client, study)["Location"] == study.get_absolute_url()
    agree(client, study)

    assert rate(client, study)["Location"] == address
    page = read(visit(client, study))
    for question in QUESTIONS:
        assert question["question"] in page
        for choice in question["choices"]:
            assert choice in page
    assert not Battle.objects.exists()


def test_the_form_tells_neither_the_right_choices_nor_their_places(client, study):
    agree(client, study)
    page = read(visit(client, study))

    assert COMPREHENSION["salt"] not in page
    assert "correct" not in page.replace("correct short", "")
    for number, question in enumerate(QUESTIONS):
        values = re.findall(rf'name="question-{number}" value="(\d)"', page)
        assert values == [str(place) for place in range(len(question["choices"]))]


def test_all_right_leads_to_the_first_battle_and_is_asked_once(client, study, address):
    agree(client, study)
    response = send(client, study, right=3)

    assert response["Location"] == reverse("rate", args=[study.slug])
    assert rate(client, study).status_code == 200
    assert Battle.objects.count() == 1
    assert visit(client, study)["Location"] == reverse("rate", args=[study.slug])
    send(client, study, right=0, number=2)
    assert ComprehensionAttempt.objects.count() == 1
    assert rate(client, study).status_code == 200


def test_the_first_failure_says_how_many_were_right_and_not_which(client, study, address):
    agree(client, study)
    assert "details" in read(visit(client, study))
    assert send(client, study, right=2)["Location"] == address
    page = read(visit(client, study))

    assert "2 answers of 3 were right." in page
    assert "second and last time" in page
    assert 'id="instructions"' in page
    assert "checked" not in page
    assert "aria-invalid" not in page
    assert rate(client, study)["Location"] == address
    assert send(client, study, right=3, number=2)["Location"] == reverse("rate", args=[study.slug])


def test_the_second_failure_ends_it_with_thanks_and_ways_on(client, study, address):
    agree(client, study)
    for number in (1, 2):
        assert send(client, study, right=0, number=number)["Location"] == address
    page = read(visit(client, study))

    assert "Nothing is held against you." in page
    assert reverse("studies") in page
    assert reverse("leaderboard", args=[study.slug]) in page
    assert "<form" not in page.split("<main")[1].split("</main")[0]
    assert rate(client, study)["Location"] == address
    send(client, study, right=3, number=2)
    assert not Battle.objects.exists()
    assert rate(client, study)["Location"] == address


def test_a_form_sent_twice_or_from_an_old_tab_is_one_attempt(client, study):
    agree(client, study)
    for _ in range(3):
        send(client, study, right=1)

    assert ComprehensionAttempt.objects.count() == 1
    assert "1 answer of 3 was right." in read(visit(client, study))


def test_a_missing_answer_is_asked_for_and_is_no_attempt(client, study):
    agree(client, study)
    response = send(client, study, right=3, **{"question-1": ""})
    page = read(response)

    assert response.status_code == 422
    assert page.count("Choose an answer.") == 1
    assert 'aria-describedby="question-1-error"' in page
    assert len(re.findall(r" checked", page)) == 2
    assert not ComprehensionAttempt.objects.exists()


@pytest.mark.parametrize("changes", [{"question-0": "7"}, {"question-0": "-1"}, {"question-0": "x"}])
def test_a_choice_that_is_not_there_is_none(client, study, changes):
    agree(client, study)

    assert send(client, study, right=3, **changes).status_code == 422
    assert not ComprehensionAttempt.objects.exists()


@pytest.mark.parametrize("number", ["0", "2", "3", "", "x"])
def test_an_attempt_out_of_turn_is_none(client, study, address, number):
    agree(client, study)

    assert send(client, study, right=3, number=number)["Location"] == address
    assert not ComprehensionAttempt.objects.exists()


def test_a_form_with_other_questions_is_not_held_against_anyone(client, study, address):
    agree(client, study)

    assert send(client, study, right=0, version="of yesterday")["Location"] == address
    assert not ComprehensionAttempt.objects.exists()


def test_a_vote_needs_a_battle_and_no_battle_is_made_by_a_detour(client, study):
    """What was shown of another study opens no way into this one, and htmx is led like everyone."""
    agree(client, study)
    response = client.get(reverse("rate", args=[study.slug]), headers={"HX-Request": "true"})

    assert response.status_code == 409
    assert reverse("comprehension", args=[study.slug]) in read(response)
    assert not Battle.objects.exists()
    assert not Vote.objects.exists()


def test_the_start_page_offers_no_way_on_to_who_failed(client, study):
    agree(client, study)
    for number in (1, 2):
        assert reverse("rate", args=[study.slug]) in read(client.get(study.get_absolute_url()))
        send(client, study, right=0, number=number)
    page = read(client.get(study.get_absolute_url()))

    assert "This study goes on without you" in page
    assert reverse("rate", args=[study.slug]) not in page
    assert reverse("consent", args=[study.slug]) not in page


def test_a_study_without_questions_has_none(client):
    study = make_study()
    agree(client, study)

    assert visit(client, study)["Location"] == reverse("rate", args=[study.slug])
    assert rate(client, study).status_code == 200


def test_a_paused_study_asks_nothing(client, study):
    agree(client, study)
    pause_study(study=study, now=NOW, user=None)

    assert visit(client, study)["Location"] == study.get_absolute_url()


def test_another_door_is_closed_here_too(client):
    assert visit(client, make_asking_study(access="invitation")).status_code == 403


class TestPanel:
    @pytest.fixture
    def panel_study(self, client):
        study = make_asking_study(access=Study.Access.PANEL)
        codes = {"code_done": "DONE1", "code_screened_out": "OUT1", "code_stopped": "STOP1"}
        Panel.objects.create(study=study, **codes)
        client.get(reverse("arrive", args=[study.slug]), {"PROLIFIC_PID": "5f0c"})
        agree(client, study)
        return study

    def test_who_fails_twice_goes_back_with_the_code_of_who_was_screened_out(self, client, panel_study):
        send(client, panel_study, right=0)
        assert Admission.objects.get().exit == ""
        leave = reverse("leave", args=[panel_study.slug])
        response = send(client, panel_study, right=0, number=2)

        assert Admission.objects.get().exit == "screened_out"
        for page in (client.get(response["Location"], follow=True), rate(client, panel_study)):
            if page.status_code == 302:
                page = client.get(page["Location"], follow=True)
            assert "OUT1" in read(page)
            assert "STOP1" not in read(page)
            assert "Thank you for answering" in read(page)
            assert "Go on rating" not in read(page)
        assert visit(client, panel_study)["Location"] == leave
        start = read(client.get(panel_study.get_absolute_url()))
        assert f'href="{leave}">Get your completion code' in start
        assert "Go on rating" not in start

    def test_who_stops_between_two_attempts_stopped(self, client, panel_study):
        send(client, panel_study, right=0)
        page = client.post(reverse("leave", args=[panel_study.slug]), follow=True)

        assert "STOP1" in read(page)

    def test_a_study_that_ends_meanwhile_leads_out(self, client, panel_study):
        pause_study(study=panel_study, now=NOW, user=None)

        assert visit(client, panel_study)["Location"] == reverse("leave", args=[panel_study.slug])
