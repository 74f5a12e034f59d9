"""The registry of models, for staff: who makes them, what they cost, who serves them, what they answered."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evaluations import language_models
from evaluations.errors import ConfigurationError
from evaluations.models import LanguageModel, Provider
from evaluations.providers.options import DEFAULT_MAX_TOKENS, EFFORTS, LIMIT_FIELDS, MOST_TOKENS
from evaluations.web.staff import staff_only

RUNS_SHOWN = 20
RESERVED = {"new"}
OPTIONS = ("max_tokens", "temperature", "top_p", "reasoning_effort", "limit_field", "stream", "system")
UNIQUE = gettext_lazy("There is a model of this name. Choose another.")
BY_PROTOCOL = ("", gettext_lazy("As the protocol does"))


class ModelForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic class when it runs
    """A model's entry, and what is sent along with its prompts."""

    url = forms.URLField(required=False, max_length=300, assume_scheme="https")
    max_tokens = forms.IntegerField(min_value=1, max_value=MOST_TOKENS, initial=DEFAULT_MAX_TOKENS)
    temperature = forms.FloatField(required=False, min_value=0, max_value=2)
    top_p = forms.FloatField(required=False, min_value=0, max_value=1)
    reasoning_effort = forms.ChoiceField(
        required=False, choices=[BY_PROTOCOL, *((effort, effort) for effort in EFFORTS)]
    )
    limit_field = forms.ChoiceField(
        required=False, choices=[BY_PROTOCOL, *((name, name) for name in LIMIT_FIELDS)]
    )
    stream = forms.TypedChoiceField(
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
        choices=[BY_PROTOCOL, ("yes", gettext_lazy("In pieces")), ("no", gettext_lazy("All at once"))],
    )
    system = forms.CharField(required=False, max_length=20_000, widget=forms.Textarea)

    class Meta:
        model = LanguageModel
        fields = [
            "name",
            "slug",
            "maker",
            "licence",
            "released_on",
            "url",
            "price_in",
            "price_out",
            "currency",
            "provider",
            "provider_model",
        ]
        error_messages = {"name": {"unique": UNIQUE}, "slug": {"unique": UNIQUE}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        model: LanguageModel | None = kwargs.get("instance")
        kept = dict(model.request_options) if model else {}
        if "stream" in kept:
            kept["stream"] = "yes" if kept["stream"] else "no"
        kwargs["initial"] = {**kept, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = Provider.objects.order_by("name")  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED:
            raise forms.ValidationError(gettext("This short name is an address of Arena. Choose another."))
        return slug

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"].strip().upper()
        if len(currency) != 3 or not currency.isalpha():
            raise forms.ValidationError(gettext("Write three letters, such as USD or EUR."))
        return currency

    def clean(self) -> dict[str, Any]:
        """What the table would refuse, in words and at its field."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("provider") and not data.get("provider_model"):
            self.add_error("provider_model", gettext("Write what the provider calls this model."))
        for name in ("price_in", "price_out"):
            if (data.get(name) or 0) < 0:
                self.add_error(name, gettext("A price is 0 or more."))
        return data

    def read_values(self) -> dict[str, Any]:
        """What the domain takes: the fields of the table, and the options that were chosen."""
        data = self.cleaned_data
        options = {name: data[name] for name in OPTIONS if data[name] not in (None, "")}
        return {**{name: data[name] for name in self.Meta.fields}, "request_options": options}


@require_GET
@staff_only
def list_models(request: HttpRequest) -> HttpResponse:
    return render(request, "models/list.html", {"models": language_models.list_models()})


@require_GET
@staff_only
def show_model(request: HttpRequest, slug: str) -> HttpResponse:
    model = get_object_or_404(language_models.list_models(), slug=slug)
    context = {
        "model": model,
        "sets": language_models.list_answered_sets(model=model),
        "runs": language_models.list_runs(model=model)[:RUNS_SHOWN],
        "entries": model.entries.select_related("study").order_by("-entered_at"),
        "deletable": not language_models.is_used(model=model),
    }
    return render(request, "models/page.html", context)


@require_http_methods(["GET", "POST"])
@staff_only
def add_model(request: HttpRequest) -> HttpResponse:
    return _take_form(request, None)


@require_http_methods(["GET", "POST"])
@staff_only
def edit_model(request: HttpRequest, slug: str) -> HttpResponse:
    return _take_form(request, get_object_or_404(LanguageModel, slug=slug))


def _take_form(request: HttpRequest, model: LanguageModel | None) -> HttpResponse:
    sent = request.method == "POST"
    form = ModelForm(request.POST if sent else None, instance=model)
    if form.is_bound and form.is_valid():
        # The form has written into its instance; the domain compares with what is kept.
        kept = LanguageModel.objects.get(pk=model.pk) if model else None
        try:
            saved = language_models.save_model(
                model=kept, values=form.read_values(), user=request.user, now=timezone.now()
            )
            return redirect("model", saved.slug)
        except ConfigurationError as error:
            form.add_error(None, str(error))
    context = {"form": form, "model": model, "address": request.path}
    return render(request, "models/form.html", context, status=422 if sent else 200)


@require_POST
@staff_only
def delete_model(request: HttpRequest, slug: str) -> HttpResponse:
    model = get_object_or_404(LanguageModel, slug=slug)
    language_models.delete_model(model=model, user=request.user, now=timezone.now())
    return redirect("models")
