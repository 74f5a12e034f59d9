"""Leaderboards: the same snapshot as the page."""

from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from evaluations.api.pagination import Pages
from evaluations.api.serializers.leaderboards import BoardSerializer, LeaderboardSummarySerializer
from evaluations.leaderboards import Board, fetch_board
from evaluations.models import Leaderboard


class LeaderboardListView(APIView):
    pagination_class = Pages

    @extend_schema(summary="Leaderboards", responses=LeaderboardSummarySerializer(many=True))
    def get(self, request: Request) -> Response:
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(Leaderboard.objects.select_related("study"), request)
        return paginator.get_paginated_response(LeaderboardSummarySerializer(page, many=True).data)


@extend_schema(summary="One leaderboard: its newest snapshot", responses=BoardSerializer)
@api_view(["GET"])
def show_leaderboard(request: Request, slug: str) -> HttpResponseBase:
    board = fetch_board(slug=slug)
    response = Response(BoardSerializer(board).data)
    response["ETag"] = build_etag(board=board)
    patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def build_etag(*, board: Board) -> str:
    digest = board.snapshot.result_digest if board.snapshot else "none"
    return f'"{board.leaderboard.slug}-{digest}-{board.study.state}"'
