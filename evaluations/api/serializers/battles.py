"""Battles for programs: what a rater is shown and says. Nothing here tells who wrote a response, nor what a battle is
for."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from evaluations.api.serializers.prompt_sets import MessageSerializer
from evaluations.models import Outcome, Skip
from evaluations.reasons import LONGEST_ACTIVE_MS, LONGEST_COMMENT
from evaluations.rendering import load_rendered
from evaluations.studies.reason_tags import LONGEST_TAG, MOST_TAGS

# More than anyone takes a vote back.
MOST_REVISION = 999


class SideSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(allow_blank=True, help_text="As the model wrote it.")
    html = serializers.CharField(allow_blank=True, help_text="As the pages show it, safe to insert.")


class ShownBattleSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(source="battle.token", help_text="Its address.")
    study = serializers.CharField(source="battle.study.slug")
    place = serializers.IntegerField(help_text="Which vote of the session this is.")
    revision = serializers.IntegerField(help_text="To be sent with the vote.")
    expires_at = serializers.DateTimeField(
        source="battle.expires_at",
        help_text="Kept for the rater until then; a later vote counts unless its place was given to another.",
    )
    question = serializers.CharField(
        source="battle.study.question", allow_blank=True, help_text="Empty: “Which response is better?”"
    )
    outcomes = serializers.ListField(
        child=serializers.CharField(), source="battle.study.outcomes", help_text="The answers offered."
    )
    reason_tags = serializers.ListField(child=serializers.CharField(), source="battle.study.reason_tags")
    language = serializers.CharField(source="battle.prompt.language", allow_blank=True)
    prompt = MessageSerializer(many=True, source="messages")
    left = serializers.SerializerMethodField()
    right = serializers.SerializerMethodField()

    @extend_schema_field(SideSerializer)
    def get_left(self, shown: Any) -> dict[str, str]:
        return {"text": shown.left, "html": load_rendered(shown.battle.left.html)}

    @extend_schema_field(SideSerializer)
    def get_right(self, shown: Any) -> dict[str, str]:
        return {"text": shown.right, "html": load_rendered(shown.battle.right.html)}


class SessionSerializer(serializers.Serializer[Any]):
    votes = serializers.IntegerField(help_text="Cast and not taken back.")
    length = serializers.IntegerField()
    is_full = serializers.BooleanField()


class NextBattleSerializer(serializers.Serializer[Any]):
    battle = ShownBattleSerializer(allow_null=True, help_text="Null: there is no more to do for this rater.")
    session = SessionSerializer()


class NextBattleRequestSerializer(serializers.Serializer[Any]):
    after = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=32,
        default="",
        help_text="The token of the battle on screen: asks for the one after it, to be held ready.",
    )


class ReasonsSerializer(serializers.Serializer[Any]):
    """Tags of the study, for each side."""

    left = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG), required=False, max_length=MOST_TAGS
    )
    right = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG), required=False, max_length=MOST_TAGS
    )


class VoteRequestSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=0, max_value=MOST_REVISION)
    outcome = serializers.ChoiceField(choices=Outcome.values)
    reasons = ReasonsSerializer(required=False)
    comment = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST_COMMENT, help_text="Never published."
    )
    active_ms = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=LONGEST_ACTIVE_MS,
        help_text="How long the rater was at work on it.",
    )


class VoteSerializer(serializers.Serializer[Any]):
    battle = serializers.CharField(source="battle.token")
    revision = serializers.IntegerField()
    outcome = serializers.CharField()
    receipt = serializers.CharField(help_text="By which the rater finds the vote in the ledger.")
    cast_at = serializers.DateTimeField()
    undone = serializers.BooleanField(help_text="Whether it was taken back.")


class BattleSerializer(serializers.Serializer[Any]):
    """Where a battle stands."""

    battle = ShownBattleSerializer()
    skipped = serializers.BooleanField()
    vote = VoteSerializer(allow_null=True, help_text="The newest one.")


class SkipRequestSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(
        choices=[value for value in Skip.Reason.values if value], required=False, allow_blank=True, default=""
    )


class UndoneSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(help_text="Of the next vote on this battle.")


class AuthorSerializer(serializers.Serializer[Any]):
    model = serializers.CharField(source="slug")
    name = serializers.CharField()
    maker = serializers.CharField(allow_blank=True)
    licence = serializers.CharField(allow_blank=True)


class RevealedSerializer(serializers.Serializer[Any]):
    left = AuthorSerializer()
    right = AuthorSerializer()
