"""Versions of pages, so that a browser that has one already is told so before it is made again."""

import hashlib
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from evaluations.snapshots import CODE_VERSION
from evaluations.web.preferences import read_theme

# Everything a page is made of besides its data.
SOURCES = ("templates/**/*.html", "evaluations/*.py", "evaluations/*/*.py", "locale/**/*.po", "static/**/*.*")


def tag_page(request: HttpRequest, *data: str) -> str:
    """A strong ETag of a page with this data, as this visitor sees it.

    The token of its forms belongs to the visitor's cookie: one from before a sign-in is dead.
    """
    visitor = [get_language() or "", read_theme(request), request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")]
    parts = [CODE_VERSION, read_page_version(), request.get_full_path(), *visitor, *data]
    return '"' + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32] + '"'


@cache
def read_page_version() -> str:
    """A digest of the sources, the same on every machine that runs them. Read once for each process."""
    found = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()
