"""Who works on a study: seen by all of them, changed by its owners."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations import memberships
from evaluations.api.permissions import StudyView
from evaluations.api.serializers.members import MemberRequestSerializer, MemberSerializer, RoleSerializer
from evaluations.models import Membership


class MemberListView(StudyView):
    to_change = "owner"

    @extend_schema(summary="Owners, then editors, then viewers", responses=MemberSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return self.paginate(memberships.list_members(study=self.study), MemberSerializer)

    @extend_schema(
        summary="Give an account a role", request=MemberRequestSerializer, responses={201: MemberSerializer}
    )
    def post(self, request: Request, slug: str) -> Response:
        given = self.read(MemberRequestSerializer)
        member = memberships.add_member(study=self.study, **given, by=self.user, now=self.now)
        return Response(MemberSerializer(member).data, status=status.HTTP_201_CREATED)


class MemberView(StudyView):
    to_change = "owner"

    @extend_schema(summary="Change a role", request=RoleSerializer, responses=MemberSerializer)
    def patch(self, request: Request, slug: str, pk: int) -> Response:
        role = self.read(RoleSerializer)["role"]
        memberships.change_role(study=self.study, membership_id=pk, role=role, by=self.user, now=self.now)
        member = Membership.objects.select_related("user").get(study=self.study, pk=pk)
        return Response(MemberSerializer(member).data)

    @extend_schema(summary="Take a role away", responses={204: None})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        memberships.remove_member(study=self.study, membership_id=pk, by=self.user, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)
