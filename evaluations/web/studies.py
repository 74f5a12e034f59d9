"""Studies as the public sees them: what is open, and what a rater agrees to before the first comparison."""

from django.core.paginator import Paginator
from django.db.models import IntegerField, JSONField, OuterRef, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from evaluations.models import Snapshot, Study
from evaluations.web.raters import show_start

PAGE_SIZE = 20


@require_GET
def list_studies(request: HttpRequest) -> HttpResponse:
    """Those that take votes first, then the others, the newest first. Pilots are known to whom they are told."""
    opened = find_public_studies().exclude(state=Study.State.PILOT)
    studies = count_votes(opened).order_by("-state", "recorded", "-opened_at", "-pk")
    page = Paginator(studies, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "some_simulated": any(study.simulated for study in page)}
    return render(request, "studies/list.html", context)


@require_GET
@vary_on_headers("HX-Request")
def show_study(request: HttpRequest, slug: str) -> HttpResponse:
    """Before you start. The consent view shows this page again where the box was not ticked."""
    study = get_object_or_404(find_public_studies(), slug=slug)
    return show_start(request, study)


def find_public_studies() -> QuerySet[Study]:
    return Study.objects.exclude(state=Study.State.DRAFT)


def count_votes(studies: QuerySet[Study]) -> QuerySet[Study]:
    """Each study with `counted`: its votes as of its newest snapshot.

    Read from there because counting rows would cost more with every vote, on the most visited pages.
    """
    counted = KeyTransform("counted", KeyTransform("votes", Cast("document", JSONField())))
    newest = (
        Snapshot.objects.filter(leaderboard__study=OuterRef("pk"), exclusions=Snapshot.Exclusions.APPLIED)
        .order_by("-ledger_size", "-created_at")
        .annotate(counted=Cast(counted, IntegerField()))
        .values("counted")[:1]
    )
    return studies.annotate(counted=Coalesce(Subquery(newest), Value(0)))
