"""What raters try and answer before the first comparison. Only staff read the right choices."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from evaluations.studies.practice import LONGEST, SIDES
from evaluations.studies.questions import (
    FEWEST_CHOICES,
    LONGEST_CHOICE,
    LONGEST_QUESTION,
    MOST_CHOICES,
    MOST_QUESTIONS,
    clean_words,
)


class PracticeSerializer(serializers.Serializer[Any]):
    """The study's own practice comparison, texts in markdown. Null: the usual example."""

    prompt = serializers.CharField(max_length=LONGEST["prompt"])
    left = serializers.CharField(max_length=LONGEST["left"])
    right = serializers.CharField(max_length=LONGEST["right"])
    better = serializers.ChoiceField(choices=SIDES)
    explanation = serializers.CharField(max_length=LONGEST["explanation"])


class QuestionSerializer(serializers.Serializer[Any]):
    """A question about the instructions, in plain words."""

    question = serializers.CharField(max_length=LONGEST_QUESTION)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_CHOICE),
        min_length=FEWEST_CHOICES,
        max_length=MOST_CHOICES,
    )
    correct = serializers.IntegerField(min_value=0, help_text="The place of the right choice, from 0.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        choices = [clean_words(choice) for choice in attrs["choices"]]
        if len(set(choices)) < len(choices):
            raise serializers.ValidationError({"choices": _("Two choices are the same.")})
        if attrs["correct"] >= len(choices):
            raise serializers.ValidationError({"correct": _("There is no such choice.")})
        return {
            "question": clean_words(attrs["question"]),
            "choices": choices,
            "correct": attrs["correct"],
        }


class ComprehensionSerializer(serializers.Serializer[Any]):
    """Questions that a rater answers before the first comparison. None: no questions."""

    questions = QuestionSerializer(many=True, max_length=MOST_QUESTIONS)  # type: ignore[call-arg]


class KeptComprehensionSerializer(ComprehensionSerializer):
    """With the salt under which the protocol commits to them."""

    salt = serializers.CharField()
