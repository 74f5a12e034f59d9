import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from arena.embedded.errors import HomeInUse, StartError
from arena.embedded.home import addresses, find_home, own_home, read_or_make_secret, socket_folder


def test_addresses_are_known_before_anything_exists(tmp_path):
    found = addresses(home=tmp_path / "none")

    assert parse_qs(urlsplit(found.database_url).query)["host"] == [str(tmp_path / "none" / "run")]
    assert found.broker_url == f"redis+socket://{tmp_path}/none/run/broker.sock"
    assert list(tmp_path.iterdir()) == []


def test_importing_the_addresses_loads_neither_models_nor_a_driver():
    code = "import sys, arena.embedded.home; print(sorted({'django.db', 'psycopg'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert shown.strip() == "[]"


def test_home_is_var_beside_the_code_unless_told(monkeypatch, tmp_path):
    monkeypatch.delenv("ARENA_HOME")
    assert find_home() == Path(__file__).resolve().parents[2] / "var"

    monkeypatch.setenv("ARENA_HOME", f"{tmp_path}/a/../b")
    assert find_home() == tmp_path / "b"


@pytest.mark.parametrize("length", [20, 60, 150])
def test_socket_paths_fit_in_a_socket_address(length):
    home = Path("/srv") / ("é" * (length // 2))
    folder = socket_folder(home=home)

    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= 103
    assert folder == socket_folder(home=home)
    assert folder != socket_folder(home=home.with_name("other" * 40))


def test_secret_is_made_once_and_for_its_owner_only(tmp_path):
    home = tmp_path / "home"
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: read_or_make_secret(home=home, name="secret_key"), range(32)))

    assert len(secrets) == 1
    assert len(secrets.pop()) >= 50
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["secret_key"]


def test_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StartError, match=r"can't be made .* Set ARENA_HOME"):
        read_or_make_secret(home=tmp_path / "file" / "home", name="secret_key")


def test_home_has_one_owner(start, home):
    code = (
        "import sys; from arena.embedded.home import find_home, own_home\n"
        "with own_home(home=find_home()): print('owned', flush=True); sys.stdin.read()"
    )
    with own_home(home=home), own_home(home=home):
        other = start("-c", code)
        assert f"already runs on {home} (process {os.getpid()}" in other.communicate()[0]

    with own_home(home=home):
        pass


def test_lock_of_a_dead_owner_is_held_by_what_outlives_it(home):
    with own_home(home=home) as lock:
        server = subprocess.Popen(["sleep", "60"], pass_fds=[lock])
        os.pwrite(lock, b"999999999, a dead one\n", 0)
    with pytest.raises(HomeInUse), own_home(home=home, patience=0.2):
        pass

    server.kill()
    server.wait()
    with own_home(home=home, patience=0.2):
        pass
