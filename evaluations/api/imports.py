"""Imports: files sent, checked by a worker, confirmed or discarded."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations import imports
from evaluations.api.permissions import StaffView
from evaluations.api.serializers.imports import (
    ImportDetailSerializer,
    ImportSerializer,
    UploadSerializer,
)
from evaluations.findings import count_left_out, count_undecided
from evaluations.ingest.kept_files import Upload
from evaluations.models import Import
from evaluations.tasks import ask_for_check, ask_for_store
from evaluations.workers import is_worker_alive


class ImportListView(StaffView):
    parser_classes = [MultiPartParser]

    @extend_schema(summary="Imports, the newest first", responses=ImportSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = Import.objects.select_related("prompt_set", "study", "created_by")
        return self.paginate(rows, ImportSerializer)

    @extend_schema(
        summary="Send files to be checked",
        description="202: a worker checks them; look at `Location`. 200: the same files were imported before.",
        request={"multipart/form-data": UploadSerializer},
        responses={202: ImportDetailSerializer, 200: ImportDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        given = self.read(UploadSerializer)
        uploads = [Upload(name=file.name or "", chunks=file.chunks()) for file in given.pop("file")]
        given.setdefault("slug", "")
        upload = imports.receive_files(uploads=uploads, **given, user=self.user, now=self.now)
        return self.answer_check(upload)

    def answer_check(self, upload: Import) -> Response:
        if upload.state == Import.State.RECEIVED:
            transaction.on_commit(lambda: ask_for_check(upload=upload))
        return answer_accepted(upload, view=self)


class ImportView(StaffView):
    @extend_schema(summary="An import: how far it is, what it holds", responses=ImportDetailSerializer)
    def get(self, request: Request, token: str) -> Response:
        return Response(describe_import(find_import(token), view=self))

    @extend_schema(summary="Discard an import that made nothing", responses={204: None})
    def delete(self, request: Request, token: str) -> Response:
        imports.discard_import(upload=find_import(token), user=self.user, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConfirmView(StaffView):
    @extend_schema(
        summary="Import what was checked",
        description="202: a worker stores it. 200: it, or the same files, were imported before.",
        request=None,
        responses={202: ImportDetailSerializer, 200: ImportDetailSerializer},
    )
    def post(self, request: Request, token: str) -> Response:
        upload = imports.request_import(upload=find_import(token), user=self.user, now=self.now)
        if upload.state == Import.State.IMPORTING:
            transaction.on_commit(lambda: ask_for_store(upload=upload))
        return answer_accepted(upload, view=self)


class CheckAgainView(StaffView):
    @extend_schema(
        summary="Have the files checked again", request=None, responses={202: ImportDetailSerializer}
    )
    def post(self, request: Request, token: str) -> Response:
        upload = imports.request_check(upload=find_import(token))
        transaction.on_commit(lambda: ask_for_check(upload=upload))
        return answer_accepted(upload, view=self)


def find_import(token: str) -> Import:
    return Import.objects.select_related("prompt_set", "study", "created_by").get(token=token)


def answer_accepted(upload: Import, *, view: StaffView) -> Response:
    """202 and where to look while a worker is at it; 200 where there is nothing left to do."""
    done = upload.state == Import.State.IMPORTED
    address = view.request.build_absolute_uri(reverse("api-import", args=[upload.token]))
    return Response(
        describe_import(find_import(upload.token), view=view),
        status=status.HTTP_200_OK if done else status.HTTP_202_ACCEPTED,
        headers={"Location": address},
    )


def describe_import(upload: Import, *, view: StaffView) -> dict[str, Any]:
    coverage, difference = upload.counts.get("coverage"), upload.difference
    return {
        **ImportSerializer(upload).data,
        "worker": is_worker_alive(now=view.now),
        "findings": upload.findings.count(),
        "undecided": count_undecided(upload=upload),
        "left_out": count_left_out(upload=upload),
        "mappable": imports.can_map(upload=upload),
        "coverage": coverage if coverage and coverage.get("rows") else None,
        "difference": difference if difference.get("counts") else None,
    }
