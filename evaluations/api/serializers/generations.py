"""Runs of generation: what would be asked, how far one is, what it cost."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from evaluations.api.serializers.fields import ModelField, NameOf, PromptSetField
from evaluations.models import GenerationRun

MOST_BUDGET = Decimal(10_000_000)


class BudgetSerializer(serializers.Serializer[Any]):
    budget = serializers.DecimalField(
        max_digits=12, decimal_places=4, min_value=Decimal(0), max_value=MOST_BUDGET,
        help_text="The most that all of the run may cost.",
    )  # fmt: skip


class StartSerializer(BudgetSerializer):
    prompt_set = PromptSetField()
    models = ModelField(many=True, allow_empty=False)


class PlanSerializer(serializers.Serializer[Any]):
    """What a run would ask of a model."""

    model = serializers.CharField(source="model.slug")
    missing = serializers.IntegerField()
    about = serializers.DecimalField(max_digits=None, decimal_places=None, allow_null=True)
    at_most = serializers.DecimalField(max_digits=None, decimal_places=None, allow_null=True)
    currency = serializers.CharField(source="model.currency")
    problem = serializers.CharField(allow_blank=True, help_text="Why it can not be asked.")


class PlansSerializer(serializers.Serializer[Any]):
    models = PlanSerializer(many=True)


class GenerationSerializer(serializers.ModelSerializer[GenerationRun]):
    prompt_set = PromptSetField()
    created_by = NameOf("username", allow_null=True)

    class Meta:
        model = GenerationRun
        fields = [
            *("token", "prompt_set", "state", "budget", "currency", "created_at", "created_by"),
            *("ended_at", "published_at"),
        ]
        read_only_fields = fields


class ProgressSerializer(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    waiting = serializers.IntegerField()
    running = serializers.IntegerField()
    cut_off = serializers.IntegerField(help_text="Done, but at the most tokens.")
    tokens_in = serializers.IntegerField()
    tokens_out = serializers.IntegerField()
    cost = serializers.DecimalField(max_digits=None, decimal_places=None)
    reserved = serializers.DecimalField(
        max_digits=None, decimal_places=None, help_text="What the requests under way may cost at most."
    )


class ModelProgressSerializer(serializers.Serializer[Any]):
    model = serializers.CharField(source="slug")
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    cost = serializers.DecimalField(max_digits=None, decimal_places=None)


class FailureSerializer(serializers.Serializer[Any]):
    model = serializers.CharField(help_text="Its name.")
    reason = serializers.CharField()
    count = serializers.IntegerField()
    waits = serializers.IntegerField(help_text="Of these, how many are tried again.")


class GenerationDetailSerializer(GenerationSerializer):
    reason = serializers.CharField(allow_blank=True, help_text="Why it stopped before its end.")
    worker = serializers.BooleanField()
    progress = ProgressSerializer()
    models = ModelProgressSerializer(many=True)
    failures = FailureSerializer(many=True)
    undecided = serializers.IntegerField(help_text="Findings that need a decision before it is published.")

    class Meta(GenerationSerializer.Meta):
        fields = [
            *GenerationSerializer.Meta.fields,
            *("reason", "worker", "progress", "models", "failures", "undecided"),
        ]
        read_only_fields = fields


class PublishedSerializer(serializers.Serializer[Any]):
    responses = serializers.IntegerField(help_text="How many were added to the prompt set now.")
