"""The bundle of a snapshot as the public gets it: it verifies, never changes, and is given only where votes are."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from evaluations.canonical import encode_canonical
from evaluations.columns import refresh_columns
from evaluations.documents import compute_published
from evaluations.models import Battle, Entry, KeptAnalysis, Snapshot, Study
from evaluations.personal.withdrawals import withdraw_rater
from evaluations.publishing.verification import verify_bundle
from evaluations.quality.decisions import decide_rater
from evaluations.snapshots import build_snapshot
from evaluations.studies import close_study
from tests.factories import NOW, make_models
from tests.web.boards import add_votes, make_ranked_study, publish

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)


@pytest.fixture
def root(settings):
    return settings.COLUMNS_ROOT


def make_public_study(root, **options):
    """One that was closed, so that its votes are public."""
    return close_study(study=make_ranked_study(columns_root=root, **options), now=NOW)


def get_address(snapshot, digits=64):
    return reverse("snapshot-bundle", args=[snapshot.leaderboard.slug, snapshot.result_digest[:digits]])


def newest(study, **filters):
    return Snapshot.objects.filter(leaderboard__study=study, **filters).order_by("-ledger_size").first()


def download(client, snapshot, **headers):
    response = client.get(get_address(snapshot), headers=headers)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def verify(data, tmp_path, snapshot):
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    found = verify_bundle(path, snapshot=snapshot.result_digest)
    assert [difference.sentence for difference in found.differences] == []
    return found


@pytest.mark.parametrize("origin", ["shown", "recorded", "simulated"])
def test_what_is_downloaded_verifies(client, root, tmp_path, origin):
    study = make_public_study(root, origin=origin, results=((0, 1, 20, 10), (0, 2, 18, 9), (1, 2, 7, 5)))
    snapshot = newest(study)
    found = verify(download(client, snapshot), tmp_path, snapshot)

    assert found.verdict == "same"
    assert found.votes == 69
    assert found.analyses == 27  # 3 parts beside all votes; 6 others of each of the 4


def test_its_name_and_its_tag(client, root):
    snapshot = newest(make_public_study(root))
    response = client.get(get_address(snapshot, digits=16))

    assert (
        f"arena-{snapshot.leaderboard.slug}-{snapshot.result_digest[:16]}.zip"
        in response["Content-Disposition"]
    )
    assert response["Content-Type"] == "application/zip"
    assert "public" in response["Cache-Control"]
    assert b"".join(response.streaming_content) == download(client, snapshot)
    again = client.get(get_address(snapshot), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_licence_is_in_it_and_in_its_tag(client, root, settings):
    snapshot = newest(make_public_study(root))
    before = client.get(get_address(snapshot))["ETag"]
    settings.DATA_LICENCE = "CC BY 4.0"

    assert client.get(get_address(snapshot))["ETag"] != before
    with ZipFile(BytesIO(download(client, snapshot))) as archive:
        assert archive.read("README.txt").decode().count("CC BY 4.0") == 2


def test_an_earlier_snapshot_keeps_its_bytes(client, root, tmp_path):
    """Though its analyses are no longer kept, and a model was entered since."""
    study = make_public_study(root)
    snapshot = newest(study)
    before = download(client, snapshot)
    Entry.objects.create(study=study, model=make_models("aardvark")[0], entered_at=LATER)
    add_votes(study=study)
    publish(columns_root=root)
    KeptAnalysis.objects.filter(snapshot=snapshot).delete()

    assert newest(study) != snapshot
    assert download(client, snapshot) == before
    assert verify(before, tmp_path, snapshot).verdict == "same"
    assert verify(download(client, newest(study)), tmp_path, newest(study)).verdict == "same"


def test_both_snapshots_of_a_prefix_verify(client, root, tmp_path):
    study = make_public_study(root)
    rater = Battle.objects.filter(study=study).first().rater
    decide_rater(
        study=study,
        rater=rater,
        number=1,
        decision="exclude",
        reason="fast",
        flags=[],
        after=0,
        user=None,
        now=LATER,
    )
    publish(columns_root=root)
    applied, raw = (newest(study, exclusions=rule) for rule in Snapshot.Exclusions.values)

    assert verify(download(client, applied), tmp_path, applied).votes < 30
    assert verify(download(client, raw), tmp_path, raw).votes == 30


@pytest.mark.parametrize("reveal", Study.Reveal.values)
def test_no_bundle_while_the_study_is_open(client, root, reveal):
    study = make_ranked_study(columns_root=root, reveal=reveal)
    response = client.get(get_address(newest(study)))

    assert response.status_code == 403
    assert "published when it closes" in response.content.decode()


def test_votes_that_a_rater_took_along_are_given_to_nobody(client, root, tmp_path):
    study = make_public_study(root, withdrawal="remove")
    before = newest(study)
    tag = client.get(get_address(before))["ETag"]
    withdraw_rater(rater=Battle.objects.filter(study=study).first().rater, now=LATER)
    publish(columns_root=root)

    for headers in ({}, {"If-None-Match": tag}):
        response = client.get(get_address(before), headers=headers)
        assert response.status_code == 403
        assert "a rater has withdrawn" in response.content.decode()
    assert newest(study) != before
    assert verify(download(client, newest(study)), tmp_path, newest(study)).votes < 30


@pytest.mark.parametrize("digest", ["0" * 64, "0", "nothing"])
def test_no_such_snapshot(client, root, digest):
    study = make_public_study(root)

    assert client.get(reverse("snapshot-bundle", args=[study.slug, digest])).status_code == 404
    assert client.get(reverse("snapshot-bundle", args=["nowhere", digest])).status_code == 404


def test_an_earlier_version_s_snapshot_has_a_bundle_that_says_so(client, root, tmp_path):
    study = make_public_study(root)
    board, columns = study.leaderboards.get(), refresh_columns(root=root)
    document = json.loads(compute_published(leaderboard=board, columns=columns, size=columns.size).document)
    for name in ("analyses", "claims", "parts", "fewest"):
        del document[name]
    old = build_snapshot(
        leaderboard=board,
        document=encode_canonical({**document, "format": "arena-snapshot/1", "code_version": "arena-4"}),
        place={"ledger_size": columns.size, "parameters_digest": "old", "code_version": "arena-4"},
        now=NOW,
    )
    old.save()

    assert verify(download(client, old), tmp_path, old).verdict == "other-version"
