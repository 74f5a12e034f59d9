"""Findings: answers that a person decides about."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from evaluations.api.serializers.fields import MOST_INTEGER, NameOf
from evaluations.findings import STRONGEST
from evaluations.models import Finding

MOST_DECIDED = 10_000


class FindingSerializer(serializers.ModelSerializer[Finding]):
    decided_by = NameOf("username", allow_null=True)

    class Meta:
        model = Finding
        fields = [
            *("id", "kind", "prompt_key", "model_name", "file", "line", "excerpt", "says", "rule"),
            *("other_model", "decision", "decided_at", "decided_by"),
        ]
        read_only_fields = fields


class FindingQuerySerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Finding.Kind.choices, required=False)
    undecided = serializers.BooleanField(required=False, default=False)


class FindingDecisionSerializer(serializers.Serializer[Any]):
    """Which findings, and what to do with their answers. `mask` is for those that name their author."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_INTEGER),
        min_length=1,
        max_length=MOST_DECIDED,
    )
    decision = serializers.ChoiceField(choices=[(one.value, one.value) for one in STRONGEST])

    def validate_ids(self, value: list[int]) -> list[int]:
        known = set(self.context["findings"].filter(pk__in=value).values_list("pk", flat=True))
        if unknown := sorted(set(value) - known):
            raise serializers.ValidationError(
                _("There is no finding %(number)s here.") % {"number": unknown[0]}
            )
        return value


class FindingsDecidedSerializer(serializers.Serializer[Any]):
    decided = serializers.IntegerField(help_text="How many now have this decision.")
    undecided = serializers.IntegerField(help_text="How many still need one.")
