"""What everyone may read besides leaderboards: opened studies and their protocols, models, prompts once they may.

The staff's own addresses of these nouns (`studies/`, `models/`) hold drafts and settings, and are another matter.
"""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.api.serializers.published import (
    ModelQuerySerializer,
    PromptQuerySerializer,
    PublishedModelSerializer,
    PublishedPromptSerializer,
    PublishedStudySerializer,
    StudyQuerySerializer,
)
from evaluations.api.views import PublicView
from evaluations.canonical import encode_canonical
from evaluations.models import Study
from evaluations.published import list_published_models, list_published_prompts, list_published_studies
from evaluations.studies.protocols import fetch_protocol

JSON_BYTES = {(200, "application/json"): OpenApiTypes.OBJECT}


class PublishedStudyListView(PublicView):
    @extend_schema(
        summary="Opened studies, the newest first",
        parameters=[StudyQuerySerializer],
        responses=PublishedStudySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(StudyQuerySerializer)
        model = asked.pop("model", None)
        studies = list_published_studies().filter(**drop_unasked(asked))
        if model is not None:
            studies = studies.filter(entries__model__slug=model)
        return self.paginate(studies, PublishedStudySerializer)


class PublishedStudyView(PublicView):
    @extend_schema(summary="One opened study", responses=PublishedStudySerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(PublishedStudySerializer(list_published_studies().get(slug=slug)).data)


class PublishedProtocolView(PublicView):
    @extend_schema(
        summary="A study’s protocol as it is now; its SHA-256 is in the ledger", responses=JSON_BYTES
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        study = Study.objects.get(slug=slug, opened_at__isnull=False)
        return HttpResponse(encode_canonical(study.protocol), content_type="application/json")


class PublishedProtocolVersionView(PublicView):
    is_permanent = True

    @extend_schema(
        operation_id="v1_published_studies_protocol_version_retrieve",
        summary="The protocol as the study was opened (0), or as an amendment made it",
        responses=JSON_BYTES,
    )
    def get(self, request: Request, slug: str, number: int) -> HttpResponse:
        study = Study.objects.get(slug=slug, opened_at__isnull=False)
        protocol = fetch_protocol(study=study, number=number)
        if protocol is None:
            raise NotFound
        return HttpResponse(encode_canonical(protocol), content_type="application/json")


class PublishedPromptListView(PublicView):
    @extend_schema(
        summary="A study’s prompts, with responses and their authors, once no rater can know them before voting",
        parameters=[PromptQuerySerializer],
        responses=PublishedPromptSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        study = Study.objects.get(slug=slug, opened_at__isnull=False)
        prompts = list_published_prompts(study=study)
        return self.paginate(
            prompts.filter(**self.read_query(PromptQuerySerializer)), PublishedPromptSerializer
        )


class PublishedModelListView(PublicView):
    @extend_schema(
        summary="Models that were entered in an opened study, by name",
        parameters=[ModelQuerySerializer],
        responses=PublishedModelSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(ModelQuerySerializer)
        models = list_published_models()
        if "maker" in asked:
            models = models.filter(maker=asked["maker"])
        if "study" in asked:
            place = {"entries__study__slug": asked["study"], "entries__study__opened_at__isnull": False}
            models = models.filter(**place)
        return self.paginate(models, PublishedModelSerializer)


class PublishedModelView(PublicView):
    @extend_schema(summary="One model", responses=PublishedModelSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(PublishedModelSerializer(list_published_models().get(slug=slug)).data)


def drop_unasked(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}
