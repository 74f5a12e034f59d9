"""Prompt sets: versions, prompts with their responses, and what differs between two versions."""

from typing import Any

from rest_framework import serializers

from evaluations.api.serializers.fields import NameOf
from evaluations.models import Prompt, PromptSet, Response


class CategoryCoverageSerializer(serializers.Serializer[Any]):
    category = serializers.CharField(allow_blank=True)
    prompts = serializers.IntegerField()
    responses = serializers.ListField(
        child=serializers.IntegerField(), help_text="One number a model, in their order."
    )


class CoverageSerializer(serializers.Serializer[Any]):
    """Models across, categories down."""

    models = serializers.ListField(child=serializers.CharField())
    rows = CategoryCoverageSerializer(many=True)


class PromptSetSerializer(serializers.ModelSerializer[PromptSet]):
    prompts = serializers.IntegerField(source="size", help_text="How many it has.")
    studies = NameOf("slug", many=True, help_text="Those that use this version.")

    class Meta:
        model = PromptSet
        fields = ["slug", "version", "title", "content_hash", "created_at", "prompts", "studies"]
        read_only_fields = fields


class AnsweredSerializer(serializers.Serializer[Any]):
    """How completely a version is answered."""

    responses = serializers.IntegerField()
    comparable = serializers.IntegerField(help_text="Prompts with two responses or more.")
    missing = serializers.IntegerField(help_text="Responses that the models that answered have not given.")
    coverage = CoverageSerializer()


class PromptSetDetailSerializer(PromptSetSerializer):
    answered = AnsweredSerializer()

    class Meta(PromptSetSerializer.Meta):
        fields = [*PromptSetSerializer.Meta.fields, "answered"]
        read_only_fields = fields


class MessageSerializer(serializers.Serializer[Any]):
    role = serializers.CharField()
    content = serializers.CharField()


class ResponseSerializer(serializers.ModelSerializer[Response]):
    model = serializers.CharField(source="model.slug")

    class Meta:
        model = Response
        fields = ["model", "text", "digest"]
        read_only_fields = fields


class PromptSerializer(serializers.ModelSerializer[Prompt]):
    messages = MessageSerializer(many=True)
    metadata = serializers.DictField(child=serializers.JSONField())
    responses = ResponseSerializer(many=True)

    class Meta:
        model = Prompt
        fields = ["key", "messages", "category", "language", "metadata", "responses"]
        read_only_fields = fields


class ChangedPromptSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    parts = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text='The text in parts: ["same", "removed" or "added", text].',
    )


class ChangedResponsesSerializer(serializers.Serializer[Any]):
    model = serializers.CharField()
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    removed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class DifferenceSerializer(serializers.Serializer[Any]):
    """What changes against an earlier version: counts, and the first changes of each kind."""

    against = serializers.IntegerField(help_text="The earlier version.")
    counts = serializers.DictField(child=serializers.IntegerField())
    added = serializers.ListField(child=serializers.CharField())
    removed = serializers.ListField(child=serializers.CharField())
    changed = ChangedPromptSerializer(many=True)
    category = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    language = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    responses = ChangedResponsesSerializer(many=True)
