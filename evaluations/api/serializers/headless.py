"""Raters of programs: who they are to the program, what they agreed to, what they are asked first."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from evaluations.api.serializers.battles import SessionSerializer
from evaluations.headless import EXTERNAL_ID


class HeadlessRequestSerializer(serializers.Serializer[Any]):
    id = serializers.RegexField(
        rf"^{EXTERNAL_ID.pattern}$", help_text="Yours, for this rater in this study. No name of a person."
    )
    agreed = serializers.BooleanField(
        help_text="That this rater has read the study’s terms and agrees to them. Nobody rates without."
    )
    may_publish = serializers.BooleanField(
        required=False, default=False, help_text="That their votes may be published one by one."
    )

    def validate_agreed(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError(_("Nobody rates without having agreed to the study’s terms."))
        return value


class ConsentSerializer(serializers.Serializer[Any]):
    agreed_at = serializers.DateTimeField()
    may_publish = serializers.BooleanField()
    text_version = serializers.IntegerField(help_text="Of the study’s own terms; 0 for the usual ones.")


class HeadlessRaterSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="external_id")
    consent = ConsentSerializer(
        allow_null=True, help_text="To the terms as they are now; null: register again."
    )
    session = SessionSerializer()


class AskedQuestionSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())


class QuestionsSerializer(serializers.Serializer[Any]):
    """Questions about the instructions. Two attempts; all right to pass."""

    questions = AskedQuestionSerializer(many=True)
    passed = serializers.BooleanField()
    attempts = serializers.IntegerField(help_text="Made so far.")
    is_over = serializers.BooleanField(help_text="Both attempts are spent: this rater does not rate.")


class AnswersRequestSerializer(serializers.Serializer[Any]):
    attempt = serializers.IntegerField(min_value=1, max_value=2)
    chosen = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=100),
        max_length=50,
        help_text="For each question the place of the choice, from 0, as it was shown.",
    )
