"""From a file to the votes of a study that was opened and closed, by a program alone."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.ledger import seal_all
from evaluations.models import AuditEvent, Import, Response, Study
from evaluations.tasks import check_import, store_import
from tests.factories import NOW, make_battle, make_vote
from tests.ingest.files import PROMPTS

pytestmark = pytest.mark.django_db

RESPONSES = """prompt_id,model,response
p1,Alpha,Four.
p1,Beta,"As ChatGPT, made by OpenAI, I say 5."
p1,Gamma,It is four.
p2,Alpha,Un vieil étang
p2,Beta,Une grenouille
p2,Gamma,Bruit de l’eau
"""


def upload(one, *texts, status=202, **fields):
    files = [SimpleUploadedFile(f"file{at}.csv", text.encode()) for at, text in enumerate(texts)]
    response = one.ask("POST", "api-imports", files={"file": files, **fields})
    assert response.status_code == status, response.content
    return response


def test_from_a_file_to_the_votes(program):
    owner = program()
    sent = upload(owner, PROMPTS, RESPONSES, title="Tasks", slug="tasks")
    token = sent.json()["token"]
    assert sent.json()["state"] == "received"
    assert sent["Location"].endswith(f"/api/v1/imports/{token}/")

    check_import(import_id=Import.objects.get().pk)
    checked = owner.expect(200, "GET", sent["Location"])
    assert checked["state"] == "checked"
    assert checked["counts"]["responses"] == 6
    assert checked["coverage"]["models"] == ["Alpha", "Beta", "Gamma"]
    assert checked["undecided"] >= 1
    refused = owner.expect(422, "POST", "api-import-confirm", token)
    assert "decision" in refused["detail"]

    found = owner.get("api-import-findings", token, undecided="true")["results"]
    named = [row["id"] for row in found if row["kind"] == "self_identification"]
    decided = owner.expect(
        200, "POST", "api-import-decide", token, sent={"ids": named, "decision": "leave_out"}
    )
    assert decided == {"decided": len(named), "undecided": 0}
    confirmed = owner.expect(202, "POST", "api-import-confirm", token)
    assert confirmed["state"] == "importing"
    store_import(import_id=Import.objects.get().pk)
    assert owner.get("api-import", token)["prompt_set"] == "tasks/1"
    assert Response.objects.count() == 5

    draft = owner.expect(
        201,
        "POST",
        "api-studies",
        sent={"slug": "which", "title": "Which?", "prompt_set": "tasks/1"},
    )
    assert draft["role"] == "owner"
    assert draft["state"] == "draft"
    changed = owner.expect(
        200,
        "PATCH",
        "api-study",
        "which",
        sent={
            "models": ["alpha", "gamma"],
            "outcomes": ["tie"],
            "target_votes": 6,
            "consent": "I **agree**.",
            "stopping": {"ends_on": "2099-01-31"},
            "limits": {"one_side": 0.9},
        },
    )
    assert changed["outcomes"] == ["left", "tie", "right"]
    assert changed["stopping"] == {"votes": True, "ends_on": "2099-01-31", "half_width": None}
    assert changed["limits"]["one_side"] == 0.9
    assert changed["limits"]["checks"] == 0.6
    assert changed["consent"] == "I **agree**."
    claim = {"kind": "non_inferior", "model": "alpha", "rival": "gamma", "margin": 30}
    owner.expect(200, "PUT", "api-claims", "which", sent={"claims": [claim]})
    assert owner.get("api-study-power", "which")["aims"][0]["model"] == "alpha"

    opened = owner.expect(200, "POST", "api-study-open", "which")
    assert opened["state"] == "open"
    assert len(opened["protocol_hash"]) == 64
    late = owner.expect(409, "PATCH", "api-study", "which", sent={"title": "Other"})
    assert "frozen" in late["detail"]

    study = Study.objects.get(slug="which")
    for outcome in ("left", "right", "tie"):
        make_vote(battle=make_battle(study=study), outcome=outcome)
    seal_all(now=NOW.replace(year=2030))
    assert owner.get("api-study-health", "which")["counted"] == 3
    assert [row["code"] for row in owner.get("api-raters", "which")["results"]] == ["R-001", "R-002", "R-003"]

    file = owner.ask("GET", "api-export", "which", "csv", Accept="text/csv")
    assert file["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(file).decode("utf-8-sig"))))
    assert [row["winner"] for row in rows] == ["left", "right", "tie"]
    assert (
        owner.expect(200, "POST", "api-study-close", "which", sent={"reason": "Done."})["state"] == "closed"
    )

    kinds = set(AuditEvent.objects.filter(user=owner.user).values_list("kind", flat=True))
    assert {
        "import_received",
        "findings_decided",
        "import_confirmed",
        "study_created",
        "study_opened",
        "export_downloaded",
        "study_closed",
    } <= kinds
