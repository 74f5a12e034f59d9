"""A refresh of a large study: every slice ranked anew after some new votes, and every other analysis after that.

12 slices: all votes, 3 categories, 2 languages, and each category in each language. The snapshot is published with all
of them; the other analyses (style, ties, Elo) follow in the worker, and hold no snapshot back.
Target: all slices of 1,000,000 votes on 100 models in at most 10 s on 2 cores; no vote is read twice.
`python bench/refresh_slices.py [votes] [models]`
"""

import sys
import time

from _arena import print_table, run_arena

NEW, PROMPTS, RATERS = 100, 300, 10_000


def main() -> None:
    votes, models = (int(word) for word in [*sys.argv[1:], *("1000000", "100")[len(sys.argv) - 1 :]])
    with run_arena():
        # Models load after django.setup().
        from _large_study import cast_sealed, make_large_study
        from django.conf import settings
        from django.utils import timezone

        from evaluations import columns
        from evaluations.analyses import keep_analyses
        from evaluations.ranking import warm_kernels
        from evaluations.snapshots import read_document, refresh_leaderboard

        read: list[int] = []
        real = columns._append_rows
        columns._append_rows = lambda **arguments: read.append(len(arguments["rows"])) or real(**arguments)
        warm_kernels()
        study = make_large_study(models=models, prompts=PROMPTS, raters=RATERS)
        cast_sealed(study=study, votes=votes)
        board, root = study.leaderboards.select_related("study").get(), settings.COLUMNS_ROOT

        anew = time_once(lambda: columns.refresh_columns(root=root))
        first = time_once(
            lambda: refresh_leaderboard(leaderboard=board, columns_root=root, now=timezone.now())
        )
        cast_sealed(study=study, votes=NEW)
        read.clear()
        start = time.perf_counter()
        columns.refresh_columns(root=root)
        half = time.perf_counter()
        snapshot = refresh_leaderboard(leaderboard=board, columns_root=root, now=timezone.now())
        end = time.perf_counter()
        slices = len(read_document(snapshot=snapshot)["analyses"]) + 1
        others = time_once(lambda: keep_analyses(leaderboard=board, columns_root=root))
        print_table(
            [
                (f"{votes:,} votes, {models} models, {slices} slices", "seconds", "votes read"),
                ("columns from nothing, once", f"{anew:.1f}", f"{votes:,}"),
                ("first snapshot", f"{first:.1f}", ""),
                (f"refresh after {NEW} new votes (10)", f"{end - start:.1f}", f"{sum(read):,}"),
                ("of it: columns", f"{half - start:.2f}", ""),
                ("of it: all slices, published", f"{end - half:.1f}", ""),
                (f"{6 * slices} other analyses, afterwards", f"{others:.1f}", "0"),
            ]
        )


def time_once(action) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
