"""Who may rate: invitations and the panel."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations import access, panels
from evaluations.api.permissions import StudyView
from evaluations.api.serializers.access import (
    ErasedSerializer,
    InvitationRequestSerializer,
    InvitationSerializer,
    NewInvitationSerializer,
    PanelSerializer,
)
from evaluations.models import Panel


class InvitationListView(StudyView):
    @extend_schema(summary="Invitations, the newest first", responses=InvitationSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return self.paginate(self.study.invitations.all(), InvitationSerializer)

    @extend_schema(
        summary="Make an invitation; its link is in this answer and nowhere else",
        request=InvitationRequestSerializer,
        responses={201: NewInvitationSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        given = self.read(InvitationRequestSerializer)
        made, secret = access.make_invitation(study=self.study, **given, user=self.user, now=self.now)
        link = request.build_absolute_uri(reverse("join", args=[secret]))
        answer = {**InvitationSerializer(made).data, "link": link}
        return Response(answer, status=status.HTTP_201_CREATED)


class InvitationView(StudyView):
    @extend_schema(summary="Let nobody in any more with this link", responses={204: None})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        access.withdraw_invitation(study=self.study, pk=pk, user=self.user, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PanelView(StudyView):
    # Its codes are secret.
    to_look = to_change = "owner"

    @extend_schema(summary="How a panel sends people and takes them back", responses=PanelSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(PanelSerializer(Panel.objects.get(study=self.study)).data)

    @extend_schema(summary="Set up the panel", request=PanelSerializer, responses=PanelSerializer)
    def put(self, request: Request, slug: str) -> Response:
        values = self.read(PanelSerializer)
        panel = panels.save_panel(study=self.study, values=values, user=self.user, now=self.now)
        return Response(PanelSerializer(panel).data)


class PanelIdsView(StudyView):
    to_change = "owner"

    @extend_schema(summary="Erase the ids that tie raters to the panel", responses={200: ErasedSerializer})
    def delete(self, request: Request, slug: str) -> Response:
        erased = panels.erase_identities(study=self.study, rater=None, user=self.user, now=self.now)
        return Response({"ids": erased})
