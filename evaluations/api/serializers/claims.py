"""Claims, checks, and what they will take before there is a vote."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from evaluations.api.serializers.fields import ModelField
from evaluations.models import Claim, KnownAnswer

MOST_CLAIMS = 20


class HypothesisSerializer(serializers.Serializer[Any]):
    """A claim without its models."""

    kind = serializers.ChoiceField(choices=Claim.Kind.choices, default=Claim.Kind.SUPERIOR)
    margin = serializers.FloatField(min_value=0, max_value=2000, default=0.0, help_text="Points.")
    alpha = serializers.FloatField(
        min_value=0, max_value=0.49, default=0.05, help_text="The risk, above 0: 0.05 is five in a hundred."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] != Claim.Kind.SUPERIOR and attrs["margin"] == 0:
            raise serializers.ValidationError({"margin": _("Give a margin above 0.")})
        if attrs["alpha"] == 0:
            raise serializers.ValidationError({"alpha": _("Give a risk above 0.")})
        return attrs


class ClaimSerializer(HypothesisSerializer):
    number = serializers.IntegerField(read_only=True)
    model = ModelField()
    rival = ModelField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["model"] == attrs["rival"]:
            raise serializers.ValidationError({"rival": _("Choose another model.")})
        return attrs


class ClaimsSerializer(serializers.Serializer[Any]):
    claims = serializers.ListField(child=ClaimSerializer(), max_length=MOST_CLAIMS)


class CheckSerializer(serializers.ModelSerializer[KnownAnswer]):
    """Of a prompt, a response that is plainly better than another one."""

    prompt = serializers.CharField(source="prompt.key")
    better = serializers.CharField(
        source="better.model.slug", help_text="The model whose response is better."
    )
    worse = serializers.CharField(source="worse.model.slug")

    class Meta:
        model = KnownAnswer
        fields = ["id", "prompt", "better", "worse"]


class AssumptionSerializer(serializers.Serializer[Any]):
    """What is expected of the votes."""

    lead = serializers.FloatField(
        min_value=-2000, max_value=2000, default=50.0, help_text="Points of the first model over the other."
    )
    ties = serializers.FloatField(min_value=0, max_value=0.95, default=0.2, help_text="Their share.")
    power = serializers.FloatField(min_value=0.5, max_value=0.99, default=0.8)
    pay = serializers.FloatField(
        min_value=0, max_value=10_000, required=False, allow_null=True, help_text="For an hour."
    )


class PowerQuerySerializer(AssumptionSerializer, HypothesisSerializer):
    """The same for a study that does not exist yet."""

    models = serializers.IntegerField(min_value=2, max_value=500, default=6)
    session_length = serializers.IntegerField(min_value=1, max_value=500, default=40)
    half_width = serializers.FloatField(min_value=0.1, max_value=2000, required=False, allow_null=True)


class EffortSerializer(serializers.Serializer[Any]):
    votes = serializers.IntegerField()
    sessions = serializers.IntegerField()
    hours = serializers.FloatField()
    cost = serializers.FloatField(allow_null=True, help_text="Null without a pay.")


class AimSerializer(serializers.Serializer[Any]):
    """A claim and what it takes. The numbers are null where no number of votes in sight would do."""

    kind = serializers.CharField()
    model = serializers.CharField(allow_null=True)
    rival = serializers.CharField(allow_null=True)
    margin = serializers.FloatField()
    alpha = serializers.FloatField()
    verdict = serializers.CharField(help_text="That it would get.")
    head_to_head = serializers.IntegerField(allow_null=True)
    raters = serializers.IntegerField(allow_null=True)
    votes = serializers.IntegerField(allow_null=True)


class PowerSerializer(serializers.Serializer[Any]):
    aims = AimSerializer(many=True)
    half_width = serializers.FloatField(allow_null=True)
    half_width_votes = serializers.IntegerField(allow_null=True)
    needed = EffortSerializer(allow_null=True, help_text="For all of it together.")


class StudyPowerSerializer(PowerSerializer):
    items = serializers.IntegerField(help_text="Pairs of responses to one prompt.")
    planned = EffortSerializer(help_text="What the settings ask for.")
