"""A leaderboard's files, by the addresses of its page; which of them everyone may have now."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.api.leaderboards import LinkingView
from evaluations.api.serializers.leaderboards import BoardFileSerializer
from evaluations.board_files import BOARD_FORMATS, CODEBOOK_FORMATS, VOTE_FORMATS
from evaluations.models import Leaderboard, Study
from evaluations.publicity import shows_texts, shows_votes


class BoardFileListView(LinkingView):
    @extend_schema(
        summary="A leaderboard’s files: the board, the votes that are public, the codebook",
        responses=BoardFileSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        study = Leaderboard.objects.select_related("study").get(slug=slug).study
        rows: list[dict[str, Any]] = [
            {"file": name, "is_public": is_public, "address": self.link("leaderboard-file", slug, name)}
            for name, is_public in list_files(study)
        ]
        return self.paginate(rows, BoardFileSerializer)


def list_files(study: Study) -> Iterator[tuple[str, bool]]:
    for suffix in (*BOARD_FORMATS, "json"):
        yield f"board.{suffix}", True
    for name in VOTE_FORMATS:
        shows = shows_texts if name.startswith("lmarena") else shows_votes
        yield name, shows(study=study)
    for suffix in CODEBOOK_FORMATS:
        yield f"codebook.{suffix}", True
