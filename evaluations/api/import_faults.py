"""What is wrong in an import's files: as a list, as a table; and what their columns hold."""

from typing import Any

from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations import imports
from evaluations.api.files import FileView
from evaluations.api.imports import answer_accepted, find_import
from evaluations.api.permissions import StaffView
from evaluations.api.serializers.imports import (
    ColumnsSerializer,
    FaultQuerySerializer,
    FaultSerializer,
    ImportDetailSerializer,
    MappingSerializer,
)
from evaluations.ingest.fault_tables import write_fault_table
from evaluations.ingest.mappings import FIELDS, IGNORE
from evaluations.models import Import
from evaluations.tasks import ask_for_check


class FaultListView(StaffView):
    @extend_schema(
        summary="Faults, errors first",
        parameters=[FaultQuerySerializer],
        responses=FaultSerializer(many=True),
    )
    def get(self, request: Request, token: str) -> Response:
        faults = find_import(token).faults.order_by("severity", "id")
        return self.paginate(faults.filter(**self.read_query(FaultQuerySerializer)), FaultSerializer)


class FaultFileView(FileView):
    @extend_schema(summary="Every fault as a table", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, token: str) -> StreamingHttpResponse:
        upload = find_import(token)
        lines = write_fault_table(faults=upload.faults.iterator())
        return self.send(
            lines, content_type="text/csv; charset=utf-8", filename=f"faults-{upload.target}.csv"
        )


class ColumnsView(StaffView):
    @extend_schema(summary="The files’ columns, and what each holds", responses=ColumnsSerializer)
    def get(self, request: Request, token: str) -> Response:
        files = imports.list_file_columns(upload=find_import(token))
        described = {"files": [describe_file(file) for file in files], "fields_known": list(FIELDS)}
        return Response(ColumnsSerializer(described).data)

    @extend_schema(
        summary="Say what each column holds, and have the files checked with that",
        request=MappingSerializer,
        responses={202: ImportDetailSerializer, 200: ImportDetailSerializer},
    )
    def put(self, request: Request, token: str) -> Response:
        upload = find_import(token)
        mapping = self.read(MappingSerializer)["mapping"]
        check_mapping(mapping, files=imports.list_file_columns(upload=upload))
        upload = imports.map_columns(upload=upload, mapping=mapping, user=self.user, now=self.now)
        if upload.state == Import.State.RECEIVED:
            transaction.on_commit(lambda: ask_for_check(upload=upload))
        return answer_accepted(upload, view=self)


def describe_file(file: imports.FileColumns) -> dict[str, Any]:
    columns = [
        {
            "name": column.name,
            "examples": column.examples,
            "field": file.fields.get(column.name, IGNORE),
        }
        for column in file.columns
    ]
    return {"digest": file.digest, "name": file.name, "columns": columns}


def check_mapping(mapping: dict[str, dict[str, str]], *, files: list[imports.FileColumns]) -> None:
    """Raises ValidationError for a file or a column that is not there: it would hold nothing."""
    known = {file.digest: {column.name for column in file.columns} for file in files}
    for digest, fields in mapping.items():
        if digest not in known:
            raise ValidationError({"mapping": _("There is no file “%(name)s” here.") % {"name": digest}})
        if unknown := sorted(set(fields) - known[digest]):
            raise ValidationError(
                {"mapping": _("There is no column “%(name)s” in this file.") % {"name": unknown[0]}}
            )
