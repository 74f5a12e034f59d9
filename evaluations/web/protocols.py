"""The protocol as a file: its bytes are canonical JSON, so its SHA-256 is the hash in the ledger."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from evaluations.canonical import encode_canonical
from evaluations.models import Study
from evaluations.studies.protocols import fetch_protocol


@require_GET
def download_protocol(request: HttpRequest, slug: str) -> HttpResponse:
    """As it is now. A draft's and a pilot's are nobody's business."""
    study = get_object_or_404(Study, slug=slug, opened_at__isnull=False)
    return write_protocol(slug=study.slug, protocol=study.protocol)


@require_GET
def download_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """As the study was opened (0), or as an amendment made it."""
    study = get_object_or_404(Study, slug=slug, opened_at__isnull=False)
    return write_protocol(slug=study.slug, protocol=fetch_protocol(study=study, number=number))


def write_protocol(*, slug: str, protocol: dict[str, Any] | None) -> HttpResponse:
    if protocol is None:
        raise Http404
    response = HttpResponse(encode_canonical(protocol), content_type="application/json")
    response["Content-Disposition"] = f'inline; filename="{slug}-protocol-{protocol["amendment"]}.json"'
    return response
