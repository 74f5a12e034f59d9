"""`python -m arena.embedded run | demo`: the whole product in the foreground, on one machine."""

import http.client
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

from arena.embedded.broker import launch_broker, wait_for_broker
from arena.embedded.errors import StartError
from arena.embedded.home import addresses, find_home, own_home, read_or_make_secret
from arena.embedded.postgres import launch_postgres, wait_for_postgres
from arena.embedded.supervisor import Interrupted, Supervisor

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("compile_translations", "migrate --no-input", "ensure_staff")
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - recognised, not chosen


def main() -> int:
    if sys.argv[1:] not in (["run"], ["demo"]):
        print("Usage: python -m arena.embedded run | demo", file=sys.stderr)
        return 2
    home = find_home()
    try:
        with own_home(home=home, purpose=f"make {sys.argv[1]}") as lock:
            check_port()
            return supervise(home=home, lock=lock, demo=sys.argv[1] == "demo")
    except StartError as error:
        say(f"\n{error}", to=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def supervise(*, home: Path, lock: int, demo: bool) -> int:
    """Start everything, serve until asked to stop, stop everything. Returns the exit code."""
    supervisor = Supervisor(logs=home / "logs", folder=ROOT)
    try:
        environment = start_servers(supervisor, home=home, lock=lock)
        prepare(supervisor, home=home, environment=environment, demo=demo)
        start_product(supervisor, home=home, environment=environment)
        announce(home=home, demo=demo)
        supervisor.serve()
    except Interrupted:
        say("\nStopping …")
    except StartError as error:
        say(f"\n{error}\n\nStopping …", to=sys.stderr)
        return 1
    finally:
        supervisor.stop()
        say("Stopped. Nothing is left running.")
    return 0


def start_servers(supervisor: Supervisor, *, home: Path, lock: int) -> dict[str, str]:
    """Database and broker, where no address names others. Returns the environment that names them all."""
    embedded = addresses(home=home)
    environment = {"DATABASE_URL": embedded.database_url, "CELERY_BROKER_URL": embedded.broker_url}
    environment |= {name: os.environ[name] for name in environment if os.environ.get(name)}
    # One BLAS thread a process: two fight for the cores that the other processes need.
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **os.environ, **environment}
    if not os.environ.get("DATABASE_URL"):
        say("Starting the database …")
        server = supervisor.adopt(launch_postgres(home=home, lock=lock))
        wait_for_postgres(server, home=home, pause=supervisor.pause)
    if not os.environ.get("CELERY_BROKER_URL"):
        say("Starting the broker …")
        server = supervisor.adopt(launch_broker(home=home, lock=lock))
        wait_for_broker(server, home=home, pause=supervisor.pause)
    return {**environment, "ARENA_HOME": str(home)}


def prepare(supervisor: Supervisor, *, home: Path, environment: dict[str, str], demo: bool) -> None:
    """Tables, translations, static files, the staff account and, for the demonstration, its study."""
    say("Preparing tables, translations, static files …")
    password = read_or_make_secret(home=home, name="staff_password", length=15)
    command = [sys.executable, "-m", "arena.embedded.prepare", *STEPS, *(["load_sample"] if demo else [])]
    supervisor.run_once("prepare", command, environment={**environment, "ARENA_STAFF_PASSWORD": password})


def start_product(supervisor: Supervisor, *, home: Path, environment: dict[str, str]) -> None:
    """Web server, then workers and beat: so the page is there first, and they don't fight for the cores."""
    say("Starting the web server, the workers and their clock …")
    web = ["-m", "granian", "--interface", "wsgi", "arena.wsgi:application", "--host", read_host()]
    web += ["--port", str(read_port()), "--workers", "2", "--blocking-threads", "4", "--no-ws"]
    web += ["--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "warning"]
    worker = [
        "-m",
        "celery",
        "-A",
        "arena",
        "worker",
        "--concurrency",
        "2",
        "--loglevel",
        "INFO",
        "-Q",
        "celery",
    ]
    # Waiting for providers takes threads, no processor: nothing else has to wait for them.
    asker = ["-m", "celery", "-A", "arena", "worker", "--pool", "threads", "--concurrency", "16"]
    asker += ["--loglevel", "INFO", "-Q", "generate", "-n", "generate@%h"]
    beat = ["-m", "celery", "-A", "arena", "beat", "--schedule", str(home / "beat-schedule"), "--pidfile", ""]
    supervisor.start("web", [sys.executable, *web], environment=environment)
    supervisor.wait_until(is_serving, seconds=60, otherwise="The web server takes too long to answer.")
    supervisor.start("worker", [sys.executable, *worker], environment=environment)
    supervisor.start("generate", [sys.executable, *asker], environment=environment)
    supervisor.start("beat", [sys.executable, *beat], environment=environment)


def announce(*, home: Path, demo: bool) -> None:
    host = "localhost" if read_host() in {"127.0.0.1", "::1", *EVERY_ADDRESS} else read_host()
    address = f"http://{host}:{read_port()}/"
    password = home / "staff_password"
    say(f"\nArena runs. Open  {address}\n")
    say(f"Staff sign in at  {address}manage/  as  staff  with the password")
    say(f"                  {password.read_text().strip()}  (kept in {password})")
    if demo:
        say("The sample study's models are fictional and its votes simulated; every page says so.")
    say(f"Ctrl-C stops everything. The data stay in {home}")


def check_port() -> None:
    """Raises StartError when the port can't be had: clearer than a web server that ends."""
    host, port = read_host(), read_port()
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise StartError(
            f"Port {port} of {host} can't be had ({error.strerror}). Stop the program that has it, or choose "
            f"another port: make {sys.argv[1]} PORT={port + 1}"
        ) from error


def read_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StartError(f"PORT is “{text}”; it must be a number from 1 to 65535.")
    return int(text)


def read_host() -> str:
    return os.environ.get("HOST") or "127.0.0.1"


def is_serving() -> bool:
    """Whether the web server answers with anything but a failure: behind HTTPS it redirects even this."""
    connection = http.client.HTTPConnection(
        EVERY_ADDRESS.get(read_host(), read_host()), read_port(), timeout=5
    )
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def say(text: str, *, to: object = None) -> None:
    """Print, if anybody still listens: the terminal may have gone, and stopping must go on."""
    with suppress(OSError):
        print(text, file=to or sys.stdout, flush=True)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())
