"""The practice battle: what is said to each choice, of the house's example and of a study's own."""

import pytest

from evaluations.briefings.practice import describe_practice, judge_choice
from evaluations.models import Study

OWN = {
    "prompt": "Is **this** <script>alert(1)</script> safe?",
    "left": "Yes.",
    "right": "`No`.",
    "better": "left",
    "explanation": "It is *escaped*.",
}


def judge(choice, **options):
    study = Study(**options)
    return judge_choice(study=study, practice=describe_practice(study=study), choice=choice)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("right", "You chose B. So would we."),
        ("left", "You chose A. Here, B is better."),
        ("tie", "You called it a tie. Here, B is better."),
        ("both_bad", "You found both bad. Here, B is better."),
    ],
)
def test_the_house_s_example_has_a_word_for_each_choice(choice, words):
    assert judge(choice) == words


def test_a_study_s_own_example_is_rendered_safely():
    practice = describe_practice(study=Study(practice=OWN))

    assert "<strong>this</strong>" in practice.prompt
    assert "<script>" not in practice.prompt
    assert "<code>No</code>" in practice.right
    assert "<em>escaped</em>" in practice.explanation


def test_the_better_side_is_the_study_s():
    assert judge("left", practice=OWN) == "You chose A. So would we."
    assert judge("right", practice=OWN) == "You chose B. Here, A is better."


@pytest.mark.parametrize("choice", ["", "up", "tie"])
def test_what_is_not_offered_is_answered_with_silence(choice):
    assert judge(choice, outcomes=["left", "both_bad", "right"]) == ""
