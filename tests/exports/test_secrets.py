"""No file holds what would find a person or open a door; pseudonyms tie nothing together across studies."""

import io
from itertools import chain

import pytest
from django.contrib.auth import get_user_model
from pyarrow import parquet

from evaluations.exports import FILES, ExportOptions, open_export
from evaluations.exports.ledger_votes import name_rater
from evaluations.ledger import seal_all
from evaluations.models import Battle, LedgerEntry, Membership, Rater, Vote
from evaluations.personal.withdrawals import withdraw_rater
from evaluations.raters import commit_to_rater
from tests.exports.studies import add_vote, make_full_study, read_jsonl
from tests.factories import NOW, make_battle, make_study

pytestmark = pytest.mark.django_db
NAMES = list(chain.from_iterable(file.formats for file in FILES))
EVERYTHING = ExportOptions(texts=True)


def list_secrets(study):
    for rater in Rater.objects.all():
        yield rater.code
        yield bytes(rater.salt).hex()
        yield commit_to_rater(study=study.slug, salt=bytes(rater.salt), code=rater.code)
    yield from Vote.objects.values_list("receipt", flat=True)
    yield from Battle.objects.values_list("token", flat=True)
    yield from ("participant-5f1e", "panelstudy-77", "panelsession-88", "prolific", "zeynep.account")


def read_text(export):
    """Parquet is compressed: its columns are read, and its bytes too."""
    data = b"".join(export.chunks)
    if export.filename.endswith(".parquet"):
        table = parquet.read_table(io.BytesIO(data))
        return f"{table.to_pylist()} {table.schema.metadata} {data!r}"
    return data.decode("utf-8-sig")


@pytest.mark.parametrize("name", NAMES)
def test_no_file_holds_a_secret(name):
    study = make_full_study()
    account = get_user_model().objects.create_user("zeynep.account", is_staff=True)
    Membership.objects.create(study=study, user=account, role="owner", created_at=NOW)
    text = read_text(open_export(study=study, name=name, options=EVERYTHING))

    assert len(text) > 300
    for secret in list_secrets(study):
        assert secret not in text


def test_one_rater_has_one_pseudonym_in_a_study_and_another_in_the_next():
    study, other = make_full_study(), make_study(slug="other")
    rater = Battle.objects.filter(study=study).order_by("pk").first().rater
    add_vote(make_battle(study=other, rater=rater), outcome="left")
    seal_all(now=NOW.replace(hour=13))
    here = [row["rater"] for row in read_jsonl(study)]

    assert here[0] == here[1] == here[2]
    assert len(set(here)) == 3
    assert read_jsonl(other)[0]["rater"] not in here
    assert [row["rater"] for row in read_jsonl(study)] == here
    assert len({row["evaluation_session_id"] for row in read_jsonl(study, "lmarena")}) == 2


def test_a_pseudonym_hangs_on_the_salt_alone():
    assert name_rater(study="a", rater_id=1, salt=b"x" * 16) != name_rater(
        study="a", rater_id=1, salt=b"y" * 16
    )


def test_the_pseudonym_of_who_withdrew_ties_no_two_studies_together():
    """With an empty key anyone could: raters' ids are counted up from one."""
    study, other = make_full_study(), make_study(slug="other")
    rater = Battle.objects.filter(study=study).order_by("pk").first().rater
    add_vote(make_battle(study=other, rater=rater), outcome="left")
    seal_all(now=NOW.replace(hour=13))
    withdraw_rater(rater=rater, now=NOW.replace(hour=14))
    here, there = read_jsonl(study), read_jsonl(other)

    assert len({row["rater"] for row in here[:3]}) == 1
    assert len({row["rater"] for row in here}) == 3
    guessed = {name_rater(study=name, rater_id=rater.pk, salt=b"") for name in ("tasks", "other")}
    assert not guessed & {row["rater"] for row in [*here, *there]}
    assert there[0]["rater"] != here[0]["rater"]


def test_votes_of_a_pilot_are_in_no_file():
    study = make_full_study()
    add_vote(make_battle(study=study, pilot=True), outcome="left")
    seal_all(now=NOW.replace(hour=13))

    assert LedgerEntry.objects.filter(kind="vote").count() == len(read_jsonl(study)) == 5
