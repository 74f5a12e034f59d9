"""Raters with votes in the ledger, for tests of their quality and of decisions about them."""

from datetime import timedelta

from evaluations.columns import refresh_columns
from evaluations.ledger import seal_all
from evaluations.models import Reminder
from tests.factories import NOW, make_battle, make_rater, make_vote

LATER = NOW + timedelta(days=3)


def vote_often(*, study, outcomes, rater=None, seconds=30, at=NOW, reminded=2, **battle):
    """A vote for each outcome, on the study's prompts and pairs in turn; returns the rater, who was reminded."""
    rater = rater or make_rater()
    remind(study=study, rater=rater, times=reminded)
    prompts = list(study.prompt_set.prompts.all())
    for place, outcome in enumerate(outcomes):
        prompt = prompts[place % len(prompts)]
        answers = list(prompt.responses.order_by("model__slug"))
        left, right = answers[place % 2], answers[1 - place % 2]
        began = at + timedelta(minutes=place)
        shown = make_battle(
            study=study, rater=rater, prompt=prompt, left=left, right=right, now=began, **battle
        )
        make_vote(battle=shown, outcome=outcome, now=began + timedelta(seconds=seconds))
    return rater


def remind(*, study, rater, times=2):
    """The rater has seen so many reminders."""
    for number in range(1, times + 1):
        values = {"kind": "fast", "made_at": NOW, "seen_at": NOW}
        Reminder.objects.update_or_create(study=study, rater=rater, number=number, defaults=values)


def seal(settings):
    """The columns of all that was voted."""
    seal_all(now=LATER)
    return refresh_columns(root=settings.COLUMNS_ROOT)


def turn_by_model(count, *, first_wins=True):
    """Outcomes by which, with sides that change, the same model wins each time."""
    return [("left" if (place % 2 == 0) == first_wins else "right") for place in range(count)]
