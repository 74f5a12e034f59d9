"""Snapshots by the digest of their bytes: addresses that can't come to show something else."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.analyses import fetch_analysis, list_digests
from evaluations.api.files import OneKind
from evaluations.api.leaderboards import LinkingView
from evaluations.api.serializers.leaderboards import AnalysisQuerySerializer, ListedAnalysisSerializer
from evaluations.boards import SHORT_DIGEST
from evaluations.bundles import fetch_bundle
from evaluations.canonical import encode_canonical
from evaluations.leaderboards import read_analysis
from evaluations.models import Snapshot
from evaluations.snapshots import read_document
from evaluations.throttling import count_download, name_caller

JSON_BYTES = {(200, "application/json"): OpenApiTypes.OBJECT}


class SnapshotView(LinkingView):
    is_permanent = True

    @extend_schema(summary="A snapshot’s document, byte for byte as it was hashed", responses=JSON_BYTES)
    def get(self, request: Request, digest: str) -> HttpResponse:
        return HttpResponse(find_snapshot(digest).document, content_type="application/json")


class AnalysisListView(LinkingView):
    @extend_schema(
        summary="A snapshot’s analyses besides the primary one, with their digests",
        responses=ListedAnalysisSerializer(many=True),
    )
    def get(self, request: Request, digest: str) -> Response:
        snapshot = find_snapshot(digest)
        address = self.link("api-analysis", snapshot.result_digest)
        rows: list[dict[str, Any]] = [
            {"key": key, "digest": known, "document": f"{address}?{key}"}
            for key, known in list_digests(snapshot=snapshot).items()
        ]
        return self.paginate(rows, ListedAnalysisSerializer)


class AnalysisView(LinkingView):
    @extend_schema(
        summary="One analysis of a snapshot’s votes, byte for byte as the snapshot’s document names its digest",
        parameters=[AnalysisQuerySerializer],
        responses=JSON_BYTES,
    )
    def get(self, request: Request, digest: str) -> HttpResponse:
        """The primary analysis is the snapshot itself, by whose address it is asked for."""
        snapshot = find_snapshot(digest)
        asked = self.read_query(AnalysisQuerySerializer)
        analysis = read_analysis(asked, document=read_document(snapshot=snapshot))
        if analysis.is_primary:
            return HttpResponse(snapshot.document, content_type="application/json")
        record = fetch_analysis(snapshot=snapshot, analysis=analysis, columns_root=settings.COLUMNS_ROOT)
        return HttpResponse(encode_canonical(record), content_type="application/json")


class BundleView(LinkingView):
    content_negotiation_class = OneKind

    @extend_schema(
        summary="A snapshot’s votes, parameters and digests, from which anyone computes its figures again",
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, digest: str) -> StreamingHttpResponse:
        slug = find_snapshot(digest).leaderboard.slug
        bundle = fetch_bundle(slug=slug, digest=digest, columns_root=settings.COLUMNS_ROOT)
        count_download(caller=name_caller(request.META), now=timezone.now())
        response = StreamingHttpResponse(bundle.chunks, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="{bundle.filename}"'
        response["ETag"] = f'"{bundle.tag}"'
        return response


def find_snapshot(digest: str) -> Snapshot:
    """By its digest, whole or its first SHORT_DIGEST digits or more, as in the addresses of pages, where no other one
    begins so. Raises Snapshot.DoesNotExist. Two leaderboards never share a digest: the document names its own."""
    if len(digest) < SHORT_DIGEST:
        raise Snapshot.DoesNotExist
    found = Snapshot.objects.select_related("leaderboard").filter(result_digest__startswith=digest)[:2]
    if len(found) != 1:
        raise Snapshot.DoesNotExist
    return found[0]
