"""A leaderboard of 100 models as it is read: by readers for whom nothing is kept, by one who has it already, weight.

Readers come in an open loop at times drawn beforehand (Poisson) over HTTP to the whole product, as `make run` starts
it. A page's time counts from when it was due to its last byte, compressed. Some have nothing kept in their browser and
ask for the leaderboard, which is then in memory; others each ask for a page that nobody has seen before, of another
part, analysis, order, language or theme, so that every one is made anew. The first look at an analysis in a language
makes its rows and pictures too, in each process once for each snapshot.
Targets: p95 at most 30 ms at 50 requests a second; 304 in at most 5 ms; 100 KB on the wire with pictures.
`python bench/board_page.py [requests a second] [seconds]`
"""

import http.client
import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from _arena import make_home, print_table, run_database
from _processes import run_product

PORT = int(os.environ.get("PORT") or 8191)
MODELS, PROMPTS, RATERS, VOTES = 100, 60, 1_000, 50_000
SNAPSHOTS, READERS, KNOWN = 12, 16, 200
PAGE = "/leaderboards/large/"
# An address and the headers that ask for it.
Asked = tuple[str, dict[str, str]]


def main() -> None:
    rate, seconds = (int(word) for word in [*sys.argv[1:], *("50", "20")[len(sys.argv) - 1 :]])
    with make_home() as home:
        prepare(home)
        with run_product(home=home, port=PORT):
            warm, tag, weight = read_once()
            # Until each process has made it once.
            read_when_due([(PAGE, {})] * 5 * rate, rate=rate)
            again = read_when_due([(PAGE, {})] * seconds * rate, rate=rate)
            known = [read(PAGE, headers={"If-None-Match": tag}) for _ in range(KNOWN)]
            firsts, others = list_addresses()
            looks = read_when_due(firsts, rate=rate)
            # Until each process has made the rows and pictures of each.
            read_when_due(others[: 6 * len(firsts)], rate=rate)
            anew = read_when_due(others[6 * len(firsts) :][: seconds * rate], rate=rate)
    if {status for status, _seconds in known} != {304} or {
        status for status, _seconds in looks + anew + again
    } != {200}:
        raise SystemExit("Not every page came as it should.")
    print_table(
        [
            (f"{MODELS} models, {VOTES:,} votes, {SNAPSHOTS} snapshots", "ms"),
            ("first page of a process", f"{1000 * warm:.0f}"),
            *describe(f"the leaderboard, {rate} a second (p95 30)", [spent for _status, spent in again]),
            *describe(f"made anew, {rate} a second (p95 30)", [spent for _status, spent in anew]),
            *describe(f"first look at an analysis, {rate} a second", [spent for _status, spent in looks]),
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


def list_addresses() -> tuple[list[Asked], list[Asked]]:
    """Pages of the leaderboard that all differ: of each analysis in each language one, and the others; orders drawn
    once, the others' so that all analyses come before any comes again."""
    parts = [
        f"category={one}&language={two}"
        for one in ("", "code", "explain", "write")
        for two in ("", "en", "fr")
    ]
    analyses = ["", "style=on", "ties=davidson", "ties=davidson&style=on", "ties=out", "method=elo"]
    sorts = [
        f"sort={way}{name}" for way in ("", "-") for name in ("score", "model", "votes", "win", "both-bad")
    ]
    generator, rounds = random.Random(1), []
    for sort, theme in itertools.product(sorts, ("", "light", "dark")):
        pages = [
            (
                PAGE + "?" + "&".join(filter(None, (part, analysis, sort))),
                {"Accept-Language": language, "Cookie": f"arena_theme={theme}"},
            )
            for part, analysis, language in itertools.product(parts, analyses, ("en", "fr"))
        ]
        generator.shuffle(pages)
        rounds.append(pages)
    return rounds[0], list(itertools.chain(*rounds[1:]))


def read_when_due(pages: Sequence[Asked], *, rate: int) -> list[tuple[int, float]]:
    """(status, seconds since it was due) of each page, at times of a Poisson process."""
    generator = random.Random(len(pages))
    due = list(itertools.accumulate(generator.expovariate(rate) for _page in pages))
    start = time.perf_counter()

    def read_one(number: int) -> tuple[int, float]:
        time.sleep(max(0.0, start + due[number] - time.perf_counter()))
        path, headers = pages[number]
        status, _spent = read(path, headers=headers)
        return status, time.perf_counter() - start - due[number]

    with ThreadPoolExecutor(READERS) as readers:
        return list(readers.map(read_one, range(len(pages))))


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
