"""Rules of mathematics in markdown, kept linear: a rule whose closing mark is nowhere to be found is not asked.

The plugins look for the end anew from each opening mark, to the end of the text: thousands of marks that nobody
closes take minutes. Where one search found no closing mark, no later one in the same text will.
"""

import re
from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

# What ends a display formula of $$: two dollars at the end of a line, or before a label.
DOLLARS_END = re.compile(r"\$\$[ \t]*(?:\([^)$\r\n]+\)[ \t]*)?$", re.MULTILINE)
BRACKET_END = re.compile(r"\\\]")
PARENTHESIS_END = re.compile(r"\\\)")
DOUBLE_END = re.compile(r"\$\$")

BlockRule = Callable[[StateBlock, int, int, bool], bool]
InlineRule = Callable[[StateInline, bool], bool]


def keep_mathematics_linear(parser: MarkdownIt) -> None:
    """Puts a look-ahead in front of each rule of mathematics that the plugins have added."""
    for rule in parser.block.ruler.__rules__:
        if rule.name.startswith("math_block"):
            rule.fn = _guard_block(rule.fn)
    for inline in parser.inline.ruler.__rules__:
        if inline.name.startswith("math_inline"):
            inline.fn = _guard_inline(inline.fn)


def _guard_block(rule: BlockRule) -> BlockRule:
    def guarded(state: StateBlock, first: int, end: int, silent: bool) -> bool:
        begin = state.bMarks[first] + state.tShift[first]
        mark = state.src[begin : begin + 2]
        closing = {"$$": DOLLARS_END, "\\[": BRACKET_END}.get(mark)
        if closing is None or not _is_closed(state, closing, begin + 2):
            return False
        return rule(state, first, end, silent)

    return guarded


def _guard_inline(rule: InlineRule) -> InlineRule:
    def guarded(state: StateInline, silent: bool) -> bool:
        mark = state.src[state.pos : state.pos + 2]
        closing = {"$$": DOUBLE_END, "\\(": PARENTHESIS_END}.get(mark)
        if mark[:1] not in ("$", "\\") or (mark[:1] == "\\" and closing is None):
            return False
        if closing is not None and not _is_closed(state, closing, state.pos + 2):
            return False
        return rule(state, silent)

    return guarded


def _is_closed(state: StateBlock | StateInline, closing: re.Pattern[str], begin: int) -> bool:
    """Whether the closing mark comes anywhere behind; each text is searched to its end once at most."""
    known: dict[re.Pattern[str], tuple[Any, int]] = state.env.setdefault("unclosed", {})
    text, nothing_from = known.get(closing, ("", 0))
    if text is state.src and begin >= nothing_from:
        return False
    if closing.search(state.src, begin):
        return True
    known[closing] = (state.src, begin)
    return False
