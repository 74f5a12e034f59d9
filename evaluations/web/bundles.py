"""A snapshot's bundle as a download: its address has the digest in it, so that the bytes never change."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET

from evaluations.bundles import fetch_bundle

# Not longer than a day, though the bytes stay the same: after a withdrawal no cache should go on giving them out.
CACHE = "public, max-age=86400, immutable"


@require_GET
def download_bundle(request: HttpRequest, slug: str, digest: str) -> HttpResponseBase:
    """Raises Leaderboard.DoesNotExist, Snapshot.DoesNotExist, NotPublished: before it is asked who has it already."""
    bundle = fetch_bundle(slug=slug, digest=digest, columns_root=settings.COLUMNS_ROOT)
    headers = {
        "Content-Disposition": f'attachment; filename="{bundle.filename}"',
        "Cache-Control": CACHE,
        "ETag": f'"{bundle.tag}"',
    }
    unchanged = get_conditional_response(request, etag=headers["ETag"])
    if unchanged is not None:
        return unchanged
    return StreamingHttpResponse(bundle.chunks, content_type="application/zip", headers=headers)
