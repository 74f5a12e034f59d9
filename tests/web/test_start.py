"""Before you start: how long it takes, who asks, what is kept, one to try, and terms that may change."""

import re

import pytest
from django.urls import reverse

from evaluations.models import Consent, Rater, StudyText
from evaluations.studies.texts import write_text
from tests.factories import NOW, make_study

pytestmark = pytest.mark.django_db
OWN = {
    "prompt": "Which *word* is short?",
    "left": "Cat.",
    "right": "Caterpillar.",
    "better": "left",
    "explanation": "It has three letters.",
}


def show(client, study, *, htmx=False, **query):
    headers = {"HX-Request": "true"} if htmx else {}
    response = client.get(study.get_absolute_url(), query, headers={"accept-language": "en", **headers})
    assert response.status_code == 200
    return response.content.decode()


def agree(client, study):
    return client.post(reverse("consent", args=[study.slug]), {"agree": "on"})


def find_pressed(page):
    return re.findall(r'value="(\w+)" aria-pressed="true"', page)


@pytest.mark.parametrize(
    ("length", "words"),
    [(40, "40 comparisons and takes about 30 minutes"), (1, "1 comparison and takes about 1 minute")],
)
def test_how_long_it_takes(client, length, words):
    assert f"A session is {words}. You can stop at any time." in show(
        client, make_study(session_length=length)
    )


class TestPractice:
    def test_the_house_s_example_says_nothing_before_a_choice(self, client):
        page = show(client, make_study())

        assert "How long do I boil an egg" in page
        assert "hard yolk" not in page
        assert find_pressed(page) == []
        assert re.findall(r'name="practice" value="(\w+)"', page) == ["left", "tie", "both_bad", "right"]

    @pytest.mark.parametrize(
        ("choice", "words"),
        [("right", "You chose B. So would we."), ("left", "You chose A. Here, B is better.")],
    )
    def test_a_choice_is_answered_and_marked_and_not_kept(self, client, choice, words):
        page = show(client, make_study(), practice=choice)

        assert words in page
        assert "hard yolk" in page
        assert find_pressed(page) == [choice]
        assert not Rater.objects.exists()
        # That of the forms alone, which tells of nobody.
        assert set(client.cookies) <= {"csrftoken"}

    def test_htmx_gets_that_part_alone(self, client):
        study = make_study()
        part = show(client, study, htmx=True, practice="right")

        assert part in show(client, study, practice="right")
        assert "<html" not in part
        assert "You chose B." in part
        assert "HX-Request" in client.get(study.get_absolute_url())["Vary"]

    @pytest.mark.parametrize("choice", ["", "up", "<script>", "tie"])
    def test_what_is_not_offered_is_no_choice(self, client, choice):
        page = show(client, make_study(outcomes=["left", "right"]), practice=choice)

        assert find_pressed(page) == []
        assert "hard yolk" not in page
        assert '"tie"' not in page

    def test_a_study_s_own_example_stands_beside_its_own_instructions(self, client):
        study = make_study(practice=OWN)
        write_text(study=study, kind="instructions", text="Judge **words**.", now=NOW)
        page = show(client, study, practice="left")

        assert "Judge <strong>words</strong>." in page
        assert "Which <em>word</em> is short?" in page
        assert "You chose A. So would we." in page
        assert "It has three letters." in page
        assert "egg" not in page

    def test_a_closed_door_has_one_too(self, client):
        assert "You chose B." in show(client, make_study(access="invitation"), practice="right")


class TestConsent:
    def test_it_says_that_comments_are_used_too(self, client):
        page = show(client, make_study())

        assert "my votes and comments are used for this study" in page
        assert "My votes may also be published one by one beside the texts" in page

    def test_who_has_agreed_goes_on_and_is_not_asked_again(self, client):
        study = make_study()
        agree(client, study)
        page = show(client, study)

        assert "You agreed to these terms on" in page
        assert f'href="{reverse("rate", args=[study.slug])}"' in page
        assert 'name="agree"' not in page

    def test_terms_that_changed_are_asked_for_again_in_words(self, client):
        study = make_study()
        write_text(study=study, kind="consent", text="Old terms.", now=NOW)
        agree(client, study)
        rate = reverse("rate", args=[study.slug])
        assert client.get(rate).status_code == 200
        write_text(study=study, kind="consent", text="New terms.", now=NOW)

        assert client.get(rate)["Location"] == study.get_absolute_url()
        page = show(client, study)
        assert "The terms have changed since you agreed" in page
        assert "New terms." in page
        assert "Old terms." not in page
        assert 'name="agree"' in page
        agree(client, study)
        assert client.get(rate).status_code == 200
        assert list(Consent.objects.order_by("pk").values_list("text_version", flat=True)) == [1, 2]
        assert "The terms have changed" not in show(client, study)

    def test_a_newcomer_is_told_of_no_change(self, client):
        study = make_study()
        for text in ("Old terms.", "New terms."):
            write_text(study=study, kind="consent", text=text, now=NOW)

        assert StudyText.objects.filter(study=study, kind="consent").count() == 2
        assert "The terms have changed" not in show(client, study)


class TestGoodToKnow:
    def test_what_is_kept_is_said(self, client):
        page = show(client, make_study())

        for words in (
            "reasons and comments",
            "the time you worked",
            "what you take back",
            "version of the text",
        ):
            assert words in page
        assert "panel’s ids" not in page
        assert reverse("mine-all") in page

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"access": "panel"}, "The panel’s ids of you are kept apart from your votes"),
            ({"access": "invitation"}, "When you came in, and how you left."),
            ({"withdrawal": "keep"}, "is erased; the votes stay."),
            ({"withdrawal": "remove"}, "no later ranking counts them"),
        ],
    )
    def test_what_depends_on_the_study_is_said_of_it_alone(self, client, options, words):
        assert words in show(client, make_study(**options))
        other = make_study(withdrawal="remove" if options.get("withdrawal") == "keep" else "keep")
        assert words not in show(client, other)


class TestOperator:
    def test_without_a_name_the_page_says_so_and_staff_are_told_how(self, client, sign_in_as):
        study = make_study()

        assert "gave no name here" in show(client, study)
        assert "OPERATOR_NAME" not in show(client, study)
        assert "OPERATOR_NAME" in sign_in_as("staff").get(reverse("manage")).content.decode()

    def test_name_and_contact_are_shown_where_raters_look(self, client, settings, sign_in_as):
        settings.OPERATOR_NAME = "Desk & <b>Sons</b>"
        settings.OPERATOR_CONTACT = "study@arena.example"
        for address in (make_study().get_absolute_url(), reverse("home"), reverse("privacy")):
            page = client.get(address).content.decode()
            assert "Desk &amp; &lt;b&gt;Sons&lt;/b&gt;" in page, address
            assert 'href="mailto:study@arena.example"' in page, address
        assert "OPERATOR_NAME" not in sign_in_as("staff").get(reverse("manage")).content.decode()

    def test_what_is_no_address_is_no_link(self, client, settings):
        settings.OPERATOR_CONTACT = "javascript:alert(1)"
        page = show(client, make_study())

        assert "javascript:alert(1)" in page
        assert 'href="javascript' not in page
