"""Votes at a hundred a second on the whole product, as `make run` starts it: how long until the next pair is there.

Raters vote over HTTP in an open loop: at times drawn beforehand (Poisson), whether or not earlier answers came; a
vote's time counts from when it was due to the last byte of the next pair. Every rater has 50 votes already, and the
ledger holds 100,000. Sealing, columns and leaderboards go on meanwhile.
Target: p95 at most 50 ms on 2 cores. `python bench/vote_load.py [votes a second] [seconds]`
"""

import os
import random
import sys
import time
from pathlib import Path

from _arena import make_home, print_table, run_database
from _processes import read_processor_seconds, run_product
from _voters import Load, Voters

PORT = int(os.environ.get("PORT") or 8190)
MODELS, PROMPTS, SEALED = 12, 400, 100_000
RATERS = 400
WARM_UP_SECONDS = 10
QUERIES_COUNTED = 20


def main() -> None:
    rate, seconds = (int(word) for word in [*sys.argv[1:], *("100", "30")[len(sys.argv) - 1 :]])
    with make_home() as home:
        cookies, queries = prepare(home)
        load, shares, wrong = measure(home, cookies=cookies, rate=rate, seconds=seconds)
    print_table([*describe(load, rate=rate), ("queries a vote, most", str(queries)), *shares])
    if wrong or load.errors:
        raise SystemExit(f"Votes that are not once in the table: {wrong}. Errors: {sorted(set(load.errors))}")


def prepare(home: Path) -> tuple[list[str], int]:
    """Cookies of the raters, and how many queries a vote takes."""
    with run_database(home=home):
        # Models load after django.setup().
        from _long_study import make_long_study, sign_raters
        from _study import start_rater

        study = make_long_study(models=MODELS, prompts=PROMPTS, votes=SEALED)
        cookies = sign_raters(study=study, raters=RATERS)
        rater = start_rater(study=study)
        return cookies, max(rater.vote_and_count_queries() for _ in range(QUERIES_COUNTED))


def measure(
    home: Path, *, cookies: list[str], rate: int, seconds: int
) -> tuple[Load, list[tuple[str, ...]], int]:
    """The load; shares of processor by process; votes that are not in the table exactly once."""
    from _long_study import check_votes

    from evaluations.models import Vote

    with run_product(home=home, port=PORT) as product:
        voters = Voters(origin=("127.0.0.1", PORT), page="/studies/bench/rate/", cookies=cookies)
        voters.open_pages()
        voters.vote(due=draw_times(rate=rate, seconds=WARM_UP_SECONDS))
        before, taken = Vote.objects.count(), read_processor_seconds(root=product.pid)
        load = voters.vote(due=draw_times(rate=rate, seconds=seconds))
        taken_since = {
            name: (now - taken.get(name, 0.0)) / load.lasted
            for name, now in read_processor_seconds(root=product.pid).items()
        }
        time.sleep(1)
        counted, wrong = check_votes(before=before, tokens=load.tokens)
    shares = {"generator": load.processor_seconds / load.lasted, **taken_since}
    rows = [(f"processor: {name}", f"{share:.0%} of one core") for name, share in shares.items()]
    return load, rows, wrong + abs(counted - len(load.tokens))


def draw_times(*, rate: int, seconds: int) -> list[float]:
    """Times of a Poisson process, in seconds."""
    generator, times, now = random.Random(seconds), [], 0.0
    while (now := now + generator.expovariate(rate)) < seconds:
        times.append(now)
    return times


def describe(load: Load, *, rate: int) -> list[tuple[str, ...]]:
    ordered = sorted(load.seconds)
    marks = [(share, ordered[len(ordered) * share // 100] * 1000) for share in (50, 95, 99)]
    return [
        ("votes a second, asked", f"{rate}"),
        ("votes a second, reached", f"{len(load.tokens) / load.lasted:.1f}"),
        ("votes, each once in the table", f"{len(load.tokens):,}"),
        ("errors", str(len(load.errors))),
        *((f"next pair there, p{share}", f"{mark:.1f} ms") for share, mark in marks),
        ("bytes of an answer, mean", f"{load.bytes_received / max(1, len(load.seconds)):,.0f}"),
    ]


if __name__ == "__main__":
    main()
