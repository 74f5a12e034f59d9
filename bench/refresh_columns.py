"""Refresh after k new votes: rows read from the database, and time, beside a refresh that starts from nothing.

Target: k rows (and the one that is there already, to see that the ledger is the same), whatever the ledger's size.
"""

import tempfile
import time
from pathlib import Path

from _arena import print_table, run_arena

SIZES = (1_000, 100_000)
NEW = 100


def main() -> None:
    with run_arena():
        # Models load after django.setup().
        from _study import cast_many, make_study
        from django.conf import settings
        from django.utils import timezone

        from evaluations import columns
        from evaluations.snapshots import refresh_leaderboard

        read: list[int] = []
        real = columns._append_rows
        columns._append_rows = lambda **arguments: read.append(len(arguments["rows"])) or real(**arguments)

        study = make_study(models=12, prompts=400)
        board = study.leaderboards.get()
        rows = [("votes", "new", "rows read", "refresh, all", "of it: columns", "from nothing")]
        for size in SIZES:
            cast_many(study=study, until=size)
            refresh_leaderboard(leaderboard=board, columns_root=settings.COLUMNS_ROOT, now=timezone.now())
            cast_many(study=study, until=size + NEW)
            read.clear()
            start = time.perf_counter()
            columns.refresh_columns(root=settings.COLUMNS_ROOT)
            half = time.perf_counter()
            refresh_leaderboard(leaderboard=board, columns_root=settings.COLUMNS_ROOT, now=timezone.now())
            end = time.perf_counter()
            new = sum(read)
            with tempfile.TemporaryDirectory() as folder:
                anew = time.perf_counter()
                columns.refresh_columns(root=Path(folder))
                anew = time.perf_counter() - anew
            times = [f"{seconds * 1000:.0f} ms" for seconds in (end - start, half - start, anew)]
            rows.append((f"{size:,}", str(NEW), str(new), *times))
        print_table(rows)


if __name__ == "__main__":
    main()
