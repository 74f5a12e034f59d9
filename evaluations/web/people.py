"""Everyone who has an account, for superusers."""

from typing import cast

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from evaluations import accounts
from evaluations.audit import record_event
from evaluations.web.staff import superuser_only

ROWS = 50


class PersonForm(forms.Form):
    username = forms.CharField(
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        error_messages={"required": gettext_lazy("Write a name to sign in with.")},
    )
    email = forms.EmailField(required=False, max_length=254)
    level = forms.ChoiceField(
        choices=[("staff", gettext_lazy("Staff")), ("superuser", gettext_lazy("Superuser"))]
    )

    def clean(self) -> None:
        for name in ("username", "email"):
            if accounts.find_account(name=self.cleaned_data.get(name, "")):
                self.add_error(name, gettext("There is an account of this name or address already."))


@require_GET
@superuser_only
def show_people(request: HttpRequest) -> HttpResponse:
    return render(request, "people/page.html", {**list_people(request), "form": PersonForm()})


@require_POST
@superuser_only
@never_cache
def add_person(request: HttpRequest) -> HttpResponse:
    """A new account, and the link to its first password, this once."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return render(request, "people/page.html", {**list_people(request), "form": form}, status=422)
    person = accounts.create_account(**form.cleaned_data, by=cast(User, request.user), now=timezone.now())
    return show_link(request, person)


@require_GET
@superuser_only
def show_person(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "people/person.html", describe_person(request, find_person(pk)))


@require_POST
@superuser_only
def change_level(request: HttpRequest, pk: int) -> HttpResponse:
    level = request.POST.get("level", "")
    by = cast(User, request.user)
    accounts.change_level(account=find_person(pk), level=level, by=by, now=timezone.now())
    return redirect("person", pk)


@require_POST
@superuser_only
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    accounts.deactivate_account(account=find_person(pk), by=cast(User, request.user), now=timezone.now())
    return redirect("person", pk)


@require_POST
@superuser_only
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    accounts.reactivate_account(account=find_person(pk), by=cast(User, request.user), now=timezone.now())
    return redirect("person", pk)


@require_POST
@superuser_only
def remove_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    accounts.remove_second_factor(account=find_person(pk), by=cast(User, request.user), now=timezone.now())
    return redirect("person", pk)


@require_POST
@superuser_only
@never_cache
def make_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A link to a new password, for someone who forgot theirs where no mail is sent."""
    person = find_person(pk)
    record_event(kind="password_link_made", user=request.user, now=timezone.now(), subject=person.username)
    return show_link(request, person)


def show_link(request: HttpRequest, person: User) -> HttpResponse:
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])
    context = {**describe_person(request, find_person(person.pk)), "link": request.build_absolute_uri(path)}
    return render(request, "people/person.html", context)


def find_person(pk: int) -> User:
    return get_object_or_404(accounts.list_accounts(), pk=pk)


def list_people(request: HttpRequest) -> dict[str, object]:
    people = accounts.list_accounts().order_by("-is_active", "username")
    return {"page": Paginator(people, ROWS).get_page(request.GET.get("page"))}


def describe_person(request: HttpRequest, person: User) -> dict[str, object]:
    level = accounts.find_level(account=person)
    return {"person": person, "level": level, "oneself": person.pk == request.user.pk}
