"""Battles of a program's raters: votes, undo, skip, names. As on the pages: the same receipts, the same refusals."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations import battles, headless, votes
from evaluations.api.permissions import StaffView
from evaluations.api.serializers.battles import (
    BattleSerializer,
    RevealedSerializer,
    SkipRequestSerializer,
    UndoneSerializer,
    VoteRequestSerializer,
    VoteSerializer,
)
from evaluations.models import Battle, Vote
from evaluations.permissions import find_role, has_role


class BattleView(StaffView):
    """An address of a battle of one's own rater, which is `self.battle`: for who still works on the study."""

    battle: Battle

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.battle = headless.fetch_battle(token=kwargs["token"], user=request.user)
        if find_role(user=request.user, study=self.battle.study) is None:
            raise NotFound
        if not has_role(user=request.user, study=self.battle.study, at_least="editor"):
            raise PermissionDenied


class BattleDetailView(BattleView):
    @extend_schema(summary="Where a battle stands: its texts, its vote", responses=BattleSerializer)
    def get(self, request: Request, token: str) -> Response:
        vote = votes.fetch_vote(battle=self.battle)
        shown = headless.show_again(battle=self.battle, now=self.now)
        described = {
            "battle": shown,
            "skipped": hasattr(self.battle, "skip"),
            "vote": vote and describe_vote(vote, undone=votes.is_undone(vote=vote)),
        }
        return Response(BattleSerializer(described).data)


class VoteView(BattleView):
    @extend_schema(
        summary="Vote; the same again is the same vote and the same receipt",
        request=VoteRequestSerializer,
        responses={200: VoteSerializer, 201: VoteSerializer},
    )
    def post(self, request: Request, token: str) -> Response:
        given = self.read(VoteRequestSerializer)
        self.check_reasons(given.get("reasons", {}))
        cast = headless.cast_vote(battle=self.battle, **given, now=self.now)
        code = status.HTTP_201_CREATED if cast.created else status.HTTP_200_OK
        return Response(VoteSerializer(describe_vote(cast.vote, undone=cast.undone)).data, status=code)

    def check_reasons(self, reasons: dict[str, list[str]]) -> None:
        """Raises ValidationError: a program is told what a page can't send."""
        for side, tags in reasons.items():
            if unknown := [tag for tag in tags if tag not in self.battle.study.reason_tags]:
                sentence = _("This study does not offer the reason “%(tag)s”.") % {"tag": unknown[0]}
                raise ValidationError({"reasons": {side: [sentence]}})


class UndoView(BattleView):
    @extend_schema(
        summary="Take the newest vote back, within the study’s time for it",
        request=None,
        responses=UndoneSerializer,
    )
    def post(self, request: Request, token: str) -> Response:
        vote = headless.undo_vote(battle=self.battle, now=self.now)
        return Response({"revision": vote.revision + 1})


class SkipView(BattleView):
    @extend_schema(
        summary="Pass over the battle; twice is once", request=SkipRequestSerializer, responses={204: None}
    )
    def post(self, request: Request, token: str) -> Response:
        reason = self.read(SkipRequestSerializer)["reason"]
        battles.skip_battle(battle=self.battle, reason=reason, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RevealView(BattleView):
    @extend_schema(
        summary="Who wrote them, where the study lets its raters know; the vote is final then",
        request=None,
        responses=RevealedSerializer,
    )
    def post(self, request: Request, token: str) -> Response:
        left, right = headless.reveal_models(battle=self.battle, now=self.now)
        return Response(RevealedSerializer({"left": left.model, "right": right.model}).data)


def describe_vote(vote: Vote, *, undone: bool) -> dict[str, Any]:
    names = ("battle", "revision", "outcome", "receipt", "cast_at")
    return {**{name: getattr(vote, name) for name in names}, "undone": undone}
