"""`manage.py export_votes`: a file under its name once it is whole."""

import io
import sys
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from evaluations.exports import Export
from tests.exports.studies import export_bytes, make_full_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_file_has_the_name_that_says_what_it_is(folder):
    study, out = make_full_study(), io.StringIO()
    call_command("export_votes", "tasks", format="lmarena", stdout=out)

    assert [path.name for path in folder.iterdir()] == ["lmarena-tasks-ledger-7.jsonl"]
    assert (folder / "lmarena-tasks-ledger-7.jsonl").read_bytes() == export_bytes(study, "lmarena")
    assert "2 rows, ledger size 7" in out.getvalue()


def test_options_and_an_earlier_ledger_size(folder):
    make_full_study()
    call_command(
        *("export_votes", "tasks", "--output", "v.csv", "--ledger-size", "3", "--normal-only"),
        stdout=io.StringIO(),
    )

    assert len((folder / "v.csv").read_text().splitlines()) == 2


def test_to_standard_output(folder, monkeypatch):
    study, out = make_full_study(), io.BytesIO()
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
    call_command("export_votes", "tasks", format="parquet", output="-", stdout=io.StringIO())

    assert out.getvalue() == export_bytes(study, "parquet")
    assert list(folder.iterdir()) == []


def test_what_breaks_off_leaves_no_file(folder, monkeypatch):
    def break_off():
        yield b"half"
        raise OSError(28, "No space left on device")

    make_full_study()
    broken = Export(
        **{"filename": "x.csv", "content_type": "text/csv", "chunks": break_off(), "rows": 1},
        **{"ledger_size": 7, "name": "csv", "options": {}},
    )
    monkeypatch.setattr("evaluations.management.commands.export_votes.open_export", lambda **_: broken)
    with pytest.raises(CommandError, match=r"x.csv cannot be written: No space left on device."):
        call_command("export_votes", "tasks")
    assert list(folder.iterdir()) == []


def test_no_such_study():
    with pytest.raises(CommandError, match="no study “nowhere”"):
        call_command("export_votes", "nowhere")


def test_a_ledger_that_is_not_that_large():
    make_full_study()
    with pytest.raises(CommandError, match="7 entries, not 99"):
        call_command("export_votes", "tasks", ledger_size=99)
