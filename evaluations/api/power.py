"""The power calculator: what claims and intervals will take, before a cent is spent."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.api.permissions import StaffView, StudyView
from evaluations.api.serializers.claims import (
    AssumptionSerializer,
    PowerQuerySerializer,
    PowerSerializer,
    StudyPowerSerializer,
)
from evaluations.errors import UnsupportedParameter
from evaluations.models import Claim, Study
from evaluations.studies import power
from evaluations.studies.pairs import count_items


class PowerView(StaffView):
    @extend_schema(
        summary="What a claim and an interval would take",
        parameters=[PowerQuerySerializer],
        responses=PowerSerializer,
    )
    def get(self, request: Request) -> Response:
        given = self.read_query(PowerQuerySerializer)
        design = power.Design(models=given["models"], session_length=given["session_length"])
        claim = Claim(kind=given["kind"], margin=given["margin"], alpha=given["alpha"])
        figures = forecast(given, design=design, claims=[claim], half_width=given.get("half_width"))
        return Response(PowerSerializer(figures).data)


class StudyPowerView(StudyView):
    @extend_schema(
        summary="What the study’s claims and its interval take",
        parameters=[AssumptionSerializer],
        responses=StudyPowerSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        given, study = self.read_query(AssumptionSerializer), self.study
        models = study.entries.filter(retired_at__isnull=True).count()
        if models < 2:
            raise ValidationError(_("Choose two models at least."))
        design = power.Design(models=models, session_length=study.session_length)
        claims = list(study.claims.select_related("model", "rival"))
        figures = forecast(given, design=design, claims=claims, half_width=study.stopping.get("half_width"))
        items = count_items(study=study)
        designed = study.sampling == Study.Sampling.DESIGNED and items * (study.votes_per_item or 0)
        planned = measure(given, design=design, votes=designed or study.target_votes)
        return Response(StudyPowerSerializer({**figures, "items": items, "planned": planned}).data)


def forecast(
    given: dict[str, Any], *, design: power.Design, claims: Sequence[Claim], half_width: float | None
) -> dict[str, Any]:
    """What each aim takes, and what all take together."""
    assumption = power.Assumption(lead=given["lead"], ties=given["ties"], power=given["power"])
    try:
        aims = [(claim, plan(claim, design=design, assumption=assumption)) for claim in claims]
        width = half_width and power.plan_half_width(
            half_width=half_width, design=design, ties=assumption.ties
        )
    except UnsupportedParameter as error:
        sentence = _("With a lead so large there is no room for so many ties. Lower one of them.")
        raise ValidationError({"lead": sentence}) from error
    most = power.find_most([requirement for _claim, requirement in aims], *([width] if width else []))
    return {
        "aims": [describe_aim(claim, requirement) for claim, requirement in aims],
        "half_width": half_width,
        "half_width_votes": width,
        "needed": measure(given, design=design, votes=most) if most else None,
    }


def plan(claim: Claim, *, design: power.Design, assumption: power.Assumption) -> power.Requirement:
    hypothesis = power.Hypothesis(kind=claim.kind, margin=claim.margin, alpha=claim.alpha)
    return power.plan_hypothesis(hypothesis=hypothesis, design=design, assumption=assumption)


def describe_aim(claim: Claim, requirement: power.Requirement) -> dict[str, Any]:
    entered = claim.pk is not None
    return {
        "kind": claim.kind,
        "model": claim.model.slug if entered else None,
        "rival": claim.rival.slug if entered else None,
        "margin": claim.margin,
        "alpha": claim.alpha,
        **asdict(requirement),
    }


def measure(given: dict[str, Any], *, design: power.Design, votes: int) -> power.Effort:
    return power.measure_effort(votes=votes, design=design, pay=given.get("pay"))
