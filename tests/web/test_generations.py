"""Runs of generation as staff see them: what is missing, how far it is, what came, and adding it."""

import re
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from evaluations import tasks
from evaluations.generation.attempts import generate
from evaluations.models import AuditEvent, Finding, Generation, GenerationRun, Response
from evaluations.studies import create_study, open_study
from evaluations.workers import GENERATOR, note_worker
from tests.factories import make_models
from tests.generation.conftest import make_prompts, make_provider, make_served
from tests.providers.server import Behaviour, run_fake_provider

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def staff(client):
    client.force_login(get_user_model().objects.create_user("staff", is_staff=True))
    return client


@pytest.fixture
def fake(settings):
    with run_fake_provider() as server:
        settings.PROVIDER_HOSTS_ALLOWED = [server.host]
        yield server


@pytest.fixture
def provider(fake):
    return make_provider(fake)


@pytest.fixture
def sent(monkeypatch):
    """Messages instead of a broker."""
    messages = []
    monkeypatch.setattr(
        tasks.generate_response,
        "apply_async",
        lambda kwargs, countdown: messages.append(kwargs["generation_id"]),
    )
    return messages


@pytest.fixture
def prompts():
    return make_prompts(3)


def begin(client, prompts, capture, budget="5", models=("delta",)):
    data = {"prompt_set": prompts.pk, "models": list(models), "budget": budget}
    with capture(execute=True):
        return client.post(reverse("generation-new"), data, headers=ENGLISH)


def work(run, pause=1):
    later = timezone.now() + timedelta(seconds=pause)
    for pk in run.generations.filter(state="waiting").values_list("pk", flat=True):
        generate(generation_id=pk, clock=lambda: later, random=Random(0))
    run.refresh_from_db()


def show(client, run, **headers):
    return client.get(reverse("generation", args=[run.token]), headers={**ENGLISH, **headers})


def finish(staff, prompts, capture, **more):
    begin(staff, prompts, capture, **more)
    run = GenerationRun.objects.get()
    work(run)
    return run


def test_only_staff(client, prompts):
    address = reverse("generation-new") + f"?prompt_set={prompts.pk}"
    assert client.get(address).status_code == 302
    client.force_login(get_user_model().objects.create_user("reader"))
    assert client.get(address).status_code == 403


def test_plan_says_what_is_missing_and_what_it_costs(staff, provider, prompts):
    make_served(provider)
    make_served(provider, "noprice", price_in=None)
    make_models("upload")
    page = staff.get(reverse("generation-new"), {"prompt_set": prompts.pk}, headers=ENGLISH).content.decode()
    assert 'value="delta"' in page
    assert 'value="noprice"' not in page
    assert "It has no price, so no budget can hold." in page
    assert "Upload only" in page
    # Below a unit of money four decimals are shown: cents would hide it.
    assert re.search(r"0\.0\d{2}[1-9] USD|0\.0[1-9]\d{2} USD|0\.00\d{2} USD", page)


def test_without_a_prompt_set_one_is_chosen(staff, prompts):
    for given in ("", "x", "999999", "9" * 30):
        page = staff.get(reverse("generation-new"), {"prompt_set": given}, headers=ENGLISH).content.decode()
        assert f"?prompt_set={prompts.pk}" in page


def test_start_sends_one_message_a_response_after_the_commit(
    staff, provider, prompts, sent, django_capture_on_commit_callbacks
):
    make_served(provider)
    response = begin(staff, prompts, django_capture_on_commit_callbacks)
    run = GenerationRun.objects.get()

    assert response["Location"] == reverse("generation", args=[run.token])
    assert sorted(sent) == sorted(run.generations.values_list("pk", flat=True))
    assert run.budget == Decimal(5)
    assert AuditEvent.objects.get(kind="generation_started").details["responses"] == 3


def test_broker_that_is_down_loses_nothing(
    staff, provider, prompts, monkeypatch, django_capture_on_commit_callbacks
):
    make_served(provider)

    def fail(**more):
        raise OperationalError

    monkeypatch.setattr(tasks.generate_response, "apply_async", fail)
    assert begin(staff, prompts, django_capture_on_commit_callbacks).status_code == 302
    assert Generation.objects.filter(state="waiting").count() == 3


@pytest.mark.parametrize(
    ("budget", "models"), [("", ["delta"]), ("-1", ["delta"]), ("5", []), ("5", ["nobody"])]
)
def test_faulty_form_starts_nothing(
    staff, provider, prompts, sent, budget, models, django_capture_on_commit_callbacks
):
    make_served(provider)
    response = begin(staff, prompts, django_capture_on_commit_callbacks, budget=budget, models=models)
    assert response.status_code == 422
    assert "Nothing was asked for." in response.content.decode()
    assert not GenerationRun.objects.exists()


def test_progress_is_polled_until_the_end(staff, provider, prompts, sent, django_capture_on_commit_callbacks):
    make_served(provider)
    begin(staff, prompts, django_capture_on_commit_callbacks)
    run = GenerationRun.objects.get()
    page = show(staff, run).content.decode()
    assert "0 of 3 responses" in page
    assert 'hx-trigger="every 2s"' in page
    assert "No worker runs now." in page
    note_worker(now=timezone.now())
    assert "No worker runs now." in show(staff, run, **{"HX-Request": "true"}).content.decode()
    note_worker(now=timezone.now(), kind=GENERATOR)
    fragment = show(staff, run, **{"HX-Request": "true"}).content.decode()
    assert "No worker runs now." not in fragment
    assert "<html" not in fragment
    work(run)
    assert show(staff, run, **{"HX-Request": "true"})["HX-Refresh"] == "true"
    page = show(staff, run).content.decode()
    assert "3 of 3 responses" in page
    assert "hx-trigger" not in page
    assert "Add 3 responses" in page


def test_answers_become_responses_once(staff, provider, prompts, sent, django_capture_on_commit_callbacks):
    make_served(provider)
    run = finish(staff, prompts, django_capture_on_commit_callbacks)
    assert not Response.objects.exists()
    for _ in range(2):
        assert staff.post(reverse("generation-publish", args=[run.token])).status_code == 302
    rows = list(Response.objects.all())
    assert len(rows) == 3
    assert {row.generation.run for row in rows} == {run}
    assert rows[0].text == "Paris is the capital of France."
    assert len(rows[0].digest) == 64
    assert "were added to the prompt set" in show(staff, run).content.decode()
    assert AuditEvent.objects.filter(kind="generation_published").count() == 1


def test_pair_that_was_answered_meanwhile_keeps_its_response(
    staff, provider, prompts, sent, django_capture_on_commit_callbacks
):
    model = make_served(provider)
    run = finish(staff, prompts, django_capture_on_commit_callbacks)
    Response.objects.create(prompt=prompts.prompts.first(), model=model, text="uploaded", digest="d")
    staff.post(reverse("generation-publish", args=[run.token]))
    assert Response.objects.count() == 3
    assert Response.objects.filter(text="uploaded", generation=None).count() == 1


def test_answer_that_names_its_author_waits_for_a_decision(
    staff, fake, provider, prompts, sent, django_capture_on_commit_callbacks
):
    make_served(provider)
    fake_texts = ["As ChatGPT, a model by OpenAI, I say Paris.", "I am Delta, made by OpenAI.", "Paris."]
    fake.script(*(Behaviour(text=text) for text in fake_texts))
    run = finish(staff, prompts, django_capture_on_commit_callbacks)
    page = show(staff, run).content.decode()
    assert "ChatGPT" in page
    assert "Decide about them" in page or "Decide about it" in page
    refused = staff.post(reverse("generation-publish", args=[run.token]), headers=ENGLISH)
    assert refused.status_code == 409
    assert not Response.objects.exists()
    found = Finding.objects.filter(kind="self_identification")
    first = list(found.filter(generation__text=fake_texts[0]).values_list("pk", flat=True))
    second = list(found.filter(generation__text=fake_texts[1]).values_list("pk", flat=True))
    address = reverse("generation-decide", args=[run.token])
    staff.post(address, {"finding": first, "decision": "mask"})
    staff.post(address, {"finding": second, "decision": "leave_out"})
    staff.post(reverse("generation-publish", args=[run.token]))
    texts = set(Response.objects.values_list("text", flat=True))
    assert len(texts) == 2
    assert not [text for text in texts if "ChatGPT" in text]
    masked = Response.objects.exclude(text="Paris.").get()
    assert len(masked.original_digest) == 64


def test_finding_of_another_run_is_left_alone(
    staff, fake, provider, prompts, sent, django_capture_on_commit_callbacks
):
    make_served(provider)
    fake.script(Behaviour(text=""))
    run = finish(staff, prompts, django_capture_on_commit_callbacks)
    other = GenerationRun.objects.create(
        token="other", prompt_set=prompts, budget=1, created_at=timezone.now()
    )
    finding = Finding.objects.filter(run=run).first()
    data = {"finding": [finding.pk, "x", "9" * 30], "decision": "leave_out"}
    staff.post(reverse("generation-decide", args=[other.token]), data)
    finding.refresh_from_db()
    assert finding.decision == ""


def test_frozen_answers_are_said_in_a_sentence(staff, provider, sent, django_capture_on_commit_callbacks):
    """A study was opened with the model while the run went on."""
    prompts = make_prompts(2)
    model, other = make_served(provider), make_served(provider, "epsilon")
    first = prompts.prompts.first()
    for each in (model, other):
        Response.objects.create(prompt=first, model=each, text=f"{each.slug} says", digest=each.slug)
    run = finish(staff, prompts, django_capture_on_commit_callbacks)
    study = create_study(slug="s", title="S", prompt_set=prompts, models=[model, other], now=timezone.now())
    open_study(study=study, now=timezone.now())
    response = staff.post(reverse("generation-publish", args=[run.token]), headers=ENGLISH)
    assert response.status_code == 409
    assert "frozen" in response.content.decode()
    assert Response.objects.count() == 2


def test_cancel_resume_and_what_is_refused(
    staff, provider, prompts, sent, django_capture_on_commit_callbacks
):
    make_served(provider)
    begin(staff, prompts, django_capture_on_commit_callbacks)
    run = GenerationRun.objects.get()
    assert staff.post(reverse("generation-publish", args=[run.token])).status_code == 409
    staff.post(reverse("generation-cancel", args=[run.token]))
    run.refresh_from_db()
    assert run.state == "cancelled"
    page = show(staff, run).content.decode()
    assert "No answer came." in page
    assert "Try the failed ones again" in page
    sent.clear()
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(reverse("generation-resume", args=[run.token]), {"budget": "7.5"})
    run.refresh_from_db()
    assert (run.state, run.budget) == ("running", Decimal("7.5"))
    assert len(sent) == 3
    assert staff.post(reverse("generation-resume", args=[run.token]), {"budget": "x"}).status_code == 409


def test_failures_are_told_with_their_reasons(
    staff, fake, provider, prompts, sent, django_capture_on_commit_callbacks
):
    make_served(provider)
    error = {"message": "The prompt is too long", "type": "invalid_request_error"}
    fake.script(Behaviour(status=400, error=error))
    run = finish(staff, prompts, django_capture_on_commit_callbacks)
    page = show(staff, run).content.decode()
    assert "The provider refuses the request. It says: “The prompt is too long”" in page
    french = staff.get(reverse("generation", args=[run.token]), headers={"accept-language": "fr"})
    assert french.status_code == 200


def test_list_shows_runs(staff, provider, prompts, sent, django_capture_on_commit_callbacks):
    assert "No run yet." in staff.get(reverse("generations"), headers=ENGLISH).content.decode()
    make_served(provider)
    run = finish(staff, prompts, django_capture_on_commit_callbacks)
    page = staff.get(reverse("generations"), headers=ENGLISH).content.decode()
    assert reverse("generation", args=[run.token]) in page
    assert "Waits for you" in page


def test_unknown_run_is_not_there(staff):
    assert staff.get(reverse("generation", args=["nobody"])).status_code == 404
    assert staff.post(reverse("generation-cancel", args=["nobody"])).status_code == 404
