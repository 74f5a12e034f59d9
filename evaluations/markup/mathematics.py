"""Rules of mathematics in markdown, kept linear and kept to their word.

A rule whose closing mark is nowhere to be found is not asked: the plugins look for the end anew from each opening mark,
to the end of the text, and thousands of marks that nobody closes take minutes. Where one search found no closing mark,
no later one in the same text will.
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
    """Puts a guard in front of each rule of mathematics that the plugins have added."""
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
        return _probe(rule, state, first, end) if silent else rule(state, first, end, silent)

    return guarded


def _probe(rule: BlockRule, state: StateBlock, first: int, end: int) -> bool:
    """Whether the rule would hold. The plugin's own writes its formula even when it is only asked."""
    tokens, line = len(state.tokens), state.line
    holds = rule(state, first, end, True)
    del state.tokens[tokens:]
    state.line = line
    return holds


def _guard_inline(rule: InlineRule) -> InlineRule:
    def guarded(state: StateInline, silent: bool) -> bool:
        mark = state.src[state.pos : state.pos + 2]
        closing = {"$$": DOUBLE_END, "\\(": PARENTHESIS_END}.get(mark)
        if mark[:1] not in ("$", "\\") or (mark[:1] == "\\" and closing is None):
            return False
        if closing is not None and not _is_closed(state, closing, state.pos + 2):
            return False
        return rule(state, silent) if state.pos else _ask_at_the_beginning(rule, state, silent)

    return guarded


def _ask_at_the_beginning(rule: InlineRule, state: StateInline, silent: bool) -> bool:
    """The plugin looks at what stands before a dollar, and takes the last sign of the text for it at the beginning."""
    text = state.src
    state.src = f"{text} "
    try:
        return rule(state, silent)
    finally:
        state.src = text


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
