"""A bundle of a million votes: how long it takes to write, and to verify, beside the computation that it repeats.

Run: python bench/verify.py [votes] [models]. All seconds are of one run; the ratios say what verification adds to the
refresh of a snapshot with all its analyses. It requires that every figure is the same.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from _votes import print_rows, require, time_once

from evaluations.publishing.bundles import write_bundle
from evaluations.publishing.verification import verify_bundle
from evaluations.ranking import warm_kernels
from tests.publishing.vote_samples import draw_counted, list_records, publish


def main(votes: int = 1_000_000, models: int = 100) -> None:
    warm_kernels()
    names = tuple(f"model-{number:03d}" for number in range(models))
    drawn = draw_counted(votes=votes, models=names, categories=("code", "prose", "sums"))
    refresh, published = time_once(lambda: publish(drawn, claims=()))
    others, records = time_once(lambda: list(list_records(drawn, published=published)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"

        def write() -> None:
            with path.open("wb") as file:
                for chunk in write_bundle(document=published.document, analyses=records, votes=drawn):
                    file.write(chunk)

        written = time_once(write)[0]
        size = path.stat().st_size
        verified, found = time_once(lambda: verify_bundle(path))
    whole = refresh + others
    print_rows(
        f"{votes:,} votes, {models} models, {len(records) + 1} rankings; a bundle of {size / 1e6:.0f} MB",
        ("", "seconds", "of all figures"),
        [
            ("snapshot and its parts", f"{refresh:.1f}", f"{refresh / whole:.2f}"),
            ("and all other analyses: all figures", f"{whole:.1f}", "1"),
            ("write the bundle", f"{written:.1f}", f"{written / whole:.2f}"),
            ("verify it", f"{verified:.1f}", f"{verified / whole:.2f}"),
        ],
    )
    require(found.verdict == "same", "\n".join(difference.sentence for difference in found.differences))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
