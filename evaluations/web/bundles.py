"""A snapshot's bundle as a download: its address has the digest in it, so that the bytes never change."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from evaluations.bundles import fetch_bundle
from evaluations.throttling import count_download, name_caller

# Asked for each time, though the bytes stay the same: after a withdrawal, or while another study asks about the same
# prompts, no cache should go on giving them out.
CACHE = "public, no-cache"


@require_safe
def download_bundle(request: HttpRequest, slug: str, digest: str) -> HttpResponseBase:
    """Raises Leaderboard.DoesNotExist, Snapshot.DoesNotExist, NotPublished: before it is asked who has it already.
    And TooManyRequests."""
    bundle = fetch_bundle(slug=slug, digest=digest, columns_root=settings.COLUMNS_ROOT)
    headers = {
        "Content-Disposition": f'attachment; filename="{bundle.filename}"',
        "Cache-Control": CACHE,
        "ETag": f'"{bundle.tag}"',
    }
    unchanged = get_conditional_response(request, etag=headers["ETag"])
    if unchanged is not None:
        return unchanged
    # Who asks for the head only is not sent a body: then none is made.
    if request.method == "HEAD":
        return StreamingHttpResponse((), content_type="application/zip", headers=headers)
    count_download(caller=name_caller(request.META), now=timezone.now())
    return StreamingHttpResponse(bundle.chunks, content_type="application/zip", headers=headers)
