"""Who may rate: invitations and the panel."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from evaluations import access
from evaluations.models import Invitation, Panel
from evaluations.panels import FIELDS


class InvitationRequestSerializer(serializers.Serializer[Any]):
    label = serializers.CharField(  # type: ignore[assignment]  # DRF takes fields off the class
        max_length=120, required=False, allow_blank=True, default="", help_text="For you only."
    )
    places = serializers.IntegerField(min_value=1, max_value=access.MOST_PLACES, default=1)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    open = serializers.SerializerMethodField(help_text="Whether it still lets someone in.")

    class Meta:
        model = Invitation
        fields = ["id", "label", "places", "taken", "expires_at", "withdrawn_at", "created_at", "open"]
        read_only_fields = fields

    def get_open(self, invitation: Invitation) -> bool:
        now: datetime = timezone.now()
        return not access.explain_refusal(invitation=invitation, now=now)


class NewInvitationSerializer(InvitationSerializer):
    link = serializers.CharField(help_text="It can not be shown again.")

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "link"]
        read_only_fields = fields


class PanelSerializer(serializers.ModelSerializer[Panel]):
    """How a panel sends people and takes them back."""

    class Meta:
        model = Panel
        fields = list(FIELDS)
        extra_kwargs = {name: {"required": True} for name in FIELDS}


class ErasedSerializer(serializers.Serializer[Any]):
    ids = serializers.IntegerField(help_text="How many ids of people were erased.")
