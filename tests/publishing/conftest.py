import pytest

from evaluations.publishing.command import main
from tests.publishing.vote_samples import CLAIMS, draw_counted, make_bundle, read_files


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    """A small honest bundle."""
    votes = draw_counted(votes=80, categories=("code",))
    return make_bundle(tmp_path_factory.mktemp("bundle") / "b.zip", votes, claims=CLAIMS[:1])


@pytest.fixture(scope="session")
def honest(path):
    """Its files, by name."""
    return read_files(path)


@pytest.fixture
def verify(capsys):
    """`arena verify` with these arguments: how it ends, what it prints, and what it says beside."""

    def run(*arguments):
        code = main(["verify", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run
