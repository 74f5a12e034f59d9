"""Providers and their keys, for superusers. A key goes in and never comes out."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evaluations.errors import ConfigurationError, ProviderError
from evaluations.models import Provider
from evaluations.providers import Secret, registry
from evaluations.web.staff import superuser_only

PROTOCOL_NAMES = {
    "openai": gettext_lazy("OpenAI"),
    "azure": gettext_lazy("Azure OpenAI or Azure AI Foundry"),
    "anthropic": gettext_lazy("Anthropic"),
    "compatible": gettext_lazy("A server compatible with OpenAI’s (vLLM, Ollama, Mistral …)"),
}
# Longer ones would outlast the broker's patience with a worker.
LONGEST_TIMEOUT = 500
RESERVED = {"new"}


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic class when it runs
    """Where a provider is, and how much it may be asked. The key is never shown, so its field is always empty."""

    protocol = forms.ChoiceField(choices=list(PROTOCOL_NAMES.items()))
    key = forms.CharField(required=False, max_length=registry.LONGEST_KEY)
    requests_per_minute = forms.IntegerField(min_value=1, max_value=100_000, initial=60)
    concurrent_requests = forms.IntegerField(min_value=1, max_value=64, initial=4)
    timeout_seconds = forms.IntegerField(min_value=5, max_value=LONGEST_TIMEOUT, initial=120)

    class Meta:
        model = Provider
        fields = [
            "name",
            "slug",
            "protocol",
            "base_url",
            "api_version",
            "key_variable",
            "requests_per_minute",
            "concurrent_requests",
            "timeout_seconds",
        ]
        error_messages = {
            "slug": {"unique": gettext_lazy("There is a provider of this name. Choose another.")}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # It is in addresses and in the audit log.
            self.fields["slug"].disabled = True

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED:
            raise forms.ValidationError(gettext("This short name is an address of Arena. Choose another."))
        return slug

    def take_key(self) -> Secret | None:
        """The key as entered, taken out of what the form holds."""
        text = self.cleaned_data.pop("key", "").strip()
        return Secret(text) if text else None


@require_GET
@superuser_only
def list_providers(request: HttpRequest) -> HttpResponse:
    providers = registry.list_providers()
    rows = [{"provider": provider, "protocol": PROTOCOL_NAMES[provider.protocol]} for provider in providers]
    return render(request, "providers/list.html", {"rows": rows})


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
@superuser_only
def add_provider(request: HttpRequest) -> HttpResponse:
    return _take_form(request, None)


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
@superuser_only
def edit_provider(request: HttpRequest, slug: str) -> HttpResponse:
    return _take_form(request, get_object_or_404(Provider, slug=slug))


@sensitive_variables("form")
def _take_form(request: HttpRequest, provider: Provider | None) -> HttpResponse:
    sent = request.method == "POST"
    form = ProviderForm(request.POST if sent else None, instance=provider)
    if form.is_bound and form.is_valid():
        key = form.take_key()
        try:
            saved = registry.save_provider(
                provider=provider, values=form.cleaned_data, key=key, user=request.user, now=timezone.now()
            )
            return redirect("provider", saved.slug)
        except ConfigurationError as error:
            form.add_error(None, str(error))
    return _show_form(request, form=form, provider=provider, status=422 if sent else 200)


def _show_form(
    request: HttpRequest, *, form: ProviderForm, provider: Provider | None, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "provider": provider, "to_try": find_served(provider)} | more
    return render(request, "providers/form.html", context, status=status)


def find_served(provider: Provider | None) -> str:
    """What the provider calls one of the models that it serves."""
    if provider is None:
        return ""
    return provider.models.order_by("name").values_list("provider_model", flat=True).first() or ""


@require_POST
@superuser_only
def remove_key(request: HttpRequest, slug: str) -> HttpResponse:
    provider = get_object_or_404(Provider, slug=slug)
    registry.remove_key(provider=provider, user=request.user, now=timezone.now())
    return redirect("provider", slug)


@require_POST
@superuser_only
def try_provider(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for one word, and say how it went."""
    provider = get_object_or_404(Provider, slug=slug)
    model_name = request.POST.get("model", "").strip()[:200]
    tried: dict[str, Any] = {}
    try:
        if not model_name:
            raise ConfigurationError(gettext("Write the name of a model to try."))
        tried["answer"] = registry.try_provider(
            provider=provider, model_name=model_name, user=request.user, now=timezone.now()
        )
    except (ConfigurationError, ProviderError) as error:
        tried["problem"] = str(error)
    return _show_form(
        request, form=ProviderForm(instance=provider), provider=provider, tried=tried, to_try=model_name
    )
