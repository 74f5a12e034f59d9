"""Versions of pages, so that a browser that has one already is told so before it is made again."""

import hashlib
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from evaluations.board_versions import read_version
from evaluations.snapshots import CODE_VERSION
from evaluations.web.preferences import read_theme

# Everything a page is made of besides its data.
SOURCES = ("templates/**/*.html", "evaluations/**/*.py", "locale/**/*.po", "static/**/*.*")


def tag_page(request: HttpRequest, *data: str) -> str:
    """A strong ETag of a page with this data, in this language and theme, at this address of this host."""
    place = [request.build_absolute_uri(), get_language() or "", read_theme(request)]
    parts = [CODE_VERSION, read_page_version(), *place, *data]
    return '"' + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32] + '"'


def tag_leaderboard(request: HttpRequest, slug: str) -> str | None:
    """The ETag of what is said of a leaderboard at this address. None without such a board."""
    version = read_version(slug=slug)
    return tag_page(request, *version) if version else None


@cache
def read_page_version() -> str:
    """A digest of the sources, the same on every machine that runs them. Read once for each process."""
    found = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()
