"""The wizard: a study is made in steps, each saved to the draft at once, in any order."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from evaluations.models import Study
from evaluations.permissions import has_role
from evaluations.studies import create_study, list_answering_models
from evaluations.studies.reason_tags import USUAL_TAGS
from evaluations.web import study_forms as forms
from evaluations.web.briefing_forms import BriefingForm, TextsForm
from evaluations.web.briefing_previews import preview_briefing, preview_texts
from evaluations.web.known_answers import describe_checks
from evaluations.web.power import describe_power
from evaluations.web.staff import staff_only, study_role
from evaluations.web.stopping_forms import StoppingForm

FORMS: dict[str, type[forms.StepForm]] = {
    "question": forms.QuestionForm,
    "models": forms.ModelsForm,
    "raters": forms.RatersForm,
    "texts": TextsForm,
    "briefing": BriefingForm,
    "checks": forms.ChecksForm,
    "sampling": forms.SamplingForm,
    "stopping": StoppingForm,
}
STEPS = tuple(FORMS)
# Buttons that show the form again, and save nothing.
LOOKS = {"preview", "usual"}
NEW_STOPPING = {"votes": True, "ends_on": None, "half_width": None}


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step in the trail above the form."""

    name: str
    title: str


@require_http_methods(["GET", "POST"])
@staff_only
def make_study(request: HttpRequest) -> HttpResponse:
    """The first step, before there is a draft: it makes one, with every model that answered."""
    data = request.POST if request.method == "POST" else None
    form = forms.AboutFields(data, initial={"prompt_set": request.GET.get("prompt_set")})
    if data is None or not form.is_valid():
        context = {"form": form, "step": "question", "steps": list_steps()}
        return render(request, "study_settings/new.html", context, status=422 if data else 200)
    given = form.cleaned_data
    study = create_study(
        **given,
        models=list_answering_models(prompt_set=given["prompt_set"]),
        now=timezone.now(),
        user=request.user,
        stopping=NEW_STOPPING,
    )
    return redirect("study-step", study.slug, "models")


@require_http_methods(["GET", "POST"])
@study_role("viewer")
def show_step(request: HttpRequest, study: Study, step: str) -> HttpResponse:
    if request.method == "POST" and not LOOKS & request.POST.keys():
        return save_step(request, slug=study.slug, step=step)
    if study.opened_at is not None:
        return redirect("study-settings", study.slug)
    data = fill_in_usual(request.POST) if "usual" in request.POST else request.POST
    form = FORMS[step](data or None, study=study)
    return render_step(request, form=form, step=step)


def fill_in_usual(given: QueryDict) -> QueryDict:
    """The form as it was sent, with the usual reasons in the language of who asks."""
    filled = given.copy()
    filled["reason_tags"] = "\n".join(str(tag) for tag in USUAL_TAGS)
    return filled


@study_role("editor")
def save_step(request: HttpRequest, study: Study, step: str) -> HttpResponse:
    form = FORMS[step](request.POST, study=study)
    if not form.is_valid():
        return render_step(request, form=form, step=step, status=422)
    study = form.save(now=timezone.now())
    following = STEPS[STEPS.index(step) + 1 :]
    if "stay" in request.POST:
        return redirect("study-step", study.slug, step)
    return (
        redirect("study-step", study.slug, following[0])
        if following
        else redirect("study-settings", study.slug)
    )


def render_step(request: HttpRequest, *, form: forms.StepForm, step: str, status: int = 200) -> HttpResponse:
    study = form.study
    context = {
        "study": study,
        "tab": "settings",
        "form": form,
        "step": step,
        "steps": list_steps(),
        "title": _(forms.STEP_TITLES[step]),
        "may_edit": has_role(user=request.user, study=study, at_least="editor"),
        **describe_step(request, form=form, step=step),
    }
    return render(request, f"study_settings/{step}.html", context, status=status)


def describe_step(request: HttpRequest, *, form: forms.StepForm, step: str) -> dict[str, Any]:
    """What a step shows beside its fields."""
    match step:
        case "raters":
            return {"filled_in": "usual" in request.POST}
        case "texts" if "preview" in request.POST:
            return {"previews": preview_texts(form)}
        case "briefing" if "preview" in request.POST and isinstance(form, BriefingForm):
            return preview_briefing(form)
        case "checks":
            return describe_checks(study=form.study, query=request.GET)
        case "sampling" | "stopping":
            return describe_power(study=form.study, query=request.GET)
    return {}


def list_steps() -> list[Step]:
    return [Step(name=name, title=_(title)) for name, title in forms.STEP_TITLES.items()]
