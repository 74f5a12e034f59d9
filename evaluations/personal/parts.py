"""A rater's parts: the studies that a rater came to, and how many votes stand in each."""

from dataclasses import dataclass

from django.db.models import Count, Q

from evaluations.models import Admission, Battle, Consent, Rater, Study, Vote

STANDING = Q(ending__isnull=True) | ~Q(ending__ending="undone")


@dataclass(frozen=True, kw_only=True)
class Part:
    """A study, and this rater's votes in it that stand; those of a practice are none."""

    study: Study
    votes: int


def list_parts(*, rater: Rater) -> list[Part]:
    """Every study that this rater was let into, agreed to, or was shown something of, the newest first. Two queries,
    which read this rater's rows alone."""
    came = [table.objects.filter(rater=rater).values("study") for table in (Admission, Consent, Battle)]
    studies = Study.objects.filter(Q(pk__in=came[0]) | Q(pk__in=came[1]) | Q(pk__in=came[2]))
    standing = Vote.objects.filter(STANDING, battle__rater=rater).exclude(battle__kind=Battle.Kind.PRACTICE)
    votes = dict(standing.order_by().values_list("battle__study").annotate(votes=Count("pk")))
    return [Part(study=study, votes=votes.get(study.pk, 0)) for study in studies]
