"""A panel's ids stay in their one table: in no vote, ledger, export, page or line of a log."""

import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pyarrow import parquet

from evaluations.columns import refresh_columns
from evaluations.exports import FILES, ExportOptions, open_export
from evaluations.ledger import seal_all
from evaluations.models import Battle, LedgerEntry, Panel, RaterIdentity, Vote
from evaluations.studies import close_study
from tests.factories import make_study
from tests.refreshing import refresh_all
from tests.test_provider_keys import dump_tables

pytestmark = pytest.mark.django_db
CANARIES = ("canary-participant", "canary-panel-study", "canary-session")
IDS = dict(zip(("PROLIFIC_PID", "STUDY_ID", "SESSION_ID"), CANARIES, strict=True))


def read(export):
    data = b"".join(export.chunks)
    if export.filename.endswith(".parquet"):
        return f"{parquet.read_table(io.BytesIO(data)).to_pylist()} {data!r}"
    return data.decode("utf-8-sig")


@pytest.fixture
def study():
    study = make_study(access="panel", session_length=2)
    codes = {"code_done": "DONE1", "code_screened_out": "OUT1", "code_stopped": "STOP1"}
    Panel.objects.create(study=study, **codes)
    return study


def read_answer(response):
    """Headers and page. Where nobody could be let in, a change of language leads back to the address that the person
    came with: that is left out."""
    page = re.sub(r'name="next" value="[^"]*"', "", response.content.decode())
    return f"{response.serialize_headers().decode()} {page}"


def walk(client, study):
    """Arrive, agree, vote with a comment, leave; what every page and header said on the way."""

    def note(response):
        pages.append(read_answer(response))

    pages = []
    name = {"args": [study.slug]}
    note(client.get(reverse("arrive", **name), IDS))
    note(client.get(study.get_absolute_url()))
    note(client.post(reverse("consent", **name), {"agree": "on", "may_publish": "on"}))
    note(client.get(reverse("rate", **name)))
    for outcome in ("left", "tie"):
        token = Battle.objects.order_by("-pk").first().token
        note(client.post(reverse("vote", args=[token]), {"outcome": outcome, "comment": "Clear."}))
        note(client.get(reverse("rate", **name)))
    note(client.get(reverse("leave", **name)))
    for refused in ({**IDS, "PROLIFIC_PID": f"<{CANARIES[0]}>"}, {}):
        note(client.get(reverse("arrive", **name), refused))
    return pages


def test_they_are_nowhere_else(client, study, settings, caplog, capfd, sign_in_as, time_machine):
    caplog.set_level("DEBUG")
    pages = walk(client, study)
    # Past the time to undo.
    seal_all(now=timezone.now() + timedelta(minutes=1))
    refresh_columns(root=settings.COLUMNS_ROOT)
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=timezone.now())
    close_study(study=study, now=timezone.now())
    other = {**IDS, "PROLIFIC_PID": "other"}
    pages.append(read_answer(client.get(reverse("arrive", args=[study.slug]), other)))
    editor = sign_in_as("editor", study)
    for name in (
        "study-health",
        "study-raters",
        "study-access",
        "leaderboard",
        "api-leaderboard",
        "api-raters",
    ):
        pages.append(editor.get(reverse(name, args=[study.slug])).content.decode())
    files = [
        read(open_export(study=study, name=name, options=ExportOptions(texts=True)))
        for file in FILES
        for name in file.formats
    ]
    printed = "".join(capfd.readouterr())

    assert Vote.objects.count() == 2
    assert LedgerEntry.objects.filter(kind="vote").count() == 2
    assert len(files) > 5
    kept = RaterIdentity.objects.get()
    assert (kept.external_id, kept.panel_study, kept.panel_session) == CANARIES
    RaterIdentity.objects.all().delete()
    for place in ("\n".join(pages), "\n".join(files), dump_tables(), caplog.text, printed):
        for canary in CANARIES:
            assert canary not in place


def test_whose_vote_it_is_cannot_be_told_once_they_are_erased(client, study):
    walk(client, study)
    rater = RaterIdentity.objects.get().rater
    RaterIdentity.objects.all().delete()

    assert Vote.objects.filter(battle__rater=rater).count() == 2
    assert not any(canary in dump_tables() for canary in CANARIES)


def test_who_came_from_a_panel_leaves_with_a_code(client, study):
    """Withdrawn, nobody knows any more what they did there: the code is on the page that says that they have gone."""
    address = {"args": [study.slug]}
    client.get(reverse("arrive", **address), IDS)
    client.post(reverse("consent", **address), {"agree": "on"})
    client.get(reverse("rate", **address))
    client.post(reverse("vote", args=[Battle.objects.get().token]), {"outcome": "left"})
    assert "completion code for the panel" in client.get(reverse("withdraw")).content.decode()
    page = client.post(reverse("withdraw"), {"withdraw": "on"}).content.decode()

    assert "You have withdrawn" in page
    assert "STOP1" in page
    assert not RaterIdentity.objects.exists()
