import json

import pytest

from tests.ranking.vote_files import LINES, as_csv, draw_rows, run_rank


@pytest.fixture(autouse=True)
def _columns_in_temporary_folder():
    """Ranking knows no Django: its tests need no settings and no folder."""


@pytest.fixture
def ranked(tmp_path):
    """Run `manage.py rank` on lines of a CSV file; returns what it printed and what it said beside."""

    def run(*options, header="model_a,model_b,winner,rater", rows=LINES):
        path = tmp_path / "votes.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return run_rank(path, *options)

    return run


@pytest.fixture
def ranked_rows(tmp_path):
    """The same on rows with every column that an option can name."""

    def run(*options, rows=None):
        path = tmp_path / "votes.csv"
        path.write_bytes(as_csv(draw_rows() if rows is None else rows))
        return run_rank(path, *options)

    return run


@pytest.fixture
def document(ranked_rows):
    """Run the command on such rows and read its JSON."""
    return lambda *options, **more: json.loads(ranked_rows("--format", "json", *options, **more)[0])
