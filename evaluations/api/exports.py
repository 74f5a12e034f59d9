"""A study's files: what there is, and each one as it is made."""

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations import exports
from evaluations.api.files import FileView
from evaluations.api.permissions import StudyView
from evaluations.api.serializers.exports import ExportOptionsSerializer, ExportSerializer
from evaluations.audit import record_event

# Every format that a file comes in.
KINDS = sorted(
    {written.content_type.partition(";")[0] for file in exports.FILES for written in file.formats.values()}
)
FILE = {(200, kind): OpenApiTypes.BINARY for kind in KINDS}


class ExportListView(StudyView):
    @extend_schema(summary="Files, each with its formats", responses=ExportSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        listed = exports.list_exports(study=self.study, ledger_size=exports.measure_ledger())
        return self.paginate(listed, ExportSerializer)


class ExportingView(StudyView, FileView):
    def send_export(self, name: str) -> StreamingHttpResponse:
        """Written down before the first byte leaves: an answer that is broken off was given all the same."""
        given = self.read_query(ExportOptionsSerializer)
        size = given.pop("ledger_size", None)
        export = exports.open_export(
            study=self.study, name=name, options=exports.ExportOptions(**given), ledger_size=size
        )
        record_event(
            kind="export_downloaded",
            user=self.user,
            now=self.now,
            study=self.study,
            subject=export.filename,
            details=exports.describe_export(export=export),
        )
        return self.send(export.chunks, content_type=export.content_type, filename=export.filename)


class ExportView(ExportingView):
    to_look = "editor"

    @extend_schema(
        summary="A file, made while it is sent", parameters=[ExportOptionsSerializer], responses=FILE
    )
    def get(self, request: Request, slug: str, name: str) -> StreamingHttpResponse:
        return self.send_export(name)


class CodebookView(ExportingView):
    @extend_schema(summary="Each column of each file: `csv` or `md`", responses=FILE)
    def get(self, request: Request, slug: str, suffix: str) -> StreamingHttpResponse:
        return self.send_export(f"codebook-{suffix}")
