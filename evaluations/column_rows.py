"""Entries of the ledger as rows of the columns: what each column holds, and how it is read from the database."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluations.models import Battle, LedgerEntry, Outcome
from evaluations.ranking import STYLE_FEATURES
from evaluations.styles import fetch_styles

SIDES = ("left", "right")
COLUMNS = {
    "study": "<i4",
    "prompt": "<i8",
    "left": "<i4",
    "right": "<i4",
    "rater": "<i8",
    "outcome": "<i1",
    "origin": "<i1",
    "probability": "<f8",
    "decision": "<i1",
    **{f"{side}_{feature}": "<i4" for side in SIDES for feature in STYLE_FEATURES},
}
OUTCOMES = {Outcome.LEFT: 0, Outcome.RIGHT: 1, Outcome.TIE: 2, Outcome.BOTH_BAD: 3}
ORIGINS = {Battle.Origin.SHOWN: 0, Battle.Origin.RECORDED: 1, Battle.Origin.SIMULATED: 2}
DECISIONS = {
    LedgerEntry.Kind.RATER_EXCLUDED: 1,
    LedgerEntry.Kind.RATER_RESTORED: 2,
    LedgerEntry.Kind.RATER_WITHDRAWN: 3,
}
NO_VOTE = -1


def read_entries(*, start: int, limit: int) -> Iterator[Any]:
    """The entries from this position on, with what the columns need of their votes."""
    entries = LedgerEntry.objects.filter(position__gte=start).order_by("position")
    return iter(
        entries.values(
            "position",
            "leaf_hash",
            "kind",
            "study_id",
            "rater_decision__rater_id",
            "withdrawal__rater_id",
            "vote__outcome",
            "vote__battle__prompt_id",
            "vote__battle__left_id",
            "vote__battle__right_id",
            "vote__battle__left__model_id",
            "vote__battle__right__model_id",
            "vote__battle__rater_id",
            "vote__battle__origin",
            "vote__battle__kind",
            "vote__battle__probability",
        )[:limit]
    )


def build_arrays(*, rows: list[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    """One array a column, a row an entry. What a response's style is counted, where nobody has yet."""

    def build(name: str, values: list[Any]) -> NDArray[Any]:
        return np.array(values, dtype=COLUMNS[name])

    battle = "vote__battle__"
    return {
        "study": build("study", [row["study_id"] for row in rows]),
        "prompt": build("prompt", [row[battle + "prompt_id"] or 0 for row in rows]),
        "left": build("left", [row[battle + "left__model_id"] or 0 for row in rows]),
        "right": build("right", [row[battle + "right__model_id"] or 0 for row in rows]),
        "rater": build("rater", [_find_rater(row) or 0 for row in rows]),
        "outcome": build("outcome", [_code_outcome(row) for row in rows]),
        "origin": build("origin", [_code(ORIGINS, row[battle + "origin"]) for row in rows]),
        "probability": build(
            "probability", [np.nan if (p := row[battle + "probability"]) is None else p for row in rows]
        ),
        "decision": build("decision", [DECISIONS.get(row["kind"], 0) for row in rows]),
        **_build_styles(rows=rows),
    }


def _build_styles(*, rows: list[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    """Counts of the responses on both sides, by column; nothing of a row without a vote."""
    shown = {side: [row[f"vote__battle__{side}_id"] for row in rows] for side in SIDES}
    styles = fetch_styles(response_ids={pk for ids in shown.values() for pk in ids if pk is not None})
    nothing = (0,) * len(STYLE_FEATURES)
    counts = {side: [styles[pk] if pk is not None else nothing for pk in ids] for side, ids in shown.items()}
    return {
        f"{side}_{feature}": np.array(
            [row[place] for row in counts[side]], dtype=COLUMNS[f"{side}_{feature}"]
        )
        for side in SIDES
        for place, feature in enumerate(STYLE_FEATURES)
    }


def _find_rater(row: dict[str, Any]) -> int | None:
    """Who voted, or whom the decision is about; none for what is about the whole study."""
    rater: int | None = (
        row["vote__battle__rater_id"] or row["rater_decision__rater_id"] or row["withdrawal__rater_id"]
    )
    return rater


def _code_outcome(row: dict[str, Any]) -> int:
    """Repeats and checks are votes of the ledger and no votes of a ranking."""
    counts = row["vote__battle__kind"] == Battle.Kind.NORMAL
    return _code(OUTCOMES, row["vote__outcome"]) if counts else NO_VOTE


def _code(codes: dict[Any, int], label: str | None) -> int:
    """The label's number; an unknown label is a KeyError, never a number."""
    return NO_VOTE if label is None else codes[label]
