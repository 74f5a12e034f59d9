"""The one safe renderer: markdown from models, raters and files to HTML that runs nothing and calls nobody.

HTML in the source is shown as text, links and images become words, code is coloured with classes, mathematics
becomes MathML. What comes out passes an allow list (nh3), so that a fault of the renderer is not a hole.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from latex2mathml.converter import convert as convert_latex
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from evaluations.mathematics import keep_mathematics_linear

MATH_TAGS = {
    *(
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "msup",
        "msub",
        "msubsup",
        "mfrac",
        "msqrt",
        "mroot",
    ),
    *("mover", "munder", "munderover", "mtable", "mtr", "mtd", "menclose", "mpadded", "mphantom", "mstyle"),
    *("mmultiscripts", "mprescripts", "none"),
}
TEXT_TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "strong", "em", "s", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("table", "thead", "tbody", "tr", "th", "td", "div", "span"),
}
ATTRIBUTES = {
    "*": {"class"},
    "pre": {"class", "tabindex"},
    "div": {"class", "tabindex"},
    "ol": {"class", "start"},
    "math": {"display", "xmlns"},
    "mo": {"stretchy", "fence", "separator", "form", "minsize", "maxsize"},
    "mtable": {"columnalign", "rowspacing", "columnspacing"},
    "mi": {"mathvariant"},
    "mspace": {"width"},
    "mover": {"accent"},
    "munder": {"accentunder"},
}
CLEANER = nh3.Cleaner(tags=MATH_TAGS | TEXT_TAGS, attributes=ATTRIBUTES, link_rel=None)
# Headings stay below those of the page, and modest, so that layout does not win votes by size.
HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h5", "h6": "h5"}
# Colouring is linear but slow; a page of a response never needs more.
LONGEST_COLOURED_CODE = 20_000
# A longer text is shown as it was written: a rater waits while a first response is rendered.
LONGEST_RENDERED = 40_000
FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
# Part of the prompt's own text, so they follow its language and not the reader's.
ROLES = {
    "en": {"system": "Instruction", "user": "Person", "assistant": "Assistant"},
    "fr": {"system": "Consigne", "user": "Personne", "assistant": "Assistant"},
}


def render_markdown(text: str) -> SafeString:
    """Safe HTML of a markdown text. Never fails: what can't be rendered is shown as it was written."""
    html = MARKDOWN.render(text) if len(text) <= LONGEST_RENDERED else _show_source(text)
    return mark_safe(CLEANER.clean(html))  # noqa: S308 - the allow list has just passed over it


def render_conversation(messages: Sequence[Mapping[str, str]], *, language: str = "") -> SafeString:
    """Safe HTML of a prompt: the message itself, or each turn under the word for its role.

    messages are {role: system | user | assistant, content: markdown}; language is the prompt's own.
    """
    if len(messages) == 1:
        return render_markdown(messages[0]["content"])
    roles = ROLES["fr" if language.startswith("fr") else "en"]
    turns = (
        f'<div class="turn turn-{escape(message["role"])}"><p class="turn-role">{roles[message["role"]]}</p>'
        f"{render_markdown(message['content'])}</div>"
        for message in messages
    )
    return mark_safe("".join(turns))  # noqa: S308 - parts are rendered, escaped or ours


def load_rendered(html: str) -> SafeString:
    """HTML that this renderer made and the database kept. It passes the allow list again on its way out."""
    return mark_safe(CLEANER.clean(html))  # noqa: S308 - the allow list has just passed over it


def _show_source(text: str) -> str:
    paragraphs = (escape(part).replace("\n", "<br>") for part in text.split("\n\n") if part.strip())
    return "".join(f"<p>{part}</p>\n" for part in paragraphs)


def _render_math(content: str, *, display: bool) -> str:
    try:
        return str(convert_latex(content, display="block" if display else "inline"))
    # The converter raises whatever its parser stumbles on; the reader then sees the source.
    except Exception:
        return f"<code>{escape(content)}</code>"


def _colour_code(code: str, language: str) -> str:
    if len(code) > LONGEST_COLOURED_CODE:
        return escape(code)
    try:
        return str(highlight(code, get_lexer_by_name(language), FORMATTER))
    except ClassNotFound:
        return escape(code)


class _Rules(RendererHTML):
    """How tokens become HTML where the library's way would fire a request or break the page."""

    def heading_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"<{HEADINGS[tokens[index].tag]}>"

    def heading_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"</{HEADINGS[tokens[index].tag]}>"

    def fence(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        language = token.info.strip().split(" ")[0] if token.info.strip() else "text"
        return _wrap_code(_colour_code(token.content, language))

    def code_block(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return _wrap_code(escape(tokens[index].content))

    def table_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return '<div class="prose-table" tabindex="0"><table>'

    def table_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return "</table></div>"

    def _open_cell(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        right = "right" in str(tokens[index].attrGet("style") or "")
        return f'<{tokens[index].tag} class="number">' if right else f"<{tokens[index].tag}>"

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
        return f'</span> <span class="prose-address">{escape(env["addresses"].pop())}</span>'

    def math_inline(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return _render_math(tokens[index].content, display=False)

    def math_block(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"<div>{_render_math(tokens[index].content, display=True)}</div>"


def _wrap_code(html: str) -> str:
    return f'<pre class="code-block" tabindex="0"><code>{html}</code></pre>\n'


def _build_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Rules).enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    parser.use(texmath_plugin, delimiters="brackets")
    # Models write display mathematics right under a line of text: let it end the paragraph, as a table does.
    for block in parser.block.ruler.__rules__:
        if block.name.startswith("math_block"):
            block.alt = ["paragraph", "reference", "blockquote", "list"]
    keep_mathematics_linear(parser)
    # The plugins bring renderers of their own; ours is the one that escapes and converts.
    for name in ("math_inline", "math_inline_double", "math_block", "math_block_label", "math_single"):
        rule = _Rules.math_block if "block" in name or "double" in name else _Rules.math_inline
        parser.add_render_rule(name, rule)
    return parser


MARKDOWN = _build_parser()
