"""Pages that are nearly the same each time: rendered once with marks where they differ, then filled in.

Going through a rating page's template took as long as all else that a vote needs. What decides its shape (the study's
words, its tags, the language) differs from study to study; what differs from battle to battle is only written into it.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.formats import localize
from django.utils.html import conditional_escape

# Fits in addresses and attributes, needs no escaping, and no text of anybody's holds it.
WORD = f"mark{secrets.token_hex(12)}"
MARK = re.compile(f"{WORD}([a-z]+)x")


class Mould(NamedTuple):
    """A page in pieces: texts, and between each two the name of the value that comes there."""

    texts: tuple[str, ...]
    names: tuple[str, ...]

    def fill(self, values: Mapping[str, Any]) -> str:
        """The page. Values are written as a template writes them: by the reader's language, and escaped."""
        filled = [self.texts[0]]
        written = {name: conditional_escape(localize(value)) for name, value in values.items()}
        for name, text in zip(self.names, self.texts[1:], strict=True):
            filled += (written[name], text)
        return "".join(filled)


def mark(names: Iterable[str]) -> dict[str, str]:
    """For each value what stands in its place: a template may write it, not ask about it. Names are a to z."""
    return {name: f"{WORD}{name}x" for name in names}


def make_mould(*, template: str, context: Mapping[str, Any]) -> Mould:
    """The template rendered without a request: what it needs of one is in the context, or is marked there."""
    pieces = MARK.split(render_to_string(template, dict(context)))
    return Mould(texts=tuple(pieces[::2]), names=tuple(pieces[1::2]))
