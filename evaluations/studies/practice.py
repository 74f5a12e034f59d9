"""A study's own practice comparison: a prompt, two answers, which is better, and why."""

from collections.abc import Mapping
from typing import Final

LONGEST: Final = {"prompt": 2000, "left": 4000, "right": 4000, "explanation": 1000}
SIDES: Final = ("left", "right")


def complete_practice(*, given: Mapping[str, str]) -> dict[str, str]:
    """The texts with our line ends, and the better side; {} where no text is written: the house's own example."""
    texts = {name: given.get(name, "").replace("\r\n", "\n").strip() for name in LONGEST}
    return {**texts, "better": given.get("better", "")} if any(texts.values()) else {}


def list_missing(*, practice: Mapping[str, str]) -> list[str]:
    """The parts that a practice comparison lacks: all of them are there, or none."""
    return [name for name in (*LONGEST, "better") if practice and not practice.get(name)]
