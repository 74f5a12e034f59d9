"""Who may work here: accounts of the site, roles of a study, and what can't be taken away."""

import re
from http import HTTPStatus

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from evaluations.models import AuditEvent, Membership
from tests.factories import NOW, make_study

pytestmark = pytest.mark.django_db

ENGLISH = {"headers": {"accept-language": "en"}}


def make_account(name="kim", **options):
    options = {"is_staff": True, **options}
    return get_user_model().objects.create_user(name, email=f"{name}@example.org", **options)


def read(response):
    return response.content.decode()


# The site


def test_new_account_sets_its_password_by_a_link_that_is_shown_once(sign_in_as):
    client = sign_in_as("superuser")
    data = {"username": "kim", "email": "kim@example.org", "level": "staff"}
    response = client.post(reverse("person-add"), data, **ENGLISH)
    link = re.search(r"<code>http://testserver(/\S+)</code>", read(response))[1]
    assert "no-store" in response["Cache-Control"]
    account = get_user_model().objects.get(username="kim")
    assert not account.has_usable_password()
    assert link not in read(client.get(reverse("person", args=[account.pk])))

    visitor = Client()
    form = visitor.get(link, follow=True).redirect_chain[-1][0]
    new = {"password1": "four quiet words here", "password2": "four quiet words here"}
    visitor.post(form, new)
    visitor.post(reverse("sign-in"), {"login": "kim", "password": "four quiet words here"})
    assert visitor.get(reverse("manage")).status_code == HTTPStatus.OK
    kinds = AuditEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["account_created", "password_set_by_link", "sign_in"]


@pytest.mark.parametrize("data", [{"username": "KIM"}, {"username": "new", "email": "Kim@Example.org"}])
def test_name_and_address_are_given_once(sign_in_as, data):
    make_account()
    response = sign_in_as("superuser").post(reverse("person-add"), {"level": "staff", **data}, **ENGLISH)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "There is an account of this name or address already." in read(response)
    assert get_user_model().objects.count() == 2


def test_list_says_who_is_protected_and_who_works_on_what(sign_in_as):
    study = make_study()
    account = make_account()
    TOTP.activate(account, "JBSWY3DPEHPK3PXP")
    Membership.objects.create(study=study, user=account, role="editor", created_at=NOW)
    make_account("gone", is_active=False)
    page = read(sign_in_as("superuser").get(reverse("people"), **ENGLISH))
    row = re.search(r"<tr>(?:(?!</tr>).)*kim@example.org.*?</tr>", page, re.DOTALL)[0]
    assert "Yes" in row
    assert "Never" in row
    assert study.title in row
    assert "Deactivated" in page


def test_list_takes_the_same_queries_however_many_people(sign_in_as, django_assert_num_queries):
    client = sign_in_as("superuser")
    for number in range(12):
        make_account(f"person-{number}")
    client.get(reverse("people"))
    with django_assert_num_queries(5):
        client.get(reverse("people"))


def test_deactivated_account_is_out_at_once_and_can_come_back(sign_in_as):
    study = make_study()
    person, boss = sign_in_as("owner", study), sign_in_as("superuser")
    assert person.get(reverse("manage")).status_code == HTTPStatus.OK
    boss.post(reverse("person-deactivate", args=[person.user.pk]))
    assert person.get(reverse("manage")).status_code == HTTPStatus.FOUND
    boss.post(reverse("person-reactivate", args=[person.user.pk]))
    assert person.get(reverse("study-people", args=[study.slug])).status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", ["person-level", "person-deactivate"])
def test_nobody_changes_their_own_account(sign_in_as, name):
    client = sign_in_as("superuser")
    make_account("other", is_superuser=True)
    response = client.post(reverse(name, args=[client.user.pk]), {"level": "staff"}, **ENGLISH)
    assert response.status_code == HTTPStatus.CONFLICT
    assert "Ask another superuser." in read(response)
    client.user.refresh_from_db()
    assert client.user.is_superuser
    assert client.user.is_active


def test_access_is_given_and_taken(sign_in_as):
    account = make_account(is_staff=False)
    client = sign_in_as("superuser")
    for level, staff, superuser in (
        ("staff", True, False),
        ("superuser", True, True),
        ("account", False, False),
    ):
        client.post(reverse("person-level", args=[account.pk]), {"level": level})
        account.refresh_from_db()
        assert (account.is_staff, account.is_superuser) == (staff, superuser)
    response = client.post(reverse("person-level", args=[account.pk]), {"level": "root"})
    assert response.status_code == HTTPStatus.CONFLICT


def test_lost_second_factor_is_removed_by_a_superuser(sign_in_as):
    account = make_account()
    TOTP.activate(account, "JBSWY3DPEHPK3PXP")
    client = sign_in_as("superuser")
    client.post(reverse("person-second-factor", args=[account.pk]))
    assert not account.authenticator_set.exists()
    event = AuditEvent.objects.get()
    assert (event.kind, event.user, event.subject) == ("second_factor_removed", client.user, "kim")


def test_only_superusers_see_the_way_to_people(sign_in_as):
    link = f'href="{reverse("people")}"'
    assert link in read(sign_in_as("superuser").get(reverse("manage")))
    assert link not in read(sign_in_as("staff").get(reverse("manage")))


# A study


@pytest.fixture
def study():
    return make_study()


def find(study, name):
    return Membership.objects.get(study=study, user__username=name)


@pytest.mark.parametrize("name", ["kim", "KIM@example.org"])
def test_owner_lets_someone_in(study, sign_in_as, name):
    make_account()
    response = sign_in_as("owner", study).post(
        reverse("study-people-add", args=[study.slug]), {"name": name, "role": "editor"}
    )
    assert response["Location"] == reverse("study-people", args=[study.slug])
    assert find(study, "kim").role == "editor"
    event = AuditEvent.objects.get(kind="member_added")
    assert (event.study, event.subject, event.details) == (study, "kim", {"role": "editor"})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nobody", "There is no account of this name or address."),
        ("", "Write a name or an address."),
        ("reader", "This account is not one of staff."),
        ("member", "This account has a role in the study already."),
    ],
)
def test_who_cannot_be_let_in_is_said(study, sign_in_as, name, said):
    make_account("reader", is_staff=False)
    member = make_account("member")
    Membership.objects.create(study=study, user=member, role="viewer", created_at=NOW)
    client = sign_in_as("owner", study)
    response = client.post(
        reverse("study-people-add", args=[study.slug]), {"name": name, "role": "owner"}, **ENGLISH
    )
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in read(response)
    assert find(study, "member").role == "viewer"


def test_viewer_and_editor_see_the_list_without_its_forms(study, sign_in_as):
    address = reverse("study-people", args=[study.slug])
    for role in ("viewer", "editor"):
        client = sign_in_as(role, study)
        page = read(client.get(address, **ENGLISH))
        assert client.user.username in page
        assert "Its owners change this list." in page
        assert reverse("study-people-add", args=[study.slug]) not in page


def test_role_of_another_study_is_out_of_reach(study, sign_in_as):
    other = Membership.objects.create(study=make_study(), user=make_account(), role="viewer", created_at=NOW)
    client = sign_in_as("owner", study)
    for name, data in (("study-people-role", {"role": "owner"}), ("study-people-remove", {})):
        response = client.post(reverse(name, args=[study.slug, other.pk]), data)
        assert response.status_code == HTTPStatus.NOT_FOUND
    other.refresh_from_db()
    assert other.role == "viewer"


@pytest.mark.parametrize(
    ("name", "data", "then"),
    [
        ("study-people-role", {"role": "editor"}, HTTPStatus.OK),
        ("study-people-remove", {}, HTTPStatus.NOT_FOUND),
    ],
)
def test_last_owner_stays(study, sign_in_as, name, data, then):
    client = sign_in_as("owner", study)
    mine = find(study, client.user.username)
    address = reverse(name, args=[study.slug, mine.pk])
    response = client.post(address, data, **ENGLISH)
    assert response.status_code == HTTPStatus.CONFLICT
    assert "This is the study’s last owner." in read(response)
    assert find(study, client.user.username).role == "owner"
    sign_in_as("owner", study)
    led = client.post(address, data, follow=True)
    assert led.status_code == HTTPStatus.OK
    assert client.get(reverse("study-people", args=[study.slug])).status_code == then
