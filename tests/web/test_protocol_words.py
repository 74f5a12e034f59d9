"""A protocol in words: each setting is told, and a protocol older than a setting says nothing of it."""

import pytest
from django.urls import reverse

from evaluations.studies import close_study
from evaluations.studies.protocols import describe_protocol
from evaluations.web.protocol_words import describe_terms
from tests.factories import NOW, make_study

pytestmark = pytest.mark.django_db

PRACTICE = {"prompt": "P", "left": "L", "right": "R", "better": "left", "explanation": "E"}
QUESTION = {"question": "What counts?", "choices": ["Length", "Kindness"], "correct": 1}
NEW = ("shows_others", "withdrawal", "practice", "comprehension")


def tell(protocol):
    return {term.name: " ".join(term.sentences) for term in describe_terms(protocol=protocol)}


def tell_study(**options):
    return tell(describe_protocol(study=make_study(opened=False, **options)))


def make_older(study):
    """The protocol as it was frozen before there was a word for these."""
    return {name: value for name, value in describe_protocol(study=study).items() if name not in NEW}


@pytest.mark.parametrize(
    ("options", "term", "words"),
    [
        ({"shows_others": True, "reveal": "after_vote"}, "Votes", "how others voted, from 20 votes on"),
        ({}, "Votes", "Raters do not see how others voted."),
        ({"withdrawal": "keep"}, "Texts", "is erased; the votes stay.”"),
        ({"withdrawal": "remove"}, "Texts", "no later ranking counts them.”"),
        ({"practice": PRACTICE}, "Practice and questions", "Practice: an example of the study’s own."),
        ({}, "Practice and questions", "Practice: the usual example."),
        ({}, "Practice and questions", "no questions about the instructions"),
        (
            {"comprehension": {"salt": "00", "questions": [QUESTION]}},
            "Practice and questions",
            "asked 1 question about the instructions, with 2 attempts",
        ),
        ({"reason_tags": ["clear"]}, "Votes", "Reasons offered: clear."),
        (
            {"reason_tags": ["+Clear", "-Too long", "+Kind", "odd"]},
            "Votes",
            "Reasons offered for a response: Clear and Kind. Reasons offered against a response: Too long. "
            "Reasons offered: odd.",
        ),
    ],
)
def test_each_setting_is_told(options, term, words):
    assert words in tell_study(**options)[term]


def test_digest_is_told_and_no_choice():
    comprehension = {"salt": "00", "questions": [QUESTION, {**QUESTION, "question": "And then?"}]}
    study = make_study(opened=False, comprehension=comprehension)
    protocol = describe_protocol(study=study)
    words = tell(protocol)["Practice and questions"]
    digest = protocol["comprehension"]["digest"][:12]

    assert "asked 2 questions about the instructions, with 2 attempts" in words
    assert f"they are kept under the digest {digest}." in words
    assert "Kindness" not in str(protocol)


def test_an_older_protocol_says_nothing_of_what_it_did_not_know():
    study = make_study(opened=False, shows_others=True, reveal="after_vote", practice=PRACTICE)
    older, newer = tell(make_older(study)), tell(describe_protocol(study=study))

    assert "Practice and questions" not in older
    assert not any("others voted" in words or "can withdraw" in words for words in older.values())
    assert {
        name: words for name, words in newer.items() if name in older and name not in {"Votes", "Texts"}
    } == {name: words for name, words in older.items() if name not in {"Votes", "Texts"}}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_closed_study_tells_everyone(client, language):
    study = make_study(slug="letters", withdrawal="remove")
    close_study(study=study, now=NOW)
    page = client.get(reverse("study", args=["letters"]), headers={"accept-language": language})

    assert page.status_code == 200
    words = page.content.decode().split('class="protocol-terms"')[1]
    assert study.protocol["responses"]["digest"][:12] in words
    if language == "en":
        assert "no later ranking counts them" in words
