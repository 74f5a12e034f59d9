"""The difference of two snapshots in words: what a reader may conclude from it, and nothing more."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.differences import LedgerEvent, SnapshotDifference
from evaluations.models import LedgerEntry
from evaluations.publishing.changes import Changes, ClaimChange, Move, Place
from evaluations.sentences import join_names, write_number
from evaluations.web.claim_rows import STATUSES, name_verdict
from evaluations.web.count_rows import write_signed
from evaluations.web.interval_marks import Axis, Mark, fit_axis
from evaluations.web.protocol_words import describe_claim

Kind = LedgerEntry.Kind
MOST_NAMES = 6


@dataclass(frozen=True, kw_only=True)
class MoveRow:
    """A model's places with their marks, all on one axis; None where it had no place."""

    name: str
    move: Move
    before: Mark | None
    after: Mark | None
    change: str
    verdict: str
    status: str


@dataclass(frozen=True, kw_only=True)
class ClaimChangeRow:
    """A claim whose verdict differs; (word, class) of each verdict."""

    number: int
    sentence: str
    before: tuple[str, str]
    after: tuple[str, str]


def summarise_difference(found: SnapshotDifference) -> str:
    """What changed, in two or three sentences."""
    if found.is_same:
        return _("Nothing changed: these are one and the same snapshot.")
    if found.changes.is_nothing:
        return _("Nothing changed: the same votes, the same figures.")
    sentences = (
        _describe_votes(found.changes),
        _describe_moves(found),
        _describe_verdicts(found.changes),
    )
    return " ".join(sentence for sentence in sentences if sentence)


def build_move_rows(found: SnapshotDifference) -> tuple[Axis, list[MoveRow]]:
    moves = found.changes.moves
    places = [place for move in moves for place in (move.before, move.after) if place]
    axis = fit_axis((place.lower, place.upper) for place in places)
    return axis, [
        MoveRow(
            name=found.names.get(move.model, move.model),
            move=move,
            before=_mark(move.before, axis=axis),
            after=_mark(move.after, axis=axis),
            change=_write_move(move),
            verdict=_name_move(move),
            status="status-warn" if move.kind != "within" else "",
        )
        for move in moves
    ]


def build_claim_changes(found: SnapshotDifference) -> list[ClaimChangeRow]:
    return [_build_claim_change(change, names=found.names) for change in found.changes.claims]


def describe_event(event: LedgerEvent) -> str:
    """A decision in the ledger as a sentence, without its reason."""
    words: dict[str, Callable[[], str]] = {
        Kind.RATER_EXCLUDED: lambda: _("The votes of %(code)s were left out.") % {"code": event.code},
        Kind.RATER_RESTORED: lambda: _("The votes of %(code)s were taken back in.") % {"code": event.code},
        Kind.RATER_WITHDRAWN: lambda: _(
            "A rater withdrew, and the votes with them, by the rule of the study."
        ),
        Kind.STUDY_AMENDED: lambda: (
            _("Amendment %(number)s changed the protocol.") % {"number": write_number(event.number)}
        ),
        Kind.STUDY_PAUSED: lambda: _("The study was paused."),
        Kind.STUDY_RESUMED: lambda: _("The study went on."),
        Kind.STUDY_CLOSED: lambda: _("The study was closed."),
    }
    return words[event.kind]()


def name_models(slugs: Sequence[str], *, names: Mapping[str, str]) -> str:
    return join_names([names.get(slug, slug) for slug in slugs])


def _describe_votes(changes: Changes) -> str:
    counted = next(change for change in changes.votes if change.name == "counted")
    added = (counted.after or 0) - (counted.before or 0)
    values = {"number": write_number(abs(added)), "total": write_number(counted.after or 0)}
    if added > 0:
        return (
            ngettext(
                "%(number)s more vote is counted, %(total)s in all.",
                "%(number)s more votes are counted, %(total)s in all.",
                added,
            )
            % values
        )
    if added < 0:
        return (
            ngettext(
                "%(number)s vote fewer is counted, %(total)s in all.",
                "%(number)s votes fewer are counted, %(total)s in all.",
                -added,
            )
            % values
        )
    return _("As many votes are counted as before, %(total)s.") % values


def _describe_moves(found: SnapshotDifference) -> str:
    sentences = list(_list_move_sentences(found))
    if sentences:
        return " ".join(sentences)
    return _("No model moved beyond what the intervals allow.") if found.changes.moves else ""


def _list_move_sentences(found: SnapshotDifference) -> Iterator[str]:
    for kind, few, many in (
        (
            "moved",
            _("Moved beyond what the intervals allow: %(names)s."),
            _("%(number)s models moved beyond what the intervals allow."),
        ),
        ("placed", _("With a place now: %(names)s."), _("%(number)s models got a place.")),
        ("lost", _("Without a place now: %(names)s."), _("%(number)s models have lost their place.")),
    ):
        slugs = [move.model for move in found.changes.moves if move.kind == kind]
        if slugs:
            sentence = few if len(slugs) <= MOST_NAMES else many
            yield (
                sentence
                % {"names": name_models(slugs, names=found.names), "number": write_number(len(slugs))}
            )


def _describe_verdicts(changes: Changes) -> str:
    count = len(changes.claims)
    if not count:
        return ""
    return ngettext(
        "%(number)s claim has another verdict.", "%(number)s claims have another verdict.", count
    ) % {"number": write_number(count)}


def _build_claim_change(change: ClaimChange, *, names: Mapping[str, str]) -> ClaimChangeRow:
    claim = change.after
    return ClaimChangeRow(
        number=change.number,
        sentence=describe_claim(
            kind=claim["kind"],
            model=names.get(claim["model"], claim["model"]),
            rival=names.get(claim["rival"], claim["rival"]),
            margin=claim["margin"],
            alpha=claim["alpha"],
        ),
        before=_name_judgement(change.before),
        after=_name_judgement(change.after),
    )


def _name_judgement(claim: Mapping[str, Any]) -> tuple[str, str]:
    return name_verdict(claim["verdict"]), STATUSES[claim["verdict"]]


def _name_move(move: Move) -> str:
    match move.kind:
        case "moved":
            return _("Moved")
        case "within":
            return _("Within the intervals")
        case "placed":
            return _("New place")
        case "lost":
            return _("No place now")


def _mark(place: Place | None, *, axis: Axis) -> Mark | None:
    return None if place is None else axis.mark(lower=place.lower, score=place.score, upper=place.upper)


def _write_move(move: Move) -> str:
    if move.before is None or move.after is None:
        return "–"
    return write_signed(round(move.after.score) - round(move.before.score))
