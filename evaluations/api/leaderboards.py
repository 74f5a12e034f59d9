"""Leaderboards: the same snapshots as the pages, by the same filters."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.api.serializers.judged_claims import ClaimQuerySerializer, JudgedClaimSerializer
from evaluations.api.serializers.leaderboards import (
    BoardQuerySerializer,
    BoardSerializer,
    LeaderboardQuerySerializer,
    LeaderboardSummarySerializer,
    ListedSnapshotSerializer,
    SnapshotQuerySerializer,
)
from evaluations.api.views import PublicView
from evaluations.boards import Board, BoardRow
from evaluations.leaderboards import fetch_board
from evaluations.models import Leaderboard, Snapshot
from evaluations.registrations import fetch_registrations

SNAPSHOT_FILTERS: Mapping[str, str] = {
    "exclusions": "exclusions",
    "since": "created_at__gte",
    "until": "created_at__lt",
    "smallest": "ledger_size__gte",
    "largest": "ledger_size__lte",
}


class LinkingView(PublicView):
    def link(self, name: str, *args: object, query: Mapping[str, str] | None = None) -> str:
        """The whole address of another place."""
        address = self.request.build_absolute_uri(reverse(name, args=args))
        return f"{address}?{urlencode(query)}" if query else address


class LeaderboardListView(PublicView):
    @extend_schema(
        summary="Leaderboards, the newest first",
        parameters=[LeaderboardQuerySerializer],
        responses=LeaderboardSummarySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(LeaderboardQuerySerializer)
        chosen = {f"study__{name}": value for name, value in asked.items() if value is not None}
        boards = Leaderboard.objects.select_related("study").filter(**chosen).order_by("-created_at", "-pk")
        return self.paginate(boards, LeaderboardSummarySerializer)


class LeaderboardView(LinkingView):
    @extend_schema(
        summary="One leaderboard, by the analysis that the query asks for",
        parameters=[BoardQuerySerializer],
        responses=BoardSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        asked = self.read_query(BoardQuerySerializer)
        digest, sort = asked.pop("snapshot", None), asked.pop("sort", "rank")
        board = fetch_board(slug=slug, query=asked, digest=digest)
        return Response(BoardSerializer(self.describe(board, sort=sort)).data)

    def describe(self, board: Board, *, sort: str) -> dict[str, Any]:
        names = (
            *("leaderboard", "study", "snapshot", "provisional", "analysis", "refused", "parameters"),
            *("votes", "unplaced", "effects", "exclusions"),
        )
        return {
            **{name: getattr(board, name) for name in names},
            "rows": sort_rows(board.rows, sort=sort),
            "cautions": [{"model": name, "caution": caution} for name, caution in board.cautions],
            "parts": board.document.get("parts", []),
            "fewest": board.document.get("fewest"),
            "links": self.list_links(board),
        }

    def list_links(self, board: Board) -> dict[str, str | None]:
        slug, digest = board.leaderboard.slug, board.snapshot.result_digest if board.snapshot else None
        query = board.analysis.as_query()
        return {
            "page": self.link("leaderboard", slug, query=query),
            "claims": self.link("api-board-claims", slug),
            "snapshots": self.link("api-board-snapshots", slug),
            "files": self.link("api-board-files", slug),
            "permanent": self.link("api-leaderboard", slug, query={**query, "snapshot": digest})
            if digest
            else None,
            "document": self.link("api-snapshot", digest) if digest else None,
            "analyses": self.link("api-analyses", digest) if digest else None,
            "bundle": self.link("api-bundle", digest) if digest else None,
        }


class BoardSnapshotListView(LinkingView):
    @extend_schema(
        summary="A leaderboard’s snapshots, the newest first",
        parameters=[SnapshotQuerySerializer],
        responses=ListedSnapshotSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        leaderboard = Leaderboard.objects.get(slug=slug)
        asked = self.read_query(SnapshotQuerySerializer)
        chosen = {SNAPSHOT_FILTERS[name]: value for name, value in asked.items()}
        snapshots: QuerySet[Snapshot] = leaderboard.snapshots.filter(**chosen).defer("document", "standing")
        ordered = snapshots.order_by("-ledger_size", "-created_at", "-pk")
        return self.paginate(ordered, ListedSnapshotSerializer, link=self.link)


class BoardClaimListView(LinkingView):
    @extend_schema(
        summary="A leaderboard’s claims: where they were registered, what a snapshot’s votes say of them",
        parameters=[ClaimQuerySerializer],
        responses=JudgedClaimSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        asked = self.read_query(ClaimQuerySerializer)
        board = fetch_board(slug=slug, digest=asked.get("snapshot"))
        registered = fetch_registrations(study=board.study)
        claims = [
            {**claim, "registration": registered[claim["number"]].first}
            for claim in board.document.get("claims", [])
            if asked.get("verdict") in (None, claim["verdict"])
        ]
        return self.paginate(claims, JudgedClaimSerializer)


def sort_rows(rows: Sequence[BoardRow], *, sort: str) -> list[BoardRow]:
    """By a figure the highest first, by name from A, by rank as the board has them; “-” turns that around."""
    name = sort.removeprefix("-")
    match name:
        case "rank":
            ordered = list(rows)
        case "model":
            ordered = sorted(rows, key=lambda row: row.model.name.casefold())
        case _:
            ordered = sorted(rows, key=lambda row: getattr(row, name), reverse=True)
    return ordered[::-1] if sort.startswith("-") else ordered
