"""Runs of generation: started, watched, cancelled, taken up again, published."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.api.permissions import StaffView
from evaluations.api.serializers.generations import (
    BudgetSerializer,
    FailureSerializer,
    GenerationDetailSerializer,
    GenerationSerializer,
    ModelProgressSerializer,
    ProgressSerializer,
    PublishedSerializer,
    StartSerializer,
)
from evaluations.findings import count_undecided
from evaluations.generation import progress, responses, runs
from evaluations.models import GenerationRun
from evaluations.tasks import ask_for_generations
from evaluations.workers import GENERATOR, is_worker_alive


class GenerationListView(StaffView):
    @extend_schema(summary="Runs, the newest first", responses=GenerationSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = GenerationRun.objects.select_related("prompt_set", "created_by")
        return self.paginate(rows, GenerationSerializer)

    @extend_schema(
        summary="Ask models for the responses they have not given",
        request=StartSerializer,
        responses={202: GenerationDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        given = self.read(StartSerializer)
        with transaction.atomic():
            run = runs.start_generation(**given, user=self.user, now=self.now)
            transaction.on_commit(ask_for_generations)
        return answer_accepted(run, view=self)


class GenerationView(StaffView):
    @extend_schema(summary="A run: how far it is, what it cost", responses=GenerationDetailSerializer)
    def get(self, request: Request, token: str) -> Response:
        return Response(describe_run(find_run(token), view=self))


class CancelView(StaffView):
    @extend_schema(summary="Ask for nothing more", request=None, responses=GenerationDetailSerializer)
    def post(self, request: Request, token: str) -> Response:
        runs.cancel_run(run=find_run(token), user=self.user, now=self.now)
        return Response(describe_run(find_run(token), view=self))


class ResumeView(StaffView):
    @extend_schema(
        summary="Ask again for what failed or was never asked for",
        request=BudgetSerializer,
        responses={202: GenerationDetailSerializer},
    )
    def post(self, request: Request, token: str) -> Response:
        run, budget = find_run(token), self.read(BudgetSerializer)["budget"]
        with transaction.atomic():
            runs.resume_run(run=run, budget=budget, user=self.user, now=self.now)
            transaction.on_commit(ask_for_generations)
        return answer_accepted(run, view=self)


class PublishView(StaffView):
    @extend_schema(summary="Add the answers to the prompt set", request=None, responses=PublishedSerializer)
    def post(self, request: Request, token: str) -> Response:
        added = responses.publish_run(run=find_run(token), user=self.user, now=self.now)
        return Response({"responses": added})


def find_run(token: str) -> GenerationRun:
    return GenerationRun.objects.select_related("prompt_set", "created_by").get(token=token)


def answer_accepted(run: GenerationRun, *, view: StaffView) -> Response:
    address = view.request.build_absolute_uri(reverse("api-generation", args=[run.token]))
    return Response(
        describe_run(find_run(run.token), view=view),
        status=status.HTTP_202_ACCEPTED,
        headers={"Location": address},
    )


def describe_run(run: GenerationRun, *, view: StaffView) -> dict[str, Any]:
    return {
        **GenerationSerializer(run).data,
        "reason": progress.describe_reason(run.reason) if run.reason else "",
        "worker": is_worker_alive(now=view.now, kind=GENERATOR),
        "progress": ProgressSerializer(progress.measure_progress(run=run)).data,
        "models": ModelProgressSerializer(progress.list_by_model(run=run), many=True).data,
        "failures": FailureSerializer(progress.list_failures(run=run), many=True).data,
        "undecided": count_undecided(run=run),
    }
