"""A ranking in plain types, as JSON, and as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from evaluations.ranking.influence import Turn
from evaluations.ranking.results import Ranking
from evaluations.ranking.slices import Slice

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
# Digits beyond these differ between processors; those given out are the same bytes.
DECIMALS: Final[Mapping[str, int]] = {
    "strength": 9,
    "standard_error": 9,
    "score": 6,
    "lower": 6,
    "upper": 6,
    "win_rate": 9,
}
NOTE: Final = "note"
EFFECT_DECIMALS: Final = 9
POINT_DECIMALS: Final = 6
WITHOUT_STYLE: Final = ("score", "rank_low", "rank_high")  # of the board without it, in CSV
SIGNS: Final = "=+\\-@＝＋－＠"  # what a formula begins with
# At the start of a text, and after what some spreadsheets part cells at even where it stands in quotes.
FORMULA: Final = re.compile(rf'^(?=[\t\r\n{SIGNS}])|(?<=[;|\t\r\n])(?=[\s"]*[{SIGNS}])')


@dataclass(frozen=True, eq=False, kw_only=True)
class Report:
    """What is written down: a ranking, and what was asked for beside it.

    plain: the same votes without style control. left_out: (feature, reason) of style that has no effect.
    slices: (column, slice). turns: what it takes to turn the order. uncounted: votes of Arena's export that stay out
    of it as they do of its leaderboards, by reason; None where the file is not such an export, or all were kept.
    """

    ranking: Ranking
    plain: Ranking | None = None
    left_out: tuple[tuple[str, str], ...] = ()
    slices: tuple[tuple[str, Slice], ...] = ()
    turns: tuple[Turn, ...] = ()
    uncounted: Mapping[str, int] | None = None


def as_record(report: Report) -> dict[str, Any]:
    """The report in plain types: parameters, totals, rows in order, who is unplaced, cautions, and the rest."""
    record = _describe(report.ranking)
    if report.plain is not None:
        record["without_style"] = list_rows(report.plain)
    if report.uncounted is not None:
        record["uncounted"] = dict(report.uncounted)
    if report.left_out:
        record["left_out"] = [{"effect": name, "reason": reason} for name, reason in report.left_out]
    if report.slices:
        record["slices"] = [_describe_slice(column, part) for column, part in report.slices]
    if report.turns:
        record["influence"] = [_describe_turn(turn) for turn in report.turns]
    return record


def as_json(report: Report) -> str:
    return json.dumps(as_record(report), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def as_csv(report: Report) -> str:
    """One line a ranked model; with slices, one for each in every slice, whose column and name come first.

    A model without a place has a line with the reason in `note`, where a ranked one has its caution. With style
    control the places on the board without it come last. Texts are quoted; one that a spreadsheet would run as a
    formula gets an apostrophe before it.
    """
    text = io.StringIO()
    heads = ("slice_column", "slice") if report.slices else ()
    tails = [f"{name}_without_style" for name in WITHOUT_STYLE] if report.plain is not None else []
    writer = csv.DictWriter(
        text, (*heads, *COLUMNS, NOTE, *tails), lineterminator="\n", restval="", quoting=csv.QUOTE_NONNUMERIC
    )
    writer.writeheader()
    plain = {row["model"]: row for row in list_rows(report.plain)} if report.plain is not None else {}
    for row in _list_noted(report.ranking):
        old = [plain[row["model"]][name] for name in WITHOUT_STYLE] if row["model"] in plain else []
        writer.writerow({**row, "model": _defuse(row["model"]), **dict(zip(tails, old, strict=False))})
    for column, part in report.slices:
        place = {"slice_column": _defuse(column), "slice": _defuse(part.name)}
        for row in _list_noted(part.ranking) if part.ranking is not None else ():
            writer.writerow({**place, **row, "model": _defuse(row["model"])})
    return text.getvalue()


def _list_noted(ranking: Ranking) -> list[dict[str, Any]]:
    """Rows of the ranked with their cautions, then of the unplaced with the reason and no figures."""
    cautions: dict[str, str] = {}
    for name, sentence in ranking.cautions:
        cautions[name] = f"{cautions[name]}; {sentence}" if name in cautions else sentence
    rows = [{**row, NOTE: cautions.get(row["model"], "")} for row in list_rows(ranking)]
    return rows + [{"model": model, NOTE: f"not placed: {reason}"} for model, reason in ranking.unplaced]


def list_rows(ranking: Ranking) -> list[dict[str, Any]]:
    """One row of COLUMNS for each ranked model, in order."""
    arrays = [getattr(ranking, name) for name in COLUMNS[1:]]
    lists = [
        (array.round(DECIMALS[name]) + 0.0 if name in DECIMALS else array).tolist()
        for name, array in zip(COLUMNS[1:], arrays, strict=True)
    ]
    return [dict(zip(COLUMNS, values, strict=True)) for values in zip(ranking.models, *lists, strict=True)]


def list_effects(ranking: Ranking) -> list[dict[str, Any]]:
    """What else the fit estimates: name, value, standard_error, lower, upper of each, log-odds."""
    return [
        {
            name: value if isinstance(value, str) else _round(value, EFFECT_DECIMALS)
            for name, value in asdict(effect).items()
        }
        for effect in ranking.effects
    ]


def _describe(ranking: Ranking) -> dict[str, Any]:
    return {
        "parameters": asdict(ranking.parameters),
        "votes": ranking.total,
        "raters": ranking.raters,
        "iterations": ranking.iterations,
        "ranking": list_rows(ranking),
        "effects": list_effects(ranking),
        "unplaced": [{"model": model, "reason": reason} for model, reason in ranking.unplaced],
        "cautions": [{"model": model, "caution": caution} for model, caution in ranking.cautions],
    }


def _describe_slice(column: str, part: Slice) -> dict[str, Any]:
    head = {"column": column, "name": part.name, "votes": part.votes, "reason": part.reason}
    if part.ranking is None:
        return {**head, "ranking": [], "unplaced": []}
    described = _describe(part.ranking)
    return {
        **head,
        **{name: described[name] for name in ("raters", "ranking", "effects", "unplaced", "cautions")},
    }


def _describe_turn(turn: Turn) -> dict[str, Any]:
    after = turn.gap_after
    return {
        "unit": turn.unit,
        "above": turn.above,
        "below": turn.below,
        "removed": len(turn.removed),
        "of": turn.of,
        "gap": _round(turn.gap, POINT_DECIMALS),
        "gap_after": None if after is None else _round(after, POINT_DECIMALS),
        "reason": turn.reason,
    }


def _round(value: float, decimals: int) -> float:
    return round(value, decimals) + 0.0  # no minus zero


def _defuse(text: str) -> str:
    return FORMULA.sub("'", text)
