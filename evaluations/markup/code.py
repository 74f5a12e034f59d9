"""Code blocks: coloured by classes, where their language is one that answers are written in."""

import re
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

# Some lexers take time that grows with the square of a hostile block, or of one line of it: what is longer than
# people write by hand, or than a page of an answer needs, is shown as it is.
LONGEST_BLOCK = 6_000
LONGEST_LINE = 400
BLANK_LINES = re.compile(r"(?:[ \t]*\n){20}")
# The languages that were tried with hostile code: the text of a model chooses the one that reads it.
NAMES = (
    "ada asm awk bash bat c c++ clj clojure cmake cobol cpp css dart diff docker dockerfile elixir elm erlang f# "
    "fortran fsharp go golang graphql haskell hs html http ini java javascript jinja js json jsx julia kotlin "
    "latex less lisp lua make makefile matlab nasm nginx nim objc objective-c ocaml pascal perl php pl postgres "
    "postgresql powershell prolog proto protobuf ps1 py pycon python python3 r rb rs ruby rust sass scala scheme scss "
    "sh shell solidity sql swift tcl tex tf toml ts tsx typescript vb.net verilog vhdl vim vue xml yaml yml zig "
    "zsh"
)
LANGUAGES = frozenset(NAMES.split())
FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
CLASSES = {name for name in STANDARD_TYPES.values() if name}


def colour_code(code: str, *, language: str) -> str:
    """HTML of the code, its words in spans of CLASSES; uncoloured where its language or its shape is a strange one."""
    language = language.lower()
    if language not in LANGUAGES or not _is_handwritten(code):
        return escape(code)
    return str(highlight(code, get_lexer_by_name(language, stripnl=False, ensurenl=False), FORMATTER))


def _is_handwritten(code: str) -> bool:
    longest = max(map(len, code.split("\n")))
    return len(code) <= LONGEST_BLOCK and longest <= LONGEST_LINE and not BLANK_LINES.search(code)
