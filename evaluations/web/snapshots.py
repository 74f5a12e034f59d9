"""Every snapshot of a leaderboard, and what changed from one to another."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.boards import SHORT_DIGEST
from evaluations.differences import fetch_difference
from evaluations.history import Standing, read_standing
from evaluations.models import Entry, Leaderboard, Snapshot
from evaluations.publishing.changes import Change
from evaluations.sentences import join_names, write_number
from evaluations.web.count_rows import build_count_rows
from evaluations.web.difference_words import (
    build_claim_changes,
    build_move_rows,
    describe_event,
    name_models,
    summarise_difference,
)
from evaluations.web.published_pages import PublishedRequest, serve_published

PAGE_SIZE = 20
MOST_LEADERS = 3
CHOICES = ("later", "earlier")
DIGEST = re.compile(r"[0-9a-f]{16,64}")


@dataclass(frozen=True, kw_only=True)
class SnapshotRow:
    """leaders: the models that could be first. digest: as an address has it."""

    snapshot: Snapshot
    digest: str
    votes: int
    leaders: str


@serve_published(*CHOICES, "page")
def list_snapshots(request: PublishedRequest, slug: str) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist. Two that are chosen lead on to their difference."""
    leaderboard = Leaderboard.objects.select_related("study").get(slug=slug)
    chosen = _read_choice(request)
    if len(chosen) == len(CHOICES):
        return redirect("snapshot-difference", slug, chosen["later"], chosen["earlier"])
    snapshots = leaderboard.snapshots.defer("document").order_by("-ledger_size", "-created_at", "-pk")
    page = Paginator(snapshots, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "leaderboard": leaderboard,
        "study": leaderboard.study,
        "page": page,
        "rows": _build_rows(list(page.object_list), leaderboard=leaderboard),
        "chosen": chosen,
        "also": "".join(f"&{name}={value}" for name, value in chosen.items()),
    }
    return render(request, "snapshots/list.html", context)


@serve_published()
def show_difference(request: PublishedRequest, slug: str, digest: str, earlier: str) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist, Snapshot.DoesNotExist, SnapshotError."""
    found = fetch_difference(slug=slug, later=digest, earlier=earlier)
    if found.is_backwards:
        return redirect("snapshot-difference", slug, earlier, digest)
    axis, moves = build_move_rows(found)
    changes, minimum = found.changes, found.leaderboard.study.minimum_votes
    counted = _pair(changes.votes)["counted"]
    context = {
        **{"found": found, "changes": changes, "leaderboard": found.leaderboard},
        "study": found.leaderboard.study,
        "summary": summarise_difference(found),
        "counts": build_count_rows(changes.votes),
        **{"earlier_provisional": counted.before < minimum, "later_provisional": counted.after < minimum},
        "left_out": _pair(changes.left_out),
        "withdrawn": _pair(changes.withdrawn),
        "events": [(event, describe_event(event)) for event in found.events],
        "entered": name_models(changes.entered, names=found.names),
        "retired": name_models(found.retired, names=found.names),
        **{"axis": axis, "moves": moves, "claims": build_claim_changes(found)},
    }
    return render(request, "snapshots/difference.html", context)


def _read_choice(request: HttpRequest) -> dict[str, str]:
    """The digests chosen so far, here or on another page; what can be none is left aside."""
    given = {name: request.GET.get(name, "") for name in CHOICES}
    return {name: digest for name, digest in given.items() if DIGEST.fullmatch(digest)}


def _build_rows(snapshots: Sequence[Snapshot], *, leaderboard: Leaderboard) -> list[SnapshotRow]:
    entries = Entry.objects.filter(study=leaderboard.study_id).values_list("model__slug", "model__name")
    names = dict(entries)
    rows = []
    for snapshot in snapshots:
        standing = read_standing(snapshot)
        rows.append(
            SnapshotRow(
                snapshot=snapshot,
                digest=snapshot.result_digest[:SHORT_DIGEST],
                votes=standing.votes,
                leaders=_name_leaders(standing, names=names),
            )
        )
    return rows


def _name_leaders(standing: Standing, *, names: Mapping[str, str]) -> str:
    """Those whose range of ranks reaches the first place, the highest score first."""
    first = {slug: values[0] for slug, values in standing.models.items() if values[3] == 1}
    slugs = sorted(first, key=lambda slug: -first[slug])
    if not slugs:
        return _("No model has a place")
    if len(slugs) <= MOST_LEADERS:
        return join_names([names.get(slug, slug) for slug in slugs])
    return ngettext("%(number)s model", "%(number)s models", len(slugs)) % {
        "number": write_number(len(slugs))
    }


def _pair(changes: Sequence[Change]) -> dict[str, Change]:
    return {change.name: change for change in changes}
