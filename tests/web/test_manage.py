"""The overview of staff: closed to others, honest when there is nothing."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from evaluations.models import Import
from tests.factories import NOW, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(get_user_model().objects.create_user("staff", is_staff=True))
    return client


def show(client):
    return client.get(reverse("manage"), headers={"accept-language": "en"})


def test_visitor_is_led_to_sign_in(client):
    response = show(client)
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('sign-in')}?next={reverse('manage')}"


def test_account_without_the_right_is_refused_in_words(client):
    client.force_login(get_user_model().objects.create_user("reader"))
    response = show(client)
    assert response.status_code == 403
    assert "This page is not open to you" in response.content.decode()


def test_empty_installation_says_how_to_begin(staff):
    page = show(staff).content.decode()
    assert "Begin with a file of prompts" in page
    for words in ("No study yet.", "No prompts yet.", "No import yet."):
        assert words in page
    assert reverse("imports-new") in page


def test_overview_lists_drafts_too_without_a_public_link(staff):
    make_study(slug="draft", opened=False)
    make_study(slug="letters")
    page = show(staff).content.decode()
    assert "Study draft" in page
    assert reverse("study", args=["letters"]) in page
    assert reverse("study", args=["draft"]) not in page


def test_import_that_waits_comes_first(staff):
    Import.objects.create(
        token="t0", kind="prompts", state="checked", target="letters", content_hash="h", created_at=NOW
    )
    page = show(staff).content.decode()
    assert "1 import waits for you to confirm it." in page
    assert reverse("import", args=["t0"]) in page
    assert "Waits for you" in page


def test_sign_in_leads_on_and_says_what_failed(client):
    get_user_model().objects.create_user("staff", password="a long password", is_staff=True)
    data = {"username": "staff", "password": "wrong", "next": reverse("manage")}
    response = client.post(reverse("sign-in"), data, headers={"accept-language": "en"})
    page = response.content.decode()
    assert "This name and this password do not go together." in page
    assert "wrong" not in page
    response = client.post(reverse("sign-in"), {**data, "password": "a long password"})
    assert response["Location"] == reverse("manage")


def test_sign_out_ends_the_session(staff):
    assert staff.post(reverse("sign-out")).status_code == 302
    assert show(staff).status_code == 302
