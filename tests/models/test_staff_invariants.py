"""The invariants of what staff keep: providers, models, generation, findings, claims, ways in, roles, the audit log."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from evaluations.models import (
    Admission,
    Amendment,
    AuditEvent,
    Claim,
    Finding,
    Generation,
    GenerationRun,
    Import,
    Invitation,
    LanguageModel,
    Membership,
    Provider,
    Response,
    StudyText,
)
from tests.factories import NOW, make_models, make_prompt_set, make_rater, make_study

pytestmark = pytest.mark.django_db


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


def make_provider(**values):
    given = {"slug": "house", "name": "House", "protocol": "openai", "created_at": NOW, **values}
    return Provider.objects.create(**given)


def make_run(**values):
    given = {"token": "run", "budget": Decimal(1), "created_at": NOW, **values}
    return GenerationRun.objects.create(prompt_set=make_prompt_set(models=[]), **given)


def make_finding(**values):
    given = {"kind": "self_identification", "prompt_key": "p0", "model_name": "alpha", **values}
    return Finding.objects.create(**given)


@pytest.fixture
def run():
    return make_run()


@pytest.fixture
def draft():
    return make_study(opened=False)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"protocol": "telepathy"}, "provider_protocol_is_known"),
        ({"key_variable": "A_KEY", "encrypted_key": b"x"}, "provider_has_one_key"),
        ({"requests_per_minute": 0}, "provider_limits_allow_something"),
        ({"concurrent_requests": 0}, "provider_limits_allow_something"),
        ({"timeout_seconds": 0}, "provider_limits_allow_something"),
    ],
)
def test_providers(values, name):
    with refuses(name), transaction.atomic():
        make_provider(**values)


def test_language_model_of_a_provider_has_its_name():
    with refuses("language_model_of_a_provider_has_its_name"), transaction.atomic():
        LanguageModel.objects.create(slug="m", name="M", provider=make_provider(), created_at=NOW)


@pytest.mark.parametrize("price", ["price_in", "price_out"])
def test_language_model_prices_are_not_negative(price):
    with refuses("language_model_prices_are_not_negative"), transaction.atomic():
        LanguageModel.objects.create(slug="m", name="M", created_at=NOW, **{price: Decimal("-0.01")})


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"budget": Decimal("-1")}, "generation_run_budget_is_not_negative"),
        ({"state": "done"}, "generation_run_ended_has_a_date"),
        ({"ended_at": NOW}, "generation_run_ended_has_a_date"),
    ],
)
def test_generation_runs(values, name):
    with refuses(name), transaction.atomic():
        make_run(**values)


def test_generations(run):
    (model,) = make_models("alpha")
    prompt = run.prompt_set.prompts.first()
    place = {"run": run, "prompt": prompt, "model": model, "created_at": NOW}
    Generation.objects.create(**place)
    with refuses("generation_once_in_a_run"), transaction.atomic():
        Generation.objects.create(**place)
    with refuses("generation_done_says_how_it_finished"), transaction.atomic():
        Generation.objects.update(state="done", ended_at=NOW)


def test_finding_has_one_source(run):
    upload = Import.objects.create(token="i", kind="prompts", target="t", content_hash="h", created_at=NOW)
    for source in ({}, {"run": run, "upload": upload}):
        with refuses("finding_has_one_source"), transaction.atomic():
            make_finding(**source)


@pytest.mark.parametrize("values", [{"decision": "keep"}, {"decided_at": NOW}])
def test_finding_decided_has_a_date(run, values):
    with refuses("finding_decided_has_a_date"), transaction.atomic():
        make_finding(run=run, **values)


def test_finding_masked_names_its_author(run):
    with refuses("finding_masked_names_its_author"), transaction.atomic():
        make_finding(run=run, kind="empty", decision="mask", decided_at=NOW)


def test_invitation_has_places(draft):
    with refuses("invitation_has_places"), transaction.atomic():
        Invitation.objects.create(study=draft, digest="d", places=1, taken=2, created_at=NOW)


def test_admissions(draft):
    place = {"study": draft, "rater": make_rater(), "admitted_at": NOW}
    Admission.objects.create(**place)
    with refuses("admission_once_per_study"), transaction.atomic():
        Admission.objects.create(**place)
    with refuses("admission_exit_has_a_date"), transaction.atomic():
        Admission.objects.update(exit="done")


def test_membership_once_per_study(draft):
    user = get_user_model().objects.create_user("someone")
    place = {"study": draft, "user": user, "created_at": NOW}
    Membership.objects.create(role="viewer", **place)
    with refuses("membership_once_per_study"), transaction.atomic():
        Membership.objects.create(role="owner", **place)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"rival": "alpha"}, "claim_models_differ"),
        ({"alpha": 0.0}, "claim_alpha_is_a_risk"),
        ({"alpha": 0.5}, "claim_alpha_is_a_risk"),
        ({"margin": -1.0}, "claim_margin_fits_its_kind"),
        ({"kind": "equivalent", "margin": 0.0}, "claim_margin_fits_its_kind"),
    ],
)
def test_claims(draft, values, name):
    alpha, beta = make_models("alpha", "beta")
    rival = alpha if values.pop("rival", None) else beta
    given = {"number": 1, "kind": "superior", "model": alpha, "rival": rival, **values}
    with refuses(name), transaction.atomic():
        Claim.objects.create(study=draft, created_at=NOW, **given)


def test_claim_number_unique_in_study(draft):
    alpha, beta = make_models("alpha", "beta")
    place = {"study": draft, "number": 1, "model": alpha, "rival": beta, "created_at": NOW}
    Claim.objects.create(kind="superior", **place)
    with refuses("claim_number_unique_in_study"), transaction.atomic():
        Claim.objects.create(kind="superior", **place)


def test_claims_frozen():
    study = make_study()
    alpha, beta = make_models("alpha", "beta")
    with refuses("claims_frozen"), transaction.atomic():
        Claim.objects.create(study=study, number=1, kind="superior", model=alpha, rival=beta, created_at=NOW)


def test_study_text_versions(draft):
    place = {"study": draft, "kind": "consent", "made_at": NOW}
    StudyText.objects.create(version=1, **place)
    with refuses("study_text_version_unique"), transaction.atomic():
        StudyText.objects.create(version=1, **place)
    with refuses("study_text_version_counts_from_one"), transaction.atomic():
        StudyText.objects.create(version=0, **place)
    with refuses("insert-only"), transaction.atomic():
        StudyText.objects.update(text="other")


def test_amendments():
    study = make_study()
    place = {"study": study, "protocol": {}, "protocol_hash": "h", "made_at": NOW}
    Amendment.objects.create(number=1, reason="More votes.", **place)
    with refuses("amendment_number_unique_in_study"), transaction.atomic():
        Amendment.objects.create(number=1, reason="More votes.", **place)
    with refuses("amendment_number_counts_from_one"), transaction.atomic():
        Amendment.objects.create(number=0, reason="More votes.", **place)
    with refuses("amendment_has_a_reason"), transaction.atomic():
        Amendment.objects.create(number=2, reason="", **place)
    with refuses("insert-only"), transaction.atomic():
        Amendment.objects.update(reason="other")


def test_audit_events_are_insert_only():
    AuditEvent.objects.create(kind="signed_in", at=NOW)
    with refuses("insert-only"), transaction.atomic():
        AuditEvent.objects.update(at=NOW + timedelta(days=1))
    with refuses("insert-only"), transaction.atomic():
        AuditEvent.objects.all()._raw_delete("default")


def test_an_account_may_go_and_its_events_stay():
    user = get_user_model().objects.create_user("someone")
    AuditEvent.objects.create(kind="signed_in", at=NOW, user=user, user_name="someone")
    user.delete()

    assert AuditEvent.objects.get().user_name == "someone"


def test_responses_frozen():
    """Once a study was opened with a model, nothing is added to what it answered; another model's answers may be."""
    study = make_study(names=("alpha", "beta"), prompts=2)
    prompt = study.prompt_set.prompts.first()
    Response.objects.filter(prompt=prompt, model__slug="alpha").delete()
    alpha, newcomer = make_models("alpha", "newcomer")
    given = {"prompt": prompt, "text": "Late.", "digest": "d"}
    with refuses("responses_frozen"), transaction.atomic():
        Response.objects.create(model=alpha, **given)

    Response.objects.create(model=newcomer, **given)


@pytest.mark.parametrize("values", [{"sampling": "designed"}, {"repeat_rate": 0.6}, {"check_rate": -0.1}])
def test_study_plans(draft, values):
    name = "study_designed_says_how_many_votes" if "sampling" in values else "study_rates_are_shares"
    with refuses(name), transaction.atomic():
        type(draft).objects.filter(pk=draft.pk).update(**values)


def test_study_withdrawal_rule_is_known(draft):
    with refuses("study_withdrawal_rule_is_known"), transaction.atomic():
        type(draft).objects.filter(pk=draft.pk).update(withdrawal="sell")
