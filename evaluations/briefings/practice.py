"""The practice battle: one comparison with an answer, before those that count. Nothing of it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from evaluations.models import Outcome, Study
from evaluations.rendering import render_markdown

LETTERS = {Outcome.LEFT: "A", Outcome.RIGHT: "B"}


@dataclass(frozen=True, kw_only=True)
class Practice:
    """A prompt with two answers, one of them better, and why. All but `better` is safe HTML."""

    prompt: SafeString
    left: SafeString
    right: SafeString
    better: Outcome
    explanation: SafeString


def describe_practice(*, study: Study) -> Practice:
    """The study's own example, or the house's in the reader's language."""
    words = study.practice or _tell_example()
    return Practice(
        prompt=render_markdown(words["prompt"]),
        left=render_markdown(words["left"]),
        right=render_markdown(words["right"]),
        better=Outcome(words["better"]),
        explanation=render_markdown(words["explanation"]),
    )


def judge_choice(*, study: Study, practice: Practice, choice: str) -> str:
    """What to say to this choice; empty where there is none, or none that the study offers."""
    if choice not in study.outcomes or choice not in Outcome.values:
        return ""
    letters = {"chosen": LETTERS.get(Outcome(choice), ""), "better": LETTERS[practice.better]}
    match Outcome(choice):
        case practice.better:
            return _("You chose %(chosen)s. So would we.") % letters
        case Outcome.TIE:
            return _("You called it a tie. Here, %(better)s is better.") % letters
        case Outcome.BOTH_BAD:
            return _("You found both bad. Here, %(better)s is better.") % letters
        case _other_side:
            return _("You chose %(chosen)s. Here, %(better)s is better.") % letters


def _tell_example() -> Mapping[str, str]:
    return {
        "prompt": _("How long do I boil an egg so that the yolk stays soft?"),
        "left": _(
            "Twelve minutes in boiling water, then cool it under the tap. The yolk will be perfectly soft and runny."
        ),
        "right": _(
            "Six minutes from the moment the water boils again. Cool it at once so that it stops cooking. For a "
            "large egg, add thirty seconds."
        ),
        "better": Outcome.RIGHT,
        "explanation": _("Twelve minutes gives a hard yolk, so A is wrong although it sounds sure."),
    }
