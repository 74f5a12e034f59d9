"""Studies, models and prompts as everyone reads them."""

from typing import Any

from rest_framework import serializers

from evaluations.api.serializers.fields import PromptSetField
from evaluations.api.serializers.prompt_sets import MessageSerializer
from evaluations.api.serializers.studies import EntrySerializer
from evaluations.models import LanguageModel, Study
from evaluations.publicity import shows_texts, shows_votes


class StudyQuerySerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=["open", "closed"], required=False)
    model = serializers.SlugField(required=False, help_text="Studies that this model was entered in.")
    simulated = serializers.BooleanField(required=False, allow_null=True, default=None)
    recorded = serializers.BooleanField(required=False, allow_null=True, default=None)


class PublishedStudySerializer(serializers.ModelSerializer[Study]):
    prompt_set = PromptSetField(read_only=True)
    votes = serializers.IntegerField(
        source="counted", allow_null=True, help_text="Counted in its newest snapshot."
    )
    models = EntrySerializer(many=True, source="entries")
    outcomes = serializers.ListField(child=serializers.CharField())
    votes_are_public = serializers.SerializerMethodField(help_text="Whether single votes may be read now.")
    texts_are_public = serializers.SerializerMethodField(
        help_text="Whether prompts may be read with their responses and authors now."
    )

    class Meta:
        model = Study
        fields = [
            *("slug", "title", "description", "question", "state", "simulated", "recorded", "source"),
            *("opened_at", "paused_at", "closed_at", "protocol_hash", "prompt_set", "models", "votes"),
            *("target_votes", "minimum_votes", "outcomes", "sampling", "access", "reveal", "withdrawal"),
            *("votes_are_public", "texts_are_public"),
        ]
        read_only_fields = fields

    def get_votes_are_public(self, study: Study) -> bool:
        return shows_votes(study=study)

    def get_texts_are_public(self, study: Study) -> bool:
        return shows_texts(study=study)


class PlaceSerializer(serializers.Serializer[Any]):
    study = serializers.CharField(source="study.slug")
    entered_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)


class ModelQuerySerializer(serializers.Serializer[Any]):
    study = serializers.SlugField(required=False, help_text="Models that were entered in this study.")
    maker = serializers.CharField(required=False, max_length=120)


class PublishedModelSerializer(serializers.ModelSerializer[LanguageModel]):
    url = serializers.CharField(read_only=True, help_text="An address, or empty.")
    studies = PlaceSerializer(many=True, source="entries")

    class Meta:
        model = LanguageModel
        fields = ["slug", "name", "maker", "licence", "released_on", "url", "studies"]
        read_only_fields = fields


class PromptQuerySerializer(serializers.Serializer[Any]):
    category = serializers.CharField(required=False, max_length=80)
    language = serializers.CharField(required=False, max_length=16)
    key = serializers.CharField(required=False, max_length=120)


class PublishedResponseSerializer(serializers.Serializer[Any]):
    model = serializers.CharField(source="model.slug")
    text = serializers.CharField(allow_blank=True)
    digest = serializers.CharField(help_text="SHA-256 of the text, by which the ledger names it.")


class PublishedPromptSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    category = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True)
    messages = MessageSerializer(many=True)
    responses = PublishedResponseSerializer(many=True)
