"""Answers that a person decides about, before they are stored: of an import, or of a run of generation."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations import findings
from evaluations.api.permissions import StaffView
from evaluations.api.serializers.findings import (
    FindingDecisionSerializer,
    FindingQuerySerializer,
    FindingsDecidedSerializer,
    FindingSerializer,
)
from evaluations.models import Finding, GenerationRun, Import


class FindingListView(StaffView):
    """Of an import or of a run; what is asked for says which."""

    def list_findings(self, **source: Any) -> Response:
        query = self.read_query(FindingQuerySerializer)
        return self.paginate(findings.list_findings(**source, **query), FindingSerializer)


class ImportFindingListView(FindingListView):
    @extend_schema(
        summary="Findings in an import, those to decide first",
        parameters=[FindingQuerySerializer],
        responses=FindingSerializer(many=True),
    )
    def get(self, request: Request, token: str) -> Response:
        return self.list_findings(upload=Import.objects.get(token=token))


class GenerationFindingListView(FindingListView):
    @extend_schema(
        summary="Findings in a run of generation, those to decide first",
        parameters=[FindingQuerySerializer],
        responses=FindingSerializer(many=True),
    )
    def get(self, request: Request, token: str) -> Response:
        return self.list_findings(run=GenerationRun.objects.get(token=token))


class DecideView(StaffView):
    def decide(self, among: QuerySet[Finding], **source: Any) -> Response:
        serializer = FindingDecisionSerializer(data=self.request.data, context={"findings": among})
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        decided = findings.decide(
            finding_ids=given["ids"], decision=given["decision"], user=self.user, now=self.now
        )
        answer = {"decided": decided, "undecided": findings.count_undecided(**source)}
        return Response(FindingsDecidedSerializer(answer).data)


class ImportDecideView(DecideView):
    @extend_schema(
        summary="Decide about findings in an import",
        request=FindingDecisionSerializer,
        responses=FindingsDecidedSerializer,
    )
    def post(self, request: Request, token: str) -> Response:
        upload = Import.objects.get(token=token)
        return self.decide(Finding.objects.filter(upload=upload), upload=upload)


class GenerationDecideView(DecideView):
    @extend_schema(
        summary="Decide about findings in a run of generation",
        request=FindingDecisionSerializer,
        responses=FindingsDecidedSerializer,
    )
    def post(self, request: Request, token: str) -> Response:
        run = GenerationRun.objects.get(token=token)
        return self.decide(Finding.objects.filter(run=run), run=run)
