"""One answer: begun under a lease and a budget, asked for, kept. Each step may come twice or never come.

The order of locks is provider, run, row. Nothing is locked while a provider answers. The end of the lease is the fence:
whoever took one may end that one only, so that a worker taken for dead changes nothing when it comes back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction
from django.db.models import Sum

from evaluations.errors import ConfigurationError, ProviderBusy, ProviderError, ProviderRefused
from evaluations.generation.costs import bound_cost, count_bytes, has_prices, settle_cost
from evaluations.generation.findings import note_findings
from evaluations.generation.runs import end_run, lock_run
from evaluations.generation.slots import (
    MARGIN,
    count_running,
    lock_provider,
    pause_provider,
    reclaim_lost,
    take_slot,
)
from evaluations.models import Generation, GenerationRun, Provider
from evaluations.providers import Answer, Question, ask_provider, read_options
from evaluations.providers.registry import connect

State = Generation.State
RunState = GenerationRun.State
MOST_ATTEMPTS = 6
# Being told to come back later is no failure of the request; but it ends some time.
MOST_BUSY = 40
FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0
# A worker's clock may be behind that of the one that gave the slot.
SKEW = timedelta(seconds=1)
# Refusals that every other request to the provider would get too.
HOPELESS = frozenset({"key", "quota", "address", "redirect", "unknown_model", "setup"})


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A row that this worker holds, as it was when it was taken."""

    row: Generation
    lease: datetime
    reserved: Decimal


def generate(*, generation_id: int, clock: Callable[[], datetime], random: Random) -> int | None:
    """Ask for one answer, if it is still wanted and may be asked for now. Returns the provider asked, if any."""
    attempt = begin_attempt(generation_id=generation_id, now=clock(), random=random)
    if attempt is None:
        return None
    model = attempt.row.model
    try:
        options = read_options(model.request_options)
        question = Question(model=model.provider_model, messages=attempt.row.prompt.messages, options=options)
        answer = ask_provider(connection=connect(_provider_of(attempt.row)), question=question)
    except ProviderError as error:
        note_failure(attempt=attempt, error=error, now=clock(), random=random)
        if isinstance(error, ProviderBusy) and error.retry_after:
            until = clock() + timedelta(seconds=error.retry_after)
            pause_provider(provider_id=_provider_of(attempt.row).pk, until=until)
    except ConfigurationError as error:
        refusal = ProviderRefused(str(error), code="setup", said=str(error))
        note_failure(attempt=attempt, error=refusal, now=clock(), random=random)
    else:
        keep_answer(attempt=attempt, answer=answer, now=clock())
    return model.provider_id


@transaction.atomic
def begin_attempt(*, generation_id: int, now: datetime, random: Random) -> Attempt | None:
    """Take the row, if it waits, its time has come, its provider takes one more, and the budget holds."""
    found = Generation.objects.select_related("model").filter(pk=generation_id, state=State.WAITING).first()
    if found is None or found.model.provider_id is None:
        return None
    provider = lock_provider(found.model.provider_id)
    run = lock_run(found.run)
    row = (
        Generation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("model__provider", "prompt")
        .get(pk=generation_id)
    )
    if row.state != State.WAITING or run.state != RunState.RUNNING or not _is_due(row, provider, now):
        return None
    if count_running(provider=provider, now=now) >= provider.concurrent_requests:
        _postpone(row, seconds=random.uniform(1, 3), now=now)
        return None
    return _reserve(row=row, run=run, provider=provider, random=random, now=now)


def _is_due(row: Generation, provider: Provider, now: datetime) -> bool:
    """Whether it has its slot, or there is one free right now, which it takes."""
    if row.not_before and row.not_before > now + SKEW:
        return False
    if row.leased_until and row.leased_until > now:
        return True
    if provider.next_request_at and provider.next_request_at > now:
        return False
    take_slot(provider=provider, at=now)
    provider.save(update_fields=["next_request_at"])
    return True


def _reserve(
    *, row: Generation, run: GenerationRun, provider: Provider, random: Random, now: datetime
) -> Attempt | None:
    """Set aside what the answer may cost at most. The run's lock makes this exact over all workers."""
    if not has_prices(row.model):
        end_run(run=run, state=RunState.STOPPED, reason="price", now=now)
        return None
    options = read_options(row.model.request_options)
    size = count_bytes(messages=row.prompt.messages, options=options)
    cost = bound_cost(model=row.model, size=size, options=options)
    sums = run.generations.aggregate(spent=Sum("cost", default=Decimal(0)), set_aside=Sum("reserved"))
    if sums["spent"] + cost > run.budget:
        end_run(run=run, state=RunState.STOPPED, reason="budget", now=now)
        return None
    if sums["spent"] + sums["set_aside"] + cost > run.budget:
        # What is under way may turn out cheaper than it can be at most.
        _postpone(row, seconds=random.uniform(2, 5), now=now)
        return None
    row.state, row.reserved, row.attempts = State.RUNNING, cost, row.attempts + 1
    row.leased_until = now + timedelta(seconds=provider.timeout_seconds) + MARGIN
    row.save(update_fields=["state", "reserved", "attempts", "leased_until"])
    return Attempt(row=row, lease=row.leased_until, reserved=cost)


def _postpone(row: Generation, *, seconds: float, now: datetime) -> None:
    row.not_before, row.leased_until = now + timedelta(seconds=seconds), None
    row.save(update_fields=["not_before", "leased_until"])


@transaction.atomic
def keep_answer(*, attempt: Attempt, answer: Answer, now: datetime) -> bool:
    """Keep a whole answer and what it cost. False where the row was given to another worker meanwhile."""
    run, row = _lock(attempt)
    if row is None:
        return False
    cost = settle_cost(model=attempt.row.model, answer=answer, reserved=attempt.reserved)
    # PostgreSQL keeps no NUL in a text.
    row.text, row.finish_reason = answer.text.replace("\0", "\N{REPLACEMENT CHARACTER}"), answer.finish_reason
    row.answered_by = answer.answered_by.replace("\0", "")
    row.tokens_in, row.tokens_out, row.latency_ms = answer.tokens_in, answer.tokens_out, answer.latency_ms
    row.cost, row.reserved = (row.cost or Decimal(0)) + cost, Decimal(0)
    row.state, row.error, row.leased_until, row.ended_at = State.DONE, "", None, now
    row.save()
    note_findings(generation=row)
    settle_run(run=run, now=now)
    return True


@transaction.atomic
def note_failure(*, attempt: Attempt, error: ProviderError, now: datetime, random: Random) -> bool:
    """Wait and try again, or give up. False where the row was given to another worker meanwhile."""
    run, row = _lock(attempt)
    if row is None:
        return False
    if error.billed:
        row.cost = (row.cost or Decimal(0)) + row.reserved
    row.reserved, row.leased_until, row.error = Decimal(0), None, f"{error.code} {error.said}".strip()[:400]
    wait = find_wait(error=error, attempts=row.attempts, random=random)
    if run.state != RunState.RUNNING:
        row.state, row.ended_at = State.CANCELLED, now
    elif wait is None:
        row.state, row.ended_at = State.FAILED, now
    else:
        row.state, row.not_before = State.WAITING, now + timedelta(seconds=wait)
    row.save()
    if error.code in HOPELESS and run.state == RunState.RUNNING:
        end_run(run=run, state=RunState.STOPPED, reason=row.error, now=now)
    settle_run(run=run, now=now)
    return True


def find_wait(*, error: ProviderError, attempts: int, random: Random) -> float | None:
    """Seconds until the next attempt, or None where there is none: doubled each time, spread, or as it asked."""
    busy = isinstance(error, ProviderBusy)
    if isinstance(error, ProviderRefused) or attempts >= (MOST_BUSY if busy else MOST_ATTEMPTS):
        return None
    backoff = min(FIRST_WAIT * 2.0 ** min(attempts, 20), LONGEST_WAIT) * random.uniform(0.5, 1.0)
    asked = error.retry_after if isinstance(error, ProviderBusy) else None
    # All of them at once, on the second that it named, would meet it busy again.
    return backoff if asked is None else asked + random.uniform(0, 1)


def settle_run(*, run: GenerationRun, now: datetime) -> None:
    """The caller holds the run's lock. A run ends when nothing of it waits or runs."""
    left = run.generations.filter(state__in=[State.WAITING, State.RUNNING])
    if run.state == RunState.RUNNING and not left.exists():
        end_run(run=run, state=RunState.DONE, reason="", now=now)


def _lock(attempt: Attempt) -> tuple[GenerationRun, Generation | None]:
    run = lock_run(attempt.row.run)
    row = Generation.objects.select_for_update(no_key=True).get(pk=attempt.row.pk)
    mine = row.state == State.RUNNING and row.leased_until == attempt.lease
    return run, row if mine else None


def _provider_of(row: Generation) -> Provider:
    if row.model.provider is None:
        raise ConfigurationError("no provider")
    return row.model.provider


def sweep_generations(*, now: datetime) -> None:
    """Take up again what a dead worker held, and end runs that nothing is left of."""
    reclaim_lost(now=now, most_attempts=MOST_ATTEMPTS)
    for run in GenerationRun.objects.filter(state=RunState.RUNNING):
        with transaction.atomic():
            settle_run(run=lock_run(run), now=now)
