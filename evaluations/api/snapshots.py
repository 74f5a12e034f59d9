"""Snapshots by the digest of their bytes: an address that can't come to show something else."""

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request

from evaluations.models import Snapshot


@extend_schema(summary="A snapshot's document, byte for byte as it was hashed", responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
def show_snapshot(request: Request, digest: str) -> HttpResponse:
    snapshot = Snapshot.objects.filter(result_digest=digest).first()
    if snapshot is None:
        raise Snapshot.DoesNotExist
    response = HttpResponse(snapshot.document, content_type="application/json")
    patch_cache_control(response, public=True, immutable=True, max_age=31_536_000)
    return response
