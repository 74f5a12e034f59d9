"""How completely prompts are answered, as a page shades it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# From this share of the prompts on, what is missing is worth a shade and no alarm.
NEARLY_ALL = 0.95


@dataclass(frozen=True, kw_only=True)
class CoverageCell:
    """How many responses, and the level that shades it: full, most, low, none."""

    count: int
    level: str


@dataclass(frozen=True, kw_only=True)
class CoverageRow:
    """A category: its cells in the order of the models, and its prompts."""

    category: str
    cells: list[CoverageCell]
    prompts: int


def shade_coverage(rows: Sequence[dict[str, Any]]) -> list[CoverageRow]:
    def shade(count: int, prompts: int) -> CoverageCell:
        levels = [("full", 1.0), ("most", NEARLY_ALL), ("low", 1 / prompts)]
        level = next((name for name, share in levels if count >= share * prompts), "none")
        return CoverageCell(count=count, level=level)

    return [
        CoverageRow(
            category=row["category"],
            cells=[shade(count, row["prompts"]) for count in row["responses"]],
            prompts=row["prompts"],
        )
        for row in rows
    ]
