"""Opening and closing a study, for staff."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from evaluations.models import PromptSet, Study
from evaluations.studies import close_study, start_study
from evaluations.web.staff import staff_only

MISSING_TITLE = gettext_lazy("Write a title: raters and readers see it.")


class StudyForm(forms.Form):
    """What a study is, before its protocol is frozen."""

    prompt_set = forms.ModelChoiceField(
        queryset=PromptSet.objects.none(), error_messages={"required": gettext_lazy("Choose a prompt set.")}
    )
    title = forms.CharField(max_length=200, error_messages={"required": MISSING_TITLE})
    slug = forms.SlugField(
        max_length=80,
        error_messages={
            "required": gettext_lazy("Write a short name."),
            "invalid": gettext_lazy("Use letters, digits, hyphens and underscores only."),
        },
    )
    description = forms.CharField(required=False, max_length=2000)
    reveal = forms.ChoiceField(choices=Study.Reveal.choices)
    session_length = forms.IntegerField(min_value=1, max_value=500)
    target_votes = forms.IntegerField(min_value=1, max_value=10_000_000)
    minimum_votes = forms.IntegerField(min_value=1, max_value=10_000_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prompt_set"].queryset = PromptSet.objects.order_by("-created_at")  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if Study.objects.filter(slug=slug).exists():
            raise forms.ValidationError(gettext("There is a study of this name. Choose another."))
        return slug


INITIAL = {
    "reveal": Study.Reveal.AT_CLOSE,
    "session_length": 40,
    "target_votes": 1000,
    "minimum_votes": 100,
}


@require_http_methods(["GET", "POST"])
@staff_only
def open_study(request: HttpRequest) -> HttpResponse:
    """The form, and what it asks for: a study made and opened in one step."""
    if request.method == "GET":
        form = StudyForm(initial={**INITIAL, "prompt_set": request.GET.get("prompt_set")})
        return render(request, "manage/open_study.html", {"form": form})
    form = StudyForm(request.POST)
    if not form.is_valid():
        return render(request, "manage/open_study.html", {"form": form}, status=422)
    study = start_study(**form.cleaned_data, now=timezone.now())
    return redirect(study)


@require_POST
@staff_only
def close(request: HttpRequest, slug: str) -> HttpResponse:
    close_study(study=get_object_or_404(Study, slug=slug), now=timezone.now())
    return redirect("manage")
