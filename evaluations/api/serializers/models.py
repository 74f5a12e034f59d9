"""Models and providers. A provider's key goes in and never comes out."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from evaluations.models import LanguageModel, Provider
from evaluations.providers import registry
from evaluations.providers.options import DEFAULT_MAX_TOKENS, EFFORTS, LIMIT_FIELDS, MOST_TOKENS

# Addresses of pages.
RESERVED = {"new"}
LONGEST_TIMEOUT = 500


def check_slug(value: str) -> None:
    if value in RESERVED:
        raise serializers.ValidationError(_("This short name is an address of Arena. Choose another."))


class UniqueName(UniqueValidator):
    """Says in the house's words that a name is taken."""

    def __call__(self, value: Any, serializer_field: serializers.Field[Any, Any, Any, Any]) -> None:
        self.message = _("There is one of this name. Choose another.")
        super().__call__(value, serializer_field)


class OptionsSerializer(serializers.Serializer[Any]):
    """What is sent along with each prompt; what is left out or null is not sent."""

    max_tokens = serializers.IntegerField(min_value=1, max_value=MOST_TOKENS, default=DEFAULT_MAX_TOKENS)
    temperature = serializers.FloatField(min_value=0, max_value=2, required=False, allow_null=True)
    top_p = serializers.FloatField(min_value=0, max_value=1, required=False, allow_null=True)
    reasoning_effort = serializers.ChoiceField(choices=EFFORTS, required=False, allow_null=True)
    limit_field = serializers.ChoiceField(choices=LIMIT_FIELDS, required=False, allow_null=True)
    stream = serializers.BooleanField(required=False, allow_null=True)
    system = serializers.CharField(required=False, allow_blank=True, max_length=20_000)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        read = super().to_internal_value(data)
        return {name: value for name, value in read.items() if value not in (None, "")}

    def to_representation(self, instance: Any) -> dict[str, Any]:
        usual = {"max_tokens": DEFAULT_MAX_TOKENS, "system": ""}
        return {**{str(name): None for name in self.fields}, **usual, **instance}


class ModelSerializer(serializers.ModelSerializer[LanguageModel]):
    slug = serializers.SlugField(
        max_length=80, validators=[UniqueName(LanguageModel.objects.all()), check_slug]
    )
    name = serializers.CharField(max_length=120, validators=[UniqueName(LanguageModel.objects.all())])
    provider = serializers.SlugRelatedField(
        slug_field="slug", queryset=Provider.objects.all(), required=False, allow_null=True
    )
    currency = serializers.RegexField(
        r"^[A-Za-z]{3}$", required=False, help_text="Three letters, such as USD or EUR."
    )
    request_options = OptionsSerializer(required=False)
    responses = serializers.IntegerField(source="response_count", read_only=True)
    studies = serializers.IntegerField(source="study_count", read_only=True)

    class Meta:
        model = LanguageModel
        fields = [
            *("slug", "name", "maker", "licence", "released_on", "url", "price_in", "price_out", "currency"),
            *("provider", "provider_model", "request_options", "responses", "studies", "created_at"),
        ]
        read_only_fields = ["created_at"]
        extra_kwargs = {
            "price_in": {"min_value": 0, "help_text": "For a million tokens, in `currency`."},
            "price_out": {"min_value": 0},
        }

    def validate_currency(self, value: str) -> str:
        return value.upper()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        before = self.instance
        provider = attrs.get("provider", before.provider if before else None)
        name = attrs.get("provider_model", before.provider_model if before else "")
        if provider and not name:
            raise serializers.ValidationError(
                {"provider_model": _("Write what the provider calls this model.")}
            )
        return attrs


class ProviderSerializer(serializers.ModelSerializer[Provider]):
    slug = serializers.SlugField(max_length=80, validators=[UniqueName(Provider.objects.all()), check_slug])
    key = serializers.CharField(
        write_only=True,
        required=False,
        max_length=registry.LONGEST_KEY,
        help_text="Kept encrypted; no answer ever holds it.",
    )
    requests_per_minute = serializers.IntegerField(min_value=1, max_value=100_000, default=60)
    concurrent_requests = serializers.IntegerField(min_value=1, max_value=64, default=4)
    timeout_seconds = serializers.IntegerField(min_value=5, max_value=LONGEST_TIMEOUT, default=120)
    models = serializers.IntegerField(source="model_count", read_only=True)
    key_is_kept = serializers.SerializerMethodField(help_text="Whether a key was entered here.")

    class Meta:
        model = Provider
        fields = [
            *("slug", "name", "protocol", "base_url", "api_version", "key_variable", "key"),
            *("requests_per_minute", "concurrent_requests", "timeout_seconds"),
            *("key_is_kept", "key_changed_at", "models", "created_at"),
        ]
        read_only_fields = ["key_changed_at", "created_at"]

    def validate_slug(self, value: str) -> str:
        """It is in addresses and in the audit log."""
        if self.instance is not None and value != self.instance.slug:
            raise serializers.ValidationError(_("A provider’s short name does not change."))
        return value

    def get_key_is_kept(self, provider: Provider) -> bool:
        return provider.encrypted_key is not None


class TriedSerializer(serializers.Serializer[Any]):
    answered = serializers.BooleanField()
    text = serializers.CharField(allow_blank=True, help_text="What it said, or why it did not.")


class TrySerializer(serializers.Serializer[Any]):
    model = serializers.CharField(max_length=200, help_text="As the provider calls it.")
