"""Fields that several answers share: a prompt set by its name and version, a figure with its interval."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from evaluations.models import LanguageModel, PromptSet

MOST_INTEGER = 2**63 - 1


@extend_schema_field(OpenApiTypes.STR)
class PromptSetField(serializers.Field[PromptSet, str, str, Any]):
    """“tasks/2”: the second version of the prompt set “tasks”. Sent without a version it is the newest one."""

    def to_internal_value(self, data: Any) -> PromptSet:
        slug, _slash, version = data.partition("/") if isinstance(data, str) else ("", "", "")
        versions = PromptSet.objects.filter(slug=slug).order_by("-version")
        if version:
            known = version.isascii() and version.isdigit() and len(version) < 9
            versions = versions.filter(version=int(version)) if known else versions.none()
        found = versions.first()
        if found is None:
            raise serializers.ValidationError(_("There is no such prompt set. Write it like “tasks/2”."))
        return found

    def to_representation(self, value: PromptSet) -> str:
        return f"{value.slug}/{value.version}"


class ModelField(serializers.SlugRelatedField[LanguageModel]):
    """A model by its short name."""

    def __init__(self, **options: Any) -> None:
        if not options.get("read_only"):
            options.setdefault("queryset", LanguageModel.objects.all())
        super().__init__(slug_field="slug", **options)

    def fail(self, key: str, **values: Any) -> Any:
        if key == "does_not_exist":
            raise serializers.ValidationError(
                _("There is no model “%(name)s”.") % {"name": values.get("value", "")}, code=key
            )
        super().fail(key, **values)


class NameOf(serializers.SlugRelatedField[Any]):
    """Another row, only read, by what it is called."""

    def __init__(self, slug_field: str, **options: Any) -> None:
        options["read_only"] = True
        super().__init__(slug_field=slug_field, **options)


class FigureSerializer(serializers.Serializer[Any]):
    """A number and its interval; null where votes can't tell."""

    value = serializers.FloatField(allow_null=True)
    lower = serializers.FloatField(allow_null=True)
    upper = serializers.FloatField(allow_null=True)
