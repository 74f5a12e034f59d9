"""`python -m arena.embedded run | demo`: the whole product in the foreground, on one machine."""

import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

from arena.embedded.broker import broker_command
from arena.embedded.errors import StartError
from arena.embedded.home import read_or_make_secret, socket_folder
from arena.embedded.postgres import own_home, prepare_cluster, wait_until_ready
from arena.embedded.processes import Interrupted, Supervisor, python

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    if sys.argv[1:] not in (["run"], ["demo"]):
        print("Usage: python -m arena.embedded run | demo", file=sys.stderr)
        return 2
    home = Path(os.environ.get("ARENA_HOME") or ROOT / "var").resolve()
    os.environ["ARENA_HOME"] = str(home)
    os.chdir(ROOT)
    with own_home(home=home) as owned:
        if not owned:
            print(f"Arena already runs on {home}. Stop it first, or set ARENA_HOME to another folder.", file=sys.stderr)
            return 1
        return supervise(home=home, demo=sys.argv[1] == "demo")


def supervise(*, home: Path, demo: bool) -> int:
    """Start everything, serve until asked to stop, stop everything. Returns the exit code."""
    supervisor = Supervisor(logs=home / "logs")
    try:
        check_port()
        start_servers(supervisor, home=home)
        prepare(supervisor, demo=demo, home=home)
        start_product(supervisor, home=home)
        announce(home=home, demo=demo)
        supervisor.serve()
    except Interrupted:
        pass
    except StartError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    finally:
        print("\nStopping …", flush=True)
        supervisor.stop()
        print("Stopped. Nothing is left running.", flush=True)
    return 0


def start_servers(supervisor: Supervisor, *, home: Path) -> None:
    """Database and broker, where no address names others."""
    if not os.environ.get("DATABASE_URL"):
        say("Starting the database …")
        cluster = prepare_cluster(home=home)
        child = supervisor.start(
            name="database",
            command=cluster.command(),
            stop_signal=signal.SIGINT,
            identity=cluster.identity,
        )
        wait_until_ready(
            cluster=cluster,
            is_alive=lambda: child.process.poll() is None and not supervisor.is_asked_to_stop,
        )
    if not os.environ.get("CELERY_BROKER_URL"):
        say("Starting the broker …")
        broker_socket = socket_folder(home=home) / "broker.sock"
        broker_socket.unlink(missing_ok=True)
        supervisor.start(name="broker", command=broker_command(home=home))
        supervisor.wait_until(broker_socket.exists, seconds=30)


def prepare(supervisor: Supervisor, *, demo: bool, home: Path) -> None:
    """Tables, translations, static files, the staff account and, for the demonstration, its study."""
    say("Preparing tables, translations and static files …")
    manage = str(ROOT / "manage.py")
    password = {"ARENA_STAFF_PASSWORD": read_or_make_secret(home=home, name="staff_password")[:20]}
    supervisor.run_once(name="migrate", command=python(manage, "migrate", "--no-input"))
    supervisor.run_once(name="translations", command=python(manage, "compile_translations"))
    supervisor.run_once(name="static", command=python(manage, "collectstatic", "--no-input"))
    supervisor.run_once(name="staff", command=python(manage, "ensure_staff"), environment=password)
    if demo:
        say("Loading the sample study …")
        supervisor.run_once(name="sample", command=python(manage, "load_sample"))


def start_product(supervisor: Supervisor, *, home: Path) -> None:
    say("Starting web server, worker and beat …")
    host, port = read_host(), read_port()
    # One BLAS thread a process: two fight for the cores that the other processes need.
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    web = python("-m", "granian", "--interface", "wsgi", "arena.wsgi:application", "--host", host, "--port", str(port))
    threads = ["--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    supervisor.start(name="web", command=[*web, *threads], environment=environment)
    worker = python("-m", "celery", "-A", "arena", "worker", "--concurrency", "2", "--loglevel", "INFO")
    supervisor.start(name="worker", command=worker, environment=environment)
    schedule = str(home / "beat-schedule")
    beat = python("-m", "celery", "-A", "arena", "beat", "--schedule", schedule, "--pidfile", "")
    supervisor.start(name="beat", command=[*beat, "--loglevel", "INFO"], environment=environment)
    supervisor.wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), seconds=60)


def announce(*, home: Path, demo: bool) -> None:
    host = "localhost" if read_host() in {"127.0.0.1", "0.0.0.0"} else read_host()  # noqa: S104
    address = f"http://{host}:{read_port()}/"
    print(f"\nArena runs. Open  {address}\n", flush=True)
    print(f"Staff sign in at  {address}manage/  as  staff  with the password")
    print(f"                  {(home / 'staff_password').read_text()[:20]}  (kept in {home / 'staff_password'})")
    if demo:
        print("The sample study's models are fictional and its votes simulated; every page says so.")
    print("Ctrl-C stops everything. The data stay in", home, flush=True)


def check_port() -> None:
    """Raises StartError when the port is taken: clearer than a web server that ends."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((read_host(), read_port()))
        except OSError as error:
            raise StartError(
                f"Port {read_port()} is taken ({error.strerror}). Choose another: PORT=8001 make {sys.argv[1]}"
            ) from error


def read_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StartError(f"PORT is “{text}”; it must be a number from 1 to 65535.")
    return int(text)


def read_host() -> str:
    return os.environ.get("HOST") or "127.0.0.1"


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310 - our own loopback address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
