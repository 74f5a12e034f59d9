"""What rendered text may consist of, written down a second time: tags, attributes, values, classes, nesting."""

import re
from html.parser import HTMLParser

from pygments.token import STANDARD_TYPES

TAGS = (
    "p br hr h3 h4 h5 strong em s ul ol li blockquote pre code table thead tbody tr th td div span "
    "math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd "
    "mpadded mphantom mstyle mmultiscripts mprescripts"
)
CLASSES = (
    "code-block prose-table prose-formula prose-address turn turn-system turn-user turn-assistant turn-role "
    "cell-left cell-centre cell-right math-bold math-box math-strike math-left math-right math-aligned"
)
SWITCHES = "stretchy fence separator movablelimits largeop accent accentunder displaystyle"
WORDS = {
    *(name for name in STANDARD_TYPES.values() if name),
    *CLASSES.split(),
}
ATTRIBUTES = {
    "class": lambda value: set(value.split()) <= WORDS,
    "dir": re.compile("ltr|rtl|auto").fullmatch,
    "lang": re.compile("en|fr").fullmatch,
    "tabindex": re.compile("0").fullmatch,
    "role": re.compile("group").fullmatch,
    "aria-label": re.compile("Code|Table|Formula|Tableau|Formule").fullmatch,
    "start": re.compile(r"\d{1,9}").fullmatch,
    "alttext": lambda value: True,
    "display": re.compile("block|inline").fullmatch,
    "form": re.compile("prefix|infix|postfix").fullmatch,
    "scriptlevel": re.compile("[012]").fullmatch,
    "mathvariant": re.compile("normal").fullmatch,
    "linethickness": re.compile("0").fullmatch,
    "height": re.compile("0").fullmatch,
    "depth": re.compile("0").fullmatch,
    # Nothing is drawn further than half a line back or three lines on.
    "width": re.compile(r"0|-0\.\d+em|[0-3](\.\d+)?em").fullmatch,
    **dict.fromkeys(("minsize", "maxsize"), re.compile(r"[0-3](\.\d+)?em").fullmatch),
    **dict.fromkeys(SWITCHES.split(), re.compile("true|false").fullmatch),
}
EMPTY = {"br", "hr"}
# Some browsers leave out what stands deeper than 200.
DEEPEST = 150


class _Watcher(HTMLParser):
    def __init__(self):
        super().__init__()
        self.faults, self.opened = [], []

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS.split():
            self.faults.append(f"<{tag}>")
        for name, value in attributes:
            allowed = ATTRIBUTES.get(name)
            if allowed is None or not allowed(value or ""):
                self.faults.append(f"<{tag} {name}={value!r}>")
        if tag not in EMPTY:
            self.opened.append(tag)
        if len(self.opened) == DEEPEST:
            self.faults.append(f"{DEEPEST} elements in each other")

    def handle_endtag(self, tag):
        if not self.opened or self.opened.pop() != tag:
            self.faults.append(f"</{tag}> out of its place")

    def handle_comment(self, data):
        self.faults.append(f"<!--{data}-->")

    handle_decl = handle_pi = unknown_decl = handle_comment


def list_faults(html):
    """All that has no business in a rendered text; empty where it is harmless and ends where it began."""
    watcher = _Watcher()
    watcher.feed(html)
    watcher.close()
    return [*watcher.faults, *(f"<{tag}> never closed" for tag in watcher.opened)]
