"""Claims as a snapshot judges them."""

from typing import Any

from rest_framework import serializers

from evaluations.api.serializers.leaderboards import DIGEST


class RegistrationSerializer(serializers.Serializer[Any]):
    """Where the claim has stood, word for word, since before the votes."""

    registered_at = serializers.DateTimeField(source="at")
    position = serializers.IntegerField(help_text="Of the protocol, in the ledger.")
    amendment = serializers.IntegerField(help_text="0: as the study was opened.")
    protocol_hash = serializers.CharField(help_text="SHA-256 of the protocol.")


class JudgedClaimSerializer(serializers.Serializer[Any]):
    """A claim of the protocol, and what the votes say of it: valid whenever one looks."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    model = serializers.CharField(help_text="Short name.")
    rival = serializers.CharField(help_text="Short name.")
    margin = serializers.FloatField(help_text="In points.")
    alpha = serializers.FloatField(help_text="The risk of a false verdict, however often one looks.")
    level = serializers.FloatField()
    holds = serializers.ListField(
        child=serializers.FloatField(),
        help_text="The expected scores of the model between which the claim is true.",
    )
    verdict = serializers.CharField(help_text="supported, refuted or undecided.")
    mean = serializers.FloatField(allow_null=True, help_text="Of the observations; null without any.")
    lower = serializers.FloatField(
        allow_null=True, help_text="Of the expected score; null where votes rule out all."
    )
    upper = serializers.FloatField(allow_null=True)
    lower_points = serializers.FloatField(allow_null=True)
    upper_points = serializers.FloatField(allow_null=True)
    votes = serializers.IntegerField(help_text="Head to head.")
    observations = serializers.IntegerField(help_text="Raters who cast them, each counted once.")
    still_needed = serializers.IntegerField(
        allow_null=True, help_text="Observations until a verdict, at this pace; null: none in sight."
    )
    registration = RegistrationSerializer()


class ClaimQuerySerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=["supported", "refuted", "undecided"], required=False)
    snapshot = serializers.RegexField(
        DIGEST,
        required=False,
        help_text="The digest of the snapshot that judges them. Without it the newest.",
    )
