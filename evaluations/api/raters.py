"""Raters of a study, and decisions about them, which a person takes."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.api.permissions import StudyView
from evaluations.api.serializers.raters import (
    DecisionRequestSerializer,
    DecisionSerializer,
    RaterSerializer,
)
from evaluations.columns import refresh_columns
from evaluations.models import Rater, RaterDecision
from evaluations.quality.decisions import decide_rater, fetch_newest, list_waiting
from evaluations.quality.exclusions import read_number
from evaluations.quality.raters import RaterQuality, fetch_quality


class RaterView(StudyView):
    """An address about raters: all of them are measured at once."""

    def list_raters(self) -> tuple[RaterQuality, ...]:
        return fetch_quality(study=self.study, columns=refresh_columns(root=settings.COLUMNS_ROOT)).raters

    def find_rater(self, code: str) -> RaterQuality:
        raters, number = self.list_raters(), read_number(code)
        if number is None or number > len(raters):
            raise NotFound
        return raters[number - 1]


class RaterListView(RaterView):
    @extend_schema(summary="Raters, in the order in which they came", responses=RaterSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        newest = fetch_newest(study=self.study)
        rows = [describe_rater(rater, newest=newest) for rater in self.list_raters()]
        return self.paginate(rows, RaterSerializer)


class RaterDetailView(RaterView):
    @extend_schema(summary="One rater", responses=RaterSerializer)
    def get(self, request: Request, slug: str, code: str) -> Response:
        newest = fetch_newest(study=self.study)
        return Response(RaterSerializer(describe_rater(self.find_rater(code), newest=newest)).data)


class DecisionListView(RaterView):
    @extend_schema(
        summary="Decisions about a rater, the newest first", responses=DecisionSerializer(many=True)
    )
    def get(self, request: Request, slug: str, code: str) -> Response:
        made = RaterDecision.objects.filter(study=self.study, rater_id=self.find_rater(code).rater_id)
        return self.paginate(made.select_related("made_by", "entry").order_by("-pk"), DecisionSerializer)

    @extend_schema(
        summary="Decide about a rater, and say why",
        request=DecisionRequestSerializer,
        responses={201: DecisionSerializer},
    )
    def post(self, request: Request, slug: str, code: str) -> Response:
        given = self.read(DecisionRequestSerializer)
        if given["decision"] != RaterDecision.Decision.KEEP:
            self.require("owner")
        rater = self.find_rater(code)
        decision = decide_rater(
            study=self.study,
            rater=Rater.objects.get(pk=rater.rater_id),
            number=rater.number,
            flags=rater.flags,
            **given,
            user=self.user,
            now=self.now,
        )
        return Response(DecisionSerializer(decision).data, status=status.HTTP_201_CREATED)


def describe_rater(rater: RaterQuality, *, newest: Mapping[int, RaterDecision]) -> dict[str, Any]:
    return {
        **vars(rater),
        "code": rater.code,
        "waiting": bool(list_waiting(raters=[rater], newest=dict(newest))),
        "decision": newest.get(rater.rater_id),
    }
