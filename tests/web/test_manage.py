"""The overview of staff: closed to others, honest when there is nothing."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from evaluations.models import Import, Membership
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


def test_overview_lists_the_studies_of_the_account_each_with_what_is_next(staff):
    user = get_user_model().objects.get()
    for study in (make_study(slug="draft", opened=False), make_study(slug="letters")):
        Membership.objects.create(study=study, user=user, role="viewer", created_at=NOW)
    make_study(slug="foreign")
    page = show(staff).content.decode()
    assert "Study foreign" not in page
    assert reverse("study-settings", args=["draft"]) in page
    assert reverse("study-health", args=["letters"]) in page
    assert "Go on with the draft" in page
    assert "Study draft" in page
    assert reverse("study", args=["letters"]) in page
    assert f'href="{reverse("study", args=["draft"])}"' not in page


def test_import_that_waits_comes_first(staff):
    Import.objects.create(
        token="t0", kind="prompts", state="checked", target="letters", content_hash="h", created_at=NOW
    )
    page = show(staff).content.decode()
    assert "1 import waits for you to confirm it." in page
    assert reverse("import", args=["t0"]) in page
    assert "Waits for you" in page


def test_sign_out_ends_the_session(staff):
    assert staff.post(reverse("sign-out")).status_code == 302
    assert show(staff).status_code == 302
