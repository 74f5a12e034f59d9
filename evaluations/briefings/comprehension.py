"""Questions about a study's instructions, where it asks some: two attempts, all right to pass, none of it a vote."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from evaluations.canonical import hash_canonical
from evaluations.errors import ComprehensionMissing
from evaluations.models import ComprehensionAttempt, Rater, Study

ATTEMPTS = 2


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question as a rater sees it. `places`: where each choice shown stands in the study's own list."""

    text: str
    choices: tuple[str, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a rater is with the questions. `right`: how many answers of the newest attempt were."""

    attempts: int = 0
    passed: bool = False
    right: int = 0

    @property
    def is_over(self) -> bool:
        """Both attempts were made and neither passed: the study goes on without this rater."""
        return not self.passed and self.attempts >= ATTEMPTS

    @property
    def next_number(self) -> int:
        return self.attempts + 1


def list_questions(*, study: Study, rater: Rater) -> list[Question]:
    """The study's questions, each with its choices in an order by lot that stays this rater's own."""
    return [
        _shuffle(question=question, seed=f"{study.comprehension['salt']}\n{rater.code}\n{number}")
        for number, question in enumerate(study.comprehension.get("questions", []))
    ]


def name_version(*, study: Study) -> str:
    """Which questions these are. A form filled in for others is no attempt."""
    return hash_canonical(study.comprehension)[:16]


def fetch_standing(*, study: Study, rater: Rater) -> Standing:
    """One query; none where the study asks nothing, which everyone has passed."""
    if not study.comprehension:
        return Standing(passed=True)
    made = list(ComprehensionAttempt.objects.filter(study=study, rater=rater).order_by("number"))
    if not made:
        return Standing()
    right = sum(_mark(study=study, answers=made[-1].answers))
    return Standing(attempts=len(made), passed=any(attempt.passed for attempt in made), right=right)


def require_comprehension(*, study: Study, rater: Rater) -> None:
    """Raises ComprehensionMissing unless this rater has passed, or the study asks nothing."""
    if not fetch_standing(study=study, rater=rater).passed:
        raise ComprehensionMissing(
            _("This study begins with questions about its instructions. Answer them first.")
        )


def answer_questions(
    *, study: Study, rater: Rater, number: int, chosen: Sequence[int], now: datetime
) -> Standing:
    """Make attempt `number`, unless it was made already or is not the next one: a form sent twice is one attempt.

    chosen: for each question the place of the choice as it was shown. Returns where the rater stands then.
    """
    standing = fetch_standing(study=study, rater=rater)
    if standing.passed or standing.is_over or number != standing.next_number:
        return standing
    questions = list_questions(study=study, rater=rater)
    answers = [question.places[place] for question, place in zip(questions, chosen, strict=True)]
    attempt = ComprehensionAttempt(
        study=study,
        rater=rater,
        number=number,
        answers=answers,
        passed=all(_mark(study=study, answers=answers)),
        made_at=now,
    )
    # Of two tabs the first one counts; the other is shown what came of it.
    ComprehensionAttempt.objects.bulk_create([attempt], ignore_conflicts=True)
    return fetch_standing(study=study, rater=rater)


def has_failed(*, study: Study, rater: Rater) -> bool:
    """Whether both attempts are spent. One query, none where the study asks nothing."""
    return fetch_standing(study=study, rater=rater).is_over


def _mark(*, study: Study, answers: Sequence[int]) -> list[bool]:
    correct = [question["correct"] for question in study.comprehension["questions"]]
    return [given == right for given, right in zip(answers, correct, strict=False)]


def _shuffle(*, question: dict[str, list[str]], seed: str) -> Question:
    """Sorted by digest: no page tells the order in the study's list, where the right choice may well come first."""
    places = range(len(question["choices"]))
    order = sorted(places, key=lambda place: hashlib.sha256(f"{seed}\n{place}".encode()).digest())
    return Question(
        text=str(question["question"]),
        choices=tuple(question["choices"][place] for place in order),
        places=tuple(order),
    )
