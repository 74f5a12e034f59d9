"""Who works on a study: seen by all of them, changed by its owners."""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from evaluations import memberships
from evaluations.accounts import find_account
from evaluations.errors import AccountError
from evaluations.models import Membership, Study
from evaluations.permissions import has_role
from evaluations.web.staff import study_role

ROLES = [
    (Membership.Role.VIEWER, gettext_lazy("Viewer: looks")),
    (Membership.Role.EDITOR, gettext_lazy("Editor: works on it, downloads its files")),
    (Membership.Role.OWNER, gettext_lazy("Owner: opens, closes, decides, lets others in")),
]


class MemberForm(forms.Form):
    name = forms.CharField(
        max_length=254, error_messages={"required": gettext_lazy("Write a name or an address.")}
    )
    role = forms.ChoiceField(choices=ROLES)

    def clean_name(self) -> User:
        account = find_account(name=self.cleaned_data["name"])
        if account is None:
            raise forms.ValidationError(gettext("There is no account of this name or address."))
        return account


@require_GET
@study_role("viewer")
def show_people(request: HttpRequest, study: Study) -> HttpResponse:
    return show_list(request, study, form=MemberForm(initial={"role": Membership.Role.VIEWER}))


@require_POST
@study_role("owner")
def add_person(request: HttpRequest, study: Study) -> HttpResponse:
    form = MemberForm(request.POST)
    if not form.is_valid():
        return show_list(request, study, form=form, status=422)
    account, role = form.cleaned_data["name"], form.cleaned_data["role"]
    by = cast(User, request.user)
    try:
        memberships.add_member(study=study, account=account, role=role, by=by, now=timezone.now())
    except AccountError as error:
        form.add_error("name", str(error))
        return show_list(request, study, form=form, status=422)
    return redirect("study-people", study.slug)


@require_POST
@study_role("owner")
def change_role(request: HttpRequest, study: Study, membership: int) -> HttpResponse:
    memberships.change_role(
        study=study,
        membership_id=membership,
        role=request.POST.get("role", ""),
        by=cast(User, request.user),
        now=timezone.now(),
    )
    return leave_or_stay(request, study)


@require_POST
@study_role("owner")
def remove_person(request: HttpRequest, study: Study, membership: int) -> HttpResponse:
    by = cast(User, request.user)
    memberships.remove_member(study=study, membership_id=membership, by=by, now=timezone.now())
    return leave_or_stay(request, study)


def leave_or_stay(request: HttpRequest, study: Study) -> HttpResponse:
    """Who took their own role away has no page of the study left."""
    if has_role(user=request.user, study=study, at_least="viewer"):
        return redirect("study-people", study.slug)
    return redirect("manage")


def show_list(request: HttpRequest, study: Study, *, status: int = 200, **context: Any) -> HttpResponse:
    context |= {
        "study": study,
        "tab": "people",
        "members": memberships.list_members(study=study),
        "roles": ROLES,
        "may_change": has_role(user=request.user, study=study, at_least="owner"),
    }
    return render(request, "people/study.html", context, status=status)
