"""Bundles: what is in one, that the same snapshot gives the same bytes, and that reading gives what was written."""

import csv
import hashlib
import io
import json
import threading
from contextlib import suppress
from dataclasses import fields, replace
from functools import partial
from zipfile import ZipFile

import numpy as np
import pytest

from evaluations.errors import BundleUnreadable
from evaluations.publishing import vote_files
from evaluations.publishing.bundles import MEMBERS, write_bundle
from evaluations.publishing.row_blocks import BLOCK, read_row_blocks
from evaluations.publishing.vote_files import COLUMNS, read_votes, write_votes
from tests.publishing.vote_samples import draw_counted, leave_out_all, make_bundle, publish, read_files

NAMES = ("code", "=1+1", "'=1+1", "'quoted", 'a, "b"', "two\nlines", "é ✓", "-x")


def write(votes):
    return b"".join(write_votes(votes))


def test_votes_come_back_as_they_were():
    for votes in (
        draw_counted(categories=NAMES),
        draw_counted(recorded=True),
        draw_counted(categories=()),
        leave_out_all(draw_counted()),
    ):
        again = read_votes(io.BytesIO(write(votes)), models=votes.models)

        assert again.digest() == votes.digest()
        for field in fields(votes):
            np.testing.assert_array_equal(getattr(again, field.name), getattr(votes, field.name), field.name)


def test_votes_are_written_a_part_at_a_time(monkeypatch):
    votes = draw_counted(votes=100)
    whole = write(votes)
    monkeypatch.setattr(vote_files, "ROWS", 7)
    parts = list(write_votes(votes))

    assert len(parts) == 16
    assert b"".join(parts) == whole


@pytest.mark.parametrize("size", [400, 1_000, 5_000])
def test_votes_are_read_a_block_of_rows_at_a_time(monkeypatch, size):
    votes = draw_counted(categories=NAMES)
    monkeypatch.setattr(vote_files, "read_row_blocks", partial(read_row_blocks, size=size))

    assert read_votes(io.BytesIO(write(votes)), models=votes.models).digest() == votes.digest()


def test_blocks_end_with_a_row():
    rows = [b'1,"a\n""b"\n', b"2,c\n", b'3,"\n\n"\n', b'4,""\n', b"5,"]
    whole = b"".join(rows)
    for size in range(10, len(whole) + 1):
        blocks = list(read_row_blocks(io.BytesIO(whole), size=size))
        ends = {sum(map(len, rows[:count])) for count in range(1, len(rows) + 1)}
        assert b"".join(blocks) == whole
        assert {sum(map(len, blocks[:count])) for count in range(1, len(blocks) + 1)} <= ends


class Watched(io.BytesIO):
    """Notes which threads read it."""

    def __init__(self, data):
        super().__init__(data)
        self.readers = set()

    def read(self, size=-1):
        self.readers.add(threading.get_ident())
        return super().read(size)


@pytest.mark.parametrize(
    "data",
    [write(draw_counted()), b"a" * 1_000, write(draw_counted(votes=9)) + b"x\n" * 900, b'"' + b"\n" * 1_000],
    ids=["votes", "one line", "junk", "quoted"],
)
def test_no_thread_but_the_caller_s_reads_the_file(monkeypatch, data):
    """One that read on while the program ends would have it aborted (exit status 134 in place of 2)."""
    monkeypatch.setattr(vote_files, "read_row_blocks", partial(read_row_blocks, size=500))
    file = Watched(data)
    with suppress(BundleUnreadable):
        read_votes(file, models=("alpha", "beta", "delta", "gamma"))

    assert file.readers == {threading.get_ident()}


def test_no_cell_is_run_by_a_spreadsheet():
    rows = list(csv.reader(io.StringIO(write(draw_counted(categories=NAMES)).decode())))

    assert rows[0] == list(COLUMNS)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_probabilities_are_exact():
    votes = replace(draw_counted(votes=3), probability=np.array([1 / 3, 5e-324, 0.1 + 0.2]))

    assert read_votes(io.BytesIO(write(votes)), models=votes.models).probability.tolist() == [
        1 / 3,
        5e-324,
        0.1 + 0.2,
    ]


def test_the_digest_tells_which_probability_is_unknown():
    votes = draw_counted(votes=4)
    one, other = (replace(votes, probability=np.array(chances)) for chances in ([np.nan, 0.5], [0.5, np.nan]))

    assert len({votes.digest(), one.digest(), other.digest()}) == 3


def test_the_same_snapshot_is_the_same_bytes(tmp_path):
    first, second = (make_bundle(tmp_path / name).read_bytes() for name in ("one.zip", "two.zip"))

    assert first == second


def test_it_holds_what_its_manifest_says(tmp_path):
    path = make_bundle(
        tmp_path / "b.zip", licence=("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
    )
    files = read_files(path)
    manifest = json.loads(files["manifest.json"])

    assert list(files) == list(MEMBERS)
    for name, said in manifest["files"].items():
        assert said == {"bytes": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
    assert manifest["snapshot"] == hashlib.sha256(files["snapshot.json"]).hexdigest()
    assert manifest["licence"]["name"] == "CC BY 4.0"
    assert files["README.txt"].decode().count("https://creativecommons.org/licenses/by/4.0/") == 2
    with ZipFile(path) as archive:
        assert archive.testzip() is None


def test_simulated_votes_are_called_so():
    votes = replace(draw_counted(votes=60), origin=np.full(60, 2))
    published = publish(votes)
    data = b"".join(write_bundle(document=published.document, analyses=[], votes=votes))

    with ZipFile(io.BytesIO(data)) as archive:
        assert "SIMULATED" in archive.read("README.txt").decode()[:200]


def test_it_is_written_while_it_is_sent(monkeypatch):
    monkeypatch.setattr(vote_files, "ROWS", 50)
    votes = draw_counted(votes=2_000)
    published = publish(votes)
    chunks = list(write_bundle(document=published.document, analyses=[], votes=votes))

    assert len([chunk for chunk in chunks if chunk]) >= 4


FAULTS = {
    "no CSV": (b"\x00\xff\x00", "no table of votes|other columns"),
    "nothing": (b"", "it is empty"),
    "one long row": (b"a" * (BLOCK + 1), "a row has more than 16,777,216 bytes"),
    "another header": (b"a,b,c\n1,2,3\n", "other columns"),
    "a cell too few": (write(draw_counted(votes=3)).rpartition(b",")[0], "no table of votes"),
    "a text for a number": (write(draw_counted(votes=3)).replace(b"0.2", b"one", 1), "no table of votes"),
}


@pytest.mark.parametrize(("data", "said"), FAULTS.values(), ids=FAULTS)
def test_what_is_no_file_of_votes_is_told(data, said):
    with pytest.raises(BundleUnreadable, match=said):
        read_votes(io.BytesIO(data), models=("alpha", "beta", "delta", "gamma"))


CELLS = {
    "left": ("nobody", "has an unknown left"),
    "outcome": ("perhaps", "has an unknown outcome"),
    "origin": ("dreamt", "has an unknown origin"),
    "position": ("-4", "position below 0"),
    "rater": ("99999999999", "another rater than the next one"),
    "prompt": ("17", "another prompt than the next one"),
    "probability": ("1.5", "not above 0 and at most 1"),
    "left_length": ("", "has no left_length"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_that_cannot_be_is_told_with_its_vote(name):
    cell, said = CELLS[name]
    rows = list(csv.reader(io.StringIO(write(draw_counted(votes=9)).decode())))
    rows[1][COLUMNS.index(name)] = cell
    data = "".join(",".join(row) + "\n" for row in rows).encode()

    with pytest.raises(BundleUnreadable, match=f"Vote 1 of votes.csv .*{said}"):
        read_votes(io.BytesIO(data), models=("alpha", "beta", "delta", "gamma"))


@pytest.mark.parametrize("chance", ["nan", "inf", "0", "-1"])
def test_a_probability_is_one(chance):
    rows = list(csv.reader(io.StringIO(write(draw_counted(votes=9)).decode())))
    rows[1][COLUMNS.index("probability")] = chance
    data = "".join(",".join(row) + "\n" for row in rows).encode()

    with pytest.raises(BundleUnreadable, match="not above 0"):
        read_votes(io.BytesIO(data), models=("alpha", "beta", "delta", "gamma"))
