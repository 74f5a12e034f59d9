"""A ranking written down: as a record, as JSON, as CSV, and as a table for a person."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final

from evaluations.ranking.rankings import Ranking

COLUMNS: Final = (
    "model",
    "rank_low",
    "rank_high",
    "strength",
    "standard_error",
    "score",
    "lower",
    "upper",
    "votes",
    "both_bad",
    "win_rate",
)
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run
GAP: Final = "   "


def as_record(ranking: Ranking) -> dict[str, Any]:
    """The ranking in plain types: parameters, totals, rows in order, who is unplaced, cautions."""
    return {
        "parameters": asdict(ranking.parameters),
        "votes": ranking.total,
        "raters": ranking.raters,
        "iterations": ranking.iterations,
        "ranking": _rows(ranking),
        "unplaced": [{"model": model, "reason": reason} for model, reason in ranking.unplaced],
        "cautions": [{"model": model, "caution": caution} for model, caution in ranking.cautions],
    }


def as_json(ranking: Ranking) -> str:
    return json.dumps(as_record(ranking), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def as_csv(ranking: Ranking) -> str:
    """One line a ranked model. A name that a spreadsheet would run as a formula gets an apostrophe first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in _rows(ranking):
        name = row["model"]
        writer.writerow({**row, "model": f"'{name}" if name.startswith(FORMULAS) else name})
    return text.getvalue()


def as_table(ranking: Ranking) -> str:
    """The ranking for a person: aligned columns, then who is unplaced, cautions, and how it was made."""
    parts = [_ranked_lines(ranking)] if ranking.models else [["No model can be ranked yet."]]
    if ranking.unplaced:
        parts.append(["Not placed:", *_sentences(ranking.unplaced)])
    if ranking.cautions:
        parts.append(["Take care:", *_sentences(ranking.cautions)])
    parts.append(_method_lines(ranking))
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _rows(ranking: Ranking) -> list[dict[str, Any]]:
    arrays = [getattr(ranking, name).tolist() for name in COLUMNS[1:]]
    return [dict(zip(COLUMNS, values, strict=True)) for values in zip(ranking.models, *arrays, strict=True)]


def _ranked_lines(ranking: Ranking) -> list[str]:
    level = f"{100 * ranking.parameters.level:g} % interval"
    rows = [("Rank", "Model", "Score", level, "Votes", "Win rate")]
    for row in _rows(ranking):
        low, high = row["rank_low"], row["rank_high"]
        rows.append(
            (
                f"{low}" if low == high else f"{low}–{high}",
                _printable(row["model"]),
                f"{row['score']:.0f}",
                f"{row['lower']:.0f} to {row['upper']:.0f}",
                f"{row['votes']:,}",
                f"{100 * row['win_rate']:.1f} %",
            )
        )
    return list(_aligned(rows, left={1}))


def _aligned(rows: Sequence[Sequence[str]], *, left: set[int]) -> Iterable[str]:
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            padding = " " * (width - _width(cell))
            cells.append(cell + padding if place in left else padding + cell)
        yield GAP.join(cells).rstrip()


def _width(text: str) -> int:
    """The columns that a terminal gives a text: two to a wide character, none to a combining one."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def _printable(name: str) -> str:
    """A name whose control characters, if any, are shown and do not reach the terminal."""
    return name if name.isprintable() else ascii(name)[1:-1]


def _sentences(pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [f"  {_printable(model)} {sentence}." for model, sentence in pairs]


def _method_lines(ranking: Ranking) -> list[str]:
    chosen = ", ".join(
        f"{name.replace('_', '-')} {'none' if value is None else value}"
        for name, value in asdict(ranking.parameters).items()
    )
    raters = f" by {ranking.raters:,} raters" if ranking.raters else ""
    return [
        f"{ranking.total:,} votes{raters}; {chosen}.",
        "Intervals are of each model on its own; all rank ranges hold together.",
    ]
