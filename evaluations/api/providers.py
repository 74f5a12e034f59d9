"""Providers and their keys, for superusers. A key goes in and never comes out."""

from typing import Any

from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.api.permissions import SuperuserView
from evaluations.api.serializers.models import ProviderSerializer, TriedSerializer, TrySerializer
from evaluations.errors import ConfigurationError, ProviderError
from evaluations.models import Provider
from evaluations.providers import Secret, registry


class SavingView(SuperuserView):
    @sensitive_variables("values", "key")
    def save(self, provider: Provider | None) -> Any:
        values = self.read(ProviderSerializer, instance=provider, partial=provider is not None)
        key = values.pop("key", "").strip()
        saved = registry.save_provider(
            provider=provider,
            values=values,
            key=Secret(key) if key else None,
            user=self.user,
            now=self.now,
        )
        return describe_provider(saved.slug)


class ProviderListView(SavingView):
    @extend_schema(summary="Providers, by name", responses=ProviderSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.paginate(registry.list_providers(), ProviderSerializer)

    @extend_schema(summary="Add a provider", request=ProviderSerializer, responses={201: ProviderSerializer})
    def post(self, request: Request) -> Response:
        return Response(self.save(None), status=status.HTTP_201_CREATED)


class ProviderView(SavingView):
    @extend_schema(summary="One provider", responses=ProviderSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(describe_provider(slug))

    @extend_schema(summary="Change a provider", request=ProviderSerializer, responses=ProviderSerializer)
    def patch(self, request: Request, slug: str) -> Response:
        return Response(self.save(Provider.objects.get(slug=slug)))


class KeyView(SuperuserView):
    @extend_schema(summary="Forget the provider’s key", responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        registry.remove_key(provider=Provider.objects.get(slug=slug), user=self.user, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TryView(SuperuserView):
    @extend_schema(summary="Ask it for one word", request=TrySerializer, responses=TriedSerializer)
    def post(self, request: Request, slug: str) -> Response:
        provider = Provider.objects.get(slug=slug)
        name = self.read(TrySerializer)["model"]
        try:
            answer = registry.try_provider(provider=provider, model_name=name, user=self.user, now=self.now)
        except (ConfigurationError, ProviderError) as error:
            return Response({"answered": False, "text": str(error)})
        return Response({"answered": True, "text": answer.text})


def describe_provider(slug: str) -> Any:
    return ProviderSerializer(registry.list_providers().get(slug=slug)).data
