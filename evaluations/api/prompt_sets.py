"""Prompt sets: their versions, their prompts, and what changed between two."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations import prompt_sets
from evaluations.api.permissions import StaffView
from evaluations.api.serializers.generations import PlansSerializer
from evaluations.api.serializers.prompt_sets import (
    AnsweredSerializer,
    DifferenceSerializer,
    PromptSerializer,
    PromptSetDetailSerializer,
    PromptSetSerializer,
)
from evaluations.generation.runs import plan_generation
from evaluations.models import LanguageModel, PromptSet
from evaluations.versions import compare_versions


class PromptSetListView(StaffView):
    @extend_schema(summary="Every version of every prompt set", responses=PromptSetSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.paginate(prompt_sets.list_prompt_sets(), PromptSetSerializer)


class PromptSetView(StaffView):
    @extend_schema(
        summary="One version, and how completely it is answered", responses=PromptSetDetailSerializer
    )
    def get(self, request: Request, slug: str, version: int) -> Response:
        prompt_set = prompt_sets.list_versions(slug=slug).get(version=version)
        answered = AnsweredSerializer(prompt_sets.describe_coverage(prompt_set=prompt_set)).data
        return Response({**PromptSetSerializer(prompt_set).data, "answered": answered})


class PromptListView(StaffView):
    @extend_schema(summary="Its prompts, each with its responses", responses=PromptSerializer(many=True))
    def get(self, request: Request, slug: str, version: int) -> Response:
        prompt_set = PromptSet.objects.get(slug=slug, version=version)
        prompts = prompt_set.prompts.prefetch_related("responses__model").order_by("pk")
        return self.paginate(prompts, PromptSerializer)


class DifferenceView(StaffView):
    @extend_schema(summary="What changed from version `other` to `version`", responses=DifferenceSerializer)
    def get(self, request: Request, slug: str, version: int, other: int) -> Response:
        old = PromptSet.objects.get(slug=slug, version=other)
        new = PromptSet.objects.get(slug=slug, version=version)
        return Response(DifferenceSerializer(compare_versions(old=old, new=new)).data)


class PlanView(StaffView):
    @extend_schema(summary="What a run of generation would ask, and cost", responses=PlansSerializer)
    def get(self, request: Request, slug: str, version: int) -> Response:
        prompt_set = PromptSet.objects.get(slug=slug, version=version)
        models = LanguageModel.objects.select_related("provider")
        plans = plan_generation(prompt_set=prompt_set, models=models)
        return Response(PlansSerializer({"models": plans}).data)
