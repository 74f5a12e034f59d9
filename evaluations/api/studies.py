"""Studies: drafts and their settings, and their life from pilot to close."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations import studies
from evaluations.api.permissions import StaffView, StudyView
from evaluations.api.serializers.studies import (
    ChangesSerializer,
    CloseSerializer,
    NewStudySerializer,
    StudyDetailSerializer,
    StudySerializer,
)
from evaluations.models import Study, StudyText
from evaluations.permissions import find_role, list_studies
from evaluations.studies import drafts
from evaluations.studies.limits import LIMITS
from evaluations.studies.practice import complete_practice
from evaluations.studies.questions import commit_questions
from evaluations.studies.texts import fetch_text

NO_END = {"votes": False, "ends_on": None, "half_width": None}
NEW_END = {**NO_END, "votes": True}


class StudyListView(StaffView):
    @extend_schema(summary="The studies that you have a role in", responses=StudySerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.paginate(list_studies(user=self.user).select_related("prompt_set"), StudySerializer)

    @extend_schema(
        summary="Make a draft, which you own",
        request=NewStudySerializer,
        responses={201: StudyDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        given = self.read(NewStudySerializer)
        models = studies.list_answering_models(prompt_set=given["prompt_set"])
        study = studies.create_study(**given, models=models, user=self.user, now=self.now, stopping=NEW_END)
        return Response(describe_study(study, user=self.user), status=status.HTTP_201_CREATED)


class StudyDetailView(StudyView):
    @extend_schema(summary="A study: its settings, what it lacks", responses=StudyDetailSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(describe_study(self.study, user=self.user))

    @extend_schema(
        summary="Change settings of a draft or a pilot",
        request=ChangesSerializer,
        responses=StudyDetailSerializer,
    )
    def patch(self, request: Request, slug: str) -> Response:
        given = complete_changes(self.read(ChangesSerializer), study=self.study)
        texts = {kind: given.pop(kind) for kind in StudyText.Kind.values if kind in given}
        models = given.pop("models", None)
        with transaction.atomic():
            study = drafts.edit_draft(study=self.study, changes=given)
            if models is not None:
                study = drafts.choose_models(study=study, models=models, now=self.now)
            study = drafts.write_texts(study=study, texts=texts, now=self.now)
        return Response(describe_study(study, user=self.user))


class PilotView(StudyView):
    to_change = "owner"

    @extend_schema(summary="Let raters try the draft", request=None, responses=StudyDetailSerializer)
    def post(self, request: Request, slug: str) -> Response:
        study = studies.start_pilot(study=self.study, user=self.user, now=self.now)
        return Response(describe_study(study, user=self.user))


class OpenView(StudyView):
    to_change = "owner"

    @extend_schema(
        summary="Freeze the protocol and take votes", request=None, responses=StudyDetailSerializer
    )
    def post(self, request: Request, slug: str) -> Response:
        study = studies.open_study(study=self.study, user=self.user, now=self.now)
        return Response(describe_study(study, user=self.user))


class PauseView(StudyView):
    to_change = "owner"

    @extend_schema(summary="Take no votes for a while", request=None, responses=StudyDetailSerializer)
    def post(self, request: Request, slug: str) -> Response:
        study = studies.pause_study(study=self.study, user=self.user, now=self.now)
        return Response(describe_study(study, user=self.user))


class ResumeView(StudyView):
    to_change = "owner"

    @extend_schema(summary="Take votes again", request=None, responses=StudyDetailSerializer)
    def post(self, request: Request, slug: str) -> Response:
        study = studies.resume_study(study=self.study, user=self.user, now=self.now)
        return Response(describe_study(study, user=self.user))


class CloseView(StudyView):
    to_change = "owner"

    @extend_schema(
        summary="Take no more votes, for good", request=CloseSerializer, responses=StudyDetailSerializer
    )
    def post(self, request: Request, slug: str) -> Response:
        reason = self.read(CloseSerializer)["reason"]
        study = studies.close_study(study=self.study, user=self.user, now=self.now, reason=reason)
        return Response(describe_study(study, user=self.user))


def complete_changes(given: dict[str, Any], *, study: Study) -> dict[str, Any]:
    """As the study keeps them; parts of limits and of the stopping rule stay what they were where nothing was sent."""
    if "limits" in given:
        given["limits"] = {**LIMITS, **study.limits, **given["limits"]}
    if "stopping" in given:
        given["stopping"] = {**NO_END, **study.stopping, **given["stopping"]}
    if "practice" in given:
        given["practice"] = complete_practice(given=given["practice"] or {})
    if "comprehension" in given:
        questions = given["comprehension"]["questions"]
        given["comprehension"] = commit_questions(questions=questions, before=study.comprehension)
    return given


def describe_study(study: Study, *, user: Any) -> Any:
    texts = {kind: fetch_text(study=study, kind=kind) for kind in StudyText.Kind.values}
    names = StudySerializer.Meta.fields + list(drafts.EDITABLE)
    described: Any = {
        **{name: getattr(study, name) for name in names},
        "limits": {**LIMITS, **study.limits},
        "stopping": {**NO_END, **study.stopping},
        "practice": study.practice or None,
        "comprehension": study.comprehension or None,
        "models": study.entries.select_related("model").order_by("model__slug"),
        **{kind: text.text if text else "" for kind, text in texts.items()},
        "gaps": [] if study.opened_at else drafts.find_gaps(study=study),
        "role": find_role(user=user, study=study),
    }
    return StudyDetailSerializer(described).data
