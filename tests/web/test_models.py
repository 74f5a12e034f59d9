"""The registry of models: for staff, with names that stay once they are in use."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from evaluations.models import AuditEvent, LanguageModel, Provider
from evaluations.studies import open_study
from tests.factories import NOW, make_models, make_study

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def staff(client):
    client.force_login(get_user_model().objects.create_user("staff", is_staff=True))
    return client


def fields(**values):
    given = {
        "name": "Delta",
        "slug": "delta",
        "maker": "Delta Works",
        "licence": "open",
        "released_on": "2026-02-03",
        "price_in": "0.15",
        "price_out": "0.6",
        "currency": "usd",
        "max_tokens": "500",
    }
    return given | values


def test_only_staff(client):
    for address in (reverse("models"), reverse("model-new")):
        assert client.get(address).status_code == 302
    client.force_login(get_user_model().objects.create_user("reader"))
    assert client.get(reverse("models")).status_code == 403


def test_empty_registry_says_how_to_begin(staff):
    assert "No model yet." in staff.get(reverse("models"), headers=ENGLISH).content.decode()


def test_list_counts_responses_and_studies(staff):
    make_study(names=("alpha", "beta"), prompts=3)
    page = staff.get(reverse("models"), headers=ENGLISH).content.decode()
    row = page[page.index("Alpha") : page.index("Beta")]
    assert "2 models are registered." in page
    assert '<td class="number">3</td>' in row
    assert '<td class="number">1</td>' in row
    assert "Upload only" in row


def test_model_is_added_with_what_is_sent_along(staff):
    provider = Provider.objects.create(slug="p", name="P", protocol="openai", created_at=NOW)
    data = fields(
        provider=provider.pk, provider_model="delta-1", temperature="0.5", stream="no", system="Be brief."
    )
    response = staff.post(reverse("model-new"), data)
    model = LanguageModel.objects.get()

    assert response["Location"] == reverse("model", args=["delta"])
    assert model.currency == "USD"
    assert model.request_options == {
        "max_tokens": 500,
        "temperature": 0.5,
        "stream": False,
        "system": "Be brief.",
    }
    page = staff.get(reverse("model-edit", args=["delta"]), headers=ENGLISH).content.decode()
    assert "Be brief." in page
    assert '<option value="no" selected>' in page
    assert 'value="2026-02-03"' in page
    assert AuditEvent.objects.get().kind == "model_added"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Nothing was saved."),
        ({"slug": "new"}, "This short name is an address of Arena."),
        ({"name": "Alpha"}, "There is a model of this name."),
        ({"price_in": "-1"}, "Nothing was saved."),
        ({"currency": "EURO"}, "Nothing was saved."),
        ({"temperature": "9"}, "Nothing was saved."),
        ({"max_tokens": "0"}, "Nothing was saved."),
    ],
)
def test_faults_are_shown_and_nothing_is_saved(staff, changed, words):
    make_models("alpha")
    response = staff.post(reverse("model-new"), fields(**changed), headers=ENGLISH)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert LanguageModel.objects.count() == 1


def test_provider_needs_the_models_name_there(staff):
    provider = Provider.objects.create(slug="p", name="P", protocol="openai", created_at=NOW)
    response = staff.post(reverse("model-new"), fields(provider=provider.pk), headers=ENGLISH)
    assert response.status_code == 422
    assert "Write what the provider calls this model." in response.content.decode()


def test_short_name_in_use_never_changes(staff):
    make_study(names=("alpha", "beta"))
    data = fields(name="Alpha", slug="other")
    response = staff.post(reverse("model-edit", args=["alpha"]), data, headers=ENGLISH)
    assert response.status_code == 422
    assert "The short name can not change" in response.content.decode()


def test_public_facts_of_an_opened_studys_model_are_for_superusers(staff, sign_in_as):
    """Swapped names would swap the board's result."""
    study = make_study(names=("alpha", "beta"), opened=False)
    address = reverse("model-edit", args=["alpha"])
    assert staff.post(address, fields(name="Alpha 2", slug="alpha")).status_code == 302
    open_study(study=study, now=NOW)
    refused = staff.post(address, fields(name="Gamma", slug="alpha"), headers=ENGLISH)
    assert refused.status_code == 422
    assert "Only a superuser can correct them" in refused.content.decode()
    assert LanguageModel.objects.get(slug="alpha").name == "Alpha 2"
    assert staff.post(address, fields(name="Alpha 2", slug="alpha", price_in="7")).status_code == 302

    assert sign_in_as("superuser").post(address, fields(name="Alpha 3", slug="alpha")).status_code == 302
    details = AuditEvent.objects.filter(kind="model_changed").first().details
    assert (details["before"]["name"], details["after"]["name"]) == ("Alpha 2", "Alpha 3")


def test_unused_model_may_be_renamed_and_deleted(staff):
    make_models("alpha")
    staff.post(reverse("model-edit", args=["alpha"]), fields(slug="beta"))
    assert LanguageModel.objects.get().slug == "beta"
    staff.post(reverse("model-delete", args=["beta"]))
    assert not LanguageModel.objects.exists()
    assert AuditEvent.objects.first().kind == "model_deleted"


def test_model_in_use_is_never_deleted(staff):
    make_study(names=("alpha", "beta"))
    response = staff.post(reverse("model-delete", args=["alpha"]), headers=ENGLISH)
    assert response.status_code == 409
    assert "Models in use are never deleted." in response.content.decode()
    assert LanguageModel.objects.filter(slug="alpha").exists()


def test_model_page_shows_what_it_answered(staff):
    study = make_study(names=("alpha", "beta"), prompts=4)
    page = staff.get(reverse("model", args=["alpha"]), headers=ENGLISH).content.decode()
    assert "It gave 4 responses." in page
    assert study.prompt_set.title in page
    assert study.title in page
    assert reverse("model-delete", args=["alpha"]) not in page
