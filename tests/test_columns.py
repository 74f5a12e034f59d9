import json
from datetime import timedelta

import numpy as np
import pytest

from evaluations import columns as module
from evaluations.columns import map_columns, refresh_columns
from evaluations.ledger import seal_all
from evaluations.models import LedgerEntry
from tests.factories import NOW, make_battle, make_study, make_vote

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


def vote_and_seal(study, *outcomes):
    for outcome in outcomes:
        make_vote(battle=make_battle(study=study), outcome=outcome)
    seal_all(now=LATER)


def read(root):
    return refresh_columns(root=root)


def test_rows_stand_at_their_position(tmp_path):
    study = make_study()
    vote_and_seal(study, "left", "right", "tie", "both_bad")
    columns = read(tmp_path)

    assert columns.size == 5
    assert columns.outcome.tolist() == [-1, 0, 1, 2, 3]
    for entry in LedgerEntry.objects.filter(kind="vote").select_related("vote__battle__left"):
        assert columns.left[entry.position] == entry.vote.battle.left.model_id
        assert columns.rater[entry.position] == entry.vote.battle.rater_id
        assert columns.probability[entry.position] == entry.vote.battle.probability


def test_empty_ledger_gives_empty_columns(tmp_path):
    assert read(tmp_path).size == 0


def test_refresh_reads_new_entries_only(tmp_path, monkeypatch):
    study = make_study()
    vote_and_seal(study, *["left"] * 20)
    read(tmp_path)
    vote_and_seal(study, "right", "tie", "left")
    rows = []
    real = module._append_rows
    monkeypatch.setattr(module, "_append_rows", lambda **kw: rows.extend(kw["rows"]) or real(**kw))

    assert read(tmp_path).size == 24
    assert len(rows) == 3


def test_refresh_with_nothing_new_is_one_query_of_one_row(tmp_path, django_assert_num_queries):
    vote_and_seal(make_study(), "left")
    read(tmp_path)

    with django_assert_num_queries(1):
        read(tmp_path)


def test_mapping_asks_the_database_nothing(tmp_path, django_assert_num_queries):
    vote_and_seal(make_study(), "left")
    read(tmp_path)

    with django_assert_num_queries(0):
        assert map_columns(root=tmp_path, oldest=0).size == 2


def test_mapping_refreshes_what_nobody_has_looked_after(tmp_path):
    vote_and_seal(make_study(), "left")

    assert map_columns(root=tmp_path, oldest=0).size == 2
    assert map_columns(root=tmp_path, oldest=9e12).size == 2


def test_chunks_join_without_loss(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 3)
    vote_and_seal(make_study(), *["left", "right"] * 5)

    assert read(tmp_path).outcome.tolist() == [-1, *[0, 1] * 5]


def test_rows_left_by_a_killed_writer_are_overwritten(tmp_path):
    study = make_study()
    vote_and_seal(study, "left")
    read(tmp_path)
    folder = tmp_path / json.loads((tmp_path / "meta.json").read_text())["folder"]
    with (folder / "outcome").open("ab") as file:
        file.write(b"\x03\x03\x03")
    vote_and_seal(study, "right")

    assert read(tmp_path).outcome.tolist() == [-1, 0, 1]


@pytest.mark.parametrize("harm", ["flip", "truncate", "remove", "meta"])
def test_a_damaged_cache_is_made_again(tmp_path, harm):
    vote_and_seal(make_study(), "left", "right", "tie")
    good = read(tmp_path).outcome.tolist()
    module._verified.clear()
    folder = tmp_path / json.loads((tmp_path / "meta.json").read_text())["folder"]
    file = folder / "outcome"
    match harm:
        case "flip":
            file.write_bytes(bytes([255, 1, 1, 1]))
        case "truncate":
            file.write_bytes(b"\xff")
        case "remove":
            file.unlink()
        case "meta":
            (tmp_path / "meta.json").write_text("{")

    assert read(tmp_path).outcome.tolist() == good


def test_another_ledger_is_noticed(tmp_path):
    vote_and_seal(make_study(), "left", "right")
    read(tmp_path)
    meta = json.loads((tmp_path / "meta.json").read_text())
    (tmp_path / "meta.json").write_text(json.dumps({**meta, "last_leaf": "00" * 32}))

    assert read(tmp_path).size == 3
    assert json.loads((tmp_path / "meta.json").read_text())["folder"] != meta["folder"]


def test_a_reader_keeps_its_arrays_while_others_grow_them(tmp_path):
    study = make_study()
    vote_and_seal(study, "left")
    before = read(tmp_path)
    vote_and_seal(study, "right")
    read(tmp_path)

    assert np.array(before.outcome).tolist() == [-1, 0]
