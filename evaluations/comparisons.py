"""Two models against each other: what the fit of all votes expects, what their own votes say, what was claimed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from evaluations.boards import Board
from evaluations.canonical import encode_canonical
from evaluations.claims import JudgedClaim, fetch_board_claims
from evaluations.documents import list_claims
from evaluations.models import LanguageModel
from evaluations.prefixes import open_prefix
from evaluations.publishing.comparisons import (
    Differences,
    PairRecord,
    Score,
    list_parts,
    measure_differences,
    record_pair,
)
from evaluations.snapshots import parse_document


@dataclass(frozen=True, kw_only=True)
class PartRecord:
    """The votes on two models, of one category or one language; "" for all of them."""

    category: str = ""
    language: str = ""
    record: PairRecord


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """expected: from the fit of all votes, None where one of the two is not ranked. parts: each category, then each
    language, of the votes on the two. level: of every interval."""

    model: LanguageModel
    rival: LanguageModel
    level: float
    expected: Score | None
    record: PairRecord
    parts: Sequence[PartRecord]
    claims: Sequence[JudgedClaim]


@dataclass(frozen=True, kw_only=True)
class HeadToHead:
    """One opponent: what the fit expects, and the counts of the votes on the two."""

    rival: LanguageModel
    expected: Score | None
    wins: int
    losses: int
    ties: int
    both_bad: int

    @property
    def votes(self) -> int:
        return self.wins + self.losses + self.ties + self.both_bad


def compare_models(*, board: Board, model: str, rival: str, columns_root: Path) -> Comparison:
    """The two by slug, in any order. Raises LanguageModel.DoesNotExist."""
    first, other = find_model(board, model), find_model(board, rival)
    level, both_bad = board.parameters.get("level", 0.95), board.parameters.get("both_bad", "tie")
    parts: tuple[PartRecord, ...] = ()
    if board.snapshot is not None:
        parts = _record_once(board.snapshot.pk, first, other, level, both_bad, columns_root)
    differences = _read_differences(board, columns_root=columns_root)
    nothing = PairRecord(wins=0, losses=0, ties=0, both_bad=0, raters=0, won=None)
    return Comparison(
        model=first,
        rival=other,
        level=level,
        expected=differences.expect(model, rival) if differences else None,
        record=parts[0].record if parts else nothing,
        parts=parts[1:],
        claims=_list_claims(board, between={model, rival}, columns_root=columns_root),
    )


def list_head_to_heads(*, board: Board, model: str, columns_root: Path) -> list[HeadToHead]:
    """Every other model of the board, the strongest first, those without a place last."""
    met, names = _read_pairs(board, model), ("wins", "losses", "ties", "both_bad")
    differences = _read_differences(board, columns_root=columns_root)
    rivals = [*(row.model for row in board.rows), *(item.model for item in board.unplaced)]
    return [
        HeadToHead(
            rival=rival,
            expected=differences.expect(model, rival.slug) if differences else None,
            **dict(zip(names, met.get(rival.slug, (0, 0, 0, 0)), strict=True)),
        )
        for rival in rivals
        if rival.slug != model
    ]


def find_model(board: Board, slug: str) -> LanguageModel:
    """A model that was ever entered. Raises LanguageModel.DoesNotExist."""
    if slug not in board.models:
        raise LanguageModel.DoesNotExist
    return board.models[slug]


def _read_pairs(board: Board, model: str) -> Mapping[str, tuple[int, int, int, int]]:
    """Wins, losses, ties and both-bad votes of the model, by rival."""
    met = {}
    for one, other, wins, losses, ties, both_bad in board.document.get("pairs", []):
        if one == model:
            met[other] = (wins, losses, ties, both_bad)
        elif other == model:
            met[one] = (losses, wins, ties, both_bad)
    return met


def _read_differences(board: Board, *, columns_root: Path) -> Differences | None:
    """None where the board ranks nobody: there may be nothing to fit."""
    if board.snapshot is None or not board.rows:
        return None
    parameters = encode_canonical(dict(board.document["parameters"])).decode()
    return _fit_once(board.snapshot.pk, parameters, columns_root)


def _list_claims(board: Board, *, between: set[str], columns_root: Path) -> list[JudgedClaim]:
    registered = list_claims(study=board.study)
    numbers = {claim["number"] for claim in registered if {claim["model"], claim["rival"]} == between}
    if not numbers:
        return []
    judged = fetch_board_claims(board=board, columns_root=columns_root)
    return [claim for claim in judged if claim.number in numbers]


# A snapshot never changes, so that neither does what follows from it: each is computed once in a process.


@lru_cache(maxsize=8)
def _fit_once(snapshot_id: int, parameters: str, columns_root: Path) -> Differences:
    prefix = open_prefix(snapshot_id=snapshot_id, columns_root=columns_root)
    return measure_differences(prefix.read(prefix.positions), parameters=parse_document(parameters))


@lru_cache(maxsize=512)
def _record_once(
    snapshot_id: int,
    model: LanguageModel,
    rival: LanguageModel,
    level: float,
    both_bad: str,
    columns_root: Path,
) -> tuple[PartRecord, ...]:
    """The record of all their votes, then of each part."""
    prefix = open_prefix(snapshot_id=snapshot_id, columns_root=columns_root)
    votes = prefix.read(prefix.find_votes_between(model.pk, rival.pk))
    return tuple(
        PartRecord(
            category=category,
            language=language,
            record=record_pair(
                votes,
                model=model.slug,
                rival=rival.slug,
                part=votes.mask_part(category=category, language=language),
                level=level,
                both_bad=both_bad,
            ),
        )
        for category, language in [("", ""), *list_parts(votes)]
    )
