"""Texts for a terminal: names and sentences that may come from any file, and counts of things."""

from __future__ import annotations

import json
import unicodedata
from typing import Final

NO_WIDTH: Final = ("Mn", "Me", "Cf")  # categories: marks on the letter before, and formats


def make_printable(text: str) -> str:
    """A text whose control and format characters are shown as escapes, any space as a space; the rest as it is."""
    return text if text.isprintable() else "".join(map(_show, text))


def count_things(number: int, noun: str) -> str:
    """A number and its noun: "1 vote", "8,931 votes"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def measure_width(text: str) -> int:
    """The columns that a terminal gives a text: two to a wide character, none to a mark."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.category(character) in NO_WIDTH for character in text)


def fit_encoding(text: str, *, encoding: str, form: str) -> str:
    """A text with what an encoding lacks written as escapes: in JSON as its own, which are read again.

    form: "table", "json" or "csv".
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        if form == "json":
            return json.dumps(json.loads(text), indent=2) + "\n"
        plain = text.replace("–", "-") if form == "table" else text
        return plain.encode(encoding, "backslashreplace").decode(encoding)
    return text


def _show(character: str) -> str:
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) == "Zs" else ascii(character)[1:-1]
