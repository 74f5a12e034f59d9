"""A ranking for a person at a terminal: aligned columns and sentences."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from evaluations.ranking.influence import Turn
from evaluations.ranking.reports.records import Report, list_rows
from evaluations.ranking.results import Ranking
from evaluations.ranking.slices import Slice

GAP: Final = "   "
QUIET: Final = {"style": (), "position": False, "weights": None}  # said only where they are something else


def as_table(report: Report) -> str:
    """The ranking, then effects, who is unplaced, cautions, slices, influence, and how it was made."""
    ranking = report.ranking
    parts = [_list_ranked(ranking, report.plain) if ranking.models else ["No model can be ranked yet."]]
    if ranking.effects:
        parts.append(["Held equal, in log-odds:", *_list_effects(ranking)])
    if ranking.unplaced:
        parts.append(["Not placed:", *_sentences(ranking.unplaced)])
    if ranking.cautions:
        parts.append(["Take care:", *_sentences(ranking.cautions)])
    parts += [_list_slice(column, part) for column, part in report.slices]
    if report.turns:
        parts.append(["What the order rests on:", *(f"  {_tell_turn(turn)}" for turn in report.turns)])
    parts.append(_list_method(ranking))
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _list_ranked(ranking: Ranking, plain: Ranking | None) -> list[str]:
    rows = [["Rank", "Model", "Score", _head_interval(ranking), "Votes", "Win rate"]]
    before = {row["model"]: row for row in list_rows(plain)} if plain else {}
    if plain:
        rows[0] += ["Rank, style as it is", "Score"]
    for row in list_rows(ranking):
        rows.append(
            [
                _range(row["rank_low"], row["rank_high"]),
                _printable(row["model"]),
                f"{row['score']:.0f}",
                f"{row['lower']:.0f} to {row['upper']:.0f}",
                f"{row['votes']:,}",
                f"{100 * row['win_rate']:.1f} %",
            ]
        )
        if plain:
            old = before[row["model"]]
            rows[-1] += [_range(old["rank_low"], old["rank_high"]), f"{old['score']:.0f}"]
    return list(_align(rows, left={1}))


def _head_interval(ranking: Ranking) -> str:
    noun = "of orders" if ranking.parameters.method == "elo" else "interval"
    return f"{100 * ranking.parameters.level:g} % {noun}"


def _range(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low}–{high}"


def _list_effects(ranking: Ranking) -> Iterable[str]:
    rows = [["", "Effect", "Value", _head_interval(ranking)]]
    for effect in ranking.effects:
        interval = f"{effect.lower:+.3f} to {effect.upper:+.3f}"
        rows.append(["", _printable(effect.name), f"{effect.value:+.3f}", interval])
    return _align(rows, left={1})


def _list_slice(column: str, part: Slice) -> list[str]:
    head = f"{_printable(column)} {_printable(part.name)}: {part.votes:,} votes."
    if part.ranking is None:
        return [head, f"  Not ranked: {part.reason}"]
    if not part.ranking.models:
        return [head, "  No model can be ranked yet."]
    unplaced = ", ".join(_printable(model) for model, _ in part.ranking.unplaced)
    tail = [f"Not placed: {unplaced}."] if unplaced else []
    return [head, *_list_ranked(part.ranking, None), *tail]


def _tell_turn(turn: Turn) -> str:
    above, below = _printable(turn.above), _printable(turn.below)
    if turn.reason is not None:
        return f"{above} above {below}, by {turn.gap:.1f} points: {turn.reason}."
    many = len(turn.removed)
    noun = f"{turn.unit}s"
    return (
        f"Without {many:,} of the {turn.of:,} {turn.unit}s ({100 * many / turn.of:.2g} %) {below} would be above "
        f"{above}, which now leads by {turn.gap:.1f} points: no fewer {noun} were found that turn the order."
    )


def _align(rows: Sequence[Sequence[str]], *, left: set[int]) -> Iterable[str]:
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


def _list_method(ranking: Ranking) -> list[str]:
    parameters = asdict(ranking.parameters)
    if ranking.parameters.method != "elo":
        parameters.pop("k")
    chosen = ", ".join(
        f"{name.replace('_', '-')} {_say(value)}"
        for name, value in parameters.items()
        if name not in QUIET or value != QUIET[name]
    )
    raters = f" by {ranking.raters:,} raters" if ranking.raters else ""
    meaning = "Intervals are of each model on its own; all rank ranges hold together."
    if ranking.parameters.method == "elo":
        meaning = (
            "The spread is that of the order in which votes are read; it says nothing of how many they are."
        )
    return [f"{ranking.total:,} votes{raters}; {chosen}.", meaning]


def _say(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "held equal"
    return ", ".join(value) if isinstance(value, tuple) else f"{value}"
