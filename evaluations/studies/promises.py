"""What a study promises its raters, in the very words that they read."""

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evaluations.models import Study

# By what becomes of the votes of a rater who withdraws.
WITHDRAWAL_PROMISES: Final = {
    Study.Withdrawal.KEEP.value: _(
        "You can withdraw at any time. What ties your votes to you is erased; the votes stay."
    ),
    Study.Withdrawal.REMOVE.value: _(
        "You can withdraw at any time. What ties your votes to you is erased, and no later ranking counts them."
    ),
}


def find_others_fault(*, reveal: str, shows_others: bool) -> str:
    """Why others' votes can not be shown where the names are not, in a sentence; empty where nothing is wrong."""
    if not shows_others or reveal != Study.Reveal.AT_CLOSE:
        return ""
    return gettext(
        "How others voted is shown after the names, and these are hidden until the close. Show the names after a "
        "vote, or do not show how others voted."
    )
