"""Reason tags: words that a study offers as reasons. A sign before one says whether it speaks for or against."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.studies.questions import clean_words

MOST_TAGS = 12
LONGEST_TAG = 40
FOR, AGAINST = "+", "-"
# What keyboards and word processors write for the two signs.
SIGNS: Final = {"+": FOR, "＋": FOR, "-": AGAINST, "−": AGAINST, "–": AGAINST, "—": AGAINST, "‐": AGAINST}

USUAL_TAGS: Final = (
    gettext_lazy("+Correct"),
    gettext_lazy("+Complete"),
    gettext_lazy("+Clear"),
    gettext_lazy("+Right tone"),
    gettext_lazy("+Well laid out"),
    gettext_lazy("-Wrong fact"),
    gettext_lazy("-Missed an instruction"),
    gettext_lazy("-Too long"),
    gettext_lazy("-Too vague"),
    gettext_lazy("-Unsafe"),
)


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Each tag on one line, its sign, where it has one, as “+” or “-” right before the words; empty ones dropped."""
    return [cleaned for tag in tags if (cleaned := _clean(tag))]


def split_tag(tag: str) -> tuple[str, str]:
    """The sign, “+”, “-” or none, and the words."""
    return (tag[0], tag[1:]) if tag[:1] in (FOR, AGAINST) else ("", tag)


def find_tag_faults(*, tags: Sequence[str]) -> list[str]:
    """What is wrong with cleaned tags, in sentences. The same words for and against are two tags."""
    faults = []
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        limits = {"most": MOST_TAGS, "letters": LONGEST_TAG}
        faults.append(_("Give %(most)s at most, of %(letters)s letters each at most.") % limits)
    if any(not split_tag(tag)[1] for tag in tags):
        faults.append(_("Write a word after each sign."))
    counts = Counter(tag.casefold() for tag in tags)
    first = {tag.casefold(): tag for tag in reversed(tags)}
    twice = [_("“%(tag)s” is there twice.") % {"tag": first[key]} for key, n in counts.items() if n > 1]
    return faults + twice


def _clean(tag: str) -> str:
    words = clean_words(tag)
    sign = SIGNS.get(words[:1], "")
    return sign + words[1:].lstrip() if sign else words
