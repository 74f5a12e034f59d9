"""Where names stand in a text, in any case, however they are spaced. Pure: no Django. Linear in the text."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# Between the words of a name, and between a name and its version.
JOINT = r"[\s\-_*]{0,3}"
NUMBER = rf"{JOINT}v?\d{{1,4}}(?:\.\d{{1,3}}){{0,2}}|(?:\.\d{{1,3}}){{1,2}}"
VERSION = rf"(?:(?:{NUMBER})[a-z]{{0,2}}(?![^\W_]))?"
WORD = re.compile(r"[^\W_]+")
SHORTEST_NAME = 3
# What would shift the places of the rest: few letters, and none of a name.
FOLDED = {
    "’": "'",
    "ʼ": "'",
    "´": "'",
    "`": "'",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\u2011": "-",
    "\u2010": "-",
}


class Named(NamedTuple):
    """A name as the index has it, and where it stands."""

    start: int
    end: int
    name: str


def fold_text(text: str) -> str:
    """Small letters, straight apostrophes, plain spaces; every character stays at its place."""
    folded = text.lower()
    if len(folded) != len(text):
        folded = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    if folded.isascii():
        return folded.replace("`", "'")
    for character, plain in FOLDED.items():
        folded = folded.replace(character, plain)
    return folded


class NameIndex:
    """Finds names by the word they begin with: looking for a few bytes is what Python does fastest."""

    def __init__(self, names: Iterable[str]) -> None:
        by_word: dict[str, list[tuple[str, str]]] = {}
        for name in sorted(set(names), key=len, reverse=True):
            words = WORD.findall(fold_text(name))
            if len("".join(words)) >= SHORTEST_NAME:
                by_word.setdefault(words[0], []).append((JOINT.join(map(re.escape, words)), name))
        self.patterns = {word: _compile(found) for word, found in by_word.items()}
        self.names = {word: [name for _pattern, name in found] for word, found in by_word.items()}
        self.needles = [(_narrow(word), word) for word in by_word]

    def find(self, folded: str) -> list[Named]:
        """In a folded text, in their order; the longest where two begin alike, and none inside another."""
        found: list[Named] = []
        end = 0
        for start, minus_end, name in sorted(self._find_all(folded)):
            if start >= end:
                end = -minus_end
                found.append(Named(start, end, name))
        return found

    def _find_all(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Start, minus the end (so that the longest is sorted first), name."""
        narrow = _narrow(folded)
        for word in [word for needle, word in self.needles if needle in narrow]:
            names, pattern, place = self.names[word], self.patterns[word], folded.find(word)
            while place >= 0:
                if (place == 0 or not folded[place - 1].isalnum()) and (
                    match := pattern.match(folded, place)
                ):
                    yield place, -match.end(), names[(match.lastindex or 1) - 1]
                place = folded.find(word, place + 1)


def _narrow(folded: str) -> bytes:
    """One byte a character, a question mark for most of the world's: to see soon which words can't be in it."""
    return folded.encode("latin-1", "replace")


def _compile(found: list[tuple[str, str]]) -> re.Pattern[str]:
    """The names that begin with one word, the longest first; a plural or a version belongs to the name."""
    choices = "|".join(f"({pattern})" for pattern, _name in found)
    return re.compile(rf"(?:{choices})(?:s(?![^\W_])|{VERSION})(?![^\W_])")
