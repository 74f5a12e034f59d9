"""Imports: what is sent with files, and what the check says of them."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from evaluations import imports
from evaluations.api.serializers.fields import NameOf, PromptSetField
from evaluations.api.serializers.prompt_sets import CoverageSerializer, DifferenceSerializer
from evaluations.models import Import, ImportFault


class UploadSerializer(serializers.Serializer[Any]):
    """Files, and what they are about: a new version of a prompt set, or more for one that is there."""

    file = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        min_length=1,
        max_length=imports.MOST_FILES,
        help_text="One file or several, each under the name `file`.",
    )
    kind = serializers.ChoiceField(
        choices=Import.Kind.choices, required=False, help_text="Left out, the files’ columns say it."
    )
    slug = serializers.SlugField(max_length=imports.LONGEST_SLUG, required=False, allow_blank=True)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    prompt_set = PromptSetField(
        required=False, help_text="“tasks/2”: what the responses or the votes are about."
    )
    source = serializers.CharField(  # type: ignore[assignment]  # DRF takes fields off the class
        max_length=500, required=False, allow_blank=True
    )
    mapping = serializers.JSONField(
        required=False,
        help_text="JSON, where names of columns don’t say what they hold: {SHA-256 of the file: {column: field}}.",
    )

    def validate_mapping(self, value: Any) -> dict[str, dict[str, str]]:
        return read_mapping(value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        faults = {}
        if not attrs.get("prompt_set"):
            if not attrs.get("title"):
                faults["title"] = _("Write a title, for staff and raters.")
            if not attrs.get("slug"):
                faults["slug"] = _("Write a short name.")
            if attrs.get("kind", Import.Kind.PROMPTS) != Import.Kind.PROMPTS:
                faults["prompt_set"] = _("Say which prompt set they are about.")
        if faults:
            raise serializers.ValidationError(faults)
        return attrs


def read_mapping(value: Any) -> dict[str, dict[str, str]]:
    """What columns hold, by the file's digest and the column. Raises ValidationError."""
    if not isinstance(value, dict) or not all(isinstance(fields, dict) for fields in value.values()):
        raise serializers.ValidationError(_("Write JSON: the file’s SHA-256, then a field for each column."))
    words = [word for digest, fields in value.items() for word in (digest, *fields, *fields.values())]
    if not all(isinstance(word, str) and word.isprintable() and len(word) <= 300 for word in words):
        raise serializers.ValidationError(_("Write JSON: the file’s SHA-256, then a field for each column."))
    return {digest: dict(fields) for digest, fields in value.items()}


class FileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    digest = serializers.CharField(help_text="SHA-256 of its bytes.")
    role = serializers.CharField(default="", help_text="What it holds, once it is checked.")


class ImportSerializer(serializers.ModelSerializer[Import]):
    files = FileSerializer(many=True)
    prompt_set = PromptSetField(allow_null=True)
    study = NameOf("slug", allow_null=True)
    created_by = NameOf("username", allow_null=True)
    counts = serializers.SerializerMethodField(help_text="Of what the files hold, by kind.")
    stopped = serializers.SerializerMethodField(help_text="Whether the check stopped at too many faults.")

    class Meta:
        model = Import
        fields = [
            *("token", "kind", "state", "target", "title", "source", "files", "prompt_set", "study"),
            *("created_at", "created_by", "checked_at", "imported_at", "done", "total", "trouble", "counts"),
            "stopped",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "done": {"help_text": "Of `total` bytes, or rows once it is confirmed."},
            "trouble": {"help_text": "What broke, where it is no fault of the files."},
        }

    def get_counts(self, upload: Import) -> dict[str, int]:
        return {name: count for name, count in upload.counts.items() if type(count) is int}

    def get_stopped(self, upload: Import) -> bool:
        return bool(upload.counts.get("stopped"))


class ImportDetailSerializer(ImportSerializer):
    worker = serializers.BooleanField(help_text="Whether a worker lives that takes it up.")
    findings = serializers.IntegerField()
    undecided = serializers.IntegerField(
        help_text="Findings that need a decision before it can be confirmed."
    )
    left_out = serializers.IntegerField()
    mappable = serializers.BooleanField(help_text="Whether its columns can be mapped now.")
    coverage = CoverageSerializer(allow_null=True)
    difference = DifferenceSerializer(allow_null=True)

    class Meta(ImportSerializer.Meta):
        fields = [
            *ImportSerializer.Meta.fields,
            *("worker", "findings", "undecided", "left_out", "mappable", "coverage", "difference"),
        ]
        read_only_fields = fields


class FaultSerializer(serializers.ModelSerializer[ImportFault]):
    class Meta:
        model = ImportFault
        fields = ["severity", "file", "line", "column", "says", "problem", "remedy"]
        read_only_fields = fields


class FaultQuerySerializer(serializers.Serializer[Any]):
    severity = serializers.ChoiceField(choices=ImportFault.Severity.choices, required=False)


class ColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    examples = serializers.ListField(child=serializers.CharField())
    field = serializers.CharField(help_text="What it holds: as said before, else a guess.")


class FileColumnsSerializer(serializers.Serializer[Any]):
    digest = serializers.CharField()
    name = serializers.CharField()
    columns = ColumnSerializer(many=True)


class ColumnsSerializer(serializers.Serializer[Any]):
    files = FileColumnsSerializer(many=True)
    fields_known = serializers.ListField(
        child=serializers.CharField(), help_text="Fields there are, beside `response:MODEL`."
    )


class MappingSerializer(serializers.Serializer[Any]):
    mapping = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField(max_length=300)),
        help_text="By the file’s SHA-256: a field for each column.",
    )
