"""A ranking for a person at a terminal: aligned columns and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from evaluations.ranking.influence import Turn
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.reports.records import Report, list_rows
from evaluations.ranking.reports.texts import count_things, make_printable, measure_width
from evaluations.ranking.results import Ranking
from evaluations.ranking.slices import Slice

GAP: Final = "   "
USUAL: Final = Parameters()
MEANING: Final = "Intervals are of each model on its own; all rank ranges hold together."
ELO_MEANING: Final = (
    "The spread is that of the order in which votes are read; it says nothing of how many they are."
)
TOGETHER: Final = {
    "rater": "votes of a rater taken together",
    "prompt": "votes on a prompt taken together",
    "both": "votes of a rater, and those on a prompt, taken together",
    None: "votes taken as independent",
}


def as_table(report: Report) -> str:
    """The ranking, then effects, who is unplaced, cautions, slices, influence, and how it was made."""
    ranking = report.ranking
    parts = [_list_ranked(ranking, report.plain) if ranking.models else ["No model can be ranked yet."]]
    if ranking.effects:
        parts.append(["Other effects, in log-odds:", *_list_effects(ranking)])
    parts += _list_remarks(ranking.unplaced, ranking.cautions)
    parts += [_list_slice(column, part) for column, part in report.slices]
    if report.turns:
        parts.append(["What the order rests on:", *(f"  {_tell_turn(turn)}" for turn in report.turns)])
    parts.append(_list_method(ranking) + list_uncounted(report.uncounted))
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _list_ranked(ranking: Ranking, plain: Ranking | None) -> list[str]:
    """Both bad has a column where there are such votes; with `plain`, its ranks and scores stand at the end."""
    both_bad = bool(ranking.both_bad.any())
    before = {row["model"]: row for row in list_rows(plain)} if plain else {}
    rows = [["Rank", "Model", "Score", _head_interval(ranking), "Votes"]]
    rows[0] += ["Both bad"] if both_bad else []
    rows[0] += ["Win rate"]
    rows[0] += ["Rank without it", "Score without it"] if plain else []
    for row in list_rows(ranking):
        cells = [
            _range(row["rank_low"], row["rank_high"]),
            make_printable(row["model"]),
            f"{row['score']:z.0f}",
            f"{row['lower']:z.0f} to {row['upper']:z.0f}",
            f"{row['votes']:,}",
        ]
        cells += [f"{row['both_bad']:,}"] if both_bad else []
        cells += [f"{100 * row['win_rate']:.1f} %"]
        if plain:
            old = before[row["model"]]
            cells += [_range(old["rank_low"], old["rank_high"]), f"{old['score']:z.0f}"]
        rows.append(cells)
    return list(_align(rows, left={1}))


def _head_interval(ranking: Ranking) -> str:
    noun = "of orders" if ranking.parameters.method == "elo" else "interval"
    return f"{_percent(ranking.parameters)} {noun}"


def _percent(parameters: Parameters) -> str:
    return f"{100 * parameters.level:g} %"


def _range(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low}–{high}"


def _list_effects(ranking: Ranking) -> Iterable[str]:
    rows = [["", "Effect", "Value", _head_interval(ranking)]]
    for effect in ranking.effects:
        interval = f"{effect.lower:+z.3f} to {effect.upper:+z.3f}"
        rows.append(["", make_printable(effect.name), f"{effect.value:+z.3f}", interval])
    return _align(rows, left={1})


def _list_remarks(
    unplaced: Sequence[tuple[str, str]], cautions: Sequence[tuple[str, str]]
) -> list[list[str]]:
    named = (("Not placed:", unplaced), ("Take care:", cautions))
    return [[head, *_sentences(pairs)] for head, pairs in named if pairs]


def _list_slice(column: str, part: Slice) -> list[str]:
    """The board of one slice; models without any vote in it are not named."""
    ranking = part.ranking
    raters = f" by {count_things(ranking.raters, 'rater')}" if ranking is not None and ranking.raters else ""
    head = (
        f"{make_printable(column)} = {make_printable(part.name)}: {count_things(part.votes, 'vote')}{raters}"
    )
    if ranking is None:
        return [head, f"  Not ranked: {make_printable(part.reason or '')}"]
    board = _list_ranked(ranking, None) if ranking.models else ["  No model can be ranked yet."]
    battles = dict(zip(ranking.pairs.models, ranking.pairs.battles.sum(axis=1).tolist(), strict=True))
    unplaced = [(model, reason) for model, reason in ranking.unplaced if battles.get(model)]
    remarks = _list_remarks(unplaced, ranking.cautions)
    return [head, *board, *(line for lines in remarks for line in lines)]


def _tell_turn(turn: Turn) -> str:
    above, below = make_printable(turn.above), make_printable(turn.below)
    if turn.reason is not None:
        return f"{above} above {below}, by {turn.gap:z.1f} points: {turn.reason}."
    many = len(turn.removed)
    none_fewer = f": no fewer {turn.unit}s were found that turn the order" if many > 1 else ""
    return (
        f"Without {many:,} of the {count_things(turn.of, turn.unit)} ({_share(many, turn.of)}) {below} would be "
        f"above {above}, which now leads by {turn.gap:z.1f} points{none_fewer}."
    )


def _share(part: int, whole: int) -> str:
    """A share in percent, which is never nothing and never the whole."""
    share = 100 * part / whole
    if share < 0.01:
        return "less than 0.01 %"
    return f"{share:.2g} %" if share < 10 else f"{min(share, 99.9):.1f} %"


def _align(rows: Sequence[Sequence[str]], *, left: set[int]) -> Iterable[str]:
    widths = [max(map(measure_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            padding = " " * (width - measure_width(cell))
            cells.append(cell + padding if place in left else padding + cell)
        yield GAP.join(cells).rstrip()


def _sentences(pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [f"  {make_printable(model)} {sentence}." for model, sentence in pairs]


def _list_method(ranking: Ranking) -> list[str]:
    """How many votes, what was done with them, and what the intervals mean."""
    raters = f" by {count_things(ranking.raters, 'rater')}" if ranking.raters else ""
    elo = ranking.parameters.method == "elo"
    return [
        f"{count_things(ranking.total, 'vote')}{raters}.",
        f"{_tell_elo(ranking.parameters) if elo else _tell_fit(ranking.parameters)}.",
        ELO_MEANING if elo else MEANING,
    ]


def list_uncounted(counts: Mapping[str, int] | None) -> list[str]:
    """A sentence on the votes of Arena's export that stay out; nothing where there are none."""
    if not counts or not any(counts.values()):
        return []
    beside, excluded = counts["repeats_and_checks"], counts["excluded"]
    return [
        f"Left out, as Arena's leaderboards do: {count_things(beside, 'vote')} on repeats and checks, "
        f"{excluded:,} of excluded raters. --everything keeps them."
    ]


def _tell_elo(parameters: Parameters) -> str:
    out = ", both bad out" if parameters.both_bad == "out" else ""
    return f"Elo, k {parameters.k:g}{out}, mean of {parameters.rounds:,} orders; seed {parameters.seed}"


def _tell_fit(parameters: Parameters) -> str:
    """The parameters in words; of those that are seldom set, the ones that are."""
    held = [*parameters.style, *(["position"] if parameters.position else [])]
    fit = [f"Bradley–Terry, ties {parameters.ties}"]
    fit += ["both bad out"] if parameters.both_bad == "out" else []
    fit += [f"{make_printable(', '.join(held))} held equal"] if held else []
    fit += [f"{parameters.weights} weights"] if parameters.weights else []
    fit += [f"prior {parameters.prior:g}"] if parameters.prior else []
    fit += [] if parameters.anchor is None else [f"{make_printable(parameters.anchor)} at 1000"]
    sure = [f"{_percent(parameters)} {parameters.interval} intervals", TOGETHER[parameters.cluster]]
    drawn = [f"seed {parameters.seed}"]
    if parameters.interval == "bootstrap":
        drawn.insert(0, f"{parameters.rounds:,} samples")
    elif parameters.rounds != USUAL.rounds:
        drawn.insert(0, f"rank ranges from {parameters.rounds:,} draws")
    return "; ".join(", ".join(words) for words in (fit, sure, drawn))
