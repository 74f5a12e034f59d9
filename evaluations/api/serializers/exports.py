"""Files of a study: what there is, and what a request may ask of one."""

from typing import Any

from rest_framework import serializers


class FormatSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="For the address of the file.")
    content_type = serializers.CharField(source="format.content_type")
    suffix = serializers.CharField(source="format.suffix")
    size = serializers.IntegerField(help_text="Bytes, as a sample makes one expect.")


class ExportSerializer(serializers.Serializer[Any]):
    file = serializers.CharField(source="file.name")
    title = serializers.CharField(source="file.title")
    rows = serializers.IntegerField()
    options = serializers.ListField(child=serializers.CharField(), source="file.options")
    formats = FormatSerializer(many=True, source="exports")


class ExportOptionsSerializer(serializers.Serializer[Any]):
    normal_only = serializers.BooleanField(required=False, help_text="Without repeats and checks.")
    kept_only = serializers.BooleanField(required=False, help_text="Without the votes of excluded raters.")
    publishable_only = serializers.BooleanField(
        required=False, help_text="Only votes of raters who agreed that theirs be published."
    )
    texts = serializers.BooleanField(required=False, help_text="With prompts and responses.")
    by_pair = serializers.BooleanField(required=False, help_text="One row a pair of responses, by majority.")
    minimum_votes = serializers.IntegerField(required=False, min_value=1, max_value=10_000)
    ledger_size = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**63 - 1,
        help_text="Only votes of the ledger’s first entries.",
    )
