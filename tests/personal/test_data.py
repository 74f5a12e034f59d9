"""Data to take along: all that is kept about one rater, nothing of another, and no name before its time."""

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import models

from evaluations.ledger import seal_all
from evaluations.models import (
    Admission,
    Battle,
    ComprehensionAttempt,
    Consent,
    Invitation,
    Item,
    LedgerEntry,
    NamesShown,
    Rater,
    RaterDecision,
    RaterIdentity,
    Reminder,
    Skip,
    Slot,
    StudyText,
    Vote,
    VoteEnding,
    Withdrawal,
)
from evaluations.personal.data import collect_data
from evaluations.raters import commit_to_rater
from evaluations.studies import close_study
from evaluations.votes import make_receipt, reveal_models
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.raters import LATER

pytestmark = pytest.mark.django_db

# Every table that leads to a rater, with the fields that say nothing of the person: keys and what others are told by.
KEYS = {
    "id",
    "rater",
    "study",
    "battle",
    "vote",
    "entry",
    "made_by",
    "item",
    "repeats",
    "prompt",
    "left",
    "right",
}
LEFT_OUT = {
    Rater: {
        # Secrets of the server, and what only an erased rater has, who can download nothing.
        "code": "opens the browser's door",
        "salt": "makes the pseudonyms",
        "erased_at": "of nobody who can ask",
    },
    Admission: {"invitation": "told as whether there was one; what staff call it is theirs"},
    Slot: {"lot": "drawn for the item, whoever gets it"},
    LedgerEntry: {
        "previous": "the entry of someone else",
        "kind": "that of a vote",
        "record": "asked for below",
        "leaf_hash": "asked for below",
    },
}
TABLES = {
    Rater,
    RaterIdentity,
    Consent,
    Admission,
    ComprehensionAttempt,
    Reminder,
    RaterDecision,
    Withdrawal,
    Slot,
    Battle,
    Skip,
    Vote,
    VoteEnding,
    NamesShown,
    LedgerEntry,
}
_days = itertools.count(1)


def list_tables():
    """All that refers to a rater, or to a battle or a vote of one: a new table that does is here by itself."""
    found = {Rater}
    for table in (Rater, Battle, Vote):
        found |= {relation.related_model for relation in table._meta.related_objects}
    return found


def test_no_table_that_leads_to_a_rater_is_forgotten():
    assert list_tables() == TABLES


def make_moment():
    return datetime(2031, 1, 1, tzinfo=UTC) + timedelta(days=next(_days))


def make_everything(rater, *, mark):
    """One of each row, every field with a value of its own. mark: in each text."""
    study = make_study(reveal="after_vote", reason_tags=[f"tag {mark}"])
    StudyText.objects.create(study=study, kind="consent", version=3, text=f"consent text {mark}", made_at=NOW)
    RaterIdentity.objects.create(
        rater=rater,
        source=f"source {mark}",
        external_id=f"external {mark}",
        panel_study=f"pstudy {mark}",
        panel_session=f"psession {mark}",
    )
    Consent.objects.create(
        rater=rater,
        study=study,
        text_version=3,
        protocol_hash=f"cphash {mark}",
        may_publish=True,
        uses_keys=False,
        agreed_at=make_moment(),
    )
    invitation = Invitation.objects.create(study=study, label=f"label {mark}", digest=mark, created_at=NOW)
    Admission.objects.create(
        study=study,
        rater=rater,
        invitation=invitation,
        admitted_at=make_moment(),
        exit="stopped",
        exited_at=make_moment(),
        returned_at=make_moment(),
    )
    ComprehensionAttempt.objects.create(
        study=study, rater=rater, number=2, answers=[71, 72], passed=True, made_at=make_moment()
    )
    Reminder.objects.create(
        study=study, rater=rater, number=1, kind="pattern", made_at=NOW, seen_at=make_moment()
    )
    RaterDecision.objects.create(
        study=study,
        rater=rater,
        decision="keep",
        reason=f"reason {mark}",
        flags=[f"flag {mark}"],
        made_at=make_moment(),
    )
    return study, *make_battles(study, rater, mark)


def make_battles(study, rater, mark):
    first = make_battle(
        study=study, rater=rater, token=f"token {mark}", probability=0.123456, now=make_moment()
    )
    skipped = make_battle(study=study, rater=rater, kind="repeat", repeats=first)
    Skip.objects.create(battle=skipped, reason="offensive", made_at=make_moment())
    make_battle(study=study, rater=rater, kind="check", expected="right")
    item = Item.objects.create(study=study, prompt=first.prompt, first=first.left, second=first.right)
    Slot.objects.create(
        study=study, item=item, number=77, rater=rater, battle=first, leased_until=make_moment()
    )
    vote = Vote.objects.create(
        battle=first,
        outcome="both_bad",
        receipt=make_receipt(),
        cast_at=make_moment(),
        reasons={"left": [f"tag {mark}"], "right": []},
        comment=f"comment {mark}",
        active_ms=987654,
    )
    return first, vote


def list_values(row):
    """What JSON would have of each personal field of the row."""
    left_out = LEFT_OUT.get(type(row), {})
    for field in row._meta.concrete_fields:
        if field.name in KEYS | set(left_out) or isinstance(field, models.BooleanField):
            continue
        value = getattr(row, field.attname)
        if value is None:
            continue
        yield field.name, value.isoformat() if isinstance(value, datetime) else value


def list_rows(rater):
    for table in TABLES - {Rater, Vote, VoteEnding, NamesShown, LedgerEntry, Skip}:
        yield from table.objects.filter(rater=rater)
    yield rater
    yield from Skip.objects.filter(battle__rater=rater)
    yield from Vote.objects.filter(battle__rater=rater)
    yield from VoteEnding.objects.filter(vote__battle__rater=rater)
    yield from NamesShown.objects.filter(vote__battle__rater=rater)
    yield from LedgerEntry.objects.filter(vote__battle__rater=rater)


def list_leaves(value):
    """Every value in the data, containers and what is in them."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from list_leaves(each)


def close(study):
    close_study(study=study, now=LATER + timedelta(days=9000))


def test_every_personal_field_of_every_table_is_in_the_data():
    rater = make_rater()
    study, _battle, vote = make_everything(rater, mark="mine")
    seal_all(now=LATER + timedelta(days=9000))
    NamesShown.objects.create(vote=vote, made_at=make_moment())
    close(study)
    data = json.loads(json.dumps(collect_data(rater=rater, now=NOW)))
    leaves = list(list_leaves(data))

    rows = list(list_rows(rater))
    assert {type(row) for row in rows} == TABLES - {Withdrawal}
    for row in rows:
        for name, value in list_values(row):
            assert value in leaves, f"{type(row).__name__}.{name} = {value!r}"
    entry = LedgerEntry.objects.get(kind="vote")
    assert bytes(entry.leaf_hash).hex() in leaves
    assert entry.record in leaves
    assert commit_to_rater(study=study.slug, salt=bytes(rater.salt), code=rater.code) in leaves
    assert "consent text mine" in leaves
    assert {"alpha", "beta"} <= set(filter(lambda leaf: isinstance(leaf, str), leaves))


def test_nothing_of_another_rater_nor_of_the_server():
    rater, other = make_rater(), make_rater()
    make_everything(rater, mark="mine")
    study, battle, vote = make_everything(other, mark="theirs")
    make_vote(battle=make_battle(study=study, rater=rater))
    seal_all(now=LATER + timedelta(days=9000))
    close(study)
    text = json.dumps(collect_data(rater=rater, now=NOW))

    assert "comment mine" in text
    for said in ("comment theirs", "external theirs", "reason theirs", battle.token, vote.receipt):
        assert said not in text
    for each in (rater, other):
        assert each.code not in text
        assert bytes(each.salt).hex() not in text
    assert commit_to_rater(study=study.slug, salt=bytes(other.salt), code=other.code) not in text
    assert "label" not in text


def test_before_the_close_it_ends_no_blind_judging():
    """No names, no kinds, and not the commitment with which a leaf hash could be guessed to its names."""
    rater = make_rater()
    study, _battle, vote = make_everything(rater, mark="mine")
    seal_all(now=LATER + timedelta(days=9000))
    (described,) = collect_data(rater=rater, now=NOW)["studies"]
    text = json.dumps(described)

    for model in study.entries.values_list("model__slug", flat=True):
        assert f'"{model}"' not in text
    for told in ("left_model", "probability", "expected", "repeats_number", "slot", "record", '"check"'):
        assert told not in text
    assert described["pseudonym"] is described["decisions"] is None
    # A reminder was made after a round with a failed check, and says so.
    assert [set(reminder) for reminder in described["reminders"]] == [{"number", "seen_at"}]
    assert "reason mine" not in text
    assert "flag mine" not in text
    assert len({frozenset(each) for each in described["comparisons"]}) == 1
    leaf = bytes(LedgerEntry.objects.get(vote=vote).leaf_hash).hex()
    assert described["comparisons"][0]["votes"][0]["ledger"]["leaf_hash"] == leaf


def test_names_that_the_rater_asked_for_are_told():
    study, rater = make_study(reveal="after_vote"), make_rater()
    seen, _hidden = (make_vote(battle=make_battle(study=study, rater=rater)) for _ in range(2))
    reveal_models(vote=seen, now=NOW)
    first, second = collect_data(rater=rater, now=NOW)["studies"][0]["comparisons"]

    assert (first["left_model"], first["right_model"]) == ("alpha", "beta")
    assert "left_model" not in second
    assert "kind" not in first
    assert [item["votes"][0]["names_shown_at"] for item in (first, second)] == [NOW.isoformat(), None]


def test_the_number_of_queries_does_not_grow_with_votes(django_assert_num_queries):
    study, rater = make_study(), make_rater()

    def count_for(votes):
        for _ in range(votes):
            make_vote(battle=make_battle(study=study, rater=rater))
        with django_assert_num_queries(10):
            collect_data(rater=rater, now=NOW)

    count_for(1)
    count_for(10)
