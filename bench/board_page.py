"""A leaderboard of 100 models as it is read: by readers for whom nothing is kept, by one who has it already, weight.

Readers come in an open loop at times drawn beforehand (Poisson) over HTTP to the whole product, as `make run` starts
it; each asks for an address that nobody asked for before, so that every page is made anew. A page's time counts from
when it was due to its last byte, compressed.
Targets: p95 at most 30 ms made anew at 50 requests a second; 304 in at most 5 ms; 100 KB on the wire with pictures.
`python bench/board_page.py [requests a second] [seconds]`
"""

import http.client
import os
import random
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from _arena import make_home, print_table, run_database
from _processes import run_product

PORT = int(os.environ.get("PORT") or 8191)
MODELS, PROMPTS, RATERS, VOTES = 100, 60, 1_000, 50_000
SNAPSHOTS, READERS, KNOWN = 12, 16, 200
PAGE = "/leaderboards/large/"


def main() -> None:
    rate, seconds = (int(word) for word in [*sys.argv[1:], *("50", "20")[len(sys.argv) - 1 :]])
    with make_home() as home:
        prepare(home)
        with run_product(home=home, port=PORT):
            warm, tag, weight = read_once()
            read_anew(rate=rate, seconds=5, salt="warm")
            anew = read_anew(rate=rate, seconds=seconds, salt="read")
            known = [read(PAGE, headers={"If-None-Match": tag}) for _ in range(KNOWN)]
    if {status for status, _seconds in known} != {304} or {status for status, _seconds in anew} != {200}:
        raise SystemExit("Not every page came as it should.")
    print_table(
        [
            (f"{MODELS} models, {VOTES:,} votes, {SNAPSHOTS} snapshots", "ms"),
            ("first page of a process", f"{1000 * warm:.0f}"),
            *describe(f"made anew, {rate} a second (p95 30)", [spent for _status, spent in anew]),
            *describe("304 (5)", [spent for _status, spent in known]),
            ("on the wire, with pictures (100 KB)", f"{weight / 1000:.1f} KB"),
        ]
    )


def prepare(home: Path) -> None:
    with run_database(home=home):
        # Models load after django.setup().
        from _large_study import cast_sealed, make_large_study
        from django.conf import settings
        from django.utils import timezone

        from evaluations.analyses import keep_analyses
        from evaluations.snapshots import refresh_leaderboard

        study = make_large_study(models=MODELS, prompts=PROMPTS, raters=RATERS)
        board = study.leaderboards.select_related("study").get()
        for _ in range(SNAPSHOTS):
            cast_sealed(study=study, votes=VOTES // SNAPSHOTS)
            refresh_leaderboard(leaderboard=board, columns_root=settings.COLUMNS_ROOT, now=timezone.now())
        keep_analyses(leaderboard=board, columns_root=settings.COLUMNS_ROOT)


def read_once() -> tuple[float, str, int]:
    """Seconds, the page's tag, its bytes on the wire."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    connection.request("GET", PAGE, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    return time.perf_counter() - start, answer.headers["ETag"], len(body)


def read_anew(*, rate: int, seconds: int, salt: str) -> list[tuple[int, float]]:
    """(status, seconds since it was due) of each page."""
    generator = random.Random(salt)
    due, at = [], 0.0
    while at < seconds:
        at += generator.expovariate(rate)
        due.append(at)
    start = time.perf_counter()

    def read_when_due(number: int) -> tuple[int, float]:
        time.sleep(max(0.0, start + due[number] - time.perf_counter()))
        status, _spent = read(f"{PAGE}?reader={salt}-{number}")
        return status, time.perf_counter() - start - due[number]

    with ThreadPoolExecutor(READERS) as readers:
        return list(readers.map(read_when_due, range(len(due))))


def read(path: str, *, headers: dict[str, str] | None = None) -> tuple[int, float]:
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip", **(headers or {})})
    answer = connection.getresponse()
    answer.read()
    return answer.status, time.perf_counter() - start


def describe(name: str, seconds: list[float]) -> list[tuple[str, str]]:
    cuts = statistics.quantiles(seconds, n=100)
    return [(f"{name}, p{place}", f"{1000 * cuts[place - 1]:.1f}") for place in (50, 95, 99)]


if __name__ == "__main__":
    main()
