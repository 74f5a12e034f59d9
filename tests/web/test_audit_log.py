"""The audit log: each sees what they may, finds what they look for, in words, and takes it along safely."""

import ast
import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.translation import override

from evaluations.audit import record_event
from evaluations.audit_sentences import WORDINGS, write_event
from evaluations.models import AuditEvent, RaterDecision
from tests.factories import NOW, make_study

ROOT = Path(__file__).resolve().parent.parent.parent
ENGLISH = {"headers": {"accept-language": "en"}}


def show(client, **query):
    return client.get(reverse("audit-log"), query, **ENGLISH).content.decode()


@pytest.mark.django_db
def test_each_sees_their_studies_and_themselves(sign_in_as):
    mine, other = make_study(slug="mine"), make_study(slug="other")
    client, stranger = sign_in_as("viewer", mine), sign_in_as("owner", other)
    for study in (mine, other):
        record_event(kind="study_opened", user=stranger.user, now=NOW, study=study)
    record_event(kind="token_made", user=client.user, now=NOW, subject="aaaa1111")
    record_event(kind="token_made", user=stranger.user, now=NOW, subject="bbbb2222")
    page = show(client)
    assert "Opened the study." in page
    assert "aaaa1111" in page
    assert "bbbb2222" not in page
    assert reverse("study-health", args=["mine"]) in page
    assert reverse("study-health", args=["other"]) not in page
    everything = show(sign_in_as("superuser"))
    assert "bbbb2222" in everything
    assert reverse("study-health", args=["other"]) in everything


@pytest.mark.django_db
def test_filters_find_by_kind_person_study_and_day(sign_in_as):
    study = make_study(slug="letters")
    client = sign_in_as("superuser")
    other = sign_in_as("staff").user
    # The tests' studies are made at NOW, too.
    late = datetime(2026, 6, 1, 23, 59, tzinfo=UTC)
    record_event(kind="token_made", user=other, now=late, subject="late-one")
    record_event(kind="study_closed", user=client.user, now=late + timedelta(minutes=1), study=study)

    def found(**query):
        page = show(client, **query)
        return "late-one" in page, "Closed the study." in page

    assert found() == (True, True)
    assert found(kind="token_made") == (True, False)
    assert found(person=other.username[:4]) == (True, False)
    assert found(person="late-o") == (True, False)
    assert found(study="letters") == (False, True)
    assert found(until="2026-06-01", since="2026-06-01") == (True, False)
    assert found(since="2026-06-02") == (False, True)
    assert "No event like this." in show(client, kind="nothing")
    assert "Write a day: 2026-03-31." in show(client, since="yesterday")


@pytest.mark.django_db
def test_without_events_the_page_says_so(sign_in_as):
    assert "Nothing has happened yet." in show(sign_in_as("staff"))


@pytest.mark.django_db
def test_pages_keep_the_filters(sign_in_as):
    client = sign_in_as("superuser")
    for _ in range(51):
        record_event(kind="sign_in", user=client.user, now=NOW)
    page = show(client, kind="sign_in")
    assert 'href="?kind=sign_in&amp;page=2"' in page
    assert page.count("Signed in.") == 50
    assert show(client, kind="sign_in", page=2).count("Signed in.") == 1


@pytest.mark.django_db
def test_file_holds_what_the_filters_leave_and_runs_in_no_spreadsheet(sign_in_as):
    client = sign_in_as("superuser")
    record_event(kind="sign_in_failed", user=None, now=NOW, subject="=cmd()")
    record_event(kind="a_kind_of_tomorrow", user=client.user, now=NOW, subject="+thing")
    record_event(kind="sign_out", user=client.user, now=NOW)
    response = client.get(reverse("audit-log-file"), {"person": "="}, **ENGLISH)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["About"] for row in rows] == ["'=cmd()"]
    assert rows[0]["What"] == "Someone failed to sign in as “=cmd()”."
    assert rows[0]["Kind"] == "Failed sign-in"
    everything = b"".join(client.get(reverse("audit-log-file")).streaming_content).decode()
    assert "a_kind_of_tomorrow +thing" in everything
    assert everything.count("\r\n") == 4


@pytest.mark.django_db
def test_file_of_a_viewer_leaves_other_studies_out(sign_in_as):
    client = sign_in_as("viewer", make_study(slug="mine"))
    record_event(kind="study_opened", user=None, now=NOW, study=make_study(slug="other"))
    text = b"".join(client.get(reverse("audit-log-file")).streaming_content).decode()
    assert '"other"' not in text


def test_details_are_words_of_the_reader():
    event = AuditEvent(
        kind="member_role", subject="kim", details={"before": "viewer", "role": "owner"}, at=NOW
    )
    with override("en"):
        assert write_event(event) == "Changed the role of kim from viewer to owner."
    event.details = {}
    assert write_event(event) == "member_role kim"


def list_kinds():
    """Each kind that is written in the source as such."""
    for path in (ROOT / "evaluations").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"record_event", "_record"}:
                kinds = [keyword.value for keyword in node.keywords if keyword.arg == "kind"] + node.args[:1]
                given = [
                    part for kind in kinds if not isinstance(kind, ast.JoinedStr) for part in ast.walk(kind)
                ]
                yield from (part.value for part in given if isinstance(part, ast.Constant))


def test_every_kind_has_its_words():
    computed = {f"rater_{decision}" for decision in RaterDecision.Decision.values}
    assert {*list_kinds(), *computed} - set(WORDINGS) == set(), "add words to audit_sentences.py"
