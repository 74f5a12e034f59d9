"""Who rates and who works on a study: decisions, invitations, the panel, roles."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from evaluations.ledger import seal_all
from evaluations.models import (
    AuditEvent,
    Invitation,
    LedgerEntry,
    Membership,
    RaterDecision,
    RaterIdentity,
    Study,
)
from tests.factories import NOW, make_rater, make_study
from tests.web.boards import add_votes

pytestmark = pytest.mark.django_db

PANEL = {
    "participant_parameter": "PID",
    "study_parameter": "",
    "session_parameter": "",
    "return_url": "https://panel.example/back?cc={code}",
    "code_done": "DONE1",
    "code_screened_out": "SCREEN1",
    "code_stopped": "STOP1",
}


@pytest.fixture
def study():
    study = make_study()
    add_votes(study=study)
    seal_all(now=NOW + timedelta(days=1))
    return study


def decide(one, study, decision, status=201, **sent):
    sent = {"decision": decision, "reason": "I looked.", **sent}
    return one.expect(status, "POST", "api-decisions", study.slug, "R-001", sent=sent)


def test_owner_leaves_votes_out_and_takes_them_back_in(program, study):
    owner = program("owner", study)
    made = decide(owner, study, "exclude")
    assert LedgerEntry.objects.get(position=made["position"]).kind == "rater_excluded"
    rater = owner.get("api-rater", study.slug, "R-001")
    assert rater["excluded"]
    assert rater["decision"] == made
    assert owner.get("api-study-health", study.slug)["excluded"] == 1
    decide(owner, study, "restore", after=made["id"])
    assert not owner.get("api-rater", study.slug, "R-001")["excluded"]
    assert [row["decision"] for row in owner.get("api-decisions", study.slug, "R-001")["results"]] == [
        "restore",
        "exclude",
    ]
    assert AuditEvent.objects.filter(kind="rater_exclude", user=owner.user, study=study).exists()


@pytest.mark.parametrize("decision", ["exclude", "restore"])
def test_editor_keeps_votes_and_no_more(program, study, decision):
    editor = program("editor", study)
    decide(editor, study, decision, status=403)
    assert decide(editor, study, "keep")["position"] is None


def test_decision_is_taken_about_what_holds_now(program, study):
    owner = program("owner", study)
    decide(owner, study, "exclude")
    problem = decide(owner, study, "restore", status=409)
    assert "meanwhile" in problem["detail"]
    assert RaterDecision.objects.count() == 1


@pytest.mark.parametrize(
    ("decision", "reason"), [("exclude", ""), ("exclude", "x" * 501), ("reject", "I looked.")]
)
def test_decision_needs_a_reason_and_a_name(program, study, decision, reason):
    decide(program("owner", study), study, decision, status=422, reason=reason)
    assert not RaterDecision.objects.exists()


@pytest.mark.parametrize("code", ["R-999", "R-1", "x"])
def test_rater_that_is_not_there(program, study, code):
    assert program("owner", study).ask("GET", "api-rater", study.slug, code).status_code == 404


def test_link_of_an_invitation_is_told_once_and_lets_in(program):
    study = make_study(access=Study.Access.INVITATION)
    one = program("editor", study)
    made = one.expect(201, "POST", "api-invitations", study.slug, sent={"label": "A class", "places": 2})
    assert Client().get(made["link"]).status_code == 200
    secret = made["link"].rstrip("/").rpartition("/")[2]
    listed = one.ask("GET", "api-invitations", study.slug).content.decode()
    assert '"places":2' in listed
    assert secret not in listed
    assert Invitation.objects.get().digest not in listed
    one.expect(204, "DELETE", "api-invitation", study.slug, made["id"])
    assert one.get("api-invitations", study.slug)["results"][0]["open"] is False


def test_invitation_of_another_study_stays(program):
    mine, other = make_study(), make_study(access=Study.Access.INVITATION)
    made = program("editor", other).expect(201, "POST", "api-invitations", other.slug)
    program("editor", mine).expect(404, "DELETE", "api-invitation", mine.slug, made["id"])
    assert Invitation.objects.get().withdrawn_at is None


def test_invitation_that_is_over_is_refused(program):
    study = make_study(access=Study.Access.INVITATION)
    past = (timezone.now() - timedelta(days=1)).isoformat()
    one = program("editor", study)
    assert one.ask("POST", "api-invitations", study.slug, sent={"expires_at": past}).status_code == 409
    assert one.ask("POST", "api-invitations", study.slug, sent={"places": 0}).status_code == 422
    assert not Invitation.objects.exists()


def test_panel_is_set_up_and_its_ids_are_erased(program):
    study = make_study(opened=False, access=Study.Access.PANEL)
    owner = program("owner", study)
    owner.expect(404, "GET", "api-panel", study.slug)
    assert owner.expect(200, "PUT", "api-panel", study.slug, sent=PANEL) == PANEL
    wrong = {**PANEL, "code_done": "x", "return_url": "http://panel.example/{code}"}
    problem = owner.expect(422, "PUT", "api-panel", study.slug, sent=wrong)
    assert set(problem["errors"]) == {"code_done", "return_url"}
    assert owner.get("api-panel", study.slug) == PANEL
    RaterIdentity.objects.create(rater=make_rater(), source=f"panel of study {study.pk}", external_id="p1")
    assert owner.expect(200, "DELETE", "api-panel-ids", study.slug) == {"ids": 1}
    assert not RaterIdentity.objects.exists()


def test_owner_gives_changes_and_takes_roles(program):
    study = make_study()
    owner = program("owner", study)
    get_user_model().objects.create_user("someone", "someone@example.org", is_staff=True)
    sent = {"account": "SOMEONE@example.org", "role": "viewer"}
    made = owner.expect(201, "POST", "api-members", study.slug, sent=sent)
    assert made["account"] == "someone"
    assert owner.expect(409, "POST", "api-members", study.slug, sent=sent)
    changed = owner.expect(200, "PATCH", "api-member", study.slug, made["id"], sent={"role": "editor"})
    assert changed["role"] == "editor"
    assert [row["role"] for row in owner.get("api-members", study.slug)["results"]] == ["owner", "editor"]
    owner.expect(204, "DELETE", "api-member", study.slug, made["id"])
    assert Membership.objects.filter(study=study).count() == 1


def test_last_owner_stays(program):
    study = make_study()
    owner = program("owner", study)
    pk = Membership.objects.get(study=study).pk
    for method, sent in [("DELETE", None), ("PATCH", {"role": "viewer"})]:
        assert owner.ask(method, "api-member", study.slug, pk, sent=sent).status_code == 409
    problem = owner.expect(422, "POST", "api-members", study.slug, sent={"account": "nobody", "role": "king"})
    assert set(problem["errors"]) == {"account", "role"}


def test_role_in_one_study_is_none_in_another(program, study):
    elsewhere = program("owner", make_study())
    for name in ("api-study", "api-raters", "api-members", "api-exports", "api-claims"):
        assert elsewhere.ask("GET", name, study.slug).status_code == 404
    assert (
        elsewhere.ask("GET", "api-study", "nowhere").json()
        == elsewhere.ask("GET", "api-study", study.slug).json()
    )
    assert study.slug not in elsewhere.ask("GET", "api-audit-log").content.decode()


def test_audit_log_is_searched(program, study):
    owner = program("owner", study)
    decide(owner, study, "exclude")
    one = program("superuser")
    found = one.get("api-audit-log", kind="rater_exclude", study=study.slug, person=owner.user.username)
    [event] = found["results"]
    assert event["who"] == owner.user.username
    assert "R-001" in event["sentence"]
    assert one.get("api-audit-log", until="2001-01-01")["results"] == []
    assert set(one.expect(422, "GET", "api-audit-log", query={"since": "soon"})["errors"]) == {"since"}
