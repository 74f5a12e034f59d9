"""Pages that are nearly the same each time: rendered once with marks where they differ, then filled in.

Going through a rating page's template took as long as all else that a vote needs. What decides its shape (the study's
words, its tags, the language) differs from study to study; what differs from battle to battle is only written into it.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from evaluations.web.preferences import find_here

# Fits in addresses and attributes, needs no escaping, and no text of anybody's holds it.
WORD = f"mark{secrets.token_hex(12)}"
MARK = re.compile(f"{WORD}0([a-z_]+)0")
# What a fragment takes of its request.
OF_REQUEST: Final = ("csrf_token", "here")
MOST_MOULDS = 200

_moulds: dict[Hashable, "Mould"] = {}


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


@dataclass(frozen=True, kw_only=True)
class Moulded:
    """A fragment whose template writes its values, and asks of them at most whether they are empty texts. All else that
    it asks about is the shape.

    compose makes the template's context of the values, or of the marks in their place. Names are of a to z and _. What
    is asked for once has no shape, and is kept in no mould.
    """

    template: str
    shape: Hashable | None
    values: Mapping[str, Any]
    compose: Callable[[Mapping[str, Any]], dict[str, Any]]

    @property
    def context(self) -> dict[str, Any]:
        return self.compose(self.values)

    def render(self, request: HttpRequest) -> str:
        """As a template of its own, for htmx."""
        if self.shape is None:
            return render_to_string(self.template, self.context, request)
        written = [name for name, value in self.values.items() if value != ""]
        key = (self.template, get_language(), self.shape, tuple(written))
        mould = _moulds.get(key)
        if mould is None:
            while len(_moulds) >= MOST_MOULDS:
                # Another thread may be about to take out the same one.
                _moulds.pop(next(iter(_moulds)), None)
            context = {**self.compose({**self.values, **mark(written)}), **mark(OF_REQUEST)}
            mould = _moulds[key] = make_mould(template=self.template, context=context)
        return mould.fill({**self.values, "csrf_token": get_token(request), "here": find_here(request)})


def mark(names: Iterable[str]) -> dict[str, str]:
    """For each value what stands in its place."""
    return {name: f"{WORD}0{name}0" for name in names}


def make_mould(*, template: str, context: Mapping[str, Any]) -> Mould:
    """The template rendered without a request: what it needs of one is in the context, or is marked there."""
    pieces = MARK.split(render_to_string(template, dict(context)))
    return Mould(texts=tuple(pieces[::2]), names=tuple(pieces[1::2]))
