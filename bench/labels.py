"""How long a fit takes from columns of text, beside evalica.

Run: python bench/labels.py [votes] [models]. Prints a table; it asserts agreement, never a time.
"""

from __future__ import annotations

import sys

import evalica
import numpy as np
import pandas as pd
import pyarrow as pa
from _votes import Labels, draw_votes, print_rows, require, time_fastest, write_labels

from evaluations.ranking import Votes, count_pairs
from evaluations.ranking.fits.bradley_terry import fit_strengths
from evaluations.ranking.votes import Floats

AGREEMENT = 1e-6  # log-odds: what evalica's own stopping rule leaves
WINNERS = {"a": evalica.Winner.X, "b": evalica.Winner.Y, "tie": evalica.Winner.Draw}


def main(votes: int = 1_000_000, models: int = 100) -> None:
    lists = write_labels(draw_votes(votes=votes, models=models, raters=10))
    arrow = {name: pa.array(column) for name, column in lists.items()}
    frame = pd.DataFrame(lists)
    pandas = {name: frame[name] for name in lists}
    winners = [WINNERS[outcome] for outcome in lists["outcome"]]
    ours = [lambda columns=columns: fit(columns) for columns in (lists, arrow, pandas)]
    peer = time_fastest(lambda: by_evalica(lists, winners), rounds=3)[0]
    rows = [("evalica: lists of text, winners as its own objects", peer)]
    named = ("lists of text", "Arrow columns", "pandas columns")
    rows += [(f"ours: {name}", took) for name, took in zip(named, time_fastest(*ours), strict=True)]
    print_rows(
        f"{votes:,} votes, {models} models: from labels to strengths; asked for: 5 x faster than evalica",
        ("", "seconds", "faster by"),
        [(name, f"{took:.4f}", f"{peer / took:.1f} x") for name, took in rows],
    )
    gap = max(
        float(np.abs(by_evalica(lists, winners) - fit(columns)).max()) for columns in (lists, arrow, pandas)
    )
    require(gap < AGREEMENT, f"evalica disagrees by {gap:.1e} log-odds, more than {AGREEMENT:.0e}.")


def fit(columns: Labels) -> Floats:
    votes = Votes.from_labels(**columns)
    return fit_strengths(wins=count_pairs(votes).half_ties(both_bad="tie")).strength


def by_evalica(columns: Labels, winners: list[evalica.Winner]) -> Floats:
    found = evalica.bradley_terry(
        columns["model_a"], columns["model_b"], winners, tolerance=1e-9, limit=10_000
    )
    return np.asarray(np.log(found.scores.sort_index().to_numpy()))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
