"""How far a run is, what it cost, and what went wrong in it, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from evaluations.models import Generation, GenerationRun
from evaluations.providers.failures import describe_failure

State = Generation.State
# Reasons that are ours and no provider's.
REASONS: dict[str, str | Promise] = {
    "budget": gettext_lazy("The next answer could have passed the budget."),
    "price": gettext_lazy("A model lost its price, so that no budget could hold."),
    "lost": gettext_lazy("The worker that asked for it ended before the answer came."),
}


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run is. `cost` is what was spent, `reserved` what the requests under way may cost at most."""

    total: int
    done: int
    failed: int
    cancelled: int
    waiting: int
    running: int
    cut_off: int
    tokens_in: int
    tokens_out: int
    cost: Decimal
    reserved: Decimal

    @property
    def ended(self) -> int:
        """Those that have an end of their own: what was cancelled was never asked for."""
        return self.done + self.failed

    @property
    def is_active(self) -> bool:
        return bool(self.waiting or self.running)


@dataclass(frozen=True, kw_only=True)
class ModelProgress:
    """One model's part of a run."""

    name: str
    slug: str
    total: int
    done: int
    failed: int
    cost: Decimal


@dataclass(frozen=True, kw_only=True)
class FailureGroup:
    """Answers that failed, or fail so far, in the same way."""

    model: str
    reason: str
    count: int
    waits: int


def measure_progress(*, run: GenerationRun) -> Progress:
    counts = {state.value: Count("pk", filter=Q(state=state)) for state in State}
    found = run.generations.aggregate(
        total=Count("pk"),
        cut_off=Count("pk", filter=Q(state=State.DONE, finish_reason="length")),
        tokens_in=Sum("tokens_in", default=0),
        tokens_out=Sum("tokens_out", default=0),
        cost=Sum("cost", default=Decimal(0)),
        reserved=Sum("reserved", default=Decimal(0)),
        **counts,
    )
    return Progress(**found)


def list_by_model(*, run: GenerationRun) -> list[ModelProgress]:
    rows = run.generations.order_by("model__name").values("model__name", "model__slug")
    counted = rows.annotate(
        total=Count("pk"),
        done=Count("pk", filter=Q(state=State.DONE)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        spent=Sum("cost", default=Decimal(0)),
    )
    return [
        ModelProgress(
            name=row["model__name"],
            slug=row["model__slug"],
            total=row["total"],
            done=row["done"],
            failed=row["failed"],
            cost=row["spent"],
        )
        for row in counted
    ]


def list_failures(*, run: GenerationRun, most: int = 25) -> Sequence[FailureGroup]:
    """What went wrong, the most frequent first: given up, or waiting for another attempt."""
    rows = run.generations.exclude(error="").exclude(state=State.DONE).order_by()
    groups = rows.values("model__name", "error").annotate(
        count=Count("pk"), waits=Count("pk", filter=Q(state__in=[State.WAITING, State.RUNNING]))
    )
    return [
        FailureGroup(
            model=row["model__name"],
            reason=describe_reason(row["error"]),
            count=row["count"],
            waits=row["waits"],
        )
        for row in groups.order_by("-count", "model__name")[:most]
    ]


def describe_reason(kept: str) -> str:
    """The sentence for a failure or an end as it is kept: a code, then the provider's own words."""
    code, _, said = kept.partition(" ")
    if code == "setup":
        return said
    return str(REASONS[code]) if code in REASONS else describe_failure(code, said)
