"""A board as it is shown: a snapshot's rows under one analysis, with the models they are of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from evaluations.models import Entry, LanguageModel, Leaderboard, Snapshot, Study
from evaluations.publishing.analyses import PRIMARY, Analysis
from evaluations.snapshots import read_document

# Digits of a digest that name a snapshot in an address: 2^64 of them is more than anyone publishes.
SHORT_DIGEST: Final = 16

NO_EXCLUSIONS: dict[str, Any] = {
    "rule": Snapshot.Exclusions.APPLIED.value,
    "raters": 0,
    "votes": 0,
    "positions": [],
    "withdrawn": {"raters": 0, "votes": 0},
}


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One ranked model. Scores in points, win rate in [0, 1] with ties as halves. votes: those that count in the
    ranking; both_bad: as many votes call both bad, be they among these or left out."""

    model: LanguageModel
    rank_low: int
    rank_high: int
    strength: float
    score: float
    lower: float
    upper: float
    votes: int
    wins: int
    losses: int
    ties: int
    both_bad: int
    win_rate: float

    @property
    def both_bad_share(self) -> float:
        """Of the votes that the model was given, whether or not those that call both bad count in the ranking."""
        given = self.wins + self.losses + self.ties + self.both_bad
        return self.both_bad / given if given else 0.0


@dataclass(frozen=True, kw_only=True)
class UnplacedModel:
    """A model that the votes can't place, and why. votes: None of a part with too few of them to be ranked."""

    model: LanguageModel
    reason: str
    votes: int | None


@dataclass(frozen=True, kw_only=True)
class Board:
    """What the page and the API show. Without a snapshot there are no rows yet."""

    leaderboard: Leaderboard
    study: Study
    snapshot: Snapshot | None
    rows: tuple[BoardRow, ...]
    unplaced: tuple[UnplacedModel, ...]
    # (name, sentence) where an interval rests on an assumption.
    cautions: tuple[tuple[str, str], ...]
    # received, counted, shown, recorded, simulated, ties, both_bad, raters, prompts
    votes: Mapping[str, int]
    parameters: Mapping[str, Any]
    # rule (applied, none); raters and votes left out; positions of the decisions; withdrawn: raters and votes that went
    exclusions: Mapping[str, Any]
    analysis: Analysis = PRIMARY
    # Why this analysis could not be made, "" where it was.
    refused: str = ""
    # What else the fit estimates: name, value, standard_error, lower, upper, in log-odds.
    effects: tuple[Mapping[str, Any], ...] = ()
    # The whole snapshot, whatever the analysis; empty without one.
    document: Mapping[str, Any] = field(default_factory=dict)
    # All models ever entered, by slug.
    models: Mapping[str, LanguageModel] = field(default_factory=dict)

    @property
    def short_digest(self) -> str:
        """The snapshot in an address; "" without one."""
        return self.snapshot.result_digest[:SHORT_DIGEST] if self.snapshot else ""

    @property
    def provisional(self) -> bool:
        return self.votes.get("counted", 0) < self.study.minimum_votes

    @property
    def is_raw(self) -> bool:
        return bool(self.exclusions["rule"] == Snapshot.Exclusions.NONE)


def read_exclusions(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the document says of them. Before arena-3 nothing was left out, before arena-4 nobody had withdrawn."""
    return {**NO_EXCLUSIONS, **document.get("exclusions", {})}


def build_board(*, leaderboard: Leaderboard, snapshot: Snapshot | None) -> Board:
    entries = Entry.objects.filter(study=leaderboard.study).select_related("model").order_by("model__name")
    models = {entry.model.slug: entry.model for entry in entries}
    if snapshot is None:
        waiting = [{"model": slug, "reason": "has no vote yet", "votes": 0} for slug in models]
        document: dict[str, Any] = {
            "ranking": [],
            "unplaced": waiting,
            "cautions": [],
            "votes": {},
            "parameters": {},
            "exclusions": NO_EXCLUSIONS,
        }
    else:
        document = read_document(snapshot=snapshot)
    return Board(
        leaderboard=leaderboard,
        study=leaderboard.study,
        snapshot=snapshot,
        rows=build_rows(document["ranking"], models=models, parameters=document["parameters"]),
        unplaced=build_unplaced(document["unplaced"], models=models),
        cautions=build_cautions(document["cautions"], models=models),
        votes=document["votes"],
        parameters=document["parameters"],
        exclusions=read_exclusions(document),
        effects=tuple(document.get("effects", ())),
        document=document if snapshot is not None else {},
        models=models,
    )


def build_rows(
    records: Sequence[Mapping[str, Any]],
    *,
    models: Mapping[str, LanguageModel],
    parameters: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[BoardRow, ...]:
    return tuple(build_row(row, model=models[row["model"]], parameters=parameters) for row in records)


def build_row(record: Mapping[str, Any], *, model: LanguageModel, parameters: Mapping[str, Any]) -> BoardRow:
    """A document's row counts every vote that the fit was given, also those that it left out by its parameters."""
    left_out = record["both_bad"] if leaves_out_both_bad(parameters) else 0
    return BoardRow(**{**record, "model": model, "votes": record["votes"] - left_out})


def leaves_out_both_bad(parameters: Mapping[str, Any]) -> bool:
    return bool(parameters.get("both_bad") == "out")


def build_unplaced(
    records: Sequence[Mapping[str, Any]], *, models: Mapping[str, LanguageModel]
) -> tuple[UnplacedModel, ...]:
    return tuple(UnplacedModel(**{**row, "model": models[row["model"]]}) for row in records)


def build_cautions(
    records: Sequence[Mapping[str, str]], *, models: Mapping[str, LanguageModel]
) -> tuple[tuple[str, str], ...]:
    """A caution may be on an effect (of the position), which has no name but its own."""
    return tuple(
        (models[row["model"]].name if row["model"] in models else row["model"], row["caution"])
        for row in records
    )
