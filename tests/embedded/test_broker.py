import stat

import pytest
from celery import Celery

from arena.embedded import broker
from arena.embedded.broker import launch_broker, run_broker, wait_for_broker
from arena.embedded.errors import StartError
from arena.embedded.home import addresses, own_home, socket_folder


def connect(home):
    return Celery(broker=addresses(home=home).broker_url).connection_for_read()


def test_messages_survive_the_kill_of_the_broker(home):
    home = home / "a b%20é"
    with own_home(home=home) as lock:
        server = launch_broker(home=home, lock=lock)
        wait_for_broker(server, home=home)
        with connect(home) as connection:
            connection.SimpleQueue("votes").put({"id": 1})
        server.process.kill()
        server.stop()

    with run_broker(home=home), connect(home) as connection:
        message = connection.SimpleQueue("votes").get(timeout=5)
        assert message.payload == {"id": 1}


def test_broker_is_private(home):
    with run_broker(home=home):
        sockets = socket_folder(home=home)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert [path.name for path in sockets.iterdir()] == ["broker.sock"]
        assert "Ready to accept connections unix\n" in (home / "logs" / "broker.log").read_text()


def test_broker_that_does_not_start_shows_the_end_of_its_log(home):
    (home / "broker" / "appendonlydir").mkdir(parents=True)
    (home / "broker" / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")

    with (
        pytest.raises(StartError, match=r"(?s)The broker did not start.*broker\.log.*anifest"),
        run_broker(home=home),
    ):
        pass


def test_missing_broker_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setattr(broker.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(StartError, match=r"No broker was found.*CELERY_BROKER_URL"):
        broker.find_program()
