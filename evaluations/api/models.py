"""The registry of models."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations import language_models
from evaluations.api.permissions import StaffView
from evaluations.api.serializers.models import ModelSerializer
from evaluations.models import LanguageModel


class ModelListView(StaffView):
    @extend_schema(summary="Models, by name", responses=ModelSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.paginate(language_models.list_models(), ModelSerializer)

    @extend_schema(summary="Add a model", request=ModelSerializer, responses={201: ModelSerializer})
    def post(self, request: Request) -> Response:
        values = self.read(ModelSerializer)
        saved = language_models.save_model(model=None, values=values, user=self.user, now=self.now)
        return Response(describe_model(saved.slug), status=status.HTTP_201_CREATED)


class ModelView(StaffView):
    @extend_schema(summary="One model", responses=ModelSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(describe_model(slug))

    @extend_schema(summary="Change a model", request=ModelSerializer, responses=ModelSerializer)
    def patch(self, request: Request, slug: str) -> Response:
        model = LanguageModel.objects.get(slug=slug)
        values = self.read(ModelSerializer, instance=model, partial=True)
        saved = language_models.save_model(model=model, values=values, user=self.user, now=self.now)
        return Response(describe_model(saved.slug))

    @extend_schema(summary="Delete a model that nothing hangs on", responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        model = LanguageModel.objects.get(slug=slug)
        language_models.delete_model(model=model, user=self.user, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


def describe_model(slug: str) -> Any:
    return ModelSerializer(language_models.list_models().get(slug=slug)).data
