"""Raters of programs: registered with what they agreed to, given battles, withdrawn when they say so."""

import secrets

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations import headless
from evaluations.api.permissions import StudyView
from evaluations.api.serializers.battles import NextBattleRequestSerializer, NextBattleSerializer
from evaluations.api.serializers.headless import (
    AnswersRequestSerializer,
    HeadlessRaterSerializer,
    HeadlessRequestSerializer,
    QuestionsSerializer,
)
from evaluations.briefings import comprehension
from evaluations.models import Rater
from evaluations.personal.withdrawals import withdraw_rater


class HeadlessView(StudyView):
    """An address of an account's own raters. What they are shown is no viewer's business."""

    to_look = "editor"

    def find_rater(self, external_id: str) -> headless.HeadlessRater:
        return headless.fetch_rater(study=self.study, external_id=external_id, user=self.user)


class HeadlessListView(HeadlessView):
    @extend_schema(
        summary="Register a rater who agreed to the study’s terms; the same id is the same rater",
        request=HeadlessRequestSerializer,
        responses={200: HeadlessRaterSerializer, 201: HeadlessRaterSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        given = self.read(HeadlessRequestSerializer)
        rater, is_new = headless.register_rater(
            study=self.study,
            external_id=given["id"],
            may_publish=given["may_publish"],
            user=self.user,
            now=self.now,
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(HeadlessRaterSerializer(rater).data, status=code)


class HeadlessRaterView(HeadlessView):
    @extend_schema(summary="A rater of yours: what was agreed to, how far", responses=HeadlessRaterSerializer)
    def get(self, request: Request, slug: str, external_id: str) -> Response:
        return Response(HeadlessRaterSerializer(self.find_rater(external_id)).data)

    @extend_schema(
        summary="Withdraw the rater and forget the id; votes stay or go by the study’s rule",
        responses={204: None},
    )
    def delete(self, request: Request, slug: str, external_id: str) -> Response:
        withdraw_rater(rater=self.find_rater(external_id).rater, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class NextBattleView(HeadlessView):
    @extend_schema(
        summary="The rater’s next battle: the one that waits, or a new one",
        request=NextBattleRequestSerializer,
        responses=NextBattleSerializer,
    )
    def post(self, request: Request, slug: str, external_id: str) -> Response:
        battle, session = headless.show_next(
            study=self.study,
            rater=self.find_rater(external_id).rater,
            columns_root=settings.COLUMNS_ROOT,
            # Seeded by the operating system: sides and pairs can't be foreseen.
            generator=np.random.default_rng(secrets.randbits(128)),
            now=self.now,
            after=self.read(NextBattleRequestSerializer)["after"],
        )
        return Response(NextBattleSerializer({"battle": battle, "session": session}).data)


class QuestionsView(HeadlessView):
    @extend_schema(
        summary="What the rater is asked about the instructions first", responses=QuestionsSerializer
    )
    def get(self, request: Request, slug: str, external_id: str) -> Response:
        return self.answer(self.find_rater(external_id).rater)

    @extend_schema(
        summary="The rater’s answers; an attempt sent twice is one",
        request=AnswersRequestSerializer,
        responses=QuestionsSerializer,
    )
    def post(self, request: Request, slug: str, external_id: str) -> Response:
        rater = self.find_rater(external_id).rater
        given = self.read(AnswersRequestSerializer)
        questions = comprehension.list_questions(study=self.study, rater=rater)
        sizes = [len(question.choices) for question in questions]
        if len(given["chosen"]) != len(sizes) or any(
            place >= size for place, size in zip(given["chosen"], sizes, strict=False)
        ):
            raise ValidationError({"chosen": _("One choice a question, by its place.")})
        comprehension.answer_questions(
            study=self.study, rater=rater, number=given["attempt"], chosen=given["chosen"], now=self.now
        )
        return self.answer(rater)

    def answer(self, rater: Rater) -> Response:
        standing = comprehension.fetch_standing(study=self.study, rater=rater)
        described = {
            "questions": comprehension.list_questions(study=self.study, rater=rater),
            "passed": standing.passed,
            "attempts": standing.attempts,
            "is_over": standing.is_over,
        }
        return Response(QuestionsSerializer(described).data)
