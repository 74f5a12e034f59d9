"""Each export of a study by its number of votes: rows a second, bytes, and by how much the process grows.

Target: the growth is that of one page, whatever the number of votes. `python bench/exports.py 20000 200000`
"""

import sys
import time
from pathlib import Path

from _arena import print_table, run_arena

SIZES = (20_000, 200_000)
NAMES = ("csv", "jsonl", "parquet", "lmarena", "lmarena-parquet", "responses-csv")


def read_status(field: str) -> float:
    """Megabytes: VmRSS now, VmHWM at most."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def measure(study, name: str) -> tuple[int, int, float, float]:
    """Rows, bytes, seconds, megabytes more at the peak than before."""
    from evaluations.exports import open_export

    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here on
    before, start = read_status("VmRSS"), time.perf_counter()
    export = open_export(study=study, name=name)
    size = sum(map(len, export.chunks))
    return export.rows, size, time.perf_counter() - start, read_status("VmHWM") - before


def main() -> None:
    with run_arena():
        # Models load after django.setup().
        from _study import cast_many, make_study

        study = make_study(models=12, prompts=400)
        rows = [("export", "votes", "rows", "MB", "rows a second", "grows by")]
        for size in [int(word) for word in sys.argv[1:]] or SIZES:
            cast_many(study=study, until=size)
            measure(study, "csv")  # what is loaded once
            for name in NAMES:
                count, size_, seconds, grown = measure(study, name)
                figures = (f"{size_ / 1e6:,.1f}", f"{count / seconds:,.0f}", f"{grown:.0f} MB")
                rows.append((name, f"{size:,}", f"{count:,}", *figures))
        print_table(rows)


if __name__ == "__main__":
    main()
