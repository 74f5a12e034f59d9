"""Answers in which a model names itself or its maker: found by rules, and masked. Pure: no Django.

A product named in an answer about products is no self-identification; an answer's own model or maker named anywhere
is listed by a weaker rule. Names are marked in the text first, then phrases are looked for near the marks, so that
the time it takes grows with the text and never faster.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from evaluations.ingest.identification_rules import OWN_NAME, Lexicon, Rule, Rules, load_rules, make_lexicon
from evaluations.ingest.name_index import Named, NameIndex, fold_text
from evaluations.ingest.phrases import BOTH_MARK, MAKER_MARK, MODEL_MARK

__all__ = ["Match", "Rules", "find_self_identification", "load_rules", "mask_matches"]

MASK = "[…]"
# A phrase ends within so many characters of the name in it.
NEAR = 160
AROUND = 60
LONGEST_SAYS = 200
MARKS = str.maketrans(dict.fromkeys(MODEL_MARK + MAKER_MARK + BOTH_MARK, " "))
# What may stand between the end of a sentence and the first word of the next.
BEFORE_SENTENCE = " \t\r*_\"'“”«»(#>-–—•"
ENDS_SENTENCE = ".!?…:;\n"
LAST_WORD = re.compile(r"([^\W_]+)[\s*_\"'“”«»]{0,6}$")


@dataclass(frozen=True, kw_only=True)
class Match:
    """A place in a text, its words, the rule that found it, the text around it, and the names to be masked."""

    start: int
    end: int
    says: str
    rule: str
    excerpt: str
    names: tuple[str, ...] = ()


def find_self_identification(*, text: str, rules: Rules, names: Sequence[str]) -> list[Match]:
    """Where the text names its author, whose own names are `names`. The same said twice is one match."""
    lexicon = make_lexicon(rules, tuple(names))
    folded = fold_text(text)
    named = lexicon.index.find(folded)
    active = [rule for rule in rules.rules if _may_match(rule, folded, bool(named))]
    if not active and not named:
        return []
    marked = _mark_names(folded, named, lexicon)
    windows = _list_windows(named, len(text))
    found: list[Match] = []
    for rule in active:
        searched = windows if rule.has_slot else [(0, len(text))]
        places = _search(rule, marked, searched)
        found += _tell_places(rule, text, places, named, lexicon)
    merged = _merge(found)
    return sorted([*merged, *_find_own(text, named, lexicon, merged)], key=lambda match: match.start)


def mask_matches(*, text: str, matches: Sequence[Match]) -> str:
    """The text without the names of its matches, wherever they stand; what has no name goes as a whole."""
    folded = fold_text(text)
    names = {name for match in matches for name in match.names}
    spans = [(named.start, named.end) for named in NameIndex(names).find(folded)]
    for phrase in {folded[match.start : match.end] for match in matches if not match.names}:
        spans += [found.span() for found in re.finditer(re.escape(phrase), folded)]
    kept, end = [], 0
    for start, stop in sorted(spans):
        if start >= end:
            kept += [text[end:start], MASK]
        end = max(end, stop)
    return "".join([*kept, text[end:]])


def _may_match(rule: Rule, folded: str, has_names: bool) -> bool:
    return has_names if rule.has_slot else any(word in folded for word in rule.needs)


def _mark_names(folded: str, named: Iterable[Named], lexicon: Lexicon) -> str:
    """The text with each name as a run of marks of its length: every place stays what it was."""
    pieces, end = [], 0
    for one in named:
        before = folded[end : one.start]
        pieces += [before if before.isascii() else before.translate(MARKS)]
        pieces += [lexicon.marks[one.name] * (one.end - one.start)]
        end = one.end
    rest = folded[end:]
    return "".join([*pieces, rest if rest.isascii() else rest.translate(MARKS)])


def _tell_places(
    rule: Rule, text: str, places: Iterable[tuple[int, int]], named: Sequence[Named], lexicon: Lexicon
) -> Iterator[Match]:
    """A match for each place whose names, or whose words, no place before it had."""
    starts = [one.start for one in named]
    seen: set[tuple[str, ...]] = set()
    for start, end in places:
        inside = named[bisect_left(starts, start) : bisect_left(starts, end)]
        key = tuple(one.name for one in inside) or (text[start:end].lower(),)
        if key not in seen:
            seen.add(key)
            names = {relative for one in inside for relative in lexicon.relatives[one.name]}
            yield _make_match(text, start, end, rule=rule.id, names=names)


def _search(rule: Rule, marked: str, windows: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for pattern in rule.patterns:
        for start, end in windows:
            while found := pattern.search(marked, start, end):
                if _stands_well(rule, marked, found.start()):
                    yield found.span()
                start = found.start() + 1


def _list_windows(named: Iterable[Named], length: int) -> list[tuple[int, int]]:
    """The text near the names; windows that meet are one, so that nothing is read twice."""
    windows: list[tuple[int, int]] = []
    for one in named:
        start, end = max(0, one.start - NEAR), min(length, one.end + NEAR)
        if windows and start <= windows[-1][1]:
            windows[-1] = windows[-1][0], end
        else:
            windows.append((start, end))
    return windows


def _stands_well(rule: Rule, marked: str, start: int) -> bool:
    """At the beginning of a word; of a sentence, or not after certain words, where the rule says so."""
    if start and (marked[start - 1].isalnum() or marked[start] == marked[start - 1]):
        return False
    before = marked[max(0, start - 40) : start]
    if rule.begins_sentence:
        stripped = before.rstrip(BEFORE_SENTENCE)
        return (start == len(before) and not stripped) or stripped.endswith(tuple(ENDS_SENTENCE))
    word = LAST_WORD.search(before)
    return not (word and word.group(1) in rule.not_after)


def _make_match(text: str, start: int, end: int, *, rule: str, names: Iterable[str]) -> Match:
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    excerpt = (
        ("…" if start > AROUND else "")
        + before
        + text[start : min(end, start + LONGEST_SAYS)]
        + after
        + ("…" if end + AROUND < len(text) else "")
    )
    says = text[start:end][:LONGEST_SAYS]
    return Match(
        start=start, end=end, says=says, rule=rule, excerpt=excerpt.strip(), names=tuple(sorted(names))
    )


def _merge(matches: Iterable[Match]) -> list[Match]:
    """Of matches with names that overlap the first and longest stays, with the names of all."""
    merged: list[Match] = []
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        if merged and match.start < merged[-1].end and match.names and merged[-1].names:
            names = tuple(sorted({*merged[-1].names, *match.names}))
            merged[-1] = replace(merged[-1], names=names)
        else:
            merged.append(match)
    return merged


def _find_own(
    text: str, named: Iterable[Named], lexicon: Lexicon, others: Sequence[Match]
) -> Iterator[Match]:
    """The first place of each of the author's own names that no other match has said."""
    said = {name for match in others for name in match.names}
    for one in named:
        if (
            one.name in lexicon.own
            and one.name not in said
            and _is_written_as_name(text[one.start : one.end])
        ):
            said.add(one.name)
            names = lexicon.relatives[one.name]
            yield _make_match(text, one.start, one.end, rule=OWN_NAME, names=names)


def _is_written_as_name(words: str) -> bool:
    """Not an ordinary word that happens to be one: a llama, a mistral."""
    return not words.islower() or any(letter.isdigit() for letter in words)
