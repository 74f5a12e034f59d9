"""What changed between two snapshots, from their documents alone, whatever versions of the code they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, TypeAlias

MoveKind: TypeAlias = Literal["moved", "within", "placed", "lost"]

COUNTS: Final = (
    *("received", "counted", "shown", "recorded", "simulated"),
    *("ties", "both_bad", "raters", "prompts"),
)
# Before arena-3 nothing was left out, before arena-4 nobody had withdrawn.
NOBODY: Final[Mapping[str, Any]] = {
    "rule": "applied",
    "raters": 0,
    "votes": 0,
    "positions": (),
    "withdrawn": {"raters": 0, "votes": 0},
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """A figure or a parameter before and after; None where a document does not say it."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a snapshot puts a model; scores in points."""

    score: float
    lower: float
    upper: float
    rank_low: int
    rank_high: int
    votes: int


@dataclass(frozen=True, kw_only=True)
class Move:
    """A model that either snapshot has a place for, by slug.

    before, after: None where it had none. kind: "placed" and "lost" where it got or lost its place; "moved" where the
    two ranges of ranks have no rank, or the two intervals no score, in common; else "within".
    """

    model: str
    before: Place | None
    after: Place | None
    kind: MoveKind


@dataclass(frozen=True, kw_only=True)
class ClaimChange:
    """A claim that both judge, and not alike. before, after: its records."""

    number: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What the later document says that the earlier one does not.

    votes: every count of both. left_out, withdrawn: raters and votes, of both. decided, taken_back: positions in the
    ledger of decisions that hold only in the later, or only in the earlier one. entered: slugs. parameters: those that
    differ. same_models: whether the same models have a place, so that their mean is of the same models. claims: those
    whose verdict differs. judged: whether (the earlier, the later) judges claims. votes_differ: whether other votes
    were read, as far as the digests of one format say it.
    """

    code: Change
    rule: Change
    votes: Sequence[Change]
    left_out: Sequence[Change]
    withdrawn: Sequence[Change]
    decided: Sequence[int]
    taken_back: Sequence[int]
    entered: Sequence[str]
    parameters: Sequence[Change]
    moves: Sequence[Move]
    same_models: bool
    claims: Sequence[ClaimChange]
    judged: tuple[bool, bool]
    votes_differ: bool

    @property
    def is_nothing(self) -> bool:
        """Whether votes, exclusions, models, parameters, figures and verdicts are the same; the code may be another."""
        pairs = (self.rule, *self.votes, *self.left_out, *self.withdrawn)
        lists = (self.decided, self.taken_back, self.entered, self.parameters, self.claims)
        return not (
            self.votes_differ
            or any(change.before != change.after for change in pairs)
            or any(lists)
            or any(move.before != move.after for move in self.moves)
        )


def compare_documents(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> Changes:
    """What changed between two snapshots' documents, of format arena-snapshot/1 on."""
    before, after = ({**NOBODY, **document.get("exclusions", {})} for document in (earlier, later))
    moves = _list_moves(earlier, later)
    return Changes(
        code=_compare("code_version", earlier, later),
        rule=_compare("rule", before, after),
        votes=[_compare(name, earlier["votes"], later["votes"]) for name in COUNTS],
        left_out=[_compare(name, before, after) for name in ("raters", "votes")],
        withdrawn=[_compare(name, before["withdrawn"], after["withdrawn"]) for name in ("raters", "votes")],
        decided=sorted(set(after["positions"]) - set(before["positions"])),
        taken_back=sorted(set(before["positions"]) - set(after["positions"])),
        entered=sorted(set(later["models"]) - set(earlier["models"])),
        parameters=_list_parameters(earlier["parameters"], later["parameters"]),
        moves=moves,
        same_models=all(move.before and move.after for move in moves),
        claims=_list_claims(earlier, later),
        judged=("claims" in earlier, "claims" in later),
        votes_differ=earlier["format"] == later["format"]
        and earlier["input_digest"] != later["input_digest"],
    )


def judge_move(before: Place | None, after: Place | None) -> MoveKind:
    """Whether a model moved beyond what ranges and intervals allow."""
    if before is None or after is None:
        return "placed" if before is None else "lost"
    ranks_apart = after.rank_low > before.rank_high or after.rank_high < before.rank_low
    scores_apart = after.lower > before.upper or after.upper < before.lower
    return "moved" if ranks_apart or scores_apart else "within"


def _compare(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    return Change(name=name, before=before.get(name), after=after.get(name))


def _list_parameters(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    changes = (_compare(name, before, after) for name in sorted({*before, *after}))
    return [change for change in changes if change.before != change.after]


def _list_moves(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> list[Move]:
    """In the order of the later ranking; then those that have lost their place."""
    before, after = _read_places(earlier), _read_places(later)
    slugs = [*after, *(slug for slug in before if slug not in after)]
    return [
        Move(
            model=slug,
            before=before.get(slug),
            after=after.get(slug),
            kind=judge_move(before.get(slug), after.get(slug)),
        )
        for slug in slugs
    ]


def _read_places(document: Mapping[str, Any]) -> dict[str, Place]:
    names = [field.name for field in fields(Place)]
    return {row["model"]: Place(**{name: row[name] for name in names}) for row in document["ranking"]}


def _list_claims(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> list[ClaimChange]:
    """Of claims that both judge, those with another verdict."""
    before, after = _read_claims(earlier), _read_claims(later)
    return [
        ClaimChange(number=number, before=before[number], after=after[number])
        for number in sorted(before.keys() & after.keys())
        if before[number]["verdict"] != after[number]["verdict"]
    ]


def _read_claims(document: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    return {claim["number"]: claim for claim in document.get("claims", ())}
