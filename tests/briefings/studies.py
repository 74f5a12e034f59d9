"""Studies that ask about their instructions, and raters who answer."""

from evaluations.briefings.comprehension import answer_questions, list_questions
from tests.factories import NOW, make_study

QUESTIONS = [
    {
        "question": "What beats a wrong long answer?",
        "choices": ["A correct short one", "Nothing"],
        "correct": 0,
    },
    {
        "question": "Both answers are wrong. What do you choose?",
        "choices": ["Both bad", "Tie", "The longer one", "A is better"],
        "correct": 0,
    },
    {"question": "May you stop early?", "choices": ["No", "Only once", "Yes"], "correct": 2},
]
COMPREHENSION = {"salt": "5a17", "questions": QUESTIONS}


def make_asking_study(**options):
    return make_study(comprehension=COMPREHENSION, **options)


def choose(*, study, rater, right):
    """Places as they are shown: the first `right` answers are right, the others wrong."""
    chosen = []
    for number, question in enumerate(list_questions(study=study, rater=rater)):
        place = question.places.index(QUESTIONS[number]["correct"])
        chosen.append(place if number < right else (place + 1) % len(question.choices))
    return chosen


def attempt(*, study, rater, right, number, now=NOW):
    chosen = choose(study=study, rater=rater, right=right)
    return answer_questions(study=study, rater=rater, number=number, chosen=chosen, now=now)
