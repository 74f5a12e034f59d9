import pytest
from django.urls import reverse

from evaluations.models import LedgerEntry, Study
from tests.factories import make_models, make_prompt_set, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def prompt_set():
    return make_prompt_set(models=make_models("alpha", "beta"))


def post(client, chosen, **changes):
    data = {
        "prompt_set": chosen.pk,
        "title": "Letters",
        "slug": "letters",
        "reveal": "after_vote",
        "session_length": 12,
        "target_votes": 300,
        "minimum_votes": 50,
        **changes,
    }
    return client.post(reverse("study-open"), data)


def test_an_uploaded_set_becomes_an_open_study(admin_client, client, prompt_set):
    response = post(admin_client, prompt_set)
    study = Study.objects.get()

    assert response["Location"] == reverse("study", args=["letters"])
    assert study.takes_votes
    assert study.session_length == 12
    assert [entry.model.slug for entry in study.entries.order_by("model__slug")] == ["alpha", "beta"]
    assert LedgerEntry.objects.get().kind == "study_opened"
    client.post(reverse("consent", args=["letters"]), {"agree": "on"})
    assert client.get(reverse("rate", args=["letters"])).status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Write a title"),
        ({"slug": "not a slug"}, "Use letters"),
        ({"prompt_set": ""}, "Choose a prompt set"),
        ({"session_length": 0}, "greater than or equal to 1"),
        ({"reveal": "never"}, "valid choice"),
    ],
)
def test_a_fault_is_said_at_its_field(admin_client, prompt_set, changes, words):
    response = post(admin_client, prompt_set, **changes)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Study.objects.exists()


def test_a_name_is_used_once(admin_client, prompt_set):
    make_study(slug="letters")

    assert "There is a study of this name" in post(admin_client, prompt_set).content.decode()
    assert Study.objects.count() == 1


def test_a_set_with_one_model_opens_nothing(admin_client):
    response = post(admin_client, make_prompt_set(models=make_models("alpha")))

    assert "at least two models" in response.content.decode()
    assert not Study.objects.exists()


def test_closing_ends_voting(admin_client):
    study = make_study()
    admin_client.post(reverse("study-close", args=[study.slug]))

    assert Study.objects.get().state == "closed"


@pytest.mark.parametrize("name", ["study-open", "study-close"])
def test_only_staff(client, django_user_model, name):
    study = make_study()
    address = reverse(name, args=[study.slug] if name == "study-close" else [])
    assert "/manage/sign-in/" in client.post(address)["Location"]
    client.force_login(django_user_model.objects.create_user("someone", password="a long enough password"))

    assert client.post(address).status_code == 403
    assert Study.objects.get().state == "open"


def test_the_overview_offers_it(admin_client, prompt_set):
    page = admin_client.get(reverse("manage")).content.decode()

    assert f"{reverse('study-open')}?prompt_set={prompt_set.pk}" in page
    form = admin_client.get(reverse("study-open"), {"prompt_set": prompt_set.pk}).content.decode()
    assert f'<option value="{prompt_set.pk}" selected>' in form


def test_numbers_are_offered_as_a_number_field_reads_them(admin_client, prompt_set):
    form = admin_client.get(reverse("study-open")).content.decode()

    assert 'name="target_votes" required value="1000"' in form
