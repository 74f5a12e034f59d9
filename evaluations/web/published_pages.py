"""Pages of what is published: made once for each version, kept in this process, served by their tag to whoever comes.

Such a page depends on its snapshot, its address, the language and the theme, and on nothing of the visitor's: it sets
no cookie, so that caches on the way may keep it too.
"""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from evaluations.board_versions import read_version
from evaluations.web.kept import Kept
from evaluations.web.versions import tag_page

# Bytes of compressed pages that a process keeps: some hundred pages of a hundred models.
MOST_KEPT: Final = 16 * 1024 * 1024
# A cache on the way may answer for so long without asking: as long as a new snapshot takes to come anyway.
SHARED_SECONDS: Final = 15
# Half the time of the usual level, for a twentieth more bytes.
LEVEL: Final = 3

View = Callable[..., HttpResponse]


class PublishedRequest(HttpRequest):
    """A request for a public page. version: of all that is said of the leaderboard, or of all of them."""

    version: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    content: bytes
    content_type: str


def _weigh(page: Page) -> int:
    return len(page.content)


PAGES: Final[Kept[Page]] = Kept(most=MOST_KEPT, weigh=_weigh)


def serve_published(*reads: str) -> Callable[[View], View]:
    """A page about a leaderboard, by its slug, or one about all of them: with a strong ETag, compressed, and cacheable.

    reads: what the view asks of the address's query. The rest, as a newspaper's link may carry it, makes no other page.
    The view is called where nobody has asked for this version of the page before, in this process.
    """

    def publish(view: View) -> View:
        @require_safe
        @wraps(view)
        def serve(request: PublishedRequest, **asked: Any) -> HttpResponse:
            _leave_out_unread(request, reads=reads)
            request.version = read_version(slug=asked.get("slug"))
            zipped = "gzip" in request.headers.get("Accept-Encoding", "")
            tag = tag_page(request, *request.version, request.headers.get("HX-Request", ""), str(zipped))
            unchanged = get_conditional_response(request, etag=tag)
            if unchanged is not None:
                return _describe(unchanged, tag=tag)
            page = PAGES.find(tag)
            if page is None:
                response = view(request, **asked)
                if response.status_code != 200:
                    return response
                page = _write(response, zipped=zipped)
                PAGES.keep(tag, page)
            return _describe(_show(page, zipped=zipped), tag=tag)

        return serve

    return publish


def _leave_out_unread(request: HttpRequest, *, reads: Sequence[str]) -> None:
    """As if the address had said what is read, and that in one order."""
    query = urlencode([(name, request.GET[name]) for name in reads if name in request.GET])
    request.META["QUERY_STRING"] = query
    request.GET = QueryDict(query)


def _write(response: HttpResponse, *, zipped: bool) -> Page:
    content = gzip.compress(response.content, compresslevel=LEVEL, mtime=0) if zipped else response.content
    return Page(content=content, content_type=response["Content-Type"])


def _show(page: Page, *, zipped: bool) -> HttpResponse:
    response = HttpResponse(page.content, content_type=page.content_type)
    if zipped:
        response["Content-Encoding"] = "gzip"
    return response


def _describe(response: HttpResponse, *, tag: str) -> HttpResponse:
    response["ETag"] = tag
    # Of the cookies only the language's and the theme's are read.
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    patch_cache_control(response, public=True, max_age=0, s_maxage=SHARED_SECONDS, must_revalidate=True)
    return response
