"""Which way each block of a text reads: an Arabic answer with an English paragraph, a Hebrew item in a French list.

Only texts with letters that go from right to left get any `dir`; in them, every block that has letters says its own
where it differs from what it stands in. Neutral blocks (numbers, signs) follow what is around them.
"""

import re
from collections.abc import Sequence

from markdown_it.token import Token

RIGHT_TO_LEFT = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
RTL_LETTER = re.compile(f"[{RIGHT_TO_LEFT}]")
WORD = re.compile(r"[^\W\d_]+")
# A text reads from right to left from this share of its words on: technical words in Latin letters are many.
# After goog.i18n.bidi.estimateDirection of the Closure Library.
RTL_SHARE = 0.4
BLOCKS = ("paragraph", "heading", "bullet_list", "ordered_list", "blockquote", "table", "th", "td")
OPENING = {f"{name}_open" for name in BLOCKS}

Count = tuple[int, int]


def estimate_direction(text: str) -> str:
    """rtl or ltr, by the words; empty where there are none."""
    return _name_direction(_count_words(text))


def mark_directions(tokens: Sequence[Token]) -> None:
    """Gives `dir` to the blocks of a parsed text. Costs what reading the text once costs."""
    counts = [_count_words(_read_words(token)) for token in tokens]
    if not any(rtl for rtl, _ in counts):
        return
    totals = _add_up(counts)
    # The outermost blocks that have no words follow the whole text.
    whole, around = _name_direction(totals[-1]), [""]
    for place, (token, end) in enumerate(zip(tokens, _find_ends(tokens), strict=True)):
        if token.nesting == 1:
            inside = (totals[end][0] - totals[place][0], totals[end][1] - totals[place][1])
            direction = _name_direction(inside) or around[-1] or whole
            if token.type in OPENING and direction != around[-1]:
                _set_direction(token, tokens[end], direction)
                around.append(direction)
            else:
                around.append(around[-1])
        elif token.nesting == -1:
            around.pop()


def _set_direction(opening: Token, closing: Token, direction: str) -> None:
    opening.attrSet("dir", direction)
    if opening.hidden:
        # The words of a list's item, which have no paragraph of their own; the item's mark stays with its list.
        for token in (opening, closing):
            token.hidden, token.tag = False, "span"


def _find_ends(tokens: Sequence[Token]) -> list[int]:
    """For each opening token the place of its closing one."""
    ends, opened = [0] * len(tokens), []
    for place, token in enumerate(tokens):
        if token.nesting == 1:
            opened.append(place)
        elif token.nesting == -1:
            ends[opened.pop()] = place
    return ends


def _add_up(counts: Sequence[Count]) -> list[Count]:
    totals, rtl, words = [], 0, 0
    for some, more in counts:
        rtl, words = rtl + some, words + more
        totals.append((rtl, words))
    return totals


def _read_words(token: Token) -> str:
    return " ".join(child.content for child in token.children or () if child.type == "text")


def _count_words(text: str) -> Count:
    """How many words there are from right to left, and how many in all."""
    words = WORD.findall(text)
    return sum(1 for word in words if RTL_LETTER.match(word)), len(words)


def _name_direction(count: Count) -> str:
    rtl, words = count
    if not words:
        return ""
    return "rtl" if rtl >= RTL_SHARE * words else "ltr"
