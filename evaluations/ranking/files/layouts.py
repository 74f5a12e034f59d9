"""What the columns of recorded votes are called: the public vote logs that are known, and others by name.

In all of the known ones the model named first was shown on the left. The names are those of their data cards:

- Arena's own and FastChat's (lmsys/chatbot_arena_conversations, lmsys/mt_bench_human_judgments, and the battle
  logs of FastChat's notebooks): model_a, model_b, winner, judge. LMArena's 100k (lmarena-ai/
  arena-human-preference-100k, voter in judge_hash) and 140k (arena-human-preference-140k, where a session of votes,
  evaluation_session_id, is the nearest thing to a voter) have the same columns.
- LMArena's 55k (lmarena-ai/arena-human-preference-55k): one of three columns is 1.
- compar:IA (ministere-culture/comparia-votes): the name of the chosen model, or both_equal.
- LLMFAO (crowd-comparisons.csv): left, right, winner, worker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking.reports.texts import make_printable
from evaluations.ranking.votes import OUTCOMES, Outcome

NEITHER: Final[Mapping[str, Outcome]] = {
    "tie": "tie",
    "both_bad": "both_bad",
    "tie (bothbad)": "both_bad",
}
ARENA_LABELS: Final[Mapping[str, Outcome]] = {"model_a": "a", "model_b": "b", **NEITHER}
OTHER_LABELS: Final[Mapping[str, Outcome]] = {**ARENA_LABELS, "a": "a", "b": "b"}


@dataclass(frozen=True, kw_only=True)
class WinnerColumn:
    """One column says the outcome. labels: the outcome that each of its values stands for."""

    column: str
    labels: Mapping[str, Outcome]


@dataclass(frozen=True, kw_only=True)
class FlagColumns:
    """A column for each outcome, of which exactly one is 1 (or true) in every vote."""

    columns: Mapping[str, Outcome]


@dataclass(frozen=True, kw_only=True)
class ChosenColumn:
    """A column holds the name of the model that won, or a label; tie: a column of flags that says a tie."""

    column: str
    tie: str | None
    labels: Mapping[str, Outcome]


OutcomeColumns: TypeAlias = WinnerColumn | FlagColumns | ChosenColumn


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where a file holds what. raters, prompts: columns that may say it, the first one that is there does.

    side: 1 where model_a is the left one, None where that is not known. side_column, probability: columns
    that say the side, and the chance that this pair had, of each vote.
    """

    name: str
    model_a: str
    model_b: str
    outcome: OutcomeColumns
    raters: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    side: Literal[1] | None = 1
    side_column: str | None = None
    probability: str | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which there are no votes."""
        match self.outcome:
            case WinnerColumn(column=column):
                return self.model_a, self.model_b, column
            case FlagColumns(columns=columns):
                return self.model_a, self.model_b, *columns
            case ChosenColumn(column=column, tie=tie):
                return self.model_a, self.model_b, column, *([tie] if tie else [])


LAYOUTS: Final = (
    Layout(
        name="LMArena 55k",
        model_a="model_a",
        model_b="model_b",
        outcome=FlagColumns(columns={"winner_model_a": "a", "winner_model_b": "b", "winner_tie": "tie"}),
        prompts=("prompt",),
    ),
    Layout(
        name="Arena",
        model_a="model_a",
        model_b="model_b",
        outcome=WinnerColumn(column="winner", labels=ARENA_LABELS),
        raters=("rater", "judge", "judge_hash", "evaluation_session_id"),
        prompts=("prompt_id", "prompt", "question_id"),
    ),
    Layout(
        name="compar:IA",
        model_a="model_a_name",
        model_b="model_b_name",
        outcome=ChosenColumn(column="chosen_model_name", tie="both_equal", labels={}),
        raters=("visitor_id", "session_hash"),
        prompts=("opening_msg",),
    ),
    Layout(
        name="LLMFAO",
        model_a="left",
        model_b="right",
        outcome=WinnerColumn(column="winner", labels={"left": "a", "right": "b", **NEITHER}),
        raters=("worker", "rater"),
        prompts=("prompt",),
    ),
)

KNOWN: Final = (
    "they are model_a, model_b and winner, or left, right, winner, "
    "or model_a, model_b, winner_model_a, winner_model_b and winner_tie, "
    "or model_a_name, model_b_name, chosen_model_name and both_equal"
)
# How these are asked for is another thing in the shell, which has its own words for it.
SAY_WHICH: Final = "Say by option which column holds what."
SAY_OUTCOMES: Final = "say which one is winner, or chosen."
NAME_ONE: Final = "name one by option"
PARTS: Final = ("model_a", "model_b", "winner", "chosen", "tie", "rater", "prompt", "side", "probability")


def choose_layout(
    *, columns: Sequence[str], named: Mapping[str, str], labels: Mapping[str, str], head: str
) -> Layout:
    """The layout of a file with these columns; named ones go before those of the layout that is recognised.

    named: column by part, see PARTS: winner holds a label, chosen the name of the model that won, tie a flag
    beside chosen. labels: the label in the file by outcome; when given, no other label is known.
    head: what names the columns, to begin a sentence ("Line 1"). Raises BadVotes, UnsupportedParameter.
    """
    _check_options(named, labels)
    known = next((layout for layout in LAYOUTS if set(layout.needed) <= set(columns)), None)
    if known is None and not {"model_a", "model_b"} <= set(named):
        there = f"; the columns there are: {make_printable(', '.join(columns))}" if columns else ""
        raise BadVotes(f"{head} names no known columns: {KNOWN}{there}. {SAY_WHICH}")
    outcome = _outcome_columns(known, named, labels, head)
    if known is None or {"model_a", "model_b"} & set(named):  # which of them was left is not known then
        a, b = (known.model_a, known.model_b) if known else ("", "")
        known = Layout(
            name="named columns",
            model_a=named.get("model_a", a),
            model_b=named.get("model_b", b),
            outcome=outcome,
            raters=known.raters if known else (),
            prompts=known.prompts if known else (),
            side=None,
        )
    return replace(
        known,
        outcome=outcome,
        raters=(named["rater"],) if "rater" in named else known.raters,
        prompts=(named["prompt"],) if "prompt" in named else known.prompts,
        side_column=named.get("side"),
        probability=named.get("probability"),
    )


def _check_options(named: Mapping[str, str], labels: Mapping[str, str]) -> None:
    if unknown := [part for part in named if part not in PARTS]:
        raise UnsupportedParameter(f"No column is read for {unknown[0]!r}; name one of {', '.join(PARTS)}.")
    if {"winner", "chosen"} <= set(named):
        raise UnsupportedParameter("Name a column for winner or for chosen, not for both.")
    if "tie" in named and "chosen" not in named:
        raise UnsupportedParameter("The column tie goes with the column chosen; a winner has labels of ties.")
    if unknown := [outcome for outcome in labels if outcome not in OUTCOMES]:
        raise UnsupportedParameter(f"There is no outcome {unknown[0]!r}; it is one of {', '.join(OUTCOMES)}.")
    if len({label.strip() for label in labels.values()}) < len(labels):
        raise UnsupportedParameter("Two outcomes cannot have the same label.")


def _outcome_columns(
    known: Layout | None, named: Mapping[str, str], labels: Mapping[str, str], head: str
) -> OutcomeColumns:
    said: dict[str, Outcome] = {labels[outcome].strip(): outcome for outcome in OUTCOMES if outcome in labels}
    if "winner" in named:
        return WinnerColumn(column=named["winner"], labels=said or OTHER_LABELS)
    if "chosen" in named:
        return ChosenColumn(column=named["chosen"], tie=named.get("tie"), labels=said or NEITHER)
    if known is None:
        raise BadVotes(f"{head} names no known column of outcomes: {SAY_OUTCOMES}")
    if not said:
        return known.outcome
    if isinstance(known.outcome, FlagColumns):
        raise UnsupportedParameter(f"{known.name} has columns of flags for its outcomes, and no labels.")
    return replace(known.outcome, labels=said)
