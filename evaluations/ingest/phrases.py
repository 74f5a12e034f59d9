"""Phrases of rules as patterns: a small language whose every phrase is read in linear time. Pure: no Django.

    i am (called|named) {model}     words; one of several; a name
    as [ai] [language model] by     words that may be missing
    developed by ...                up to three words, whichever they are; at least one at the end

A phrase has no repetition without a bound, so that no text, however it is made, takes long.
"""

import re
from typing import NamedTuple

# Between words: spaces, marks of emphasis, quotation marks, and what may stand between two clauses.
GAP = r"[\s*_\"'“”«»,:;()\-–—]"
# Names stand in the text as runs of these, put there before the phrases are looked for.
MODEL_MARK, MAKER_MARK, BOTH_MARK = "\ue000", "\ue001", "\ue002"
SLOTS = {
    "{model}": f"[{MODEL_MARK}{BOTH_MARK}]{{1,200}}",
    "{maker}": f"[{MAKER_MARK}{BOTH_MARK}]{{1,200}}",
    "{name}": f"[{MODEL_MARK}{MAKER_MARK}{BOTH_MARK}]{{1,200}}",
}
FULL_GAP = f"{GAP}{{1,6}}"
# Possessive: a word is read once.
ANY_WORDS = rf"[^\W_]{{1,30}}+(?:{GAP}{{1,4}}[^\W_]{{1,30}}+){{0,2}}"
TOKEN = re.compile(r"\(([^()\[\]{}]+)\)|\[([^()\[\]{}]+)\]|(\{[a-z]+\})|(\.\.\.)|([^\s()\[\]{}.,;:]+)")
MOST_TOKENS = 12


class _Token(NamedTuple):
    """One of these, each with the gap after it; `optional` where none of them will do too."""

    choices: tuple[tuple[str, str], ...]
    optional: bool = False
    # Words it does without between two others, and not at the end.
    loose: bool = False
    # It can stand at either end of a phrase: it says something.
    firm: bool = True


def compile_phrase(phrase: str) -> re.Pattern[str]:
    """The pattern, for folded text. Raises ValueError with the part that is not understood."""
    found = list(TOKEN.finditer(phrase))
    rest = TOKEN.sub("", phrase).strip()
    if rest or not 0 < len(found) <= MOST_TOKENS:
        raise ValueError(rest or phrase)
    tokens = [_read_token(token) for token in found]
    if not tokens[0].firm:
        raise ValueError(found[0][0])
    if tokens[-1].optional:
        raise ValueError(found[-1][0])
    *before, last = tokens
    pieces = [_spell_token(token) for token in before]
    end = "|".join(choice for choice, _gap in last.choices)
    return re.compile("".join(pieces) + rf"(?:{end})(?![^\W_])")


def _read_token(token: re.Match[str]) -> _Token:
    one_of, maybe, slot, anything, word = token.groups()
    if slot:
        if slot not in SLOTS:
            raise ValueError(slot)
        return _Token(((SLOTS[slot], FULL_GAP),))
    if anything:
        return _Token(((ANY_WORDS, FULL_GAP),), firm=False, loose=True)
    choices = [" ".join(choice.split()) for choice in (one_of or maybe or word).split("|")]
    if not all(choices):
        raise ValueError(token[0])
    spelt = tuple((_spell(choice), _find_gap(choice)) for choice in choices)
    return _Token(spelt, optional=bool(maybe), firm=not maybe)


def _spell_token(token: _Token) -> str:
    choices = "|".join(choice + gap for choice, gap in token.choices)
    return f"(?:{choices})" + ("?" if token.optional or token.loose else "")


def _spell(words: str) -> str:
    """Words as they stand in a text: a space is any gap."""
    return "".join(re.escape(word) + _find_gap(word) for word in words.split()[:-1]) + re.escape(
        words.split()[-1]
    )


def _find_gap(words: str) -> str:
    """After an elision (d', qu') the next word follows at once."""
    return f"{GAP}{{0,3}}" if words.endswith("'") else FULL_GAP
