"""Runs of generation: planned, started, cancelled, taken up again. Asking itself is in `generating.py`."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.copying import copy_rows
from evaluations.errors import GenerationError
from evaluations.generation.costs import bound_cost, count_bytes, estimate_cost, has_prices
from evaluations.models import (
    Entry,
    Generation,
    GenerationRun,
    LanguageModel,
    Prompt,
    PromptSet,
    Response,
    Study,
)
from evaluations.providers import read_options

State = Generation.State
BATCH = 5_000


@dataclass(frozen=True, kw_only=True)
class ModelPlan:
    """What a run would ask of one model. Costs are None without prices; `problem` says why it can't be asked."""

    model: LanguageModel
    missing: int
    about: Decimal | None
    at_most: Decimal | None
    problem: str


def plan_generation(*, prompt_set: PromptSet, models: Iterable[LanguageModel]) -> list[ModelPlan]:
    """For each model, how many responses are missing and what they would cost."""
    entered = set(list_frozen_models(prompt_set=prompt_set).values_list("pk", flat=True))
    sizes = dict(prompt_set.prompts.values_list("pk", "messages").iterator(chunk_size=BATCH))
    return [_plan_model(model=model, messages=sizes, entered=model.pk in entered) for model in models]


def _plan_model(*, model: LanguageModel, messages: dict[int, Any], entered: bool) -> ModelPlan:
    if model.provider_id is None:
        return ModelPlan(
            model=model, missing=0, about=None, at_most=None, problem=_("Upload only: no provider.")
        )
    answered = _find_answered(model=model, prompts=messages)
    missing = [pk for pk in messages if pk not in answered]
    about = at_most = None
    if has_prices(model):
        options = read_options(model.request_options)
        each = [count_bytes(messages=messages[pk], options=options) for pk in missing]
        about = sum((estimate_cost(model=model, size=size, options=options) for size in each), Decimal(0))
        at_most = sum((bound_cost(model=model, size=size, options=options) for size in each), Decimal(0))
    problem = ""
    if entered:
        problem = _("A study was opened with this model: what it answered is frozen.")
    elif not has_prices(model):
        problem = _("It has no price, so no budget can hold. Write its prices, or 0 where it costs nothing.")
    return ModelPlan(model=model, missing=len(missing), about=about, at_most=at_most, problem=problem)


def list_frozen_models(*, prompt_set: PromptSet) -> QuerySet[LanguageModel]:
    """Models that an opened study shows with this prompt set: nothing is added to what they answered."""
    opened = Entry.objects.filter(
        study__prompt_set=prompt_set, study__state__in=[Study.State.OPEN, Study.State.CLOSED]
    )
    return LanguageModel.objects.filter(pk__in=opened.values("model"))


def _find_answered(*, model: LanguageModel, prompts: Iterable[int]) -> set[int]:
    """Prompts that it answered, or is being asked, or did answer in a run whose answers are not added yet."""
    ids = list(prompts)
    answered = Response.objects.filter(model=model, prompt__in=ids).values_list("prompt", flat=True)
    asked = Generation.objects.filter(
        model=model,
        prompt__in=ids,
        run__published_at__isnull=True,
        state__in=[State.WAITING, State.RUNNING, State.DONE],
    ).values_list("prompt", flat=True)
    return {*answered, *asked}


@transaction.atomic
def start_generation(
    *,
    prompt_set: PromptSet,
    models: Sequence[LanguageModel],
    budget: Decimal,
    user: Any,
    now: datetime,
) -> GenerationRun:
    """A run with one waiting row a missing response. Whoever calls has them asked for once this is committed.

    Raises GenerationError where nothing is missing, or a model can't be asked within a budget.
    """
    # Two who start at once would pay for the same answers twice.
    PromptSet.objects.select_for_update(no_key=True).get(pk=prompt_set.pk)
    plans = plan_generation(prompt_set=prompt_set, models=models)
    currency = _check_plans(plans)
    run = GenerationRun.objects.create(
        token=secrets.token_urlsafe(16),
        prompt_set=prompt_set,
        budget=budget,
        currency=currency,
        created_at=now,
        created_by=user,
    )
    for rows in _batch(_make_rows(run=run, models=models, now=now)):
        copy_rows(rows=rows)
    record_event(
        kind="generation_started",
        user=user,
        now=now,
        subject=f"generation {run.token}",
        details={
            "prompt_set": f"{prompt_set.slug}/{prompt_set.version}",
            "models": [model.slug for model in models],
            "responses": sum(plan.missing for plan in plans),
            "budget": str(budget),
            "currency": currency,
        },
    )
    return run


def _check_plans(plans: Sequence[ModelPlan]) -> str:
    for plan in plans:
        if plan.problem:
            raise GenerationError(
                _("%(name)s can not be asked. %(problem)s")
                % {"name": plan.model.name, "problem": plan.problem}
            )
    if not sum(plan.missing for plan in plans):
        raise GenerationError(
            _("Nothing is missing: these models answered every prompt, or are being asked.")
        )
    currencies = sorted({plan.model.currency for plan in plans})
    if len(currencies) > 1:
        raise GenerationError(
            _("These models are priced in %(currencies)s. A budget has one currency: start a run for each.")
            % {"currencies": ", ".join(currencies)}
        )
    return currencies[0]


def _make_rows(*, run: GenerationRun, models: Sequence[LanguageModel], now: datetime) -> Iterator[Generation]:
    """Prompt by prompt, so that a run that ends early has whole prompts to show."""
    prompts = list(Prompt.objects.filter(prompt_set=run.prompt_set).values_list("pk", flat=True))
    answered = {model.pk: _find_answered(model=model, prompts=prompts) for model in models}
    for prompt in prompts:
        for model in models:
            if prompt not in answered[model.pk]:
                yield Generation(run=run, prompt_id=prompt, model=model, not_before=now, created_at=now)


def _batch(rows: Iterator[Generation]) -> Iterator[list[Generation]]:
    batch: list[Generation] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


@transaction.atomic
def cancel_run(*, run: GenerationRun, user: Any, now: datetime) -> GenerationRun:
    """Ask for nothing more. What is being answered now is still kept."""
    locked = lock_run(run)
    if locked.state == GenerationRun.State.RUNNING:
        end_run(run=locked, state=GenerationRun.State.CANCELLED, reason="", now=now)
        record_event(kind="generation_cancelled", user=user, now=now, subject=f"generation {run.token}")
    return locked


@transaction.atomic
def resume_run(*, run: GenerationRun, budget: Decimal, user: Any, now: datetime) -> GenerationRun:
    """Ask again for what failed or was never asked for, up to the budget for all of the run.

    Raises GenerationError when its answers were added already, or nothing is left to ask for.
    """
    locked = lock_run(run)
    if locked.published_at is not None:
        raise GenerationError(
            _("The responses of this run were added already. Start a new one for what is missing.")
        )
    again = locked.generations.filter(state__in=[State.FAILED, State.CANCELLED])
    if not again.update(
        state=State.WAITING, attempts=0, not_before=now, leased_until=None, ended_at=None, error=""
    ):
        raise GenerationError(_("Nothing is left to ask for in this run."))
    locked.state, locked.budget = GenerationRun.State.RUNNING, budget
    locked.reason, locked.ended_at = "", None
    locked.save(update_fields=["state", "budget", "reason", "ended_at"])
    record_event(
        kind="generation_resumed",
        user=user,
        now=now,
        subject=f"generation {run.token}",
        details={"budget": str(budget), "currency": locked.currency},
    )
    return locked


def lock_run(run: GenerationRun) -> GenerationRun:
    return GenerationRun.objects.select_for_update(no_key=True).get(pk=run.pk)


def end_run(*, run: GenerationRun, state: str, reason: str, now: datetime) -> None:
    """The caller holds the run's lock. What waits is cancelled; what runs goes on to its end."""
    run.state, run.reason, run.ended_at = state, reason[:400], now
    run.save(update_fields=["state", "reason", "ended_at"])
    run.generations.filter(state=State.WAITING).update(state=State.CANCELLED, ended_at=now, leased_until=None)
