"""The one safe renderer: markdown from models, raters and files to HTML that runs nothing and calls nobody.

`markup` makes the HTML; here it passes an allow list (nh3) of the very tags, attributes, values and classes that are
made, so that a fault of the maker is not a hole, and no text can wear the product's own clothes. What is kept in the
database passes it again on its way out.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from evaluations.markup import code, formulas
from evaluations.markup.directions import RTL_LETTER, estimate_direction
from evaluations.markup.parser import (
    CODE_FRAME,
    DEEPEST_HTML,
    FORMULA_FRAME,
    TABLE_FRAME,
    convert_markdown,
    measure_depth,
)

# One more whenever the same text gets other HTML: what was kept by an earlier renderer is then made anew.
RENDERER = 2
MARK = f"<!--{RENDERER}-->"

TEXT_TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "strong", "em", "s", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("table", "thead", "tbody", "tr", "th", "td", "div", "span"),
}
CELLS = {"cell-left", "cell-centre", "cell-right"}
CLASSES = {
    **formulas.CLASSES,
    "pre": {"code-block"},
    "div": {"prose-table", "turn", "turn-system", "turn-user", "turn-assistant"},
    "p": {"turn-role"},
    "span": {"prose-address", "prose-formula", *code.CLASSES},
    "th": CELLS,
    "td": CELLS,
}
DIRECTIONS = {"dir": {"ltr", "rtl", "auto"}}
FOCUSABLE = {"tabindex": {"0"}}
VALUES = {
    **dict.fromkeys(("h3", "h4", "h5", "ul", "ol", "blockquote", "table", "th", "td"), DIRECTIONS),
    **formulas.VALUES,
    "p": {**DIRECTIONS, "lang": {"en", "fr"}},
    "pre": {**DIRECTIONS, **FOCUSABLE},
    "div": {**DIRECTIONS, **FOCUSABLE},
    "span": {**DIRECTIONS, **FOCUSABLE},
}
CLEANER = nh3.Cleaner(
    tags=TEXT_TAGS | formulas.TAGS,
    attributes={"ol": {"start"}, "math": {"alttext"}},
    tag_attribute_values=VALUES,
    allowed_classes=CLASSES,
    link_rel=None,
)
# How much deeper a text stands as the turn of a conversation.
TURN = 1
# Texts that are shown again and again pass the list once in a process.
REMEMBERED = 1_000
# Part of the prompt's own text, so they follow its language and not the reader's.
ROLES = {
    "en": {"system": "Instruction", "user": "Person", "assistant": "Assistant"},
    "fr": {"system": "Consigne", "user": "Personne", "assistant": "Assistant"},
}


def render_markdown(text: str) -> SafeString:
    """Safe HTML of a markdown text. Never fails: what can't be rendered is shown as it was written."""
    return load_rendered(make_html(text))


def render_conversation(messages: Sequence[Mapping[str, str]], *, language: str = "") -> SafeString:
    """Safe HTML of a prompt, as `make_conversation_html` makes it."""
    return load_rendered(make_conversation_html(messages, language=language))


def make_html(text: str) -> str:
    """HTML of a markdown text to be kept, under the mark of this renderer."""
    return MARK + CLEANER.clean(convert_markdown(text))


def make_conversation_html(messages: Sequence[Mapping[str, str]], *, language: str = "") -> str:
    """HTML of a prompt to be kept: the message itself, or each turn under the word for its role.

    messages are {role: system | user | assistant, content: markdown}; language is the prompt's own.
    """
    if len(messages) == 1:
        return make_html(messages[0]["content"])
    spoken = "fr" if language.startswith("fr") else "en"
    turns = (_make_turn(role=turn["role"], text=turn["content"], spoken=spoken) for turn in messages)
    return MARK + CLEANER.clean("".join(turns))


def is_current(html: str) -> bool:
    """Whether this HTML was made by the renderer as it is now."""
    return html.startswith(MARK)


def load_rendered(html: str) -> SafeString:
    """HTML that was kept, for a page: it passes the allow list again, and what scrolls gets a name to be told by."""
    named = _clean(html)
    for frame, name in ((CODE_FRAME, _("Code")), (TABLE_FRAME, _("Table")), (FORMULA_FRAME, _("Formula"))):
        named = named.replace(frame, f'{frame[:-1]} role="group" aria-label="{escape(name)}">')
    return mark_safe(named)  # noqa: S308 - the allow list has just passed over it


@lru_cache(maxsize=REMEMBERED)
def _clean(html: str) -> str:
    clean = CLEANER.clean(html)
    return clean if measure_depth(clean) <= DEEPEST_HTML + TURN else escape(html)


def _make_turn(*, role: str, text: str, spoken: str) -> str:
    direction = f' dir="{estimate_direction(text)}"' if RTL_LETTER.search(text) else ""
    title = f'<p class="turn-role" lang="{spoken}">{ROLES[spoken][role]}</p>'
    return f'<div class="turn turn-{escape(role)}"{direction}>{title}{convert_markdown(text)}</div>'
