"""Markdown to HTML, and what a hostile text would have the library's own way do: none of it happens here.

HTML in the source is text, links and images become words, headings stay modest, code is coloured with classes,
mathematics becomes MathML, and each block says which way it reads.
"""

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin

from evaluations.markup.code import colour_code
from evaluations.markup.directions import mark_directions
from evaluations.markup.formulas import convert_formula
from evaluations.markup.mathematics import keep_mathematics_linear

# A longer text is shown as it was written: a rater waits while a first response is rendered.
LONGEST_RENDERED = 40_000
# So much code of one text is coloured, the first blocks first.
MOST_COLOURED = 16_000
# Quotes and lists in each other; the library drops what stands deeper, so such a text is shown as it was written.
DEEPEST = 20
CONTAINERS = {"blockquote_open", "list_item_open"}
# Some browsers leave out what stands more than 200 elements deep: such a text is shown as it was written.
DEEPEST_HTML = 100
TAG = re.compile(r"<(/?)([a-z0-9]+)")
LABELLED = ("math_block_label", "math_block_eqno")
# Headings stay below those of the page, and modest, so that layout does not win votes by size.
HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h5", "h6": "h5"}
# What may be wider than a phone scrolls in a frame of its own.
CODE_FRAME = '<pre class="code-block" dir="ltr" tabindex="0">'
TABLE_FRAME = '<div class="prose-table" tabindex="0">'
FORMULA_FRAME = '<span class="prose-formula" tabindex="0">'
ALIGNMENTS = {
    "text-align:left": "cell-left",
    "text-align:center": "cell-centre",
    "text-align:right": "cell-right",
}


def convert_markdown(text: str) -> str:
    """HTML of the text, not yet passed by the allow list. Never fails."""
    if len(text) > LONGEST_RENDERED:
        return _show_source(text)
    env: dict[str, Any] = {}
    tokens = MARKDOWN.parse(text, env)
    if any(token.type in CONTAINERS and token.level >= DEEPEST - 1 for token in tokens):
        return _show_source(text)
    mark_directions(tokens)
    html = str(MARKDOWN.renderer.render(tokens, MARKDOWN.options, env))
    return html if measure_depth(html) <= DEEPEST_HTML else _show_source(text)


def measure_depth(html: str) -> int:
    """How many elements of this HTML stand in each other, where each that is opened is closed."""
    depth = deepest = 0
    for closes, name in TAG.findall(html):
        if name not in ("br", "hr"):
            depth += -1 if closes else 1
            deepest = max(deepest, depth)
    return deepest


def _show_source(text: str) -> str:
    paragraphs = (escape(part).replace("\n", "<br>") for part in text.split("\n\n") if part.strip())
    return "".join(f'<p dir="auto">{part}</p>\n' for part in paragraphs)


class _Rules(RendererHTML):
    """How tokens become HTML where the library's way would fire a request or break the page."""

    def heading_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"<{HEADINGS[tokens[index].tag]}{_write_direction(tokens[index])}>"

    def heading_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"</{HEADINGS[tokens[index].tag]}>\n"

    def fence(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        code, words = tokens[index].content, tokens[index].info.split()
        env["coloured"] = env.get("coloured", 0) + len(code)
        if not words or env["coloured"] > MOST_COLOURED:
            return _frame_code(escape(code))
        return _frame_code(colour_code(code, language=words[0]))

    def code_block(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return _frame_code(escape(tokens[index].content))

    def table_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"{TABLE_FRAME}<table{_write_direction(tokens[index])}>"

    def table_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def _open_cell(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        name = ALIGNMENTS.get(str(token.attrGet("style") or ""))
        alignment = f' class="{name}"' if name else ""
        return f"<{token.tag}{alignment}{_write_direction(token)}>"

    th_open = td_open = _open_cell

    def image(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f'<span class="prose-address">[{escape(tokens[index].content)}]</span>'

    def link_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        # An address written as it is needs no repeating after itself.
        address = "" if token.info == "auto" else f"({token.attrGet('href')})"
        env.setdefault("addresses", []).append(address)
        return "<span>"

    def link_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        address = env["addresses"].pop()
        return f'</span> <span class="prose-address">{escape(address)}</span>' if address else "</span>"

    def math_inline(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return _show_formula(tokens[index].content, display=False)

    def math_display(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"{FORMULA_FRAME}{_show_formula(tokens[index].content, display=True)}</span>"

    def math_block(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        label = f" ({escape(token.info)})" if token.type in LABELLED else ""
        return f"{FORMULA_FRAME}{_show_formula(token.content, display=True)}{label}</span>\n"


def _show_formula(source: str, *, display: bool) -> str:
    mathml = convert_formula(source, display=display)
    return mathml if mathml is not None else f"<code>{escape(source)}</code>"


def _frame_code(html: str) -> str:
    return f"{CODE_FRAME}<code>{html}</code></pre>\n"


def _write_direction(token: Token) -> str:
    direction = token.attrGet("dir")
    return f' dir="{direction}"' if direction else ""


def _build_parser() -> MarkdownIt:
    options = {"html": False, "maxNesting": DEEPEST}
    parser = MarkdownIt("commonmark", options, renderer_cls=_Rules).enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    parser.use(texmath_plugin, delimiters="brackets")
    # Models write display mathematics right under a line of text: let it end the paragraph, as a table does.
    for block in parser.block.ruler.__rules__:
        if block.name.startswith("math_block"):
            block.alt = ["paragraph", "reference", "blockquote", "list"]
        if block.name == "reference":
            block.fn = _keep_footnotes(block.fn)
    keep_mathematics_linear(parser)
    # The plugins bring renderers of their own; ours is the one that escapes and converts.
    parser.add_render_rule("math_inline", _Rules.math_inline)
    parser.add_render_rule("math_inline_double", _Rules.math_display)
    for name in ("math_block", *LABELLED):
        parser.add_render_rule(name, _Rules.math_block)
    return parser


def _keep_footnotes(rule: Callable[..., bool]) -> Callable[..., bool]:
    """[^1]: is a note, which is shown; CommonMark would take it for the address of a link and swallow it."""

    def guarded(state: StateBlock, first: int, end: int, silent: bool) -> bool:
        begin = state.bMarks[first] + state.tShift[first]
        return not state.src.startswith("[^", begin) and rule(state, first, end, silent)

    return guarded


MARKDOWN = _build_parser()
