"""Access to a study, for its staff: invitations, the panel, and who came."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from evaluations import access, panels
from evaluations.arrivals import count_arrivals, list_arrivals
from evaluations.models import Panel, Study
from evaluations.permissions import has_role
from evaluations.web.staff import study_role

PAGE_SIZE = 50


class InvitationForm(forms.Form):
    """One link: whom it is for, for how many, until when."""

    label = forms.CharField(
        label=_("For whom"), max_length=120, required=False, help_text=_("For you only: a class, a mailing.")
    )
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=access.MOST_PLACES, initial=1)
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: as long as the study is open."),
    )

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        if day is not None and day < timezone.localdate():
            raise ValidationError(_("This day is over. Choose today or a later one."))
        return day

    def read_end(self) -> datetime | None:
        """The end of the last day, where the server is."""
        day = self.cleaned_data["last_day"]
        return day and timezone.make_aware(datetime.combine(day, time.min) + timedelta(days=1))


@never_cache
@require_GET
@study_role("viewer")
def show_access(request: HttpRequest, study: Study) -> HttpResponse:
    return show_page(request, study)


@never_cache
@require_POST
@study_role("editor")
def make_invitation(request: HttpRequest, study: Study) -> HttpResponse:
    """The link is in this answer and nowhere else."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return show_page(request, study, status=422, form=form)
    invitation, secret = access.make_invitation(
        study=study,
        label=form.cleaned_data["label"],
        places=form.cleaned_data["places"],
        expires_at=form.read_end(),
        user=request.user,
        now=timezone.now(),
    )
    link = request.build_absolute_uri(reverse("join", args=[secret]))
    return show_page(request, study, made=invitation, link=link)


@require_POST
@study_role("editor")
def withdraw_invitation(request: HttpRequest, study: Study, pk: int) -> HttpResponse:
    access.withdraw_invitation(study=study, pk=pk, user=request.user, now=timezone.now())
    return redirect("study-access", study.slug)


@never_cache
@require_POST
@study_role("owner")
def save_panel(request: HttpRequest, study: Study) -> HttpResponse:
    values = request.POST.dict()
    try:
        panels.save_panel(study=study, values=values, user=request.user, now=timezone.now())
    except ValidationError as error:
        panel = Panel(study=study, **{name: values.get(name, "") for name in panels.FIELDS})
        return show_page(request, study, status=422, panel=panel, faults=error.message_dict)
    return redirect("study-access", study.slug)


@require_POST
@study_role("owner")
def erase_ids(request: HttpRequest, study: Study) -> HttpResponse:
    """Of the rater that the form names, or of all."""
    named = request.POST.get("rater", "")
    rater = int(named) if named.isdecimal() and len(named) < 19 else None
    if rater is not None or named == "all":
        panels.erase_identities(study=study, rater=rater, user=request.user, now=timezone.now())
    return redirect("study-access", study.slug)


def show_page(request: HttpRequest, study: Study, *, status: int = 200, **context: Any) -> HttpResponse:
    is_owner = has_role(user=request.user, study=study, at_least="owner")
    context = {
        "form": InvitationForm(),
        "invitations": list_invitations(study=study),
        "panel": panels.propose_panel(study=study) if is_owner else None,
        **context,
        "study": study,
        "tab": "access",
        "is_editor": has_role(user=request.user, study=study, at_least="editor"),
        "is_owner": is_owner,
        "counts": count_arrivals(study=study),
        "page": Paginator(list_arrivals(study=study), PAGE_SIZE).get_page(request.GET.get("page")),
    }
    if context["panel"] is not None:
        context["panel_fields"] = describe_panel(context["panel"], faults=context.get("faults", {}))
        context["arrival_address"] = write_arrival_address(request, context["panel"])
    return render(request, "access/page.html", context, status=status)


def list_invitations(*, study: Study) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "invitation": invitation,
            "refusal": access.explain_refusal(invitation=invitation, now=now),
            "last_day": invitation.expires_at and invitation.expires_at - timedelta(seconds=1),
        }
        for invitation in study.invitations.all()
    ]


def describe_panel(panel: Panel, *, faults: dict[str, list[str]]) -> list[dict[str, Any]]:
    labels = {
        "participant_parameter": _("Parameter with the participant’s id"),
        "study_parameter": _("Parameter with the panel’s study"),
        "session_parameter": _("Parameter with the submission"),
        "return_url": _("Address to go back to"),
        "code_done": _("Code: done"),
        "code_screened_out": _("Code: screened out (did not agree, or did not pass the questions)"),
        "code_stopped": _("Code: stopped early"),
    }
    return [
        {"name": name, "label": label, "value": getattr(panel, name), "faults": faults.get(name, [])}
        for name, label in labels.items()
    ]


def write_arrival_address(request: HttpRequest, panel: Panel) -> str:
    """What to paste into the panel, with its places for the ids as Prolific writes them."""
    names = (panel.participant_parameter, panel.study_parameter, panel.session_parameter)
    query = "&".join(f"{quote(name)}={{{{%{name}%}}}}" for name in names if name)
    return f"{request.build_absolute_uri(reverse('arrive', args=[panel.study.slug]))}?{query}"
