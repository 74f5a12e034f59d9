"""Arrivals: who was let into a study, how they left it, and how far they came."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from evaluations.models import Admission, Battle, Study, Vote

STANDING = Q(ending__isnull=True) | ~Q(ending__ending="undone")


@dataclass(frozen=True, kw_only=True)
class ArrivalCounts:
    """People let into a study, by how they left it; `inside` did not leave yet."""

    all: int
    inside: int
    done: int
    stopped: int
    screened_out: int


def count_arrivals(*, study: Study) -> ArrivalCounts:
    exits = dict(
        Admission.objects.filter(study=study).values_list("exit").annotate(people=Count("pk")).order_by()
    )
    return ArrivalCounts(
        all=sum(exits.values()),
        inside=exits.get(Admission.Exit.NONE, 0),
        done=exits.get(Admission.Exit.DONE, 0),
        stopped=exits.get(Admission.Exit.STOPPED, 0),
        screened_out=exits.get(Admission.Exit.SCREENED_OUT, 0),
    )


def list_arrivals(*, study: Study) -> QuerySet[Admission]:
    """Newest first, each with its invitation, the rater's identity if one is kept, and `votes`."""
    mine = Vote.objects.filter(STANDING, battle__study=study, battle__rater=OuterRef("rater"))
    mine = mine.exclude(battle__kind=Battle.Kind.PRACTICE).order_by()
    counted = mine.values("battle__rater").annotate(votes=Count("pk")).values("votes")
    arrivals = Admission.objects.filter(study=study).select_related("invitation", "rater__identity")
    return arrivals.annotate(votes=Coalesce(Subquery(counted), 0)).order_by("-admitted_at", "-pk")
