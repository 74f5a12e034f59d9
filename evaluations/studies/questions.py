"""Questions about a study's instructions: as staff write them, one question a block, and as the study keeps them.

    ? What counts most?
    * Whether the answer helps
    - Its length

A line that begins with ? asks, * is the right choice, - another one. `parse_questions` and `format_questions` are each
other's inverse on questions that are sound.
"""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MOST_QUESTIONS = 10
FEWEST_CHOICES, MOST_CHOICES = 2, 6
LONGEST_QUESTION, LONGEST_CHOICE = 300, 200
# Enough for the longest questions, and blank lines between them.
LONGEST_TEXT = 20_000

ASKS, RIGHT, OTHER = "?", "*", "-"
MARKS: Final = {"?": ASKS, "*": RIGHT, "-": OTHER, "–": OTHER, "—": OTHER, "−": OTHER}
# All that ends a line somewhere, and plain spaces; not those that do not break, which French writes.
SPACES = re.compile(r"[\t-\r\x1c-\x20\x85\u2028\u2029]+")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something wrong in the text; line: counted from 1."""

    line: int
    sentence: str


@dataclass
class _Block:
    """A question and its choices as they stand in the text, each with its line."""

    line: int
    words: str
    choices: list[tuple[int, str]] = field(default_factory=list)
    right: list[int] = field(default_factory=list)

    def add(self, *, line: int, words: str, is_right: bool) -> None:
        if is_right:
            self.right.append(len(self.choices))
        self.choices.append((line, words))

    def read(self) -> dict[str, Any]:
        return {
            "question": self.words,
            "choices": [words for _line, words in self.choices],
            "correct": self.right[0],
        }


def clean_words(text: str) -> str:
    """On one line, with single spaces."""
    return SPACES.sub(" ", text).strip()


def parse_questions(*, text: str) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Questions as {"question", "choices", "correct": place from 0}, and faults by line; with faults, no questions."""
    blocks, faults = _read_blocks(text)
    if len(blocks) > MOST_QUESTIONS:
        words = _("ask %(most)s questions at most.") % {"most": MOST_QUESTIONS}
        faults.append(Fault(line=blocks[MOST_QUESTIONS].line, sentence=words))
    # A line that was not read leaves its question short of a choice: say the cause alone.
    faults = faults or [fault for block in blocks for fault in _check_block(block)]
    return ([] if faults else [block.read() for block in blocks]), faults


def format_questions(*, questions: Iterable[Mapping[str, Any]]) -> str:
    """The text that `parse_questions` reads as these questions."""
    return "\n\n".join(
        "\n".join(
            [
                f"{ASKS} {question['question']}",
                *(
                    f"{RIGHT if place == question['correct'] else OTHER} {choice}"
                    for place, choice in enumerate(question["choices"])
                ),
            ]
        )
        for question in questions
    )


def commit_questions(
    *, questions: Sequence[Mapping[str, Any]], before: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What the study keeps: the questions under a salt, a new one where they differ from those before.

    Choices are few, so a digest without a salt would tell which is right.
    """
    if not questions:
        return {}
    if list(questions) == before.get("questions"):
        return before
    return {"salt": secrets.token_hex(16), "questions": list(questions)}


def _read_blocks(text: str) -> tuple[list[_Block], list[Fault]]:
    blocks: list[_Block] = []
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped:
            continue
        mark, words = MARKS.get(stripped[0]), clean_words(stripped[1:])
        if fault := _find_line_fault(mark=mark, words=words, is_first=not blocks):
            faults.append(Fault(line=number, sentence=fault))
        if mark == ASKS:
            # Even a faulty one: its choices are no orphans.
            blocks.append(_Block(line=number, words=words))
        elif blocks:
            blocks[-1].add(line=number, words=words, is_right=mark == RIGHT)
    return blocks, faults


def _find_line_fault(*, mark: str | None, words: str, is_first: bool) -> str:
    if mark is None:
        return _("begin with ? for a question, * for the right choice, - for another one.")
    if not words:
        return _("write something after the sign.")
    most = LONGEST_QUESTION if mark == ASKS else LONGEST_CHOICE
    if len(words) > most:
        return _("shorten this to %(most)s characters.") % {"most": most}
    return _("a choice stands below its question, which begins with ?.") if mark != ASKS and is_first else ""


def _check_block(block: _Block) -> list[Fault]:
    faults = []
    if not FEWEST_CHOICES <= len(block.choices) <= MOST_CHOICES:
        limits = {"fewest": FEWEST_CHOICES, "most": MOST_CHOICES}
        faults.append(
            Fault(line=block.line, sentence=_("give from %(fewest)s to %(most)s choices.") % limits)
        )
    if len(block.right) != 1:
        words = ngettext(
            "mark one choice as right, with *; now %(number)s is.",
            "mark one choice as right, with *; now %(number)s are.",
            len(block.right),
        ) % {"number": len(block.right)}
        faults.append(Fault(line=block.line, sentence=words))
    known: set[str] = set()
    for line, words in block.choices:
        if words in known:
            faults.append(Fault(line=line, sentence=_("this choice is there already.")))
        known.add(words)
    return faults
