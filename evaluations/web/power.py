"""The power calculator: what claims and intervals will take, before a cent is spent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from evaluations.errors import UnsupportedParameter
from evaluations.models import Study
from evaluations.studies.pairs import count_items
from evaluations.studies.power import (
    Assumption,
    Design,
    Effort,
    Hypothesis,
    Requirement,
    find_most,
    measure_effort,
    plan_half_width,
    plan_hypothesis,
)
from evaluations.web.staff import staff_only
from evaluations.web.stopping_forms import KINDS
from evaluations.web.study_fields import HouseForm, PercentField


class AssumptionForm(HouseForm):
    """What is expected. Every field has a value from the start, so that the page shows figures at once."""

    lead = forms.FloatField(
        label=_("Lead you expect, points"),
        min_value=-2000,
        max_value=2000,
        initial=50,
        help_text=_("Of the first model over the other. 0: equal; 50 points are 57 wins of 100."),
    )
    ties = PercentField(label=_("Ties you expect, %"), most=95, initial=0.2)
    power = PercentField(
        label=_("Power, %"),
        most=99,
        initial=0.8,
        help_text=_("How likely the votes are to be enough. From 50."),
    )
    pay = forms.FloatField(label=_("Pay for an hour"), required=False, min_value=0, max_value=10_000)

    def clean_power(self) -> float:
        value: float = self.cleaned_data["power"]
        if value < 0.5:
            raise forms.ValidationError(gettext("Give 50 at least."))
        return value

    def collect_assumption(self) -> Assumption:
        given = self.cleaned_data
        return Assumption(lead=given["lead"], ties=given["ties"], power=given["power"])


class PowerForm(AssumptionForm):
    """The same for a study that does not exist yet."""

    models = forms.IntegerField(label=_("Models"), min_value=2, max_value=500, initial=6)
    session_length = forms.IntegerField(
        label=_("Comparisons in a session"), min_value=1, max_value=500, initial=40
    )
    kind = forms.ChoiceField(label=_("Claim"), choices=KINDS, initial="superior")
    margin = forms.FloatField(label=_("Margin, points"), min_value=0, max_value=2000, initial=0)
    alpha = PercentField(label=_("Risk, %"), most=49, initial=0.05)
    half_width = forms.FloatField(
        label=_("Intervals of ± this many points"), required=False, min_value=0.1, max_value=2000, initial=20
    )
    field_order = ("models", "session_length", "kind", "margin", "alpha", "half_width")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") != "superior" and cleaned.get("margin") == 0:
            self.add_error("margin", gettext("Give a margin above 0."))
        if cleaned.get("alpha") == 0:
            self.add_error("alpha", gettext("Give a risk above 0."))
        return cleaned


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A claim, or a width, and what it takes. claim: None for a width."""

    claim: Any
    requirement: Requirement


@require_GET
@staff_only
def show_power(request: HttpRequest) -> HttpResponse:
    form = fill_form(PowerForm, request.GET)
    context: dict[str, Any] = {"power": form}
    if form.is_valid():
        given = form.cleaned_data
        design = Design(models=given["models"], session_length=given["session_length"])
        claim = Hypothesis(kind=given["kind"], margin=given["margin"], alpha=given["alpha"])
        context |= forecast(form=form, design=design, claims=[claim], half_width=given["half_width"])
    return render(request, "study_settings/power.html", context, status=200 if form.is_valid() else 422)


def describe_power(*, study: Study, query: Mapping[str, str]) -> dict[str, Any]:
    """The same for a draft: its claims, its models, its sampling."""
    form = fill_form(AssumptionForm, query)
    models = study.entries.filter(retired_at__isnull=True).count()
    items = count_items(study=study)
    context: dict[str, Any] = {"power": form, "items": items}
    if study.votes_per_item:
        context["designed_votes"] = items * study.votes_per_item
    if form.is_valid() and models >= 2:
        design = Design(models=models, session_length=study.session_length)
        claims = list(study.claims.select_related("model", "rival"))
        context |= forecast(
            form=form, design=design, claims=claims, half_width=study.stopping.get("half_width")
        )
        planned = context.get("designed_votes") if study.sampling == "designed" else study.target_votes
        context["planned"] = measure(form=form, design=design, votes=planned or study.target_votes)
    return context


def fill_form(kind: Any, query: Mapping[str, str]) -> Any:
    """The form with what the address says, and the usual values for the rest."""
    blank = kind()
    values = {name: blank[name].value() for name in blank.fields}
    return kind({**values, **{name: query[name] for name in query if name in blank.fields}})


def forecast(
    *, form: AssumptionForm, design: Design, claims: list[Any], half_width: float | None
) -> dict[str, Any]:
    """What each aim takes and what all take together; a problem in words where the figures can't be had."""
    assumption = form.collect_assumption()
    try:
        aims = [Aim(claim=claim, requirement=_plan(claim, design, assumption)) for claim in claims]
        width = half_width and plan_half_width(half_width=half_width, design=design, ties=assumption.ties)
    except UnsupportedParameter:
        return {
            "power_problem": gettext(
                "With a lead so large there is no room for so many ties. Lower one of them."
            )
        }
    most = find_most([aim.requirement for aim in aims], *([width] if width else []))
    return {
        "aims": aims,
        "half_width": half_width,
        "half_width_votes": width,
        "needed": measure(form=form, design=design, votes=most) if most else None,
        "pairs": design.pairs,
    }


def measure(*, form: AssumptionForm, design: Design, votes: int) -> Effort:
    return measure_effort(votes=votes, design=design, pay=form.cleaned_data["pay"])


def _plan(claim: Any, design: Design, assumption: Assumption) -> Requirement:
    hypothesis = Hypothesis(kind=claim.kind, margin=claim.margin, alpha=claim.alpha)
    return plan_hypothesis(hypothesis=hypothesis, design=design, assumption=assumption)
