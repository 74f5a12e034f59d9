"""Raters by their codes, and decisions about them."""

from typing import Any

from rest_framework import serializers

from evaluations.api.serializers.fields import MOST_INTEGER, FigureSerializer, NameOf
from evaluations.models import RaterDecision
from evaluations.quality.decisions import LONGEST_REASON


class TrialsSerializer(FigureSerializer):
    """A share of so many trials."""

    trials = serializers.IntegerField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        share = instance.share
        return {"trials": instance.trials, "value": share.value, "lower": share.lower, "upper": share.upper}


class FlagSerializer(serializers.Serializer[Any]):
    """A limit that is crossed. A question to a person: nobody is left out by one."""

    kind = serializers.CharField()
    value = serializers.FloatField()
    limit = serializers.FloatField()
    trials = serializers.IntegerField()


class DecisionSerializer(serializers.ModelSerializer[RaterDecision]):
    made_by = NameOf("username", allow_null=True)
    flags = FlagSerializer(many=True, help_text="Those that were up then.")
    position = serializers.IntegerField(
        source="entry.position", default=None, allow_null=True, help_text="Of its entry in the ledger."
    )

    class Meta:
        model = RaterDecision
        fields = ["id", "decision", "reason", "made_at", "made_by", "flags", "position"]
        read_only_fields = fields


class DecisionRequestSerializer(serializers.Serializer[Any]):
    """To keep a rater’s votes is an editor’s; to leave them out, or to take them back in, an owner’s."""

    decision = serializers.ChoiceField(choices=RaterDecision.Decision.choices)
    reason = serializers.CharField(max_length=LONGEST_REASON)
    after = serializers.IntegerField(
        min_value=0,
        max_value=MOST_INTEGER,
        default=0,
        help_text="The id of the decision that held when you decided; 0 for none.",
    )


class RaterSerializer(serializers.Serializer[Any]):
    """Shares are in [0, 1]; votes are without repeats and checks."""

    code = serializers.CharField()
    votes = serializers.IntegerField()
    last_at = serializers.DateTimeField()
    seconds = serializers.FloatField(allow_null=True, help_text="The median of a vote.")
    left = FigureSerializer(help_text="Of the votes for a side, those for the left one.")
    agreement = TrialsSerializer()
    checks = TrialsSerializer()
    repeats = TrialsSerializer()
    reminded = serializers.IntegerField(
        allow_null=True, help_text="Reminders seen, of two; no flag before. Null of who can’t be reminded."
    )
    flags = FlagSerializer(many=True)
    excluded = serializers.BooleanField(help_text="Whether the votes are left out.")
    withdrew = serializers.BooleanField(help_text="Whether that is because the rater took them along.")
    waiting = serializers.BooleanField(help_text="Whether a flag is up that nobody has decided about.")
    decision = DecisionSerializer(allow_null=True, help_text="The one that holds.")
