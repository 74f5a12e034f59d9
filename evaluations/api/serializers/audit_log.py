"""The audit log: who did what."""

from typing import Any

from rest_framework import serializers

from evaluations.api.serializers.fields import NameOf
from evaluations.audit_sentences import write_event
from evaluations.models import AuditEvent


class EventQuerySerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40, required=False)
    person = serializers.CharField(
        max_length=150, required=False, help_text="A part of a name, or of what an event was about."
    )
    study = serializers.SlugField(required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False, help_text="This day included, UTC.")


class EventSerializer(serializers.ModelSerializer[AuditEvent]):
    who = serializers.CharField(source="user_name", allow_blank=True)
    sentence = serializers.SerializerMethodField()
    study = NameOf("slug", allow_null=True)
    details = serializers.DictField(child=serializers.JSONField())

    class Meta:
        model = AuditEvent
        fields = ["at", "who", "kind", "sentence", "study", "subject", "details"]
        read_only_fields = fields

    def get_sentence(self, event: AuditEvent) -> str:
        return write_event(event)
