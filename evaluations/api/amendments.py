"""Amendments of an open study, with their reasons."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.api.permissions import StudyView
from evaluations.api.serializers.studies import AmendmentRequestSerializer, AmendmentSerializer
from evaluations.api.studies import complete_changes
from evaluations.studies.amendments import amend_study


class AmendmentListView(StudyView):
    to_change = "owner"

    @extend_schema(summary="Amendments, the first first", responses=AmendmentSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return self.paginate(self.study.amendments.select_related("made_by"), AmendmentSerializer)

    @extend_schema(
        summary="Change an open study, and say why",
        request=AmendmentRequestSerializer,
        responses={201: AmendmentSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        changes = complete_changes(self.read(AmendmentRequestSerializer), study=self.study)
        reason = changes.pop("reason")
        amendment = amend_study(
            study=self.study, changes=changes, reason=reason, user=self.user, now=self.now
        )
        return Response(AmendmentSerializer(amendment).data, status=status.HTTP_201_CREATED)
